// Attacks on what an import says of its tasks, above all on the terms that a task has of its own,
// and the check that catches each.

#include "tests/audit/setting.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace handprint::audit_test {

using namespace market;

namespace {

constexpr Int day = 24 * 3600 * 1000;

/// A batch of three tasks, 1 with a price of its own, 2 expiring; some answered by member 0. Gives
/// its number. A fourth task expires if it is given a time.
Int open_own_terms(
    World& world, Int expires, const std::vector<Int>& answered = {0, 1}, Int fourth_expires = 0
) {
    world.own = {{1, 3'000'000, 0, 0}, {2, 0, 0, expires}};
    if (fourth_expires != 0) world.own.push_back({3, 0, 0, fourth_expires});
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
    const Int number = world.batch(batch, fourth_expires == 0 ? 3 : 4, "r:0", requester);
    world.submit(0, member, number, answered);
    return number;
}

/// So many findings, and all of this code.
Int overdue(const audit::Report& report) {
    INFO(audit::report_text(report));
    Int count = 0;
    for (const auto& finding : report.findings) {
        CHECK(finding.code == "timer_overdue");
        ++count;
    }
    return count;
}

} // namespace

TEST_CASE("attack: tasks on other terms than their requester gave them") {
    constexpr Int in_time = 100'000;
    const OwnTerms price{1, 3'500'000, 0, 0}, overlap{1, 3'000'000, 5, 0}, none{1, 3'000'000, 0, 0};
    for (const auto& [lie, later] : {std::pair{price, 0}, {overlap, 0}, {none, 1}}) {
        Setting s;
        tell_period(s.world);
        const Int expires = s.world.now() + in_time;
        s.world.false_terms = {lie, {2, 0, 0, expires + later}};
        open_own_terms(s.world, expires, {0});
        expect(audit(s.world), "terms_differ");
    }
}

TEST_CASE("attack: tasks that are not those of their import") {
    const auto expect_of = [](ImportLie lie, const char* code) {
        TempDir dir;
        Witnesses witnesses{dir};
        WorldOptions lies;
        lies.imports = lie;
        World world{dir.in("data"), witnesses, lies};
        tell_period(world);
        expect(audit(world), code);
    };
    SUBCASE("under names that are not theirs") {
        expect_of(ImportLie::names_of_batches, "name_differs");
    }
    SUBCASE("one under the name of another") {
        expect_of(ImportLie::names_swapped, "name_differs");
    }
    SUBCASE("one of them left out") {
        expect_of(ImportLie::task_left_out, "secret_malformed");
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
    SUBCASE("ten minutes late, and more") {
        s.world.stop();
        s.world.advance(due + 600'000 - s.world.now());
        REQUIRE(s.world.publish());
        CHECK(audit(s.world).clean());
        s.world.advance(1000);
        REQUIRE(s.world.publish());
        CHECK(overdue(audit(s.world)) == 1);
    }
    SUBCASE("a day late, and more") {
        const auto request = s.world.sign(EndTasks{batch, {2}}, "clock", clock_key);
        s.world.stop();
        Forger forger(s.world);
        SUBCASE("a day") {
            forger.append(request, due + day);
            CHECK(overdue(audit(s.world)) == 0);
        }
        SUBCASE("more") {
            forger.append(request, due + day + 1);
            CHECK(overdue(audit(s.world)) == 1);
        }
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
        Forger(s.world).append(request, due + 21 * day);
        expect(audit(s.world), "timer_overdue");
    }
}

TEST_CASE("attack: several tasks are ended, and several answers accepted, weeks after they were due"
) {
    Setting s;
    tell_period(s.world);
    const Int expires = s.world.now() + 100'000;
    const Int batch = open_own_terms(s.world, expires, {0, 1}, expires);
    s.world.stop();
    Forger forger(s.world);
    const Int late = s.world.now() + 21 * day;
    SUBCASE("ended") {
        forger.append(s.world.sign(EndTasks{batch, {2, 3}}, "clock", clock_key), late);
    }
    SUBCASE("accepted") {
        forger.append(s.world.sign(Accept{batch, {{0, 0}, {1, 0}}}, "r:0", requester), late);
    }
    CHECK(overdue(audit(s.world)) == 2);
}

TEST_CASE("tasks of a batch that is closed are not waited for, nor those that are ended") {
    Setting s;
    tell_period(s.world);
    const Int batch = open_own_terms(s.world, s.world.now() + 100'000);
    SUBCASE("closed") {
        s.world.entry(Accept{batch, {{0, 0}, {1, 0}}}, "r:0", requester);
        s.world.entry(CloseBatch{batch}, "r:0", requester);
        s.world.stop();
    }
    SUBCASE("ended") {
        s.world.stop();
        const auto request = s.world.sign(EndTasks{batch, {2}}, "clock", clock_key);
        s.world.advance(200'000);
        Forger(s.world).append(request, s.world.now());
    }
    s.world.advance(20 * 60 * 1000);
    REQUIRE(s.world.publish());
    CHECK(overdue(audit(s.world)) == 0);
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
