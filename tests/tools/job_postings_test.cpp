#include "node/tools/job_postings.hpp"

#include <doctest/doctest.h>

namespace handprint::tools {

namespace {

record::Json entry(const std::string& postings) {
    return record::Json::parse("{\"postings\":[" + postings + "]}").value();
}

} // namespace

TEST_CASE("of a transfer for many, a job has what its own accounts moved") {
    JobPostings postings({"in_transit/m:1", "in_transit/m:3"}, "KES");
    REQUIRE(postings.take(entry(R"(["in_transit/m:1","KES","40"],["bank/main","KES","-100"],)"
                                R"(["in_transit/m:2","KES","50"],["in_transit/m:3","KES","10"])")));
    CHECK(postings.job() == Sums{{"in_transit", 50}, {"bank", -50}});
    CHECK(postings.all() == Sums{{"in_transit", 100}, {"bank", -100}});
}

TEST_CASE("an entry of this job alone is its own, one of others is not, other currencies neither") {
    JobPostings postings({"escrow/r:1", "payable/m:1", "hold/b:1"}, "KES");
    REQUIRE(postings.take(entry(R"(["hold/b:1","KES","11"],["payable/m:1","KES","-10"],)"
                                R"(["fee/coop","KES","-1"])")));
    REQUIRE(postings.take(entry(R"(["hold/b:2","KES","7"],["payable/m:2","KES","-6"],)"
                                R"(["fee/coop","KES","-1"])")));
    REQUIRE(postings.take(entry(R"(["bank/main","EUR","5"],["escrow/r:1","EUR","-5"])")));
    CHECK(postings.job() == Sums{{"hold", 11}, {"payable", -10}, {"fee", -1}});
    CHECK(postings.all() == Sums{{"hold", 18}, {"payable", -16}, {"fee", -2}});
}

TEST_CASE("of many that are paid out at once, each keeps what is his") {
    JobPostings postings({"payable/m:1", "in_transit/m:1"}, "KES");
    REQUIRE(postings.take(entry(R"(["payable/m:1","KES","4"],["in_transit/m:1","KES","-4"],)"
                                R"(["payable/m:2","KES","6"],["in_transit/m:2","KES","-6"])")));
    CHECK(postings.job() == Sums{{"payable", 4}, {"in_transit", -4}});
}

TEST_CASE("money that goes from one job to another belongs to neither, and is said") {
    JobPostings postings({"payable/m:1"}, "KES");
    const auto share = entry(R"(["suspense/share:9","KES","5"],["payable/m:1","KES","-5"])");
    REQUIRE_FALSE(postings.take(share));
    CHECK(postings.take(share).error().what == "money goes between this job and another");
}

TEST_CASE("postings of another shape are refused") {
    JobPostings postings({}, "KES");
    for (const char* wrong :
         {R"(["bank/main","KES"])",
          R"(["bank/main","KES","1.5"])",
          R"(["bank/main","KES",1])",
          R"([1,"KES","1"])",
          "7"}) {
        INFO(wrong);
        CHECK_FALSE(postings.take(entry(wrong)));
    }
    CHECK_FALSE(postings.take(record::Json::object({})));
    CHECK_FALSE(postings.take(record::Json(7)));
}

} // namespace handprint::tools
