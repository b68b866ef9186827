// Numbers at their ends: none that the rules let in leads to one that an entry cannot hold.

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
    const Amount most{1'000'000'000'000'000};
    std::string code;
    int times = 0;
    for (; code.empty() && times < 10'000; ++times) {
        const auto paid = named("transfer " + std::to_string(times));
        code = rig.run(Fund{most, "KES", paid, 0}, "d:0");
    }
    CHECK(code == "invariant_broken");
    CHECK(times == 4000); // the last one came to 4 * 10^18 and what the rig began with
    const auto& bank = rig.state.get<AccountRow>(std::string("bank/main"), std::string("KES"));
    CHECK(bank.debits > 0);
    // Nothing was counted of what was refused, and other currencies and commands go on.
    CHECK(rig.owed("escrow/r:0") == bank.debits - rig.owed("escrow/r:1"));
    CHECK(rig.run(Refund{Amount{5}, "KES"}, "r:0").empty());
}

} // namespace handprint::market_test
