// Receipts: what each reason is given for; and when the log key is changed and the origin kept,
// what was handed out before stays good under the policy of its time, kept by whoever holds the
// receipt.

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/cosignature.hpp"
#include "ledger/merkle/proof_file.hpp"
#include "ledger/merkle/tree.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/promise.hpp"
#include "ledger/record/receipt.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace handprint;
using namespace handprint::record;

namespace {

constexpr const char* kOrigin = "receipts.example/log";

KeyPair pair_of(std::uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return KeyPair::from_seed(seed);
}

const merkle::NoteSigner kOldKey(kOrigin, pair_of(1)), kNewKey(kOrigin, pair_of(2));
const merkle::Cosigner kWitness("witness.example", pair_of(3));

merkle::Policy policy_of(const std::string& log_lines) {
    return merkle::Policy::parse(log_lines + "witness w " + kWitness.key().text() + "\nquorum w\n")
        .value();
}

std::string line_of(const merkle::NoteSigner& key) {
    return "log " + key.key().text() + '\n';
}

/// A log of a few entries; the hash of any subtree is computed when asked for.
struct Log {
    std::vector<Entry> entries;
    std::vector<Hash> leaves;

    void grow(int count) {
        for (int i = 0; i < count; ++i) {
            Part coop{Role::coop, {}, std::to_string(entries.size())};
            coop.salt.fill(9);
            const EntryFacts facts{Authority::actor, "set_rule", 0, Instant(1'795'280'000'000)};
            entries.push_back(build_entry(facts, {}, {coop}).value());
            leaves.push_back(entries.back().leaf);
        }
    }

    [[nodiscard]] merkle::HashReader reader() const {
        return [this](std::span<const merkle::NodeId> nodes) -> Result<std::vector<Hash>> {
            std::vector<Hash> out;
            for (const auto& node : nodes) {
                const std::size_t width = std::size_t{1} << node.level;
                out.push_back(merkle::root_of(
                    std::span(leaves).subspan(static_cast<std::size_t>(node.index) * width, width)
                ));
            }
            return out;
        };
    }

