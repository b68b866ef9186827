// The log key is changed and the origin kept: what was handed out before stays good under the
// policy of its time, kept by whoever holds the receipt.

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/cosignature.hpp"
#include "ledger/merkle/tree.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/receipt.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace handprint;
using namespace handprint::record;

namespace {

constexpr const char* kOrigin = "rotation.example/log";

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
