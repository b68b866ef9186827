// The net under all rules: what an entry may never leave behind, whoever decided it.

#include "node/market/apply.hpp"
#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::market_test {

namespace {

/// What is broken once these are posted; "" if nothing is.
std::string
posted(Rig rig, const std::vector<Posting>& postings, const std::vector<Event>& events = {}) {
    apply_postings(rig.state, postings);
    return broken_invariant(rig.state, events, postings);
}

Rig with_answers() {
    Rig rig;
    const Int open = rig.batch(2, 1);
    rig.must(rig.answers(open, {0}), "m:0");
    return rig;
}

} // namespace

TEST_CASE("invariants: postings add to zero in each currency") {
    const Rig rig;
    CHECK(posted(rig, {{"bank/main", "KES", 5}, {"fee/coop", "KES", -5}}).empty());
    CHECK(posted(rig, {{"bank/main", "KES", 5}}) == "postings do not add to zero in KES");
    CHECK(
        posted(
            rig,
            {{"bank/main", "EUR", 5},
             {"fee/coop", "EUR", -4},
             {"bank/main", "KES", 4},
             {"fee/coop", "KES", -5}}
        )
        == "postings do not add to zero in EUR"
    );
}

TEST_CASE("invariants: no account, and no class of them, is on the wrong side") {
    const Rig rig;
    const Int all = rig.owed("escrow/r:0");
    const auto from_escrow = [&rig](Int amount) {
        return posted(rig, {{"escrow/r:0", "KES", amount}, {"hold/b:0", "KES", -amount}});
    };
    CHECK(from_escrow(all).empty());
    CHECK(
        from_escrow(all + 1) == "account on the wrong side: escrow/r:0"
    ); // r:1 has enough for both
    CHECK(
        posted(rig, {{"fee/coop", "KES", 1}, {"bank/main", "KES", -1}})
        == "class on the wrong side: fee"
    );
    CHECK(
        posted(rig, {{"cellar/coop", "KES", -1}, {"bank/main", "KES", 1}})
        == "no such account class: cellar"
    );
}

TEST_CASE("invariants: what is moved can be counted, on either side of an account") {
    constexpr Int most = 4'000'000'000'000'000'000;
    const auto after = [](Int debits, Int credits) {
        Rig rig;
        auto row = rig.state.get<AccountRow>(std::string("bank/main"), std::string("KES"));
        row.debits = debits;
        row.credits = credits;
        rig.state.put(row);
        return posted(rig, {{"bank/main", "KES", 1}, {"fee/coop", "KES", -1}});
    };
    constexpr const char* too_much = "more has been moved than can be counted: bank/main";
    CHECK(after(most - 1, 0).empty());
    CHECK(after(most, 0) == too_much);
    CHECK(after(most - 1, most).empty());
    CHECK(after(most - 1, most + 1) == too_much);
}

TEST_CASE("invariants: no task has more answers than it asks for, none is paid twice") {
    Rig rig = with_answers();
    const Submitted again{0, rig.now, 0, {0}};
    CHECK(posted(rig, {}, {again}).empty());
    auto task = rig.state.get<TaskRow>(Int{0}, Int{0});
    task.submitted = 2;
    rig.state.put(task);
    CHECK(posted(rig, {}, {again}) == "more answers than the task asks for");
    Accepted paid;
    paid.batch = 0;
    auto batch = rig.state.get<BatchRow>(Int{0});
    batch.accepted = batch.submitted;
    rig.state.put(batch);
    CHECK(posted(rig, {}, {paid}).empty());
    ++batch.accepted;
    rig.state.put(batch);
    CHECK(posted(rig, {}, {paid}) == "more accepted than submitted");
}

TEST_CASE("invariants: an account is opened once, with what is posted first") {
    Rig rig;
    const auto opened = apply_postings(
        rig.state,
        std::vector<Posting>{
            {"payable/m:0", "KES", -5}, {"bank/main", "KES", 4}, {"payable/m:0", "EUR", -1}
        }
    );
    CHECK(opened == std::vector<std::string>{"payable/m:0"});
    CHECK(rig.owed("payable/m:0") == 5);
}

} // namespace handprint::market_test
