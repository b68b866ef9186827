#include "node/witness/service.hpp"

#include "ledger/base/crypto.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/merkle/witness_request.hpp"

#include <algorithm>
#include <utility>

namespace handprint::witness {

namespace {

/// A clock that is behind our last cosignature by more than this is wrong, now or then.
constexpr std::uint64_t kClockSlackSeconds = 300;

WitnessAnswer refuse(int status, std::string_view why) {
    return {status, "text/plain; charset=utf-8", std::string(why) + "\n"};
}

WitnessAnswer conflict(std::uint64_t size) {
    return {409, "text/x.tlog.size", merkle::format_tree_size(size)};
}

} // namespace

std::string origin_name(std::string_view origin) {
    return hex_encode(sha256(as_bytes(origin)));
}

WitnessService::WitnessService(
    std::string state_file,
    merkle::Cosigner signer,
    std::vector<WatchedLog> logs,
    WitnessPorts ports
)
    : state_file_(std::move(state_file)),
      signer_(std::move(signer)),
      logs_(std::move(logs)),
      ports_(std::move(ports)) {}

Result<std::unique_ptr<WitnessService>> WitnessService::open(
    std::string state_file,
    merkle::Cosigner signer,
    std::vector<WatchedLog> logs,
    WitnessPorts ports,
    const std::vector<std::string>& published
) {
    for (const WatchedLog& log : logs) {
        for (const merkle::VerifierKey& key : log.keys) {
            if (key.key == signer.key().key) return fail("witness: its key is the key of a log");
        }
    }
    std::unique_ptr<WitnessService> service(new WitnessService(
        std::move(state_file), std::move(signer), std::move(logs), std::move(ports)
    ));
    if (auto opened = service->open_state(); !opened) return unexpected(std::move(opened).error());
    for (const std::string& note : published) {
        if (auto checked = service->check_published(note); !checked) {
            return unexpected(std::move(checked).error());
        }
    }
    return service;
}

Result<void> WitnessService::open_state() {
    Result<std::unique_ptr<State>> state = State::open(state_file_, signer_.key().text());
    if (!state) return unexpected(std::move(state).error());
    const Result<std::vector<std::string>> origins = (*state)->origins();
    if (!origins) return unexpected(origins.error());
    for (const std::string& origin : *origins) {
        if (log_of(origin) == nullptr) {
            return fail(
                "witness: the log " + origin
                + " is no longer configured; to stop watching it, list "
                  "it as retired"
            );
        }
    }
    for (const WatchedLog& log : logs_) {
        if (auto known = (*state)->know(log.origin); !known) return known;
    }
    state_ = std::move(*state);
    return {};
}

Result<void> WitnessService::check_published(std::string_view text) {
    const Result<merkle::Note> note = merkle::parse_note(text);
    if (!note) return fail("witness: a published checkpoint is no note: " + note.error().what);
    const Result<merkle::Checkpoint> checkpoint = merkle::parse_checkpoint(note->text);
    if (!checkpoint) return unexpected(checkpoint.error());
    const bool ours = std::ranges::any_of(note->signatures, [&](const auto& signature) {
        return merkle::cosignature_time(note->text, signature, signer_.key()).has_value();
    });
    if (!ours) return fail("witness: a published checkpoint does not carry our cosignature");
    const Result<std::optional<Seen>> seen = state_->get(checkpoint->origin);
    if (!seen) return unexpected(seen.error());
    const Seen known = seen->value_or(Seen{});
    if (checkpoint->size > known.size
        || (checkpoint->size == known.size && checkpoint->size > 0 && checkpoint->root != known.root
        )) {
        return fail(
            "witness: we have published size " + std::to_string(checkpoint->size) + " of "
            + checkpoint->origin + " and remember size " + std::to_string(known.size)
            + ": the state file is an old copy"
        );
    }
    return {};
}

const WatchedLog* WitnessService::log_of(std::string_view origin) const {
    const auto found = std::ranges::find(logs_, origin, &WatchedLog::origin);
    return found == logs_.end() ? nullptr : &*found;
}

Result<WitnessService::Candidate, WitnessAnswer> WitnessService::judge_note(std::string_view text
) const {
    const Result<merkle::Note> note = merkle::parse_note(text);
    if (!note) return unexpected(refuse(400, note.error().what));
    Result<merkle::Checkpoint> checkpoint = merkle::parse_checkpoint(note->text);
    if (!checkpoint) return unexpected(refuse(400, checkpoint.error().what));
    const WatchedLog* log = log_of(checkpoint->origin);
    if (log == nullptr) return unexpected(refuse(404, "unknown log"));
    const auto signers = merkle::verify_note(*note, log->keys);
    if (!signers) return unexpected(refuse(403, signers.error().what));
    if (!checkpoint->extensions.empty()) {
        return unexpected(refuse(400, "extension lines are not cosigned here"));
    }
    Candidate candidate{std::move(*checkpoint), {note->text, {}}};
    for (const merkle::NoteSignature& signature : note->signatures) {
        const bool trusted = std::ranges::any_of(*signers, [&](const merkle::VerifierKey& key) {
            return key.names(signature);
        });
        if (trusted) candidate.note.signatures.push_back(signature);
    }
    return candidate;
}

Result<Seen, WitnessAnswer> WitnessService::seen_of(std::string_view origin) {
    if (!state_ && !open_state()) return unexpected(refuse(500, "the state cannot be opened"));
    Result<std::optional<Seen>> read = state_->get(origin);
    if (!read) {
        state_.reset();
        return unexpected(refuse(500, "the state cannot be read"));
    }
    std::optional<Seen>& seen = *read;
    if (!seen) return unexpected(refuse(500, "the state lost a log"));
    return std::move(*seen);
}

WitnessAnswer WitnessService::add_checkpoint(std::string_view body) {
    const Result<merkle::AddCheckpointRequest> request = merkle::parse_add_checkpoint(body);
    if (!request) return refuse(400, request.error().what);
    const Result<Candidate, WitnessAnswer> candidate = judge_note(request->checkpoint);
    if (!candidate) return candidate.error();
    const merkle::Checkpoint& next = candidate->checkpoint;
    if (request->old_size > next.size) return refuse(400, "the old size is above the new one");
    if (!merkle::check_empty_root(next)) return refuse(422, "not the root of the empty tree");

    const std::lock_guard lock(mutex_);
    const Result<Seen, WitnessAnswer> last = seen_of(next.origin);
    if (!last) return last.error();
    if (request->old_size != last->size) return conflict(last->size);
    const auto consistent =
        merkle::verify_consistency(last->size, next.size, request->proof, last->root, next.root);
    if (!consistent) return refuse(422, merkle::reason_text(consistent.error().reason));
    return cosign(*candidate, *last);
}

WitnessAnswer WitnessService::cosign(const Candidate& candidate, const Seen& last) {
    const merkle::Checkpoint& checkpoint = candidate.checkpoint;
    const std::uint64_t now = ports_.unix_seconds();
    if (now + kClockSlackSeconds < last.unix_seconds) return refuse(500, "the clock went back");
    const std::uint64_t time = std::max(now, last.unix_seconds);
    // What is signed is the parsed checkpoint written anew, not what was received.
    const Result<merkle::NoteSignature> signature = signer_.cosign(checkpoint, time);
    if (!signature) return refuse(500, "cannot sign");
    merkle::Note cosigned = candidate.note;
    cosigned.signatures.push_back(*signature);
    Result<std::string> text = merkle::format_note(cosigned);
    if (!text) return refuse(400, text.error().what);

    const Seen next{checkpoint.size, checkpoint.root, time, std::move(*text)};
    const Result<bool> replaced = state_->replace(checkpoint.origin, last, next);
    if (!replaced) {
        state_.reset(); // whether it is on the disk only the disk can tell
        return refuse(500, "the state cannot be written");
    }
    if (!*replaced) { // another process was faster
        const Result<Seen, WitnessAnswer> seen = seen_of(checkpoint.origin);
        return seen ? conflict(seen->size) : seen.error();
    }
    if (ports_.publish && !ports_.publish(origin_name(checkpoint.origin), next.note)) {
        return refuse(500, "cannot publish");
    }
    return {200, "text/plain; charset=utf-8", merkle::format_signature_line(*signature)};
}

WitnessAnswer WitnessService::latest(std::string_view name) {
    for (const WatchedLog& log : logs_) {
        if (origin_name(log.origin) != name) continue;
        const std::lock_guard lock(mutex_);
        Result<Seen, WitnessAnswer> seen = seen_of(log.origin);
        if (!seen) return std::move(seen).error();
        if (seen->note.empty()) break;
        return {200, "text/plain; charset=utf-8", std::move(seen->note)};
    }
    return refuse(404, "no checkpoint");
}

WitnessAnswer WitnessService::about() {
    std::string text = "A witness of transparency logs (c2sp.org/tlog-witness).\n\n"
                       "It cosigns a checkpoint when the log only grew since the one before.\n"
                       "Its cosignatures say nothing about what is in the log.\n\nKey:\n    "
                       + signer_.key().text() + "\n\nLogs:\n";
    const std::lock_guard lock(mutex_);
    for (const WatchedLog& log : logs_) {
        const Result<Seen, WitnessAnswer> seen = seen_of(log.origin);
        if (!seen) return seen.error();
        text += "    " + log.origin + (log.keys.empty() ? " (retired)" : "") + "\n        size "
                + std::to_string(seen->size) + ", cosigned at " + std::to_string(seen->unix_seconds)
                + ", at /" + origin_name(log.origin) + "/checkpoint\n";
    }
    return {200, "text/plain; charset=utf-8", std::move(text)};
}

} // namespace handprint::witness
