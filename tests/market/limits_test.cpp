// Numbers at their ends: none that the rules let in leads to one that an entry cannot hold.

#include "node/market/limits.hpp"
#include "node/market/manifest.hpp"
#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::market_test {

namespace {

constexpr Int year = 365LL * 24 * 3600 * 1000;

/// A batch in which the first member has been paid, so that its project has credit points.
Rig with_points() {
    Rig rig;
    const Int open = rig.batch(1, 1);
    rig.must(rig.answers(open, {0}), "m:0");
    rig.must(Accept{open, {{0, 0}}}, "r:0");
    return rig;
}

std::string share_out(Rig& rig, const char* reference) {
    auto made = rig.request(Income{Amount{1000}, "KES", 0, named(reference)}, "d:0");
    const auto parts = royalty_parts(rig.state, Amount{1000}, rig.now);
    const std::vector<CreditRow> credits{rig.state.get<CreditRow>(Int{0}, Int{0})};
    made.prepared.shares = prepare_shares(credits, parts.contributors);
    return rig.run(std::move(made));
}

} // namespace

TEST_CASE("limits: the longest times and the dearest hour make an entry") {
    Rig rig;
    rig.must(SetRule{0, year, "accept_max_ms"}, "d:0");
    rig.must(SetRule{0, year, "lease_max_ms"}, "d:0");
    rig.must(SetRule{0, 1'000'000'000'000, "floor_minor_per_hour/KES"}, "d:0");
    auto longest = terms(0, "longest");
    longest.accept_ms = longest.lease_ms = year;
    CHECK(rig.run(longest, "r:0") == "below_floor");
    rig.must(SetRule{0, 0, "floor_minor_per_hour/KES"}, "d:0");
    longest.accept_ms = year + 1;
    CHECK(rig.run(longest, "r:0") == "out_of_range");
    longest.accept_ms = year;
    const Int open = rig.batch(longest, 1);
    const auto events = rig.must(rig.answers(open, {0}), "m:0");
    CHECK(std::get<Submitted>(events.front()).due == rig.now - 1 + year);
}

TEST_CASE("limits: a licence fee is divided by rules that add up") {
    Rig rig = with_points();
    CHECK(share_out(rig, "as at the beginning").empty());
    rig = with_points();
    rig.must(SetRule{0, 2500, "royalty_operations_bps"}, "d:0");
    CHECK(share_out(rig, "half changed") == "royalty_not_whole");
    rig.must(SetRule{0, 5500, "royalty_contributors_bps"}, "d:0");
    CHECK(share_out(rig, "changed").empty());
    CHECK(rig.owed("suspense/share:0") == 550);
    rig = with_points();
    for (const char* name : {"operations", "transition", "reserve"})
        rig.must(SetRule{0, 10'000, "royalty_" + std::string(name) + "_bps"}, "d:0");
    CHECK(share_out(rig, "more than there is") == "royalty_not_whole");
}

TEST_CASE("limits: what an account has moved in all is counted in 64 bits") {
    Rig rig;
    // As after many years.
    const std::string bank = "bank", kes = "KES";
    auto moved = rig.state.get<ClassRow>(bank, kes);
    const Int held = moved.debits - moved.credits;
    moved.debits = 4'000'000'000'000'000'000 - most_amount + 1;
    moved.credits = moved.debits - held;
    rig.state.put(moved);
    CHECK(
        rig.run(Fund{Amount{most_amount}, kes, named("one too many"), 0}, "d:0")
        == "invariant_broken"
    );
    // Nothing was counted of what was refused, and what fits goes on.
    CHECK(rig.owed("escrow/r:0") + rig.owed("escrow/r:1") == held);
    CHECK(rig.run(Fund{Amount{most_amount - 1}, kes, named("the last"), 0}, "d:0").empty());
    CHECK(rig.run(Refund{Amount{5}, kes}, "r:0").empty());
}

TEST_CASE("limits: no entry moves so much that a few thousand of them end a currency") {
    constexpr Int counted = 4'000'000'000'000'000'000;
    Rig rig = with_points();
    CHECK(counted / most_amount == 40'000'000);
    const Amount most{most_amount}, more{most_amount + 1};
    CHECK(rig.run(Fund{more, "KES", named("too much"), 0}, "d:0") == "bad_amount");
    rig.must(Fund{most, "KES", named("much"), 0}, "d:0");
    rig.must(Fund{most, "KES", named("as much again"), 0}, "d:0");
    CHECK(rig.run(Refund{more, "KES"}, "r:0") == "bad_amount");
    CHECK(rig.run(Income{more, "KES", 0, named("fee")}, "d:0") == "bad_amount");
    CHECK(rig.run(Surplus{more, "KES", 0}, "d:0") == "bad_amount");
    // A requester who conspires with the delegate moves it no faster with batches.
    rig.must(SetRule{0, 0, "fee_bps"}, "d:0");
    auto dear = terms(0, "as dear as can be");
    dear.price_micros = 1'000'000'000'000;
    dear.overlap = 1000;
    rig.must(Publish{rig.sealed(dear, 1)}, "r:0");
    CHECK(rig.owed("hold/b:1") == most_amount);
    dear.external = named("dearer");
    dear.overlap = 1001;
    CHECK(rig.run(Publish{rig.sealed(dear, 1)}, "r:0") == "too_large");
}

} // namespace handprint::market_test
