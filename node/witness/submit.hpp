#pragma once

#include "ledger/merkle/note.hpp"
#include "ledger/merkle/tree.hpp"
#include "node/outbound/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::witness {

/// A witness as the log sees it. The caller keeps `known_size` from one checkpoint to the next.
struct Witness {
    std::string name; // for people
    merkle::VerifierKey key;
    std::string url;              // add-checkpoint is below it
    std::uint64_t known_size = 0; // the largest that we know it cosigned
};

enum class CosignStatus : std::uint8_t {
    cosigned,
    unreachable, // no answer in time, or its server is ill: ask again later
    refused,     // it will not, see detail
    /// It has cosigned a larger tree than ours. Our store went back in time: nothing may be signed.
    log_went_back,
    /// It has cosigned another tree of the same size, or one that ours does not contain. As grave.
    log_forked,
    bad_answer // not the protocol, or a cosignature that does not verify
};

[[nodiscard]] std::string_view name(CosignStatus status) noexcept;

struct CosignOutcome {
    CosignStatus status = CosignStatus::unreachable;
    std::vector<merkle::NoteSignature> lines; // all good, of this witness's key
    std::uint64_t unix_seconds = 0;           // of the newest of them
    std::uint64_t known_size = 0;             // to be kept
    std::string detail;                       // for people
};

/// A consistency proof between two sizes of our tree.
using ConsistencyProver =
    std::function<Result<std::vector<Hash>>(std::uint64_t old_size, std::uint64_t new_size)>;

/// Asks all witnesses at once to cosign, and returns what became of each, in their order. `prove`
/// is called by one thread at a time. Waits for the slowest, at most a few times `timeout`.
[[nodiscard]] std::vector<CosignOutcome> cosign(
    outbound::HttpClient& client,
    std::string_view checkpoint_note,
    const std::vector<Witness>& witnesses,
    const ConsistencyProver& prove,
    std::chrono::milliseconds timeout
);

/// The largest size and its checkpoint that a witness shows to the public, for the check at start:
/// nothing if it knows none of this origin. The signatures are for the caller to judge.
[[nodiscard]] Result<std::optional<std::string>> latest_checkpoint(
    outbound::HttpClient& client,
    std::string_view monitoring_url,
    std::string_view origin,
    std::chrono::milliseconds timeout
);

} // namespace handprint::witness
