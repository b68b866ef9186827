// The index against decide_claim over random histories: the same batches, the same number of tasks.

#include "node/market/lists.hpp"
#include "tests/matching/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

using namespace handprint::matching_tests;
using namespace handprint::matching;
using handprint::market::Family;

namespace {

constexpr Int members = 6;

struct History : World {
    explicit History(std::uint64_t seed) : random(seed) {
        floor("KES", 30'000);
        floor("EUR", 1'200);
        const char* languages[] = {"en", "en,sw", "sw", "en,fr,sw", "fr", "en"};
        for (Int member = 0; member < members; ++member) {
            enrol(member, languages[member]);
        }
    }

    Int below(Int bound) { return static_cast<Int>(random() % static_cast<std::uint64_t>(bound)); }

    template <class T>
    const T& any(const std::vector<T>& of) {
        return of[static_cast<std::size_t>(below(static_cast<Int>(of.size())))];
    }

    void publish_any() {
        Terms terms;
        terms.domain = any(domains);
        terms.language = any<std::string>({"en", "sw", "fr"});
        terms.tasks = 1 + below(below(4) == 0 ? 90 : 6);
        terms.overlap = 1 + below(3);
        terms.currency = below(4) == 0 ? "EUR" : "KES";
        terms.pay = terms.currency == "EUR" ? 1'200 + below(2'000) : 30'000 + below(60'000);
        terms.level = 1 + below(3);
        terms.gives = below(3) == 0 ? 1 + below(3) : 0;
        publish(terms);
    }

    void claim_any() {
        const Int member = below(members), batch = below(batches);
        claim(member, batch, candidates(batch, member, 8, random()), 1 + below(4));
    }

    void submit_any() {
        if (held.empty()) return;
        auto at = held.begin();
        std::advance(at, below(static_cast<Int>(held.size())));
        const auto claim = at->second;
        if (claim.until <= now) return;
        const Int task = any(handprint::market::split_numbers(claim.tasks));
        const auto* row = find<handprint::market::TaskRow>(claim.batch, task);
        if (row != nullptr
            && row->submitted >= find<handprint::market::BatchRow>(claim.batch)->overlap) {
            return;
        }
        submit(claim.member, claim.batch, task);
        if (below(2) == 0) accept(claim.member, claim.batch, task);
    }

    void step() {
        const Int what = below(20);
        if (what < 2 || batches == 0) return publish_any();
        if (what < 9) return claim_any();
        if (what < 16) return submit_any();
        if (what == 16) return skill(below(members), any(domains), 1 + below(3));
        if (what == 17) now += below(World::lease_ms);
        if (what == 18 && below(4) == 0) close(below(batches));
        if (what == 19 && below(6) == 0)
            enrol(below(members), any<std::string>({"en", "en,sw", "fr,sw"}));
    }