    [[nodiscard]] std::string checkpoint(const merkle::NoteSigner& key) const {
        const merkle::Checkpoint head{kOrigin, leaves.size(), merkle::root_of(leaves), {}};
        const auto note = merkle::sign_checkpoint(head, key).value();
        return merkle::with_signatures(note, {kWitness.cosign(head, 1'795'280'100).value()})
            .value();
    }

    [[nodiscard]] std::string receipt(std::uint64_t index, const merkle::NoteSigner& key) const {
        const auto& entry = entries.at(static_cast<std::size_t>(index));
        Receipt out;
        out.header = entry.header_bytes;
        out.parts = {{{entry.parts.front().bytes, entry.parts.front().salt}, 0}};
        out.index = index;
        out.proof = merkle::prove_inclusion(index, leaves.size(), reader()).value();
        out.checkpoint = checkpoint(key);
        return encode(out).value();
    }
};

} // namespace

TEST_CASE("receipts from before a change of the log's key verify under the archived policy") {
    Log log;
    log.grow(5);
    const std::string before = log.receipt(2, kOldKey);
    const Hash old_root = merkle::root_of(log.leaves);
    log.grow(6);
    const std::string after = log.receipt(2, kNewKey);
    const auto archived = policy_of(line_of(kOldKey)), present = policy_of(line_of(kNewKey));

    CHECK(verify_receipt(before, archived).reason == "");
    CHECK(verify_receipt(after, present).reason == "");
    // Neither key stands in for the other.
    CHECK(verify_receipt(before, present).reason == "checkpoint_unknown_log");
    CHECK(verify_receipt(after, archived).reason == "checkpoint_unknown_log");
    // The new key's tree goes on from the old one's: nothing was swapped with the key.
    const auto proof = merkle::prove_consistency(5, 11, log.reader()).value();
    CHECK(merkle::verify_consistency(5, 11, proof, old_root, merkle::root_of(log.leaves)));
    // Who trusts both keys, as during the change, takes both.
    const auto both = policy_of(line_of(kOldKey) + line_of(kNewKey));
    CHECK(verify_receipt(before, both).ok);
    CHECK(verify_receipt(after, both).ok);
}

TEST_CASE("a receipt is held against the promise about its entry, and no other") {
    Log log;
    log.grow(5);
    const auto policy = policy_of(line_of(kOldKey));
    const std::string receipt = log.receipt(2, kOldKey);
    const KeyPair signer = KeyPair::from_seed(Seed{7});
    const auto promise = [&](std::uint64_t index, const Hash& leaf, const char* origin = kOrigin) {
        return PromisedEntries(
                   index, std::span(&leaf, 1), origin, Instant{1'795'280'160'000}, signer
        )
            .text_of(index);
    };
    const auto told = [&](const std::vector<std::string>& promises, const std::string& file) {
        const auto v = verify_receipt(file, policy, promises, signer.public_key());
        CHECK(v.ok == v.reason.empty());
        CHECK(v.bad_promise.has_value() == v.reason.starts_with("promise_"));
        return v.reason + ' ' + std::to_string(v.promises) + ' ' + v.detail;
    };
    const std::string kept = promise(2, log.leaves[2]), other = promise(3, Hash{});
    CHECK(told({}, receipt) == " 0 ");
    CHECK(told({other, kept, kept}, receipt) == " 2 ");
    CHECK(told({kept, promise(2, Hash{1})}, receipt) == "promise_broken 1 promise 1 (index 2)");
    CHECK(told({"milk"}, receipt).starts_with("promise_invalid 0 promise 0: "));
    CHECK(
        told({promise(2, log.leaves[2], "other.example")}, receipt)
        == "promise_invalid 0 promise 0: of another log"
    );
    const auto stranger = KeyPair::from_seed(Seed{8}).public_key();
    const auto v = verify_receipt(receipt, policy, std::span(&kept, 1), stranger);
    CHECK(v.reason == "promise_invalid");
    CHECK(v.detail == "promise 0: not signed by the promise key");
    // What is wrong with the receipt comes first.
    CHECK(told({"milk"}, "no receipt").starts_with("malformed 0 "));
}

namespace {

/// Why a receipt of entry 2 is refused that was changed after the log had handed it out.
template <class F>
std::string changed(const Log& log, F&& change) {
    auto receipt = parse_receipt(log.receipt(2, kOldKey)).value();
    change(receipt);
    return verify_receipt(encode(receipt).value(), policy_of(line_of(kOldKey))).reason;
}

/// The same with other words in the extra line.
std::string with_extra(const Log& log, const std::optional<std::string>& extra) {
    auto file = merkle::parse_proof_file(log.receipt(2, kOldKey)).value();
    file.extra.reset();
    if (extra) file.extra = to_bytes(as_bytes(*extra));
    const std::string text = merkle::format_proof_file(file).value();
    return verify_receipt(text, policy_of(line_of(kOldKey))).reason;
}

} // namespace

TEST_CASE("receipts: each thing that is changed has its reason") {
    Log log;
    log.grow(5);
    CHECK(changed(log, [](Receipt&) {}) == "");
    CHECK(changed(log, [](Receipt& r) { r.parts.clear(); }) == ""); // opened for nobody
    CHECK(changed(log, [](Receipt& r) { r.header += ' '; }) == "malformed");
    CHECK(changed(log, [](Receipt& r) { r.header = "{}"; }) == "malformed");
    CHECK(changed(log, [](Receipt& r) { r.parts[0].opening.bytes = "{ }"; }) == "malformed");
    const std::string other = log.entries[3].header_bytes;
    CHECK(changed(log, [&](Receipt& r) { r.header = other; }) == "entry_not_included");
    CHECK(changed(log, [](Receipt& r) { r.index = 3; }) == "entry_not_included");
    CHECK(changed(log, [](Receipt& r) { r.proof[0][0] ^= 1U; }) == "entry_not_included");
    CHECK(changed(log, [](Receipt& r) { r.proof.pop_back(); }) == "entry_not_included");
    CHECK(changed(log, [](Receipt& r) { r.parts[0].opening.bytes = "3"; }) == "part_not_committed");
    CHECK(
        changed(log, [](Receipt& r) { r.parts[0].opening.salt[0] ^= 1U; }) == "part_not_committed"
    );
    CHECK(changed(log, [](Receipt& r) { r.parts[0].number = 1; }) == "part_not_committed");
    // One good part does not vouch for the next.
    CHECK(
        changed(
            log,
            [](Receipt& r) {
                r.parts.push_back(r.parts[0]);
                r.parts[1].opening.bytes = "3";
            }
        )
        == "part_not_committed"
    );
    CHECK(
        changed(
            log,
            [&](Receipt& r) {
                const merkle::Checkpoint head{
                    kOrigin, log.leaves.size(), merkle::root_of(log.leaves), {}
                };
                r.checkpoint = merkle::sign_checkpoint(head, kOldKey).value();
            }
        )
        == "quorum_not_met"
    );
}

TEST_CASE("receipts: a log that takes headers of another format is told so") {
    Log log;
    log.grow(5);
    auto& bytes = log.entries[2].header_bytes;
    const std::size_t at = bytes.find("entry/v1");
    REQUIRE(at != std::string::npos);
    bytes.replace(at, 8, "entry/v2");
    log.leaves[2] = leaf_hash(bytes);
    CHECK(changed(log, [](Receipt&) {}) == "header_wrong");
}

TEST_CASE("receipts: a file that is none is malformed") {
    Log log;
    log.grow(5);
    const std::string good = log.receipt(2, kOldKey);
    const auto policy = policy_of(line_of(kOldKey));
    CHECK(verify_receipt("", policy).reason == "malformed");
    CHECK(verify_receipt(good + "\xff", policy).reason == "malformed");
    CHECK(with_extra(log, std::nullopt) == "malformed");
    const auto file = merkle::parse_proof_file(good).value();
    const std::string extra(as_text(*file.extra));
    CHECK(with_extra(log, extra) == "");
    CHECK(with_extra(log, extra + " ") == "malformed");
    CHECK(with_extra(log, "[]") == "malformed");
    CHECK(with_extra(log, "{\"a\":1," + extra.substr(1)) == "malformed");
}
