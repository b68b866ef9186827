#include "node/tools/crowd_files.hpp"
#include "node/tools/expected_money.hpp"
#include "tests/tools/scratch.hpp"

#include <doctest/doctest.h>

#include <numeric>

namespace handprint::tools {

namespace {

constexpr const char* items =
    "{\"id\":\"a\",\"n\":1}\n{\"id\":\"b\",\"n\":2}\n{\"id\":\"c\",\"n\":3}\n";
constexpr const char* answers = "task,worker,answer\n"
                                "a,w1,yes\na,w2,no\na,w3,yes\n"
                                "b,w1,no\nb,w2,no\nb,w3,yes\n"
                                "c,w1,yes\n";

std::int64_t sum(const std::map<std::string, std::int64_t>& amounts) {
    return std::accumulate(
        amounts.begin(),
        amounts.end(),
        std::int64_t{0},
        [](auto all, const auto& one) { return all + one.second; }
    );
}

} // namespace

TEST_CASE("a recording is read, and limited to its first tasks") {
    const ScratchDir dir;
    const CrowdPaths paths{
        test::write_file(dir, "items", items),
        test::write_file(dir, "answers", answers),
        test::write_file(dir, "truth", "task,truth\na,yes\nb,yes\nc,yes\n")
    };
    const auto all = load_crowd(paths, 0);
    REQUIRE(all);
    CHECK(all->ids == std::vector<std::string>{"a", "b", "c"});
    CHECK(all->judgments.size() == 7);
    CHECK(all->workers.at("w1").size() == 3);
    CHECK(all->choices == std::vector<std::string>{"no", "yes"});
    const auto vote = majority(*all, all->judgments);
    CHECK(vote.judged == 3);
    CHECK(vote.right == 2);
    CHECK(vote.always.at("yes") == 3);
    const auto two = load_crowd(paths, 2);
    REQUIRE(two);
    CHECK(two->judgments.size() == 6);
    CHECK(two->jsonl.find("\"c\"") == std::string::npos);
}

TEST_CASE("a recording that is not one is refused with its line") {
    const ScratchDir dir;
    const auto load = [&](const char* tasks, const char* judged) {
        const auto crowd = load_crowd(
            {test::write_file(dir, "items", tasks), test::write_file(dir, "answers", judged), ""}, 0
        );
        return crowd ? std::string() : crowd.error().what;
    };
    CHECK(
        load(items, "task,worker,answer\na,w1,yes\na,w1,no\n").find("line 3: judged twice")
        != std::string::npos
    );
    CHECK(
        load(items, "task,worker,answer\nz,w1,yes\n").find("line 2: no such task")
        != std::string::npos
    );
    CHECK(load(items, "worker,answer\n").find("the first line") != std::string::npos);
    CHECK(load("{\"id\":1}\n", answers).find("line 1") != std::string::npos);
    CHECK(!load("", answers).empty());
}

TEST_CASE("wages are rounded up for each worker, the fee once, shares add up to the pool") {
    MoneyTerms terms;
    terms.price_micros = 1'333'333;
    terms.fee_bps = 1'000;
    terms.income = 1'000;
    terms.operations_bps = 2'000;
    terms.transition_bps = 1'000;
    terms.reserve_bps = 1'000;
    const auto money = expected_money(answers, terms);
    CHECK(money.judgments == 7);
    CHECK(money.wages.at("w1") == 400); // 3 x 133.3333 = 399.9999
    CHECK(money.wages.at("w2") == 267);
    CHECK(money.wage_total == 934);
    CHECK(money.fee == 94); // a tenth of 933.3331
    CHECK(money.operations == 200);
    CHECK(money.share_total == 600);
    CHECK(sum(money.shares) == 600);
    CHECK(money.shares.at("w1") == 257); // 600 x 3/7 = 257.14
    CHECK(
        money.shares.at("w2") == 172
    ); // 171.43 and the unit left: first by name of equal remainders
    CHECK(money.shares.at("w3") == 171);
    const std::map<std::string, bool> only{{"c", true}};
    CHECK(expected_money(answers, terms, &only).judgments == 1);
    CHECK(expected_money("task,worker,answer\n", terms).wage_total == 0);
}

} // namespace handprint::tools