    std::mt19937_64 random;
    const std::vector<std::string> domains{"law/contracts", "code/review", "health/information"};
};

void check_candidates(History& world, Int member, Int batch, Int left) {
    const auto found = world.candidates(batch, member, 200, world.random());
    REQUIRE(static_cast<Int>(found.size()) == left);
    if (found.empty()) return;
    // All of them are taken by the rules, so none is full, answered or somebody else's.
    const auto answer = world.decide(member, batch, found, 1'000'000);
    REQUIRE(answer.has_value());
    REQUIRE(answer->tasks.size() == found.size());
    const auto few = world.candidates(batch, member, 3, world.random());
    REQUIRE(static_cast<Int>(few.size()) == std::min(left, Int{3}));
    const auto* row = world.find<handprint::market::BatchRow>(batch);
    if (row->qualifies_level != 0 && few.size() < found.size()) {
        REQUIRE_FALSE(world.decide(member, batch, few, 1'000'000).has_value());
        return;
    }
    REQUIRE(world.decide(member, batch, few, 1'000'000)->tasks.size() == few.size());
}

void check_offer(const History& world, const Offer& offer, Int member, std::uint64_t seed) {
    REQUIRE(offer.score == offer.parts.sum());
    REQUIRE(offer.parts.draw == draw_part(seed, member, offer.batch));
    REQUIRE(offer.parts.draw <= most_draw);
    const auto* batch = world.find<handprint::market::BatchRow>(offer.batch);
    REQUIRE((offer.kind == OfferKind::qualification) == (batch->qualifies_level != 0));
    REQUIRE(offer.pay_per_hour == batch->price_micros * 60 / 10'000);
    const Int floor = batch->currency == "EUR" ? 1'200 : 30'000;
    REQUIRE(offer.parts.pay == std::min(Int{400}, (offer.pay_per_hour - floor) * 200 / floor));
    const auto* skill =
        world.find<handprint::market::SkillRow>(member, std::string_view(batch->domain));
    const Int have = skill == nullptr ? 0 : skill->level;
    const Int fit = batch->qualifies_level == 0 ? 300 - 50 * (have - batch->level)
                                                : 200 - 50 * (batch->qualifies_level - have - 1);
    REQUIRE(offer.parts.skill == fit);
    Int accepted = 0, speakers = 0;
    for (const auto& [key, row] : world.rows) {
        if (const auto* earning = std::get_if<handprint::market::EarningRow>(&row)) {
            const auto* of = world.find<handprint::market::BatchRow>(earning->batch);
            if (earning->member == member && of->domain == batch->domain)
                accepted += earning->accepted;
        } else if (const auto* one = std::get_if<handprint::market::MemberRow>(&row)) {
            speakers += one->languages.find(batch->language) != std::string::npos ? 1 : 0;
        }
    }
    REQUIRE(offer.parts.history == std::min(accepted, Int{100}));
    REQUIRE(offer.parts.language == 100 * (members - speakers) / members);
}

void check_member(History& world, Int member) {
    const std::uint64_t seed = world.random();
    const auto offers = world.offers(member, seed, 1000);
    std::map<Int, Int> left;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        left[offers[i].batch] = offers[i].left;
        check_offer(world, offers[i], member, seed);
        if (i == 0) continue;
        const bool ordered =
            offers[i - 1].score > offers[i].score
            || (offers[i - 1].score == offers[i].score && offers[i - 1].batch < offers[i].batch);
        REQUIRE(ordered);
    }
    REQUIRE(left.size() == offers.size()); // none twice
    std::set<Int> lacking;
    for (const Nearly& item : world.index.nearly({member}, world.now, seed, 1000)) {
        REQUIRE(lacking.insert(item.batch).second);
        const auto answer = world.decide(member, item.batch);
        REQUIRE_FALSE(answer.has_value());
        const bool tongue = item.missing.code == "missing_language";
        const char* code = tongue ? "language_missing" : "skill_missing";
        REQUIRE(answer.error().code == code);
    }
    for (Int batch = 0; batch < world.batches; ++batch) {
        const auto answer = world.decide(member, batch);
        if (answer) {
            REQUIRE(left.contains(batch));
            REQUIRE(left[batch] == static_cast<Int>(answer->tasks.size()));
            check_candidates(world, member, batch, left[batch]);
        } else {
            REQUIRE_FALSE(left.contains(batch));
        }
    }
}

} // namespace

TEST_CASE("offers are what the rules of a claim would give, over random histories") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        History world(seed);
        for (int step = 0; step < 700; ++step) {
            world.step();
            if (step % 7 == 0) check_member(world, world.below(members));
        }
        for (Int member = 0; member < members; ++member)
            check_member(world, member);
    }
}

TEST_CASE("the same rows in any order, and twice, give the same lists") {
    History world(99);
    for (int step = 0; step < 900; ++step)
        world.step();
    if (world.index.due(world.now)) world.index.expire(world.now);
    std::vector<handprint::market::Row> rows;
    for (const auto& [key, row] : world.rows)
        rows.push_back(row);
    for (const auto& [key, claim] : world.held)
        rows.push_back(claim);
    for (int turn = 0; turn < 4; ++turn) {
        OpenWork other;
        std::shuffle(rows.begin(), rows.end(), world.random);
        for (const auto& row : rows)
            other.row(row);
        if (turn % 2 == 1) {
            for (const auto& row : rows)
                other.row(row);
        }
        if (other.due(world.now)) other.expire(world.now);
        for (Int member = 0; member < members; ++member) {
            const auto expected = world.offers(member, 5, 10);
            const auto found = other.offers({member}, world.now, 5, 10);
            REQUIRE(found.size() == expected.size());
            for (std::size_t i = 0; i < found.size(); ++i) {
                REQUIRE(found[i].batch == expected[i].batch);
                REQUIRE(found[i].parts == expected[i].parts);
                REQUIRE(found[i].left == expected[i].left);
                REQUIRE(found[i].reasons.size() == expected[i].reasons.size());
                const Int batch = found[i].batch;
                REQUIRE(
                    other.candidates(batch, member, 5, world.now, 3)
                    == world.candidates(batch, member, 5, 3)
                );
            }
        }
    }
}
