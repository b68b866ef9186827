#include "ledger/base/hex.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/json.hpp"
#include "ledger/record/payslip.hpp"
#include "tests/vectors/scenario.hpp"
#include "tests/vectors/vector_files.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace handprint;
using namespace handprint::record;
using handprint::vectors::patched;

std::string contents(const std::string& name) {
    std::ifstream file("tests/vectors/" + name, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

Json read(const std::string& name) {
    const auto json = Json::parse(contents(name), JsonMode::lenient, std::size_t{64} << 20U);
    REQUIRE_MESSAGE(json.has_value(), name);
    return *json;
}

/// The file that a mutation is about, as text.
std::string mutated(const Json& mutation) {
    if (const Json* text = mutation.find("text")) return text->text();
    if (const Json* file = mutation.find("file")) return file->encode();
    Json json = read(mutation.at("base").text());
    for (const Json& operation : mutation.at("patch").items())
        json = patched(json, operation);
    return json.encode();
}

std::vector<std::string> promises_of(const Json& json) {
    std::vector<std::string> out;
    if (const Json* promises = json.find("promises")) {
        for (const Json& promise : promises->items())
            out.push_back(promise.encode());
    }
    return out;
}

} // namespace

TEST_CASE("the vectors in the repository are those that make_vectors writes") {
    for (const auto& [name, text] : vectors::vector_files()) {
        CAPTURE(name);
        CHECK_MESSAGE(contents(name) == text, "run make_vectors tests/vectors");
    }
}

TEST_CASE("the JSON vectors hold") {
    const Json json = read("canonical_json.json");
    for (const Json& row : json.at("accept").items()) {
        CAPTURE(row.at("name").text());
        const Bytes bytes = hex_decode(row.at("hex").text()).value();
        const auto parsed = Json::parse(as_text(bytes));
        REQUIRE(parsed.has_value());
        CHECK(parsed->encode() == as_text(bytes));
    }
    for (const Json& row : json.at("reject").items()) {
        CAPTURE(row.at("name").text());
        const Bytes bytes = hex_decode(row.at("hex").text()).value();
        const auto parsed = Json::parse(as_text(bytes));
        REQUIRE(!parsed.has_value());
        CHECK(name(parsed.error().fault) == row.at("reason").text());
    }
}

TEST_CASE("the envelopes of the vectors verify or do not") {
    const Json json = read("dsse.json");
    for (const Json& row : json.at("envelopes").items()) {
        CAPTURE(row.at("name").text());
        const auto envelope = envelope_from_json(row.at("envelope"));
        REQUIRE(envelope.has_value());
        const PublicKey key = hash_from_json(row.at("key")).value();
        CHECK(verify(*envelope, key) == row.at("valid").boolean());
        CHECK(keyid(key) == row.at("keyid").text());
    }
    for (const Json& row : json.at("malformed").items()) {
        CAPTURE(row.at("name").text());
        CHECK(!envelope_from_json(row.at("envelope")).has_value());
    }
}

TEST_CASE("the good payslips of the vectors are good") {
    const auto policy = merkle::Policy::parse(contents("payslip_policy.txt")).value();
    const Json expected = read("payslip_expected.json");
    for (const auto& [name, row] : expected.members()) {
        CAPTURE(name);
        const auto verdict = verify_payslip(contents(name), policy, promises_of(row));
        CHECK(verdict.reason == "");
        CHECK(verdict.ok);
    }
}

TEST_CASE("every mutation of a payslip gives its reason") {
    std::set<std::string> reasons;
    std::set<std::string> names;
    const Json mutations = read("payslip_mutations.json");
    for (const Json& mutation : mutations.items()) {
        const std::string& name = mutation.at("name").text();
        CAPTURE(name);
        CHECK_MESSAGE(names.insert(name).second, "the name is given twice");
        const Json* own = mutation.find("policy");
        const auto policy =
            merkle::Policy::parse(own != nullptr ? own->text() : contents("payslip_policy.txt"));
        REQUIRE(policy.has_value());
        const auto verdict = verify_payslip(mutated(mutation), *policy, promises_of(mutation));
        CHECK(!verdict.ok);
        CHECK(verdict.reason == mutation.at("expected").text());
        reasons.insert(verdict.reason);
    }
    for (const char* reason :
         {"malformed",
          "checkpoint_malformed",
          "checkpoint_unknown_log",
          "checkpoint_signature_invalid",
          "checkpoint_empty_root_wrong",
          "quorum_not_met",
          "wrong_log",
          "closing_not_included",
          "closing_not_a_close",
          "closing_position_wrong",
          "opening_missing",
          "opening_not_included",
          "opening_not_a_close",
          "opening_position_wrong",
          "entry_not_included",
          "entry_out_of_range",
          "header_wrong",
          "part_not_committed",
          "chain_gap",
          "chain_broken",
          "signature_invalid",
          "keys_differ",
          "balance_mismatch",
          "shares_differ",
          "seal_not_included",
          "seal_not_a_seal",
          "share_not_committed",
          "promise_invalid",
          "promise_missing",
          "promise_broken"}) {
        CHECK_MESSAGE(reasons.contains(reason), std::string(reason));
    }
    MESSAGE(names.size() << " mutations");
}
