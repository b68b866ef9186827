// The rules as tables: what is asked, by whom, and the code of the answer ("" is yes).

#include "tests/market/table.hpp"

#include <doctest/doctest.h>

namespace handprint::market_test {

namespace {

std::string name_of(int party) {
    return key(party);
}

} // namespace

TEST_CASE("rules: keys, grants, rules, the clock") {
    Rig rig;
    rig.must(AddKey{key(60), "device"}, "m:1");
    const Int later = rig.now + 1'000'000;
    const MakeGrant grant{Amount{1000}, "KES", key(15), later, {"accept"}, {}};
    constexpr Int year = 365LL * 24 * 3600 * 1000;
    constexpr Int dearest = 1'000'000'000'000;
    check(
        rig,
        {
            {"a second genesis", Genesis{}, "d:0", "already_founded"},
            {"a key is added", AddKey{key(61), "device"}, "m:0", ""},
            {"a recovery key", AddKey{key(61), "recovery"}, "m:0", ""},
            {"not 32 bytes", AddKey{"AAAA", "device"}, "m:0", "bad_key"},
            {"a role unheard of", AddKey{key(61), "agent"}, "m:0", "bad_role"},
            {"somebody's key", AddKey{key_of_party("m:1"), "device"}, "m:0", "key_in_use"},
            {"a requester's", AddKey{key(61), "device"}, "r:0", ""},
            {"and a recovery key", AddKey{key(61), "recovery"}, "r:1", ""},
            {"in a role unheard of", AddKey{key(61), "agent"}, "r:0", "bad_role"},
            {"a member's key", AddKey{key_of_party("m:1"), "device"}, "r:0", "key_in_use"},
            {"a delegate's", AddKey{key(61), "device"}, "d:0", "not_a_holder"},
            {"which it cannot end either", RevokeKey{key_of_party("d:0")}, "d:0", "not_a_holder"},
            {"the only key of a requester", RevokeKey{key_of_party("r:0")}, "r:0", "last_key"},
            {"a requester's, by a member", RevokeKey{key_of_party("r:0")}, "m:0", "key_unknown"},
            {"one of two keys goes", RevokeKey{key(60)}, "m:1", ""},
            {"the only key stays", RevokeKey{key_of_party("m:0")}, "m:0", "last_key"},
            {"another's key", RevokeKey{key(60)}, "m:0", "key_unknown"},
            {"nobody's key", RevokeKey{key(99)}, "m:0", "key_unknown"},
            {"no such party", AddKey{key(61), "device"}, "m:9", "key_unknown"},
            {"enrolment by who is enrolled", EnrolMember{key(61), {"en"}, {}}, "m:0", "key_mismatch"
            },
            {"registration by who is registered", RegisterRequester{key(61)}, "r:0", "key_mismatch"
            },
            {"a grant", grant, "r:0", ""},
            {"by a member", grant, "m:0", "not_a_requester"},
            {"on a key in use",
             with(grant, [](auto& g) { g.key = key_of_party("m:0"); }),
             "r:0",
             "key_in_use"},
            {"in no currency of ours",
             with(grant, [](auto& g) { g.currency = "USD"; }),
             "r:0",
             "unknown_currency"},
            {"below zero", with(grant, [](auto& g) { g.cap.minor = -1; }), "r:0", "bad_amount"},
            {"over already", with(grant, [&](auto& g) { g.expires = rig.now; }), "r:0", "expired"},
            {"for nothing", with(grant, [](auto& g) { g.kinds.clear(); }), "r:0", "no_kinds"},
            {"for granting", with(grant, [](auto& g) { g.kinds = {"grant"}; }), "r:0", "bad_kind"},
            {"twice the same",
             with(grant, [](auto& g) { g.kinds = {"accept", "accept"}; }),
             "r:0",
             "bad_kind"},
            {"a grant that is none", RevokeGrant{3}, "r:0", "not_granted"},
            {"a rule", SetRule{0, 500, "fee_bps"}, "d:1", ""},
            {"by a member", SetRule{0, 500, "fee_bps"}, "m:0", "not_a_delegate"},
            {"unheard of", SetRule{0, 500, "free_beer"}, "d:0", "unknown_rule"},
            {"below zero", SetRule{0, -1, "fee_bps"}, "d:0", "bad_value"},
            {"over everything", SetRule{0, 10'001, "fee_bps"}, "d:0", "bad_value"},
            {"a year to accept in", SetRule{0, year, "accept_max_ms"}, "d:0", ""},
            {"over a year to accept in", SetRule{0, year + 1, "accept_max_ms"}, "d:0", "bad_value"},
            {"over a year of lease", SetRule{0, year + 1, "lease_max_ms"}, "d:0", "bad_value"},
            {"a dear hour", SetRule{0, dearest, "floor_minor_per_hour/KES"}, "d:0", ""},
            {"too dear an hour",
             SetRule{0, dearest + 1, "floor_minor_per_hour/KES"},
             "d:0",
             "bad_value"},
            {"small pay waits", SetRule{0, 10'000, "payout_minimum_minor"}, "d:0", ""},
            {"all pay waits", SetRule{0, 10'001, "payout_minimum_minor"}, "d:0", "bad_value"},
            {"books half open", SetRule{0, 2, "open_books"}, "d:0", "bad_value"},
            {"yesterday", SetRule{rig.now - 1, 500, "fee_bps"}, "d:0", "in_the_past"},
            {"the clock is right", ConfirmClock{rig.now}, "d:0", ""},
            {"5 minutes off", ConfirmClock{rig.now + 300'001}, "d:0", "clock_differs"},
            {"says a member", ConfirmClock{rig.now}, "m:0", "not_a_delegate"},
        }
    );
}

TEST_CASE("rules: newcomers bring their own key") {
    const Rig start;

    struct Try {
        const char* what;
        EnrolMember command;
        std::string signer, code;
    };

    for (const Try& line : {
             Try{"good", {key(70), {"en", "sw"}, {}}, key(70), ""},
             Try{"with a recovery key", {key(70), {"en"}, key(71)}, key(70), ""},
             Try{"another's signature", {key(70), {"en"}, {}}, key(71), "key_mismatch"},
             Try{"a key twice", {key(70), {"en"}, key(70)}, key(70), "key_in_use"},
             Try{"a key in use", {name_of(30), {"en"}, {}}, name_of(30), "key_in_use"},
             Try{"no language", {key(70), {}, {}}, key(70), "bad_languages"},
             Try{"one twice", {key(70), {"en", "en"}, {}}, key(70), "bad_languages"},
             Try{"not a code", {key(70), {"English"}, {}}, key(70), "bad_languages"},
         }) {
        Rig rig = start;
        auto request = rig.request(line.command, "new");
        request.key = line.signer;
        const Hash before = rig.digest();
        const auto code = rig.run(request);
        CHECK_MESSAGE(code == line.code, line.what, ": ", code);
        CHECK((rig.digest() == before) == !code.empty());
    }
}

TEST_CASE("rules: projects and batches") {
    Rig rig;
    const Int open = rig.batch();
    const auto good = terms(0, "new");
    const auto change = [&good](auto&& f) { return with(good, f); };
    check(
        rig,
        {
            {"a project", CreateProject{Hash{}, named("x")}, "r:0", ""},
            {"of a member", CreateProject{Hash{}, named("x")}, "m:0", "not_a_requester"},
            {"twice", CreateProject{Hash{}, named("project")}, "r:0", "external_in_use"},
            {"a batch", good, "r:0", ""},
            {"in no project", change([](auto& b) { b.project = 9; }), "r:0", "no_such_project"},
            {"in another's", change([](auto& b) { b.project = 1; }), "r:0", "not_yours"},
            {"in no currency",
             change([](auto& b) { b.currency = "USD"; }),
             "r:0",
             "unknown_currency"},
            {"below the floor",
             change([](auto& b) { b.price_micros = 2'499'999; }),
             "r:0",
             "below_floor"},
            {"at the floor", change([](auto& b) { b.price_micros = 2'500'000; }), "r:0", ""},
            {"free", change([](auto& b) { b.price_micros = 0; }), "r:0", "out_of_range"},
            {"level 6", change([](auto& b) { b.level = 6; }), "r:0", "out_of_range"},
            {"no overlap", change([](auto& b) { b.overlap = 0; }), "r:0", "out_of_range"},
            {"a bundle of 51", change([](auto& b) { b.bundle_max = 51; }), "r:0", "out_of_range"},
            {"a lease of 25 hours",
             change([](auto& b) { b.lease_ms = 25 * 3'600'000; }),
             "r:0",
             "out_of_range"},
            {"a test passed by none",
             change([](auto& b) { b.qualifies = Qualifies{1, 0}; }),
             "r:0",
             "out_of_range"},
            {"no domain", change([](auto& b) { b.domain = ""; }), "r:0", "bad_domain"},
            {"imported again", ImportTasks{open, 1, 1, Hash{}}, "r:0", "already_imported"},
            {"to no batch", ImportTasks{9, 1, 1, Hash{}}, "r:0", "no_such_batch"},
            {"a chunk of no import",
             ImportChunk{open, 0, 1, Hash{}, task_names(open, 0, 1)},
             "clock",
             "out_of_order"},
            {"a chunk by a requester",
             ImportChunk{open, 0, 1, Hash{}, task_names(open, 0, 1)},
             "r:0",
             "key_unknown"},
            {"a seal of no import", ImportSeal{open}, "clock", "incomplete"},
            {"published again", Publish{open}, "r:0", "not_ready"},
            {"another's", CloseBatch{open}, "r:1", "not_yours"},
            {"closed", CloseBatch{open}, "r:0", ""},
        }
    );
}

TEST_CASE("rules: what was not published can be given up") {
    Rig rig;
    const Int escrow = rig.owed("escrow/r:0");
    const Int ready = rig.sealed(terms(0, "ready"), 3);
    rig.must(terms(0, "draft"), "r:0");
    const Int draft = ready + 1;
    const auto given_up = [&](Int batch, const char* what) {
        CHECK(rig.run(CloseBatch{batch}, "r:1") == "not_yours");
        const auto events = rig.must(CloseBatch{batch}, "r:0");
        CHECK(std::get<BatchClosed>(events.front()).released == Amount{0});
        CHECK(rig.run(CloseBatch{batch}, "r:0") == "not_open");
        CHECK(rig.run(Publish{batch}, "r:0") == "not_ready");
        CHECK(rig.run(ImportTasks{batch, 1, 1, Hash{}}, "r:0") == what);
        CHECK(rig.run(rig.answers(batch, {0}), "m:0") == "not_open");
    };
    given_up(ready, "already_imported");
    given_up(draft, "import_given_up");
    CHECK(rig.owed("escrow/r:0") == escrow);
    CHECK(rig.run(Refund{Amount{escrow}, "KES"}, "r:0").empty());
}

TEST_CASE("rules: work and its acceptance") {
    Rig rig;
    const Int open = rig.batch(4, 2);
    rig.must(rig.answers(open, {0, 1}), "m:0");
    rig.must(rig.answers(open, {0}), "m:1");
    rig.must(Accept{open, {{1, 0}}}, "r:0");
    Rig late = rig;
    late.now += 61'000;
    check(
        rig,
        {
            {"answers", rig.answers(open, {2, 3}), "m:0", ""},
            {"none", rig.answers(open, {}), "m:0", "bundle_size"},
            {"a task twice", rig.answers(open, {2, 2}), "m:0", "task_order"},
            {"out of order", rig.answers(open, {3, 2}), "m:0", "task_order"},
            {"a task that is none", rig.answers(open, {4}), "m:0", "task_order"},
            {"again", rig.answers(open, {0}), "m:0", "already_submitted"},
            {"the third of two", rig.answers(open, {0}), "m:2", "task_full"},
            {"other terms",
             with(rig.answers(open, {2}), [](auto& s) { s.terms[0] ^= 1U; }),
             "m:0",
             "terms_differ"},
            {"by a requester", rig.answers(open, {2}), "r:0", "not_a_member"},
            {"accepted", Accept{open, {{0, 0}, {0, 1}}}, "r:0", ""},
            {"nothing", Accept{open, {}}, "r:0", "item_count"},
            {"an item twice", Accept{open, {{0, 0}, {0, 0}}}, "r:0", "item_twice"},
            {"what nobody did", Accept{open, {{3, 0}}}, "r:0", "not_submitted"},
            {"again", Accept{open, {{1, 0}}}, "r:0", "already_accepted"},
            {"by another requester", Accept{open, {{0, 0}}}, "r:1", "not_yours"},
            {"by a member", Accept{open, {{0, 0}}}, "m:0", "not_yours"},
            {"the clock too early", AutoAccept{open, {{0, 0}}}, "clock", "not_due"},
            {"a test that is none", Grade{open, 1, 0, Hash{}, {0}}, "clock", "not_a_qualification"},
            {"closed with work undecided", CloseBatch{open}, "r:0", "undecided_work"},
        }
    );
    check(late, {{"the clock in time", AutoAccept{open, {{0, 0}, {0, 1}}}, "clock", ""}});
}

TEST_CASE("rules: nobody but the clock does what is the clock's") {
    Rig rig;
    auto made = terms(0, "a test");
    made.qualifies = Qualifies{2, 1};
    const Int test = rig.batch(made, 1);
    rig.must(rig.answers(test, {0}), "m:0");
    rig.must(terms(0, "under way"), "r:0");
    const Int under_way = test + 1;
    rig.must(ImportTasks{under_way, 1, 1, Hash{}}, "r:0");
    Rig late = rig;
    late.now += 61'000;
    const std::vector<Command> commands = {
        AutoAccept{test, {{0, 0}}},
        Grade{test, 1, 0, Hash{}, {0}},
        ImportChunk{under_way, 0, 1, Hash{}, task_names(under_way, 0, 1)},
        ImportSeal{under_way},
        DistributionChunk{},
        DistributionSeal{},
        PayoutChunk{},
        PayoutSeal{},
    };
    for (const Command& command : commands) {
        for (const char* actor : {"m:0", "m:1", "r:0", "d:0"})
            check(late, {{kind_of(command), command, actor, "key_unknown"}});
    }
    check(late, {{"the clock accepts", commands[0], "clock", ""}});
    check(late, {{"the clock grades", commands[1], "clock", ""}});
    check(late, {{"the clock imports", commands[2], "clock", ""}});
}

TEST_CASE("rules: money") {
    Rig rig;
    const Int open = rig.batch(4, 2);
    rig.must(rig.answers(open, {0, 1}), "m:0");
    rig.must(Accept{open, {{0, 0}}}, "r:0");
    rig.must(Refund{Amount{10}, "KES"}, "r:0");
    const Hash paid = named("transfer 17");
    Settle refund;
    refund.refund = 0;
    refund.reference = paid;
    Return back;
    back.refund = 0;
    back.reference = paid;
    Settle both = refund;
    both.payout = 0;
    Settle none;
    none.reference = paid;
    check(
        rig,
        {
            {"funding", Fund{Amount{5}, "KES", paid, 0}, "d:0", ""},
            {"without a reference", Fund{Amount{5}, "KES", Hash{}, 0}, "d:0", "bad_reference"},
            {"entered before",
             Fund{Amount{5}, "KES", named("transfer to r:0"), 0},
             "d:1",
             "reference_used"},
            {"a fee entered before as funding",
             Income{Amount{100}, "KES", 0, named("transfer to r:0")},
             "d:1",
             "reference_used"},
            {"a fee without a reference",
             Income{Amount{100}, "KES", 0, Hash{}},
             "d:0",
             "bad_reference"},
            {"what arrived before from outside",
             with(refund, [](auto& s) { s.reference = named("transfer to r:0"); }),
             "d:0",
             "reference_used"},
            {"what arrived without a reference",
             with(refund, [](auto& s) { s.reference = {}; }),
             "d:0",
             "bad_reference"},
            {"by a requester", Fund{Amount{5}, "KES", paid, 0}, "r:0", "not_a_delegate"},
            {"of nobody", Fund{Amount{5}, "KES", paid, 9}, "d:0", "no_such_requester"},
            {"of nothing", Fund{Amount{0}, "KES", paid, 0}, "d:0", "bad_amount"},
            {"in dollars", Fund{Amount{5}, "USD", paid, 0}, "d:0", "unknown_currency"},
            {"a refund", Refund{Amount{10}, "KES"}, "r:0", ""},
            {"of more than there is", Refund{Amount{1'000'000}, "KES"}, "r:0", "not_covered"},
            {"to a member", Refund{Amount{10}, "KES"}, "m:0", "not_a_requester"},
            {"it arrived", refund, "d:0", ""},
            {"it came back", back, "d:0", ""},
            {"says the requester", refund, "r:0", "not_a_delegate"},
            {"both at once", both, "d:0", "one_of"},
            {"neither", none, "d:0", "one_of"},
            {"no such payout",
             with(none, [](auto& s) { s.payout = 0, s.items = std::vector<Int>{0}; }),
             "d:0",
             "not_sealed"},
            {"income of a project without work",
             Income{Amount{100}, "KES", 1, paid},
             "d:0",
             "no_contributors"},
            {"income of no project", Income{Amount{100}, "KES", 9, paid}, "d:0", "no_such_project"},
            {"shares not made up anew", Income{Amount{100}, "KES", 0, paid}, "d:0", "stale_shares"},
            {"more surplus than fees", Surplus{Amount{1'000'000}, "KES", 0}, "d:0", "not_covered"},
            {"a chunk of no run", DistributionChunk{0, 0, {}}, "clock", "out_of_order"},
            {"a seal of no run", DistributionSeal{0}, "clock", "incomplete"},
            {"a chunk of no payout", PayoutChunk{0, 0, {}}, "clock", "out_of_order"},
            {"a seal of no payout", PayoutSeal{0}, "clock", "incomplete"},
            {"a payout before any close", Payout{"", "KES"}, "d:0", "no_close"},
            {"a close without its list", ClosePeriod{}, "clock", "stale_list"},
            {"by a member", ClosePeriod{}, "m:0", "not_a_delegate"},
        }
    );
}

TEST_CASE("rules: a grant gives what it names and no more") {
    Rig rig;
    rig.must(
        MakeGrant{
            Amount{3000},
            "KES",
            key(15),
            rig.now + 100'000,
            {"publish", "close_batch"},
            std::vector<Int>{0}
        },
        "r:0"
    );
    const Int grant = rig.index - 1;
    const Int first = rig.batch(4, 2);
    const Int second = rig.batch(4, 2);
    CHECK(rig.run(CloseBatch{second}, "r:0", grant) == "batch_not_granted");
    CHECK(rig.run(Accept{first, {}}, "r:0", grant) == "kind_not_granted");
    CHECK(rig.run(CloseBatch{first}, "r:1", grant) == "not_granted");
    rig.must(
        MakeGrant{
            Amount{0}, "KES", key(16), rig.now + 100'000, {"accept"}, std::vector<Int>{first}
        },
        "r:0"
    );
    const Int accepting = rig.index - 1;
    for (const Int batch : {first, second}) {
        Rig copy = rig;
        copy.must(copy.answers(batch, {0}), "m:0");
        auto accept = copy.request(Accept{batch, {{0, 0}}}, "r:0", accepting);
        accept.key = key(16);
        CHECK(copy.run(std::move(accept)) == (batch == first ? "" : "batch_not_granted"));
    }
    Rig late = rig;
    late.now += 200'000;
    CHECK(late.run(CloseBatch{first}, "r:0", grant) == "grant_expired");
    rig.must(CloseBatch{first}, "r:0", grant);
    rig.must(RevokeGrant{grant}, "r:0");
    CHECK(rig.run(CloseBatch{second}, "r:0", grant) == "grant_revoked");
    CHECK(rig.run(RevokeGrant{grant}, "r:0") == "grant_revoked");
}

} // namespace handprint::market_test
