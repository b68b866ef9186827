#include "tests/matching/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace handprint::matching_tests;
using namespace handprint::matching;

TEST_CASE("an offer says why it is there, and its parts add up") {
    World world(*Taxonomy::build({{"health/information", "", "Health information"}}));
    world.floor("KES", 30'000);
    for (Int member = 0; member < 10; ++member)
        world.enrol(member, member < 2 ? "en,sw" : "en");
    world.skill(1, "health/information", 2);
    handprint::market::BatchRow row;
    row.batch = 4;
    row.state = static_cast<Int>(handprint::market::BatchState::open);
    row.currency = "KES";
    row.domain = "health/information";
    row.language = "sw";
    row.price_micros = 14'000'000;
    row.estimate_s = 120;
    row.tasks = 30;
    row.hazard = 1;
    world.put(row);
    world.put(handprint::market::EarningRow{4, 1, 25, 0, 0});

    const auto offers = world.offers(1, 77);
    REQUIRE(offers.size() == 1);
    const Offer& offer = offers[0];
    CHECK(offer.kind == OfferKind::task);
    CHECK(offer.left == 30);
    CHECK(offer.pay_per_hour == 42'000);
    CHECK(offer.parts == ScoreParts{250, 80, 25, 80, draw_part(77, 1, 4)});
    CHECK(offer.score == 435 + draw_part(77, 1, 4));
    CHECK(
        reason(offer, "skill")->text
        == "You have health information at level 2; level 1 is asked for"
    );
    CHECK(
        reason(offer, "skill")->params
        == std::vector<std::pair<
            std::string_view,
            Reason::Value>>{{"asked", Int{1}}, {"domain", "health/information"}, {"have", Int{2}}}
    );
    CHECK(reason(offer, "pay")->text == "About 2 minutes each; 420 KES an hour");
    CHECK(reason(offer, "language")->text == "Is in sw, which 2 of 10 members speak");
    CHECK(
        reason(offer, "history")->text == "25 answers of yours in health information were accepted"
    );
    CHECK(reason(offer, "new")->text == "You have not worked in this batch yet");
    CHECK(reason(offer, "hazard")->text == "May be upsetting: hazard class H1");
    CHECK(reason(offer, "draw") == nullptr);
    CHECK(world.offers(0).empty()); // speaks it, has not the skill
    CHECK(world.offers(5).empty());
    CHECK(world.offers(99).empty()); // nobody
}

TEST_CASE("work of level 0 is open to all who speak the language") {
    World world;
    world.enrol(1, "en");
    world.enrol(2, "sw");
    const Int batch = world.publish({.level = 0});
    const auto offers = world.offers(1);
    REQUIRE(batches_of(offers) == std::vector<Int>{batch});
    CHECK(offers[0].kind == OfferKind::task);
    CHECK(reason(offers[0], "open_to_all")->text == "Open to all members; no test is needed");
    CHECK(world.offers(2).empty());
}

TEST_CASE("a test is for those who lack the level, and says that it pays either way") {
    World world;
    world.enrol(1, "en");
    const Int test = world.publish({.level = 1, .gives = 1});
    const auto offers = world.offers(1);
    REQUIRE(batches_of(offers) == std::vector<Int>{test});
    CHECK(offers[0].kind == OfferKind::qualification);
    CHECK(
        reason(offers[0], "test")->text
        == "Takes a test for law/contracts level 1; pays whether you pass or not"
    );
    world.skill(1, "law/contracts", 1);
    CHECK(world.offers(1).empty());
}

TEST_CASE("a changed floor moves the pay part from its time on") {
    World world;
    world.enrol(1, "en");
    world.skill(1, "law/contracts", 1);
    world.publish({.pay = 45'000});
    CHECK(world.offers(1)[0].parts.pay == 0); // no floor is known
    world.put(handprint::market::RuleRow{"floor_minor_per_hour/KES", 30'000, 36'000, world.now + 5}
    );
    CHECK(world.offers(1)[0].parts.pay == 100);
    world.now += 5;
    CHECK(world.offers(1)[0].parts.pay == 50);
}

TEST_CASE("the best paid batch is always seen, and the draw shows the others in turn") {
    World world;
    world.floor("KES", 30'000);
    world.enrol(1, "en");
    world.skill(1, "law/contracts", 1);
    for (int i = 0; i < 3000; ++i)
        world.publish({.pay = 33'000 + i % 7});
    const Int best = world.publish({.pay = 60'000});
    std::set<Int> seen;
    bool told = false;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto offers = world.offers(1, seed, 20);
        REQUIRE(offers.size() == 20);
        CHECK(offers[0].batch == best);
        for (const Offer& offer : offers) {
            seen.insert(offer.batch);
            told = told || reason(offer, "draw") != nullptr;
        }
    }
    CHECK(seen.size() > 700);
    CHECK(told);
    CHECK(batches_of(world.offers(1, 3, 20)) == batches_of(world.offers(1, 3, 20)));
}

TEST_CASE("nothing that is better by more than the draw is left out of a short list") {
    World world;
    world.floor("KES", 30'000);
    world.enrol(1, "en,sw");
    world.enrol(2, "sw");
    world.skill(1, "law/contracts", 3);
    world.skill(1, "code/review", 1);
    for (Int i = 0; i < 4000; ++i) {
        world.publish({
            .domain = i % 3 == 0 ? "code/review" : "law/contracts",
            .language = i % 2 == 0 ? "en" : "sw",
            .pay = 30'000 + (i * 7919) % 40'000,
            .level = 1 + i % 4,
            .gives = i % 5 == 0 ? 2 : 0,
        });
    }
    const auto all = world.offers(1, 9, 1000);
    REQUIRE(all.size() == 1000);
    for (const std::size_t limit : {std::size_t{1}, std::size_t{10}, std::size_t{50}}) {
        const auto top = world.offers(1, 9, limit);
        REQUIRE(top.size() == limit);
        const auto batches = batches_of(top);
        for (const Offer& offer : all) {
            if (offer.parts.without_draw() <= top.back().score) continue;
            CHECK(std::find(batches.begin(), batches.end(), offer.batch) != batches.end());
        }
    }
}

TEST_CASE("with tests in very many domains each of them gets its turn") {
    World world;
    world.enrol(1, "en");
    world.skill(1, "d/150", 1);
    const Int work = world.publish({.domain = "d/150"});
    for (int i = 0; i < 300; ++i)
        world.publish({.domain = "d/" + std::to_string(i), .gives = 1});
    std::set<Int> seen;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const auto offers = world.offers(1, seed, 100);
        CHECK(offers.size() <= 66);
        CHECK(offers[0].batch == work);
        for (const Offer& offer : offers)
            seen.insert(offer.batch);
    }
    CHECK(seen.size() == 300); // all but the test for the skill that the member has
}

TEST_CASE("forgetting leaves nothing, and the rows fed again bring all back") {
    World world;
    world.enrol(1, "en");
    world.skill(1, "law/contracts", 1);
    const Int batch = world.publish({.tasks = 5});
    world.claim(1, batch, {2});
    const auto before = world.offers(1);
    world.index.forget();
    CHECK(world.offers(1).empty());
    CHECK(world.index.open_batches() == 0);
    for (const auto& [key, row] : world.rows)
        world.index.row(row);
    for (const auto& [key, claim] : world.held)
        world.index.row(claim);
    const auto after = world.offers(1);
    REQUIRE(after.size() == before.size());
    CHECK(after[0].score == before[0].score);
    CHECK(world.candidates(batch, 1, 1) == std::vector<Int>{2});
}
