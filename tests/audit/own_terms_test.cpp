// Attacks on the terms that a task has of its own, and the check that catches each.

#include "tests/audit/setting.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace handprint::audit_test {

using namespace market;

namespace {

/// A batch of three tasks, 1 with a price of its own, 2 expiring; some answered by member 0. Gives
/// its number.
Int open_own_terms(World& world, Int expires, const std::vector<Int>& answered = {0, 1}) {
    world.own = {{1, 3'000'000, 0, 0}, {2, 0, 0, expires}};
    world.entry(Fund{Amount{100'000}, "KES", transfer("more"), 0}, "d:0", delegate);
    CreateBatch batch;
    batch.accept_ms = 3'600'000;
    batch.lease_ms = 60'000;
    batch.bundle_max = 3;
    batch.estimate_s = 10;
    batch.price_micros = 2'000'000;
    batch.currency = "KES";
    batch.domain = "text";
    batch.language = "en";
    batch.level = 0;
    batch.external = Hash{42};
    const Int number = world.batch(batch, 3, "r:0", requester);
    world.submit(0, member, number, answered);
    return number;
}

} // namespace

TEST_CASE("attack: tasks on other terms than their requester gave them") {
    for (const OwnTerms lie : {OwnTerms{2, 0, 0, 1}, OwnTerms{2, 0, 5, 0}, OwnTerms{0, 0, 2, 0}}) {
        Setting s;
        tell_period(s.world);
        s.world.false_terms = {{1, 3'000'000, 0, 0}, lie};
        open_own_terms(s.world, s.world.now() + 100'000);
        expect(audit(s.world), "terms_differ");
    }
}

TEST_CASE("what is held for a task that expired goes back, and the audit says when") {
    Setting s;
    tell_period(s.world);
    const Int expires = s.world.now() + 100'000;
    const Int batch = open_own_terms(s.world, expires);
    CHECK(audit(s.world).clean());
    const auto escrow = [&] {
        const auto row = s.world.row<AccountRow>("escrow/r:0", "KES");
        return row.credits - row.debits;
    };
    const Int before = escrow();
    const Int due = expires + 60'000;
    SUBCASE("in time") {
        s.world.advance(due - s.world.now());
        for (int i = 0; i < 1000 && s.world.row<BatchRow>(batch).slots == 3; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        CHECK(s.world.row<BatchRow>(batch).slots == 2);
        // 2.00 and the fee of 10 percent: 7.00 + 0.70 were held, 5.00 + 0.50 are needed.
        CHECK(escrow() == before + 220);
        REQUIRE(s.world.publish());
        CHECK(audit(s.world).clean());
    }
    SUBCASE("early") {
        s.world.stop();
        const auto request = s.world.sign(EndTasks{batch, {2}}, "clock", clock_key);
        auto row = s.world.row<TaskRow>(batch, 2);
        row.expires = 1;
        forge(s.world, request, row);
        expect(audit(s.world), "timer_early");
    }
    SUBCASE("not at all") {
        s.world.stop();
        s.world.advance(20 * 60 * 1000);
        REQUIRE(s.world.publish());
        expect(audit(s.world), "timer_overdue");
    }
    SUBCASE("weeks later") {
        s.world.stop();
        const auto request = s.world.sign(EndTasks{batch, {2}}, "clock", clock_key);
        Forger(s.world).append(request, due + 21LL * 24 * 3600 * 1000);
        expect(audit(s.world), "timer_overdue");
    }
}

TEST_CASE("attack: an answer is taken for another price than was signed") {
    Setting s;
    tell_period(s.world);
    const Int batch = open_own_terms(s.world, s.world.now() + 100'000, {0});
    Submit command;
    command.batch = batch;
    command.terms = s.world.row<BatchRow>(batch).terms;
    command.answers.push_back({Hash{1}, 1, 1, "text/plain", 2'999'999});
    const auto request = s.world.sign(command, "m:0", member);
    auto row = s.world.row<TaskRow>(batch, 1);
    row.price_micros = 2'999'999;
    forge(s.world, request, row);
    expect(audit(s.world), "decision_differs");
}

} // namespace handprint::audit_test
