// The keys of a requester: more than one, a recovery sheet, and what an ended one is still good
// for.

#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::market_test {

namespace {

std::string by_key(Rig& rig, Command command, int signer, const char* actor = "r:0") {
    auto request = rig.request(std::move(command), actor);
    request.key = key(signer);
    return rig.run(std::move(request));
}

std::string join(Rig& rig, RegisterRequester command, int signer) {
    auto request = rig.request(std::move(command), "new");
    request.key = key(signer);
    return rig.run(std::move(request));
}

} // namespace

TEST_CASE("keys: a requester who lost a device comes back with the recovery key") {
    Rig rig;
    REQUIRE(join(rig, {key(60), key(61)}, 60).empty());
    rig.must(Fund{Amount{5000}, "KES", Hash{60}, 2}, "d:0");
    const Refund refund{Amount{100}, "KES"};
    CHECK(by_key(rig, refund, 60, "r:2").empty());
    CHECK(by_key(rig, refund, 61, "r:2") == "recovery_key");
    CHECK(by_key(rig, AddKey{key(62), "device"}, 61, "r:2").empty());
    CHECK(by_key(rig, RevokeKey{key(60)}, 61, "r:2").empty());
    CHECK(by_key(rig, refund, 60, "r:2") == "key_revoked");
    CHECK(by_key(rig, refund, 62, "r:2").empty());
    CHECK(rig.owed("escrow/r:2") == 4800);
    // Used once, a key is nobody else's, also after its end.
    CHECK(by_key(rig, AddKey{key(60), "device"}, 62, "r:2") == "key_in_use");
    CHECK(rig.run(AddKey{key(60), "device"}, "m:0") == "key_in_use");
    CHECK(join(rig, {key(60)}, 60) == "key_in_use");
    CHECK(by_key(rig, RevokeKey{key(60)}, 62, "r:2") == "key_unknown");
    CHECK(by_key(rig, RevokeKey{key(61)}, 62, "r:2").empty());
    CHECK(by_key(rig, RevokeKey{key(62)}, 62, "r:2") == "last_key");
    CHECK(rig.state.get<RequesterRow>(Int{2}).valid_keys == key(62));
}

TEST_CASE("keys: a key is good up to the entry that ends it") {
    Rig rig;
    rig.must(AddKey{key(60), "device"}, "r:0");
    const Int added = rig.index - 1;
    REQUIRE(by_key(rig, Refund{Amount{100}, "KES"}, 60).empty());
    rig.must(RevokeKey{key(60)}, "r:0");
    const auto& row = rig.state.get<KeyRow>(key(60));
    CHECK(row.party == "r:0");
    CHECK(row.role == "device");
    CHECK(row.since == added);
    CHECK(row.revoked == rig.index - 1);
    CHECK(by_key(rig, Refund{Amount{100}, "KES"}, 60) == "key_revoked");
}

TEST_CASE("keys: what a requester registers with") {
    const Rig start;

    struct Try {
        const char* what;
        RegisterRequester command;
        std::string code;
    };

    for (const Try& line : {
             Try{"one key", {key(60)}, ""},
             Try{"and a recovery key", {key(60), key(61)}, ""},
             Try{"a key twice", {key(60), key(60)}, "key_in_use"},
             Try{"a member's", {key(60), key_of_party("m:0")}, "key_in_use"},
             Try{"no key", {key(60), "AAAA"}, "bad_key"},
             Try{"signed by another key", {key(61), key(60)}, "key_mismatch"},
         }) {
        Rig rig = start;
        const Hash before = rig.digest();
        const auto code = join(rig, line.command, 60);
        CHECK_MESSAGE(code == line.code, line.what, ": ", code);
        CHECK((rig.digest() == before) == !code.empty());
    }
}

TEST_CASE("keys: a grant outlives the key that signed it, and is ended by name") {
    Rig rig;
    rig.must(AddKey{key(60), "device"}, "r:0");
    const MakeGrant grant{Amount{1000}, "KES", key(15), rig.now + 1'000'000, {"refund"}, {}};
    REQUIRE(by_key(rig, grant, 60).empty());
    const Int number = rig.index - 1;
    rig.must(RevokeKey{key(60)}, "r:0");
    const Refund refund{Amount{100}, "KES"};
    CHECK(rig.run(refund, "r:0", number).empty());
    // Neither is the agent's key one of the requester, nor may an agent change keys.
    CHECK(rig.run(RevokeKey{key(15)}, "r:0") == "key_unknown");
    CHECK(rig.run(AddKey{key(62), "device"}, "r:0", number) == "kind_not_granted");
    rig.must(RevokeGrant{number}, "r:0");
    CHECK(rig.run(refund, "r:0", number) == "grant_revoked");
}

} // namespace handprint::market_test
