#include "ledger/merkle/verdict.hpp"

#include "ledger/merkle/cosignature.hpp"

#include <algorithm>
#include <utility>

namespace handprint::merkle {

namespace {

/// The keys of the policy for an origin that the note has lines of, in the order of the policy.
std::vector<VerifierKey>
named_log_keys(const Note& note, const Policy& policy, std::string_view origin) {
    std::vector<VerifierKey> keys;
    for (const PolicyLog& log : policy.logs()) {
        const auto is_named = [&](const NoteSignature& line) { return log.key.names(line); };
        if (log.key.name == origin && std::ranges::any_of(note.signatures, is_named)) {
            keys.push_back(log.key);
        }
    }
    return keys;
}

void check_log_lines(
    const Note& note, const std::vector<VerifierKey>& keys, CheckpointVerdict& verdict
) {
    std::vector<bool> has_signed(keys.size());
    for (const NoteSignature& line : note.signatures) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (!keys[i].names(line)) continue;
            if (signature_is_valid(note.text, line, keys[i])) {
                has_signed[i] = true;
            } else {
                verdict.errors.push_back({Reason::checkpoint_signature_invalid, keys[i].name});
            }
        }
    }
    const auto first = std::ranges::find(has_signed, true);
    if (first == has_signed.end()) return;
    verdict.log_key = keys[static_cast<std::size_t>(first - has_signed.begin())];
}

void check_witness_lines(const Note& note, const Policy& policy, CheckpointVerdict& verdict) {
    const std::vector<PolicyWitness>& witnesses = policy.witnesses();
    std::vector<bool> cosigned(witnesses.size());
    std::vector<std::uint64_t> times(witnesses.size());
    for (const NoteSignature& line : note.signatures) {
        for (std::size_t i = 0; i < witnesses.size(); ++i) {
            if (!witnesses[i].key.names(line)) continue;
            const Result<std::uint64_t> time = cosignature_time(note.text, line, witnesses[i].key);
            if (time) {
                cosigned[i] = true;
                times[i] = std::max(times[i], *time);
            } else {
                verdict.errors.push_back(
                    {Reason::checkpoint_signature_invalid,
                     witnesses[i].key.name + ": " + time.error().what}
                );
            }
        }
    }
    for (std::size_t i = 0; i < witnesses.size(); ++i) {
        if (!cosigned[i]) continue;
        verdict.witnesses.push_back({witnesses[i].name, witnesses[i].key.name, times[i]});
    }
    verdict.quorum_met = policy.quorum_met(cosigned);
}

} // namespace

CheckpointVerdict verify_checkpoint(std::string_view note, const Policy& policy) {
    CheckpointVerdict verdict;
    const auto add = [&](Reason reason, std::string detail = {}) {
        verdict.errors.push_back({reason, std::move(detail)});
    };
    const Result<Note> parsed = parse_note(note);
    if (!parsed) {
        add(Reason::checkpoint_malformed, parsed.error().what);
        return verdict;
    }
    const Result<Checkpoint> checkpoint = parse_checkpoint(parsed->text);
    if (!checkpoint) {
        add(Reason::checkpoint_malformed, checkpoint.error().what);
        return verdict;
    }
    verdict.checkpoint = *checkpoint;
    const std::vector<VerifierKey> log_keys = named_log_keys(*parsed, policy, checkpoint->origin);
    if (log_keys.empty()) {
        add(Reason::checkpoint_unknown_log, checkpoint->origin);
        return verdict;
    }
    check_log_lines(*parsed, log_keys, verdict);
    check_witness_lines(*parsed, policy, verdict);
    const Result<void, Rejection> root = check_empty_root(*checkpoint);
    if (!root) verdict.errors.push_back(root.error());
    if (!verdict.quorum_met) add(Reason::quorum_not_met);
    return verdict;
}

namespace {

/// Whether the policy has a witness of that name; marks it.
bool mark(const Policy& policy, const std::string& name, std::vector<bool>& cosigned) {
    const auto& known = policy.witnesses();
    const auto at = std::ranges::find(known, name, &PolicyWitness::name);
    if (at == known.end()) return false;
    cosigned[static_cast<std::size_t>(at - known.begin())] = true;
    return true;
}

} // namespace

bool is_quorum(const Policy& policy, std::span<const WitnessedBy> witnesses) {
    std::vector<bool> cosigned(policy.witnesses().size());
    for (const WitnessedBy& one : witnesses)
        mark(policy, one.witness, cosigned);
    return policy.quorum_met(cosigned);
}

std::optional<std::uint64_t>
seen_by_quorum(const Policy& policy, const std::vector<WitnessedBy>& witnesses) {
    std::vector<WitnessedBy> newest = witnesses;
    std::ranges::sort(newest, std::ranges::greater(), &WitnessedBy::unix_seconds);
    std::vector<bool> cosigned(policy.witnesses().size());
    for (const WitnessedBy& one : newest) {
        if (mark(policy, one.witness, cosigned) && policy.quorum_met(cosigned))
            return one.unix_seconds;
    }
    return std::nullopt;
}

CheckpointVerdict
verify_checkpoint(std::string_view note, const Policy& present, std::span<const Policy> former) {
    CheckpointVerdict verdict = verify_checkpoint(note, present);
    for (const Policy& policy : former) {
        if (verdict.accepted()) break;
        CheckpointVerdict other = verify_checkpoint(note, policy);
        if (other.accepted()) verdict = std::move(other);
    }
    return verdict;
}

} // namespace handprint::merkle
