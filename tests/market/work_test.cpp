// Terms of batches at their ends, what may be handed in, and who may claim.

#include "tests/market/table.hpp"

namespace handprint::market_test {

namespace {

template <class F>
CreateBatch with_terms(F&& change) {
    return with(terms(0, "new"), change);
}

/// "" or the code of the refusal.
std::string claim(const Rig& rig, const ClaimBook& book, const Claim& wanted) {
    const auto answer = decide_claim(rig.state, wanted, {rig.now, never, &book});
    return answer ? "" : answer.error().code;
}

} // namespace

TEST_CASE("work: terms at their ends") {
    const Rig rig;
    constexpr Int day = 24LL * 3600 * 1000;
    const auto of = [](auto&& change) { return with_terms(change); };
    const std::string longest(64, 'd');
    check(
        rig,
        {
            {"a second to accept", of([](auto& b) { b.accept_ms = 1000; }), "r:0", ""},
            {"less", of([](auto& b) { b.accept_ms = 999; }), "r:0", "out_of_range"},
            {"a fortnight", of([](auto& b) { b.accept_ms = 14 * day; }), "r:0", ""},
            {"and more", of([](auto& b) { b.accept_ms = 14 * day + 1; }), "r:0", "out_of_range"},
            {"a second's lease", of([](auto& b) { b.lease_ms = 1000; }), "r:0", ""},
            {"less", of([](auto& b) { b.lease_ms = 999; }), "r:0", "out_of_range"},
            {"a day's lease", of([](auto& b) { b.lease_ms = day; }), "r:0", ""},
            {"and more", of([](auto& b) { b.lease_ms = day + 1; }), "r:0", "out_of_range"},
            {"bundles of 50", of([](auto& b) { b.bundle_max = 50; }), "r:0", ""},
            {"of none", of([](auto& b) { b.bundle_max = 0; }), "r:0", "out_of_range"},
            {"eight hours",
             of([](auto& b) { b.estimate_s = 8 * 3600, b.price_micros = 2'400'000'000; }),
             "r:0",
             ""},
            {"and a second",
             of([](auto& b) { b.estimate_s = 8 * 3600 + 1, b.price_micros = 2'500'000'000; }),
             "r:0",
             "out_of_range"},
            {"no time", of([](auto& b) { b.estimate_s = 0; }), "r:0", "out_of_range"},
            {"the worst hazard", of([](auto& b) { b.hazard = 3; }), "r:0", ""},
            {"a worse one", of([](auto& b) { b.hazard = 4; }), "r:0", "out_of_range"},
            {"a hazard below none", of([](auto& b) { b.hazard = -1; }), "r:0", "out_of_range"},
            {"the highest level", of([](auto& b) { b.level = 5; }), "r:0", ""},
            {"a level below none", of([](auto& b) { b.level = -1; }), "r:0", "out_of_range"},
            {"10,000 answers", of([](auto& b) { b.overlap = 10'000; }), "r:0", ""},
            {"and one", of([](auto& b) { b.overlap = 10'001; }), "r:0", "out_of_range"},
            {"the dearest", of([](auto& b) { b.price_micros = 1'000'000'000'000; }), "r:0", ""},
            {"a dearer one",
             of([](auto& b) { b.price_micros = 1'000'000'000'001; }),
             "r:0",
             "out_of_range"},
            {"a test", of([](auto& b) { b.qualifies = Qualifies{1, 1}; }), "r:0", ""},
            {"of the highest level", of([](auto& b) { b.qualifies = Qualifies{5, 1}; }), "r:0", ""},
            {"of no level",
             of([](auto& b) { b.qualifies = Qualifies{0, 1}; }),
             "r:0",
             "out_of_range"},
            {"of a higher one",
             of([](auto& b) { b.qualifies = Qualifies{6, 1}; }),
             "r:0",
             "out_of_range"},
            {"a long domain", of([&](auto& b) { b.domain = longest; }), "r:0", ""},
            {"a longer one", of([&](auto& b) { b.domain = longest + "d"; }), "r:0", "bad_domain"},
            {"no language", of([](auto& b) { b.language = ""; }), "r:0", "bad_language"},
            {"a country", of([](auto& b) { b.language = "KE"; }), "r:0", "bad_language"},
        }
    );
}

TEST_CASE("work: a batch is published when it is sealed and escrow covers it, to the cent") {
    Rig rig;
    const Int open = rig.batch(4, 2);
    const Int held = rig.owed("hold/b:" + std::to_string(open));
    REQUIRE(held > 0);
    rig.must(terms(0, "next"), "r:0");
    const Int next = open + 1;
    CHECK(rig.run(Publish{next}, "r:0") == "not_ready");
    rig.must(ImportTasks{next, 1, 4, rig.state.get<BatchRow>(open).import_root}, "r:0");
    CHECK(rig.run(Publish{next}, "r:0") == "not_ready");
    Rig given_up = rig;
    given_up.must(CloseBatch{next}, "r:0");
    CHECK(given_up.run(Publish{next}, "r:0") == "not_ready");
    CHECK(given_up.run(CloseBatch{next}, "r:0") == "not_open");
    given_up.must(terms(0, "again"), "r:0");
    CHECK(given_up.run(ImportTasks{next + 1, 1, 1, Hash{}}, "r:0").empty());

    rig.must(ImportChunk{next, 0, 4, Hash{5}, task_names(next, 0, 4)}, "clock");
    rig.must(ImportSeal{next}, "clock");
    const Int escrow = rig.owed("escrow/r:0");
    Rig short_of_one = rig;
    short_of_one.must(Refund{Amount{escrow - held + 1}, "KES"}, "r:0");
    CHECK(short_of_one.run(Publish{next}, "r:0") == "not_covered");
    rig.must(Refund{Amount{escrow - held}, "KES"}, "r:0");
    CHECK(rig.run(Publish{next}, "r:0").empty());
    CHECK(rig.owed("escrow/r:0") == 0);
    CHECK(rig.owed("hold/b:" + std::to_string(next)) == held);
    rig.must(CloseBatch{next}, "r:0");
    CHECK(rig.owed("escrow/r:0") == held);
    CHECK(rig.run(Publish{next}, "r:0") == "not_ready");
}

TEST_CASE("work: a grant's cap covers what publishing holds") {
    Rig rig;
    const Int held_before = rig.batch(4, 2);
    const Int held = rig.owed("hold/b:" + std::to_string(held_before));
    rig.must(terms(0, "next"), "r:0");
    const Int next = held_before + 1;
    rig.must(ImportTasks{next, 1, 4, rig.state.get<BatchRow>(held_before).import_root}, "r:0");
    rig.must(ImportChunk{next, 0, 4, Hash{5}, task_names(next, 0, 4)}, "clock");
    rig.must(ImportSeal{next}, "clock");
    const auto publish_under = [&](Int cap) {
        Rig copy = rig;
        copy.must(
            MakeGrant{Amount{cap}, "KES", key(15), copy.now + 1000, {"publish"}, std::nullopt},
            "r:0"
        );
        const Int grant = copy.index - 1;
        auto code = copy.run(Publish{next}, "r:0", grant);
        if (code.empty()) CHECK(copy.state.get<GrantRow>(grant).spent == held);
        return code;
    };
    CHECK(publish_under(held).empty());
    CHECK(publish_under(held - 1) == "over_cap");
}

TEST_CASE("work: an answer has a length and a type, and a bundle its size") {
    Rig rig;
    const Int open = rig.batch(6, 2);
    const auto answer = [&](auto&& change) {
        return with(rig.answers(open, {0}), [&](auto& s) { change(s.answers[0]); });
    };
    const std::string longest(128, 't');
    Rig closed = rig;
    closed.must(CloseBatch{open}, "r:0");
    check(
        rig,
        {
            {"empty", answer([](auto& a) { a.length = 0; }), "m:0", ""},
            {"of less", answer([](auto& a) { a.length = -1; }), "m:0", "bad_answer"},
            {"of no type", answer([](auto& a) { a.type.clear(); }), "m:0", "bad_answer"},
            {"of a long type", answer([&](auto& a) { a.type = longest; }), "m:0", ""},
            {"of a longer one",
             answer([&](auto& a) { a.type = longest + "t"; }),
             "m:0",
             "bad_answer"},
            {"four", rig.answers(open, {0, 1, 2, 3}), "m:0", ""},
            {"five of four", rig.answers(open, {0, 1, 2, 3, 4}), "m:0", "bundle_size"},
            {"to no batch",
             with(rig.answers(open, {0}), [](auto& s) { s.batch = 9; }),
             "m:0",
             "not_open"},
        }
    );
    const ClaimBook nobody;
    Rig live = rig;
    live.claims = &nobody;
    CHECK(live.run(rig.answers(open, {0}), "m:0") == "lease_over"); // never claimed
    CHECK(closed.run(rig.answers(open, {0}), "m:0") == "not_open");
    CHECK(closed.run(Accept{open, {{0, 0}}}, "r:0") == "not_open");
    CHECK(closed.run(Accept{9, {{0, 0}}}, "r:0") == "not_open");
    CHECK(closed.run(AutoAccept{open, {{0, 0}}}, "clock") == "not_open");
    CHECK(closed.run(Grade{open, 1, 0, Hash{}, {0}}, "clock") == "not_open");
}

TEST_CASE("work: a test is handed in as a whole, and grants its level to who passes") {
    const auto tried = [](Int level_before, Int correct) {
        Rig rig;
        auto made = terms(0, "a test");
        made.qualifies = Qualifies{2, 2};
        const Int test = rig.batch(made, 3);
        if (level_before > 0) rig.state.put(SkillRow{0, "text", level_before, 0});
        CHECK(rig.run(rig.answers(test, {0, 1}), "m:0") == "test_in_parts");
        rig.must(rig.answers(test, {0, 1, 2}), "m:0");
        const auto grade = [test](Int right) { return Grade{test, right, 0, Hash{}, {0, 1, 2}}; };
        check(
            rig,
            {
                {"fewer than none", grade(-1), "clock", "out_of_range"},
                {"more than all", grade(4), "clock", "out_of_range"},
                {"none", grade(0), "clock", ""},
                {"all", grade(3), "clock", ""},
                {"of who did not take it",
                 Grade{test, 3, 1, Hash{}, {0, 1, 2}},
                 "clock",
                 "not_submitted"},
            }
        );
        const auto events = rig.must(grade(correct), "clock");
        CHECK(rig.owed("payable/m:0") > 0); // passed or not
        CHECK(
            rig.state.get<AssignmentRow>(test, Int{0}, Int{0}).state
            == static_cast<Int>(AssignmentState::accepted)
        );
        const auto* skill = rig.state.find<SkillRow>(Int{0}, std::string("text"));
        const Int level = skill == nullptr ? 0 : skill->level;
        CHECK((events.size() == 3) == (level != level_before));
        return level;
    };
    CHECK(tried(0, 1) == 0);
    CHECK(tried(0, 2) == 2);
    CHECK(tried(1, 3) == 2);
    CHECK(tried(2, 3) == 2);
    CHECK(tried(3, 3) == 3);
}

TEST_CASE("work: a hundred are accepted at a time") {
    Rig rig;
    const Int open = rig.batch(101, 1);
    std::vector<TaskMember> items;
    for (Int task = 0; task < 101; ++task) {
        rig.must(rig.answers(open, {task}), "m:0");
        items.push_back({task, 0});
    }
    CHECK(rig.run(Accept{open, items}, "r:0") == "item_count");
    items.pop_back();
    CHECK(rig.run(Accept{open, items}, "r:0").empty());
}

TEST_CASE("work: up to 250 tasks end in an entry") {
    Rig rig;
    const Int open = rig.batch(250, 1);
    EndTasks ending;
    ending.batch = open;
    CHECK(rig.run(ending, "clock") == "item_count");
    for (Int task = 0; task < 250; ++task)
        ending.tasks.push_back(task);
    CHECK(rig.run(ending, "clock") == "nothing_left"); // they have no expiry
    ending.tasks.push_back(250);
    CHECK(rig.run(ending, "clock") == "item_count");
    ending.batch = open + 1;
    CHECK(rig.run(ending, "clock") == "not_open");
}

TEST_CASE("work: who may claim, and what") {
    Rig rig;
    auto made = terms(0, "for level 1");
    made.overlap = 1;
    made.level = 1;
    const Int open = rig.batch(made, 3);
    ClaimBook book;
    CHECK(claim(rig, book, {0, open, 4, {0}}) == "skill_missing");
    rig.state.put(SkillRow{0, "text", 1, 0});
    CHECK(claim(rig, book, {0, open, 4, {0}}).empty());
    CHECK(claim(rig, book, {0, open + 1, 4, {0}}) == "not_open");
    CHECK(claim(rig, book, {9, open, 4, {0}}) == "not_a_member");
    CHECK(claim(rig, book, {0, open, 0, {0}}) == "none_free");
    CHECK(claim(rig, book, {0, open, 4, {-1, 3}}) == "none_free");
    const auto all = decide_claim(rig.state, {0, open, 2, {2, 1, 0}}, {rig.now, never, &book});
    REQUIRE(all);
    CHECK(all->tasks == std::vector<Int>{1, 2}); // the two best, in order
    made.external = named("more than a bundle");
    const Int many = rig.batch(made, 5);
    const auto bundle =
        decide_claim(rig.state, {0, many, 5, {0, 1, 2, 3, 4}}, {rig.now, never, &book});
    REQUIRE(bundle);
    CHECK(
        bundle->tasks == std::vector<Int>{0, 1, 2, 3}
    ); // as many as a bundle has, whatever is asked

    auto elsewhere = rig.state.get<MemberRow>(Int{0});
    for (const auto& [languages, code] :
         {std::pair{"sw", "language_missing"}, {"eng,sw", "language_missing"}, {"fr,en", ""}}) {
        elsewhere.languages = languages;
        rig.state.put(elsewhere);
        CHECK(claim(rig, book, {0, open, 4, {0}}) == code);
    }
    rig.must(rig.answers(open, {0}), "m:0");
    CHECK(claim(rig, book, {0, open, 4, {0}}) == "none_free");
    auto shared = terms(0, "for two");
    shared.level = 0;
    const Int twice = rig.batch(shared, 2);
    rig.must(rig.answers(twice, {0}), "m:0");
    CHECK(claim(rig, book, {0, twice, 4, {0}}) == "none_free"); // one's own answer is there
    CHECK(claim(rig, book, {1, twice, 4, {0}}).empty());
    rig.must(CloseBatch{rig.batch()}, "r:0");
    CHECK(claim(rig, book, {0, twice + 1, 4, {0}}) == "not_open");

    auto test = terms(0, "a test of level 1");
    test.qualifies = Qualifies{1, 1};
    const Int qualifying = rig.batch(test, 1);
    CHECK(claim(rig, book, {0, qualifying, 1, {0}}) == "qualified");
    CHECK(claim(rig, book, {1, qualifying, 1, {0}}).empty()); // asks for no skill, it grants one
}

TEST_CASE("work: no lease begins while a batch is about to be closed") {
    Rig rig;
    const Int open = rig.batch(2, 1);
    rig.state.put(SkillRow{0, "text", 1, 0});
    ClaimBook book;
    const Int until = rig.now + 10;
    book.hold_off(open, until);
    const auto at = [&](Int now, Int batch) {
        rig.now = now;
        return claim(rig, book, {0, batch, 1, {0}});
    };
    CHECK(at(until - 1, open) == "closing");
    CHECK(at(until, open).empty());
    book.hold_off(open, until + 5);
    CHECK(at(until, open) == "closing");
    CHECK_FALSE(book.held_off(open + 1, until));
    book.set(0, open, until + 5, {0});
    book.clear();
    CHECK(at(until, open).empty());
    CHECK(book.held(0, open) == nullptr);
    CHECK_FALSE(book.any(open, until));
    CHECK(book.holders(open, 0, until, never) == 0);
}

TEST_CASE("work: a test has as many tasks as can be handed in, and as its pass mark") {
    const auto import = [](Int pass, Int bundle_max, Int tasks, bool test) {
        Rig rig;
        auto made = terms(0, "a test");
        if (test) made.qualifies = Qualifies{2, pass};
        made.bundle_max = bundle_max;
        rig.must(made, "r:0");
        const Int number = rig.state.get<CoopRow>(1).batches - 1;
        return rig.run(ImportTasks{number, 1, tasks, Hash{5}}, "r:0");
    };
    CHECK(import(1, 5, 5, true).empty());
    CHECK(import(1, 5, 6, true) == "out_of_range");
    CHECK(import(1, 5, 6, false).empty());
    CHECK(import(3, 5, 3, true).empty());
    CHECK(import(3, 5, 2, true) == "out_of_range");
}

TEST_CASE("work: a test is claimed as a whole") {
    Rig rig;
    auto made = terms(0, "a test");
    made.qualifies = Qualifies{2, 2};
    made.overlap = 1;
    const Int test = rig.batch(made, 3);
    ClaimBook book;
    const auto ask = [&](Int member, Int count) {
        return decide_claim(rig.state, {member, test, count, {0, 1, 2}}, {rig.now, never, &book});
    };
    const auto one = ask(0, 1);
    REQUIRE(one);
    CHECK(one->tasks == std::vector<Int>{0, 1, 2});
    book.set(1, test, rig.now + 1000, {1});
    const auto part = ask(0, 3);
    REQUIRE_FALSE(part);
    CHECK(part.error().code == "none_free");
    book.set(1, test, 0, {});
    CHECK(ask(0, 3));
    CHECK_FALSE(decide_claim(rig.state, {0, test, 3, {0, 1}}, {rig.now, never, &book}));
}

} // namespace handprint::market_test
