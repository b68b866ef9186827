#include "ledger/merkle/verdict.hpp"

#include "ledger/merkle/cosignature.hpp"

#include <algorithm>
#include <utility>

namespace handprint::merkle {

namespace {

/// One pass over the signature lines of a note.
class SignatureCheck {
public:
    SignatureCheck(const Note& note, const Policy& policy, std::string_view origin)
        : note_(note), policy_(policy), origin_(origin), times_(policy.witnesses().size()) {
        for (const NoteSignature& line : note.signatures) {
            check_as_log(line);
            check_as_witness(line);
        }
    }

    void report(CheckpointVerdict& verdict) && {
        verdict.errors = std::move(errors_);
        for (const PolicyLog& log : policy_.logs()) {
            const bool signed_it = std::ranges::find(log_keys_, log.key) != log_keys_.end();
            if (signed_it && !verdict.log_key) verdict.log_key = log.key;
        }
        std::vector<bool> cosigned;
        for (std::size_t i = 0; i < times_.size(); ++i) {
            cosigned.push_back(times_[i].has_value());
            if (!times_[i]) continue;
            const PolicyWitness& witness = policy_.witnesses()[i];
            verdict.witnesses.push_back({witness.name, witness.key.name, *times_[i]});
        }
        verdict.quorum_met = policy_.quorum_met(cosigned);
    }

private:
    void check_as_log(const NoteSignature& line) {
        for (const PolicyLog& log : policy_.logs()) {
            if (!log.key.names(line)) continue;
            if (!signature_is_valid(note_.text, line, log.key)) {
                errors_.push_back({Reason::checkpoint_log_signature_invalid, log.key.name});
            } else if (log.key.name == origin_) {
                log_keys_.push_back(log.key);
            }
        }
    }

    void check_as_witness(const NoteSignature& line) {
        for (std::size_t i = 0; i < times_.size(); ++i) {
            const PolicyWitness& witness = policy_.witnesses()[i];
            if (!witness.key.names(line)) continue;
            const Result<std::uint64_t> time = cosignature_time(note_.text, line, witness.key);
            if (time) {
                times_[i] = std::max(times_[i].value_or(0), *time);
            } else {
                errors_.push_back(
                    {Reason::checkpoint_cosignature_invalid, witness.name + ": " + time.error().what
                    }
                );
            }
        }
    }

    const Note& note_;
    const Policy& policy_;
    std::string_view origin_;
    std::vector<VerifierKey> log_keys_;
    std::vector<std::optional<std::uint64_t>> times_; // by witness
    std::vector<Rejection> errors_;
};

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
    const bool known = std::ranges::any_of(policy.logs(), [&](const PolicyLog& log) {
        return log.key.name == checkpoint->origin;
    });
    if (!known) {
        add(Reason::checkpoint_unknown_log, checkpoint->origin);
        return verdict;
    }
    SignatureCheck(*parsed, policy, checkpoint->origin).report(verdict);
    if (!verdict.log_key) add(Reason::checkpoint_not_signed_by_log);
    const Result<void, Rejection> root = check_empty_root(*checkpoint);
    if (!root) verdict.errors.push_back(root.error());
    if (!verdict.quorum_met) add(Reason::quorum_not_met);
    return verdict;
}

} // namespace handprint::merkle
