#include "node/matching/bit_tree.hpp"
#include "node/matching/ranked.hpp"
#include "node/matching/score.hpp"
#include "node/matching/taxonomy.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace handprint::matching;
using handprint::market::Int;

TEST_CASE("a bit tree says the same as a set of numbers") {
    std::mt19937_64 random(7);
    for (const Int size :
         {Int{0}, Int{1}, Int{63}, Int{64}, Int{65}, Int{4096}, Int{5000}, Int{300'000}}) {
        for (const bool full : {false, true}) {
            BitTree tree(size, full);
            std::set<Int> truth;
            for (Int i = 0; full && i < size; ++i)
                truth.insert(truth.end(), i);
            for (int step = 0; step < 3000 && size > 0; ++step) {
                const Int number = static_cast<Int>(random() % static_cast<std::uint64_t>(size));
                const bool on = random() % 2 == 0;
                tree.set(number, on);
                on ? (void)truth.insert(number) : (void)truth.erase(number);
                const Int from =
                    static_cast<Int>(random() % static_cast<std::uint64_t>(size + 2)) - 1;
                const auto next = truth.lower_bound(from);
                REQUIRE(
                    tree.next(from) == (next == truth.end() ? handprint::market::never : *next)
                );
                REQUIRE(tree.test(number) == on);
            }
            CHECK(tree.count() == static_cast<Int>(truth.size()));
        }
    }
}

TEST_CASE("ranked batches keep their order whatever is put in and taken out") {
    std::mt19937_64 random(11);
    Ranked ranked;
    std::set<Paid> truth;
    for (int step = 0; step < 30'000; ++step) {
        const Paid paid{static_cast<Int>(random() % 50), static_cast<Int>(random() % 4000)};
        if (random() % 3 != 0) {
            ranked.insert(paid);
            truth.insert(paid);
        } else {
            ranked.erase(paid);
            truth.erase(paid);
        }
    }
    REQUIRE(ranked.size() == truth.size());
    REQUIRE(truth.size() > 1500); // several blocks
    std::size_t rank = 0;
    Ranked::Cursor cursor(ranked);
    for (const Paid& paid : truth) {
        REQUIRE(ranked.at(rank++) == paid);
        REQUIRE(cursor.get() == paid);
        cursor.next();
    }
    CHECK(cursor.done());
    for (const Paid& paid : truth)
        ranked.erase(paid);
    CHECK(ranked.size() == 0);
    CHECK(Ranked::Cursor(ranked).done());
}

TEST_CASE("each part of the score follows its formula and stays inside its bound") {
    struct Row {
        Int found, expected;
    };

    const Row rows[] = {
        {skill_part(1, 1), 300},
        {skill_part(3, 1), 200},
        {skill_part(5, 1), 100},
        {test_part(0, 1), 200},
        {test_part(0, 3), 100},
        {test_part(2, 3), 200},
        {test_part(0, 5), 0},
        {language_part(10, 10), 0},
        {language_part(1, 3), 66},
        {language_part(0, 0), 0},
        {history_part(0), 0},
        {history_part(37), 37},
        {history_part(5000), 100},
        {pay_part(30'000, 30'000), 0},
        {pay_part(42'000, 30'000), 80},
        {pay_part(30'149, 30'000), 0},
        {pay_part(30'150, 30'000), 1},
        {pay_part(90'000, 30'000), 400},
        {pay_part(9'000'000, 30'000), 400},
        {pay_part(500, 0), 0},
        {pay_part(INT64_MAX, 1), 400},
    };
    for (const Row& row : rows)
        CHECK(row.found == row.expected);
    CHECK(highest_score == 1000);
    CHECK(most_draw * 10 == highest_score);
}

TEST_CASE("the draw stays inside its bound, depends on all three numbers and is level") {
    std::set<Int> seen;
    Int sum = 0;
    constexpr Int count = 100'000;
    for (Int batch = 0; batch < count; ++batch) {
        const Int draw = draw_part(5, 12, batch);
        REQUIRE(draw >= 0);
        REQUIRE(draw <= most_draw);
        seen.insert(draw);
        sum += draw;
    }
    CHECK(seen.size() == 101);
    CHECK(sum / count >= 49);
    CHECK(sum / count <= 50);
    CHECK(mix(1, 2, 3) == mix(1, 2, 3));
    CHECK(mix(1, 2, 3) != mix(2, 2, 3));
    CHECK(mix(1, 2, 3) != mix(1, 3, 2));
    // docs/matching.md gives this one as an example.
    CHECK(draw_part(seed_of_hour(1'767'225'600'000), 12, 7) == 76);
}

TEST_CASE("pay per hour is in minor units of the currency and rounded down") {
    CHECK(pay_per_hour(14'000'000, 120, "KES") == 42'000);
    CHECK(pay_per_hour(1, 3600, "EUR") == 0);
    CHECK(pay_per_hour(333'333, 60, "EUR") == 1999);
    CHECK(pay_per_hour(5'000'000, 60, "JPY") == 300);
    CHECK(pay_per_hour(1'000'000, 60, "KWD") == 60'000);
    CHECK(pay_per_hour(1'000'000'000'000, 1, "KES") == 360'000'000'000);
}

TEST_CASE("a taxonomy knows its domains and refuses what is not a tree") {
    const auto good = Taxonomy::build({{"law", "", "Law"}, {"law/contracts", "law", "Contracts"}});
    REQUIRE(good.has_value());
    REQUIRE(good->find("law/contracts") != nullptr);
    CHECK(good->find("law/contracts")->parent == "law");
    CHECK(good->find("law/privacy") == nullptr);
    CHECK(good->in_words("law/contracts") == "contracts");
    CHECK(good->in_words("law/privacy") == "law/privacy");
    CHECK_FALSE(Taxonomy::build({{"", "", "Nothing"}}).has_value());
    CHECK_FALSE(Taxonomy::build({{"law", "", "Law"}, {"law", "", "Law"}}).has_value());
    CHECK_FALSE(
        Taxonomy::build({{"law/contracts", "law", "Contracts"}, {"law", "", "Law"}}).has_value()
    );
    CHECK_FALSE(Taxonomy::build({{"law", "law", "Law"}}).has_value());
    CHECK(covers("law/contracts", "law/contracts"));
    CHECK_FALSE(covers("law", "law/contracts"));
}
