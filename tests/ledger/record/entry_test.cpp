#include "ledger/base/crypto.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/json.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using namespace handprint;
using namespace handprint::record;
using books::AccountName;
using books::Posting;

Part part_of(Role role, std::uint8_t salt, std::string bytes) {
    Part part{role, {}, std::move(bytes)};
    part.salt.fill(salt);
    return part;
}

std::vector<Posting> wage_postings() {
    const Currency kes = Currency::of("KES");
    return {
        {AccountName::parse("fee/coop").value(), kes, -70},
        {AccountName::parse("hold/b:7").value(), kes, 770},
        {AccountName::parse("payable/m:12").value(), kes, -700},
    };
}

const EntryFacts kFacts = {Authority::actor, "accept", 9, Instant(1'795'280'000'000)};

} // namespace

TEST_CASE("an entry is the header of the format") {
    const auto entry = build_entry(
        kFacts, wage_postings(), {part_of(Role::coop, 1, "{}"), part_of(Role::member, 2, "{}")}
    );
    REQUIRE(entry.has_value());
    const auto commit_text = [&](std::size_t number) {
        return Json::parse(entry->header_bytes)->at("parts").items().at(number).at("commit").text();
    };
    const std::string expected =
        R"({"authority":"actor","format":"handprint/entry/v1","kind":"accept","parts":[{"commit":")"
        + commit_text(0) + R"(","role":"coop"},{"commit":")" + commit_text(1)
        + R"(","role":"member"}],"rules":9,"sums":[["fee","KES","-70"],["hold","KES","770"],)"
          R"(["payable","KES","-700"]],"time":1795280000000})";
    CHECK(entry->header_bytes == expected);
    CHECK(entry->header.parts[0].commit == commit(entry->parts[0].salt, "{}"));
    CHECK(entry->header.parts[0].commit != entry->header.parts[1].commit);
    CHECK(entry->leaf == sha256(to_bytes(as_bytes(std::string(1, '\0') + expected))));

    const auto back = parse_entry(entry->header_bytes, entry->parts);
    REQUIRE(back.has_value());
    CHECK(*back == *entry);
    CHECK(opens(entry->header, 1, entry->parts[1].salt, "{}"));
    CHECK(!opens(entry->header, 1, entry->parts[0].salt, "{}"));
    CHECK(!opens(entry->header, 2, entry->parts[1].salt, "{}"));
}

TEST_CASE("an entry that breaks a rule is not built") {
    const Part coop = part_of(Role::coop, 1, "{}");
    const Part member = part_of(Role::member, 2, "{}");
    CHECK(!build_entry(kFacts, {}, {}).has_value());
    CHECK(!build_entry(kFacts, {}, {member}).has_value());
    CHECK(!build_entry(kFacts, {}, {coop, coop}).has_value());
    auto unbalanced = wage_postings();
    unbalanced.pop_back();
    CHECK(!build_entry(kFacts, unbalanced, {coop}).has_value());
    const std::string large(kMaxEntryBytes - 100, 'x');
    CHECK(!build_entry(kFacts, {}, {part_of(Role::coop, 1, large)}).has_value());
    CHECK(build_entry(kFacts, {}, {coop}).has_value());
}

TEST_CASE("the size limit counts header and parts and is exact") {
    const auto size_of = [](std::size_t bytes) {
        return build_entry(kFacts, {}, {part_of(Role::coop, 1, std::string(bytes, 'x'))});
    };
    const std::size_t header = size_of(0)->header_bytes.size();
    CHECK(size_of(kMaxEntryBytes - header).has_value());
    CHECK(!size_of(kMaxEntryBytes - header + 1).has_value());
}

TEST_CASE("a stored entry whose part was changed is refused") {
    const auto entry = build_entry(kFacts, wage_postings(), {part_of(Role::coop, 1, "{}")});
    REQUIRE(entry.has_value());
    auto parts = entry->parts;
    parts[0].bytes = "[]";
    CHECK(!parse_entry(entry->header_bytes, parts).has_value());
    parts = entry->parts;
    parts[0].salt[31] ^= 1U;
    CHECK(!parse_entry(entry->header_bytes, parts).has_value());
    CHECK(!parse_entry(entry->header_bytes, {}).has_value());
}

TEST_CASE("a header of another shape is refused") {
    const std::string good =
        build_entry(kFacts, wage_postings(), {part_of(Role::coop, 1, "{}")})->header_bytes;
    const auto refuses = [&](const std::string& key, Json value) {
        Json json = Json::parse(good).value();
        json.set(key, std::move(value));
        return !parse_header(json.encode()).has_value();
    };
    CHECK(parse_header(good).has_value());
    CHECK(refuses("authority", "root"));
    CHECK(refuses("format", "handprint/entry/v2"));
    CHECK(refuses("parts", Json::Array{}));
    CHECK(refuses("rules", -1));
    CHECK(refuses("time", -1));
    CHECK(refuses("time", "1"));
    CHECK(refuses("more", 1));
    CHECK(refuses("sums", Json::array({Json::array({"fee", "KES", "-70"})})));
    CHECK(refuses("sums", Json::array({Json::array({"fee", "KES", "0"})})));
    CHECK(refuses("sums", Json::array({Json::array({"fee", "kes", "0"})})));
    const Json minus = Json::array({"bank", "KES", "-5"});
    const Json plus = Json::array({"hold", "KES", "5"});
    CHECK(!refuses("sums", Json::array({minus, plus})));
    CHECK(refuses("sums", Json::array({plus, minus})));
    CHECK(parse_header_shape(Json::parse(good)->set("format", "x").encode()).has_value());
}
