#include "node/witness/submit.hpp"

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/cosignature.hpp"
#include "ledger/merkle/witness_request.hpp"
#include "node/witness/service.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>
#include <utility>

namespace handprint::witness {

namespace {

/// Others may submit our checkpoints too, so the size can move between two requests; but not often.
constexpr int kAttempts = 3;

/// What one conversation needs.
struct Conversation {
    outbound::HttpClient& client;
    std::string_view note_text; // what is signed
    std::string_view note;
    std::uint64_t size;
    const ConsistencyProver& prove;
    std::mutex& prove_mutex;
    std::chrono::milliseconds timeout;
};

CosignOutcome ended(CosignStatus status, std::uint64_t known_size, std::string detail) {
    CosignOutcome out;
    out.status = status;
    out.known_size = known_size;
    out.detail = std::move(detail);
    return out;
}

Result<std::string> request_body(const Conversation& with, std::uint64_t old_size) {
    merkle::AddCheckpointRequest request{old_size, {}, std::string(with.note)};
    if (old_size > 0 && old_size < with.size) {
        const std::lock_guard lock(with.prove_mutex);
        Result<std::vector<Hash>> proof = with.prove(old_size, with.size);
        if (!proof) return unexpected(std::move(proof).error());
        request.proof = std::move(*proof);
    }
    return merkle::format_add_checkpoint(request);
}

CosignOutcome
read_lines(const Conversation& with, const Witness& witness, const std::string& body) {
    const auto lines = merkle::parse_signature_lines(body);
    if (!lines) return ended(CosignStatus::bad_answer, witness.known_size, lines.error().what);
    CosignOutcome out;
    out.known_size = with.size;
    for (const merkle::NoteSignature& line : *lines) {
        if (!witness.key.names(line)) continue; // it may have keys that we do not know
        const auto time = merkle::cosignature_time(with.note_text, line, witness.key);
        if (!time) return ended(CosignStatus::bad_answer, witness.known_size, time.error().what);
        out.unix_seconds = std::max(out.unix_seconds, *time);
        out.lines.push_back(line);
    }
    if (out.lines.empty()) {
        return ended(CosignStatus::bad_answer, witness.known_size, "no line of its key");
    }
    out.status = CosignStatus::cosigned;
    return out;
}

std::string first_line(const std::string& body) {
    return body.substr(0, std::min<std::size_t>(body.find('\n'), 200));
}

CosignOutcome ask_one(const Conversation& with, const Witness& witness) {
    // A witness never forgets; one that we think is ahead of us is told the largest size we have.
    std::uint64_t old_size = std::min(witness.known_size, with.size);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        Result<std::string> body = request_body(with, old_size);
        if (!body) return ended(CosignStatus::refused, witness.known_size, body.error().what);
        outbound::HttpCall call;
        call.method = "POST";
        call.url = witness.url + "/add-checkpoint";
        call.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
        call.body = std::move(*body);
        call.timeout = with.timeout;
        call.reply_max = 64 * 1024;
        const Result<outbound::HttpReply> reply = with.client.fetch(call);
        if (!reply) {
            return ended(CosignStatus::unreachable, witness.known_size, reply.error().what);
        }
        const std::string detail = std::to_string(reply->status) + " " + first_line(reply->body);
        if (reply->status == 200) return read_lines(with, witness, reply->body);
        if (reply->status >= 500 || reply->status == 429 || reply->status == 408) {
            return ended(CosignStatus::unreachable, old_size, detail);
        }
        if (reply->status == 422) return ended(CosignStatus::log_forked, old_size, detail);
        if (reply->status != 409) return ended(CosignStatus::refused, old_size, detail);

        const Result<std::uint64_t> size = merkle::parse_tree_size(reply->body);
        if (!size) return ended(CosignStatus::bad_answer, witness.known_size, detail);
        if (*size > with.size) return ended(CosignStatus::log_went_back, *size, detail);
        if (*size == old_size) return ended(CosignStatus::bad_answer, old_size, detail);
        old_size = *size;
    }
    return ended(CosignStatus::unreachable, old_size, "its size keeps changing");
}

} // namespace

std::string_view name(CosignStatus status) noexcept {
    constexpr std::array<std::string_view, 6> kNames{
        "cosigned", "unreachable", "refused", "log_went_back", "log_forked", "bad_answer"
    };
    return kNames[static_cast<std::size_t>(status)];
}

std::vector<CosignOutcome> cosign(
    outbound::HttpClient& client,
    std::string_view checkpoint_note,
    const std::vector<Witness>& witnesses,
    const ConsistencyProver& prove,
    std::chrono::milliseconds timeout
) {
    std::vector<CosignOutcome> outcomes(witnesses.size());
    const Result<merkle::Note> note = merkle::parse_note(checkpoint_note);
    const Result<merkle::Checkpoint> checkpoint =
        note ? merkle::parse_checkpoint(note->text) : fail("not a note");
    if (!checkpoint) {
        for (std::size_t i = 0; i < witnesses.size(); ++i) {
            outcomes[i] =
                ended(CosignStatus::refused, witnesses[i].known_size, checkpoint.error().what);
        }
        return outcomes;
    }
    std::mutex prove_mutex;
    const Conversation with{
        client, note->text, checkpoint_note, checkpoint->size, prove, prove_mutex, timeout
    };
    std::vector<std::thread> threads;
    threads.reserve(witnesses.size());
    for (std::size_t i = 0; i < witnesses.size(); ++i) {
        threads.emplace_back([&, i] { outcomes[i] = ask_one(with, witnesses[i]); });
    }
    for (std::thread& thread : threads)
        thread.join();
    return outcomes;
}

Result<std::optional<std::string>> latest_checkpoint(
    outbound::HttpClient& client,
    std::string_view monitoring_url,
    std::string_view origin,
    std::chrono::milliseconds timeout
) {
    outbound::HttpCall call;
    call.url = std::string(monitoring_url) + "/" + origin_name(origin) + "/checkpoint";
    call.timeout = timeout;
    Result<outbound::HttpReply> reply = client.fetch(call);
    if (!reply) return unexpected(std::move(reply).error());
    if (reply->status == 404) return std::optional<std::string>();
    if (reply->status != 200) {
        return fail(call.url + " says " + std::to_string(reply->status));
    }
    return std::optional<std::string>(std::move(reply->body));
}

} // namespace handprint::witness
