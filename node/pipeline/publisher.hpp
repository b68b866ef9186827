#pragma once

// Makes committed entries public, on a clock of its own, in this order: tiles and directories
// durable, and the lists of distributions sealed since; the root computed again from those tiles
// equals the head; checkpoint signed and stored; witnesses; only with their quorum published. An
// idle log is cosigned again from time to time, so that readers can tell a quiet log from a dead
// one.

#include "ledger/merkle/note.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/tile_builder.hpp"
#include "ledger/merkle/verdict.hpp"
#include "node/pipeline/log_files.hpp"
#include "node/pipeline/sequencer.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace handprint::pipeline {

/// Kind of the sealed value that holds the first checkpoint that was published, under its size.
inline constexpr const char* published_kind = "published";

/// What is public now.
struct Published {
    std::string checkpoint; // with log signature and cosignatures
    Int size = 0;
    Hash root{};
    Int time = 0; // when it was published
    std::vector<merkle::WitnessedBy> witnesses;
};

/// What came back from the witnesses.
struct Cosigned {
    std::vector<merkle::NoteSignature> signatures;
    /// A witness knows a larger tree than ours: our store went back in time. Never sign again.
    bool went_back = false;
    std::vector<std::string> problems;
};

/// Asks every witness to cosign; proofs come from the reader of the tiles.
using AskWitnesses =
    std::function<Cosigned(const std::string& note, Int size, const merkle::HashReader& hashes)>;

struct PublisherOptions {
    Int interval_ms = 1000;
    Int refresh_ms = 60'000; // of an idle log
    std::string origin;
};

class Publisher {
public:
    struct Parts {
        store::Store& store;
        const Vault& vault;
        Sequencer& sequencer;
        merkle::NoteSigner signer;
        merkle::Policy policy; // quorum of the node's own publishing
        PublishedFiles files;
        AskWitnesses ask;
        Clock clock;
        std::function<void(std::string_view)> warn = {}; // told of what goes wrong
        std::vector<merkle::Policy> former = {}; // of former log keys, for what is public at start
    };

    Publisher(Parts parts, PublisherOptions options);
    ~Publisher();
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    /// Reads what is public. Failure if it is ahead of the store or contradicts it: then the store
    /// is an old copy, and signing from it would give the log a second history.
    [[nodiscard]] Result<void> start();
    /// One last checkpoint, over all that was committed before the call, then ends the thread.
    void stop();

    /// As of now; cheap.
    [[nodiscard]] Published published() const;
    /// Waits until an entry of that index is public.
    [[nodiscard]] bool wait_for(Int index, Int timeout_ms) const;
    /// Something that is wrong for good, else empty.
    [[nodiscard]] std::string halted() const;

    [[nodiscard]] const PublishedFiles& files() const { return parts_.files; }

    /// One round, for tests, where no thread makes them; true if there is a fresh checkpoint.
    bool round();

private:
    void run();
    [[nodiscard]] Result<void> resume(Int size);
    /// Whether the entries give the head's root; a failure to read them is no answer.
    [[nodiscard]] Result<bool> catch_up(const store::Head& head);
    /// The lists of the distributions whose seals catch_up() has come by.
    [[nodiscard]] Result<void> write_share_lists();
    [[nodiscard]] bool announce(const store::Head& head);
    [[nodiscard]] Result<void> note_first(const std::string& note, Int size);
    void tell_time(const std::vector<merkle::WitnessedBy>& witnesses);
    [[nodiscard]] bool later(const Failure& failure);
    void warn(const std::string& what);
    void halt(std::string why);

    Parts parts_;
    PublisherOptions options_;
    std::optional<merkle::TileBuilder> builder_;
    bool noted_ = false;     // that something was published; only the thread of the rounds
    std::vector<Int> seals_; // of distributions, not yet seen to; only the thread of the rounds
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    Published published_;
    std::string halted_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace handprint::pipeline
