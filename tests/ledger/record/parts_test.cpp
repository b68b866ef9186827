#include "ledger/base/crypto.hpp"
#include "ledger/record/coop_part.hpp"
#include "ledger/record/member_part.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace handprint;
using namespace handprint::record;

const std::string kCoop =
    R"({"by":"r:3","chain":[[12,5]],"command":"000102030405060708090a0b0c0d0e0f",)"
    R"("events":[{"batch":7,"type":"accepted"}],"opens":["payable/m:12"],)"
    R"("postings":[["fee/coop","KES","-70"],["hold/b:7","KES","770"],["payable/m:12","KES","-700"]]})";

const std::string kMember =
    R"({"chain":{"counter":5,"member":12,"previous":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},)"
    R"("evidence":null,"lines":[{"account":"payable","amount":"700","batch":7,"currency":"KES",)"
    R"("task":3,"what":"wage"}]})";

} // namespace

TEST_CASE("the coop part is read from and written to its canonical bytes") {
    const auto part = parse_coop_part(kCoop);
    REQUIRE(part.has_value());
    CHECK(part->by == Party::requester(3));
    REQUIRE(part->chain.size() == 1);
    CHECK(part->chain[0] == ChainLink{12, 5});
    CHECK(part->opens.at(0).text() == "payable/m:12");
    CHECK(part->postings.at(2).amount == -700);
    CHECK(!part->mandate.has_value());
    CHECK(encode(*part) == kCoop);

    CoopPart agent = *part;
    agent.mandate = AgentMandate{17, {}};
    CHECK(parse_coop_part(encode(agent)).value() == agent);
}

TEST_CASE("a coop part of another shape is refused") {
    const auto refuses = [](const std::string& key, Json value) {
        Json json = Json::parse(kCoop).value();
        json.set(key, std::move(value));
        return !parse_coop_part(json.encode()).has_value();
    };
    CHECK(refuses("by", "x"));
    CHECK(refuses("chain", Json::array({Json::array({12})})));
    CHECK(refuses("chain", Json::array({Json::array({12, 0})})));
    CHECK(refuses("events", Json::array({Json::object({{"batch", 7}})})));
    CHECK(refuses("grant", 5)); // without the hash of the request
    CHECK(refuses("opens", Json::array({"payable"})));
    CHECK(refuses("postings", Json::array({Json::array({"fee/coop", "KES", -70})})));
    CHECK(refuses("postings", Json::array({Json::array({"fee/coop", "KES", "-070"})})));
    CHECK(refuses("unknown", 1));
}

TEST_CASE("the part of a member is read from and written to its canonical bytes") {
    const auto part = parse_member_part(kMember);
    REQUIRE(part.has_value());
    CHECK(part->member == 12);
    CHECK(part->counter == 5);
    REQUIRE(part->lines.size() == 1);
    CHECK(part->lines[0].account == books::AccountClass::payable);
    CHECK(part->lines[0].amount == 700);
    CHECK(part->lines[0].what == LineKind::wage);
    CHECK(part->lines[0].batch == 7U);
    CHECK(!part->lines[0].payout.has_value());
    CHECK(encode(*part) == kMember);

    MemberPart full = *part;
    Seed seed{};
    full.keys = sorted_keys(
        {KeyPair::from_seed(seed).public_key(), PublicKey{}, KeyPair::from_seed(seed).public_key()}
    );
    CHECK(full.keys->size() == 2);
    full.answers = Json::Array{};
    full.evidence = Json::object({{"any", "object"}});
    CHECK(parse_member_part(encode(full)).value() == full);
}

TEST_CASE("a part of a member of another shape is refused") {
    const auto refuses = [](const std::string& key, Json value) {
        Json json = Json::parse(kMember).value();
        json.set(key, std::move(value));
        return !parse_member_part(json.encode()).has_value();
    };
    const std::string low = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const std::string high = "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    CHECK(!refuses("keys", Json::array({low, high})));
    CHECK(refuses("keys", Json::array({high, low})));
    CHECK(refuses("keys", Json::array({low, low})));
    CHECK(refuses("evidence", "x"));
    CHECK(refuses("lines", nullptr));
    CHECK(refuses("lines", Json::array({Json::object({{"account", "payable"}})})));
    CHECK(refuses("chain", Json::object({{"counter", 0}, {"member", 12}, {"previous", low}})));
    CHECK(refuses("chain", Json::object({{"counter", 1}, {"member", 12}, {"previous", "AA=="}})));
    CHECK(refuses("unknown", 1));
}

TEST_CASE("keys are in the order of their base64 text, not of their bytes") {
    PublicKey slash{};
    slash.fill(0xff); // begins with '/' (0x2f) in base64
    PublicKey letter{};
    CHECK(sorted_keys({letter, slash}).front() == slash);
}
