// Who speaks, and numbers of rules, grants and the clock at their ends.

#include "ledger/merkle/key_change.hpp"
#include "ledger/record/fixed_names.hpp"
#include "node/market/decide.hpp"
#include "tests/market/table.hpp"

namespace handprint::market_test {

namespace {

/// As the Rig is founded, before anything else.
Genesis founding() {
    Genesis genesis;
    genesis.clock_key = key(3);
    genesis.promise_key = key(2);
    genesis.origin = "log.example/coop";
    genesis.policy = Rig().state.get<CoopRow>(Int{1}).policy;
    genesis.currencies = {"KES"};
    genesis.delegates = {key(10), key(11)};
    genesis.formats = record::fixed_names().formats;
    genesis.domains = record::fixed_names().domains;
    return genesis;
}

std::string found(State& state, const Genesis& genesis, const std::string& signer = key(10)) {
    state.whole();
    Request request;
    request.command = genesis;
    request.actor = "d:0";
    request.key = signer;
    request.envelope = "{}";
    auto done = carry_out(state, request, {1000, 0, nullptr}, [] { return record::Salt{}; });
    return done ? "" : done.error().code;
}

std::string found(const Genesis& genesis, const std::string& signer = key(10)) {
    State state;
    auto code = found(state, genesis, signer);
    CHECK((state.find<CoopRow>(Int{1}) == nullptr) == !code.empty());
    return code;
}

std::string by_key(Rig rig, Command command, const char* actor, const std::string& signer) {
    auto request = rig.request(std::move(command), actor);
    request.key = signer;
    return rig.run(std::move(request));
}

std::string enrol(Rig rig, const std::vector<std::string>& languages) {
    return by_key(std::move(rig), EnrolMember{key(70), languages, {}}, "new", key(70));
}

} // namespace

TEST_CASE("identity: a founding names good keys once, its first delegate signs it") {
    CHECK(found(founding()).empty());
    CHECK(found(founding(), key(11)) == "not_a_founder");
    const auto changed = [](auto&& change) {
        Genesis genesis = founding();
        change(genesis);
        return found(genesis);
    };
    CHECK(changed([](auto& g) { g.delegates.clear(); }) == "not_a_founder");
    CHECK(changed([](auto& g) { g.delegates.push_back(key(10)); }) == "bad_key");
    CHECK(changed([](auto& g) { g.delegates.push_back("AAAA"); }) == "bad_key");
    CHECK(changed([](auto& g) { g.founders = {key(30), key(31)}; }).empty());
    CHECK(changed([](auto& g) { g.founders = {key(30), key(30)}; }) == "bad_key");
    CHECK(changed([](auto& g) { g.founders = {"AAAA"}; }) == "bad_key");
    CHECK(changed([](auto& g) { g.clock_key = "AAAA"; }) == "bad_key");
    CHECK(changed([](auto& g) { g.promise_key.clear(); }) == "bad_key");
    CHECK(changed([](auto& g) { g.policy.clear(); }) == "bad_policy");
    CHECK(changed([](auto& g) { g.currencies.clear(); }) == "no_currency");
    CHECK(changed([](auto& g) { g.currencies = {"KES", "shilling"}; }) == "unknown_currency");
    CHECK(changed([](auto& g) { g.currencies = {"KES", "USD", "KES"}; }) == "unknown_currency");
    CHECK(changed([](auto& g) { g.rules = {{"fee_bps", 500}}; }).empty());
    CHECK(changed([](auto& g) { g.rules = {{"free_beer", 1}}; }) == "unknown_rule");
    CHECK(changed([](auto& g) { g.origin.assign(70'000, 'o'); }) == "entry_too_large");
    CHECK(changed([](auto& g) { g.rules = {{"fee_bps", 10'001}}; }) == "bad_value");
}

TEST_CASE("identity: a founding fixes the formats and domain strings that the node works with") {
    const auto refused = [](auto&& change) {
        Genesis genesis = founding();
        change(genesis);
        State state;
        state.whole();
        Request request;
        request.command = genesis;
        request.actor = "d:0";
        request.key = key(10);
        const auto decided = decide(state, request, {1000, 0, nullptr});
        REQUIRE_FALSE(decided);
        CHECK(decided.error().code == "format_differs");
        return decided.error().field + ": " + decided.error().detail;
    };
    CHECK(
        refused([](auto& g) { g.domains[5] = "handprint/commit/v2"; })
        == "domains: This version does not know handprint/commit/v2."
    );
    CHECK(
        refused([](auto& g) { g.formats.erase(g.formats.begin()); })
        == "formats: handprint/distribution/v1 is missing."
    );
    CHECK(
        refused([](auto& g) { std::swap(g.domains[0], g.domains[1]); })
        == "domains: The names are sorted, each once."
    );
}

TEST_CASE("identity: 32 bytes that are no point of the curve are no key") {
    Rig rig;
    // y = 2 has no x.
    const std::string none = "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    CHECK(rig.run(AddKey{none, "device"}, "m:0") == "bad_key");
    CHECK(by_key(rig, RegisterRequester{none}, "new", none) == "bad_key");
    CHECK(by_key(rig, EnrolMember{none, {"en"}, {}}, "new", none) == "bad_key");
    const MakeGrant grant{Amount{1}, "KES", none, rig.now + 1000, {"accept"}, {}};
    CHECK(rig.run(grant, "r:0") == "bad_key");
}

TEST_CASE("identity: a key speaks for the party that has it and for no other") {
    const Rig rig;
    const Refund refund{Amount{1}, "KES"};
    CHECK(by_key(rig, refund, "r:0", key_of_party("r:0")).empty());
    CHECK(by_key(rig, refund, "r:0", key_of_party("r:1")) == "key_unknown");
    CHECK(by_key(rig, refund, "r:0", key_of_party("m:0")) == "key_unknown");
    CHECK(by_key(rig, refund, "r:0", key(90)) == "key_unknown");
    CHECK(by_key(rig, ClosePeriod{}, "clock", key_of_party("d:0")) == "key_unknown");
    CHECK(by_key(rig, ClosePeriod{}, "clock", key_of_party("clock")) == "stale_list");
    // Enrolled already, it does not come again as somebody new.
    const auto mine = key_of_party("m:0");
    CHECK(by_key(rig, EnrolMember{mine, {"en"}, {}}, "new", mine) == "key_in_use");
    CHECK(by_key(rig, EnrolMember{key(70), {"en"}, {}}, "m:0", mine) == "key_mismatch");
    CHECK(by_key(rig, EnrolMember{mine, {"en"}, {}}, "m:0", mine) == "key_mismatch");
    CHECK(by_key(rig, RegisterRequester{mine}, "m:0", mine) == "key_mismatch");
}

TEST_CASE("identity: an agent's key is that of its grant, until the moment it ends") {
    Rig rig;
    const Int end = rig.now + 1000;
    rig.must(MakeGrant{Amount{100}, "KES", key(15), end, {"refund"}, {}}, "r:0");
    const Int grant = rig.index - 1;
    const auto by_agent = [&](Int number, const std::string& signer, Int now) {
        Rig copy = rig;
        copy.now = now;
        auto request = copy.request(Refund{Amount{1}, "KES"}, "r:0", number);
        request.key = signer;
        return copy.run(std::move(request));
    };
    CHECK(by_agent(grant, key(15), rig.now).empty());
    CHECK(by_agent(grant, key(16), rig.now) == "not_granted");
    CHECK(by_agent(grant, key_of_party("r:0"), rig.now) == "not_granted");
    CHECK(by_agent(grant + 1, key(15), rig.now) == "not_granted");
    CHECK(by_agent(grant, key(15), end - 1).empty());
    CHECK(by_agent(grant, key(15), end) == "grant_expired");
    CHECK(rig.run(RevokeGrant{grant}, "r:1") == "not_granted");
    CHECK(rig.run(MakeGrant{Amount{0}, "KES", key(16), end, {"refund"}, {}}, "r:1").empty());
    Rig ended = rig;
    ended.must(RevokeGrant{grant}, "r:0");
    CHECK(ended.state.get<KeyRow>(key(15)).revoked == ended.index - 1);
    // Not by an agent, whatever its grant names.
    CHECK(
        rig.run(MakeGrant{Amount{1}, "KES", key(17), end, {"refund"}, {}}, "r:0", grant)
        == "kind_not_granted"
    );
}

TEST_CASE("identity: languages are 1 to 16 codes of two or three small letters") {
    const Rig rig;
    std::vector<std::string> many;
    for (char c = 'a'; c < 'a' + 16; ++c)
        many.push_back(std::string("q") + c);
    CHECK(enrol(rig, many).empty());
    many.push_back("sw");
    CHECK(enrol(rig, many) == "bad_languages");
    CHECK(enrol(rig, {"swa", "az"}).empty());
    for (const char* bad : {"", "s", "swah", "SW", "s1", "`a", "{a", "a`"})
        CHECK_MESSAGE(enrol(rig, {bad}) == "bad_languages", bad);
    Rig sorted = rig;
    auto request = sorted.request(EnrolMember{key(70), {"sw", "en"}, {}}, "new");
    request.key = key(70);
    REQUIRE(sorted.run(std::move(request)).empty());
    CHECK(sorted.state.get<MemberRow>(Int{4}).languages == "en,sw");
}

TEST_CASE("identity: rules at their ends") {
    Rig rig;
    constexpr Int day = 24LL * 3600 * 1000;
    constexpr Int year = 365 * day;
    const std::string floor = "floor_minor_per_hour/KES";
    check(
        rig,
        {
            {"all of it", SetRule{0, 10'000, "fee_bps"}, "d:0", ""},
            {"nothing", SetRule{0, 0, "fee_bps"}, "d:0", ""},
            {"books that are open", SetRule{0, 1, "open_books"}, "d:0", ""},
            {"books that are more than open", SetRule{0, 2, "open_books"}, "d:0", "bad_value"},
            {"as long a wait as now", SetRule{0, day, "release_wait_ms"}, "d:0", ""},
            {"a year's wait", SetRule{0, year, "release_wait_ms"}, "d:0", ""},
            {"and a moment", SetRule{0, year + 1, "release_wait_ms"}, "d:0", "bad_value"},
            {"a shorter wait", SetRule{0, 3 * day - 1, "reenrolment_wait_ms"}, "d:0", "bad_value"},
            {"from this moment", SetRule{rig.now, 1, "fee_bps"}, "d:0", ""},
            {"all that may wait", SetRule{0, 10'000, "payout_minimum_minor"}, "d:0", ""},
            {"and one", SetRule{0, 10'001, "payout_minimum_minor"}, "d:0", "bad_value"},
            {"an hour's most", SetRule{0, 1'000'000'000'000, floor}, "d:0", ""},
            {"and one an hour", SetRule{0, 1'000'000'000'001, floor}, "d:0", "bad_value"},
        }
    );
    const Int from = rig.now + 10;
    rig.must(SetRule{from, 500, "fee_bps"}, "d:0");
    CHECK(rule(rig.state, "fee_bps", from - 1) == 1000);
    CHECK(rule(rig.state, "fee_bps", from) == 500);
}

TEST_CASE("identity: rules as a cooperative is founded") {
    const Rig rig;
    const auto now = [&rig](const char* name) { return rule(rig.state, name, rig.now); };
    constexpr Int hour = 3600LL * 1000;
    CHECK(now("fee_bps") == 1000);
    CHECK(now("floor_minor_per_hour/EUR") == 1200);
    CHECK(now("floor_minor_per_hour/KES") == 30'000);
    CHECK(now("floor_minor_per_hour/USD") == 725);
    CHECK(now("lease_max_ms") == 24 * hour);
    CHECK(now("accept_max_ms") == 14 * 24 * hour);
    CHECK(now("release_wait_ms") == 24 * hour);
    CHECK(now("reenrolment_wait_ms") == 72 * hour);
    CHECK(now("open_books") == 0);
    CHECK(now("payout_minimum_minor") == 0);
    Genesis other = founding();
    other.rules = {{"fee_bps", 500}, {"open_books", 1}};
    State state;
    REQUIRE(found(state, other).empty());
    CHECK(rule(state, "fee_bps", 1000) == 500);
    CHECK(rule(state, "open_books", 1000) == 1);
    CHECK(rule(state, "lease_max_ms", 1000) == 24 * hour);
    const auto& coop = state.get<CoopRow>(Int{1});
    CHECK(coop.delegates == 2);
    CHECK(coop.delegate_keys == key(10) + ',' + key(11));
    CHECK(coop.promise_key == key(2));
    CHECK(coop.clock_confirmed == 1000);
}

TEST_CASE("identity: a rule that has come into force stays while the next one waits") {
    Rig rig;
    const Int first = rig.now + 10, second = rig.now + 1000;
    rig.must(SetRule{first, 500, "fee_bps"}, "d:0");
    rig.now = first;
    rig.must(SetRule{second, 700, "fee_bps"}, "d:0");
    CHECK(rule(rig.state, "fee_bps", second - 1) == 500);
    CHECK(rule(rig.state, "fee_bps", second) == 700);
    // One that has not begun is replaced by what is entered last.
    rig.must(SetRule{second + 5, 800, "fee_bps"}, "d:0");
    CHECK(rule(rig.state, "fee_bps", second) == 500);
    CHECK(rule(rig.state, "fee_bps", second + 5) == 800);
}

TEST_CASE("identity: clocks may be five minutes apart") {
    const Rig rig;
    constexpr Int apart = 5LL * 60 * 1000;
    const auto said = [&rig](Int time) {
        Rig copy = rig;
        return copy.run(ConfirmClock{time}, "d:0");
    };
    CHECK(said(rig.now + apart).empty());
    CHECK(said(rig.now + apart + 1) == "clock_differs");
    CHECK(said(rig.now - apart).empty());
    CHECK(said(rig.now - apart - 1) == "clock_differs");
    CHECK(by_key(rig, ConfirmClock{rig.now}, "d:1", key_of_party("d:1")).empty());
}

TEST_CASE("identity: a log's key is given away by the log's own key, and by a delegate") {
    const auto signer = [](const char* name, Seed seed) {
        return merkle::NoteSigner(name, KeyPair::from_seed(seed));
    };
    constexpr const char* log = "log.example/coop";
    const auto own = signer(log, Seed{1}), next = signer(log, Seed{2}), last = signer(log, Seed{3});
    const auto change = [](const merkle::NoteSigner& from, const merkle::NoteSigner& to) {
        return RotateLogKey{merkle::sign_key_change(from, to).value()};
    };
    const auto other = signer("log.example/other", Seed{1});
    const auto other_next = signer("log.example/other", Seed{2});
    const Rig rig;
    check(
        rig,
        {
            {"by its key", change(own, next), "d:0", ""},
            {"by a member", change(own, next), "m:0", "not_a_delegate"},
            {"by the clock", change(own, next), "clock", "not_a_delegate"},
            {"by another key of its name", change(last, next), "d:0", "bad_log_key"},
            {"under another name", change(other, other_next), "d:0", "bad_log_key"},
            {"by no note", RotateLogKey{"a key"}, "d:0", "bad_log_key"},
        }
    );
    Rig rotated = rig;
    rotated.must(change(own, next), "d:0");
    const auto& policy = rotated.state.get<CoopRow>(Int{1}).policy;
    CHECK(policy.find(next.key().text()) != std::string::npos);
    CHECK(policy.find(own.key().text()) == std::string::npos);
    CHECK(rotated.run(change(own, last), "d:0") == "bad_log_key");
    CHECK(rotated.run(change(next, last), "d:1").empty());
}

} // namespace handprint::market_test
