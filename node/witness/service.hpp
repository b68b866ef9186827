#pragma once

#include "ledger/merkle/cosignature.hpp"
#include "node/witness/logs.hpp"
#include "node/witness/state.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::witness {

/// What a witness needs from outside.
struct WitnessPorts {
    std::function<std::uint64_t()> unix_seconds;
    /// Makes a cosigned checkpoint public under the name (see origin_name), after it is durable and
    /// before it is answered. May be null.
    std::function<Result<void>(const std::string& name, const std::string& note)> publish;
};

struct WitnessAnswer {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

/// c2sp.org/tlog-witness: cosigns checkpoints of logs that only grow. Safe from any thread.
class WitnessService {
public:
    /// `published` are cosigned checkpoints of ours as the public still has them. Failure if one of
    /// them is ahead of `state_file`, or contradicts it: then the file is an old copy, and signing
    /// from it would give the log a second history. Failure also if the file knows an origin that
    /// `logs` leaves out.
    [[nodiscard]] static Result<std::unique_ptr<WitnessService>> open(
        std::string state_file,
        merkle::Cosigner signer,
        std::vector<WatchedLog> logs,
        WitnessPorts ports,
        const std::vector<std::string>& published = {}
    );

    /// POST add-checkpoint.
    [[nodiscard]] WitnessAnswer add_checkpoint(std::string_view body);
    /// GET <name>/checkpoint.
    [[nodiscard]] WitnessAnswer latest(std::string_view name);
    /// What and whom this witness watches, for people.
    [[nodiscard]] WitnessAnswer about();

    [[nodiscard]] const merkle::VerifierKey& key() const noexcept { return signer_.key(); }

private:
    WitnessService(
        std::string state_file,
        merkle::Cosigner signer,
        std::vector<WatchedLog> logs,
        WitnessPorts ports
    );

    struct Candidate {
        merkle::Checkpoint checkpoint;
        merkle::Note note; // the log's own signatures only
    };

    [[nodiscard]] Result<Candidate, WitnessAnswer> judge_note(std::string_view text) const;
    [[nodiscard]] WitnessAnswer cosign(const Candidate& candidate, const Seen& last);
    [[nodiscard]] Result<Seen, WitnessAnswer> seen_of(std::string_view origin);
    [[nodiscard]] Result<void> check_published(std::string_view note);
    [[nodiscard]] const WatchedLog* log_of(std::string_view origin) const;
    [[nodiscard]] Result<void> open_state();

    std::string state_file_;
    merkle::Cosigner signer_;
    std::vector<WatchedLog> logs_;
    WitnessPorts ports_;
    std::mutex mutex_;
    std::unique_ptr<State> state_; // null after an outcome that nobody knows
};

/// The name under which a log's checkpoint is published: lower-case hex of SHA-256(origin).
[[nodiscard]] std::string origin_name(std::string_view origin);

} // namespace handprint::witness
