#include "node/routes/grants.hpp"
#include "node/routes/principal_cache.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace handprint;
using market::GrantRow;
using market::Int;
using routes::Grants;
using routes::Known;
using routes::PrincipalCache;

namespace {

GrantRow grant(Int number, const char* kinds, const char* batches = "", Int requester = 3) {
    GrantRow row;
    row.grant = number;
    row.requester = requester;
    row.key = "key " + std::to_string(number);
    row.kinds = kinds;
    row.batches = batches;
    row.expires = 1000;
    return row;
}

std::vector<Int> numbers(const std::vector<GrantRow>& grants) {
    std::vector<Int> out;
    for (const auto& one : grants)
        out.push_back(one.grant);
    return out;
}

Known member(const char* party) {
    Known known;
    known.principal.party = party;
    return known;
}

} // namespace

TEST_CASE("grants: the kind counts first, then being for every batch, then being new") {
    Grants grants;
    grants.row(grant(10, "accept,publish"));
    grants.row(grant(20, "accept,publish"));
    grants.row(grant(30, "accept,publish", "7,8"));
    grants.row(grant(40, "refund"));
    grants.row(grant(50, "publish", "", 4));
    CHECK(numbers(grants.live(3, "publish", 500)) == std::vector<Int>{20, 10, 30, 40});
    CHECK(numbers(grants.live(3, "refund", 500)) == std::vector<Int>{40, 20, 10, 30});
    CHECK(numbers(grants.live(3, "", 500)) == std::vector<Int>{40, 20, 10, 30});
    // A kind is the whole word.
    CHECK(numbers(grants.live(3, "pub", 500)) == numbers(grants.live(3, "close_batch", 500)));
    CHECK(numbers(grants.live(4, "publish", 500)) == std::vector<Int>{50});
    CHECK(grants.live(5, "publish", 500).empty());
    CHECK(numbers(grants.unrevoked(4)) == std::vector<Int>{50});
    CHECK(grants.unrevoked(5).empty());
    CHECK(grants.live(market::never, "publish", 500).empty());
}

TEST_CASE("grants: one that is revoked or over is not live, and is still known") {
    Grants grants;
    auto row = grant(10, "publish");
    grants.row(row);
    CHECK(numbers(grants.live(3, "publish", 999)) == std::vector<Int>{10});
    CHECK(grants.live(3, "publish", 1000).empty());
    row.spent = 7;
    grants.row(row);
    CHECK(grants.find(10)->spent == 7);
    CHECK(grants.live(3, "publish", 999).size() == 1);
    row.revoked = 12;
    grants.row(row);
    CHECK(grants.live(3, "publish", 999).empty());
    CHECK(grants.find(10)->revoked == 12);
    CHECK_FALSE(grants.find(11));
    // Rows are told again after a commit of unknown outcome, in the order of the table.
    grants.forget();
    grants.row(row);
    grants.row(grant(20, "publish"));
    CHECK(numbers(grants.live(3, "publish", 999)) == std::vector<Int>{20});
}

TEST_CASE("principals: what is withdrawn is not kept again by who read it before") {
    PrincipalCache cache;
    const auto early = cache.reading();
    cache.keep("a", member("m:1"), early);
    CHECK(cache.find("a")->principal.party == "m:1");
    cache.withdraw("a");
    CHECK_FALSE(cache.find("a"));
    cache.keep("a", member("m:1"), early);
    CHECK_FALSE(cache.find("a"));
    cache.keep("b", member("m:2"), cache.reading());
    CHECK(cache.find("b"));
}
