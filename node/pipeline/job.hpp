#pragma once

// What is handed to the sequencer, and what comes back.

#include "ledger/record/json.hpp"
#include "node/market/decide.hpp"
#include "node/market/event.hpp"
#include "node/pipeline/committed_entries.hpp"
#include "node/pipeline/vault.hpp"
#include "node/store/store.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace handprint::pipeline {

/// A ciphertext that is stored in the same commit as the entry it belongs to.
struct Attachment {
    std::string kind; // of the secret that points to it
    std::string id; // of that secret; "" = the entry's index, padded; a trailing '#' is replaced by
                    // the ordinal that the command was given ("batch" or "project" in its result)
    Vault::Blob blob;
};

/// A small value sealed with the commit; `id` as in Attachment.
struct Note {
    std::string kind, id;
    Bytes plain;
};

enum class Verdict {
    entry,       // carried out (now or before): index, leaf, result
    claimed,     // a claim: tasks and lease end
    stored,      // attachments without a command
    refused,     // a business no
    unavailable, // nothing has been decided or the outcome is not known: retry with the same id
};

struct Answer {
    Verdict verdict = Verdict::unavailable;
    Int index = market::never;
    Hash leaf{};
    Int time = 0;
    Int size = 0;                               // of the log when this was answered
    std::shared_ptr<CommittedEntries> together; // none: an entry of an earlier commit
    record::Json result;
    market::ClaimAnswer claim;
    market::Refusal refusal;
};

/// Called once, on a completion thread.
using Done = std::function<void(Answer)>;

struct Job {
    bool only_store = false; // attachments and notes, no command
    market::Request request;
    std::vector<Attachment> attachments;
    std::vector<Note> notes;
    Done done; // may be empty
};

/// An entry that was just committed, for followers of the ledger.
struct NewEntry {
    Int index = 0;
    Int time = 0;
    std::string kind, by;
    Hash leaf{};
    std::vector<std::string> parties; // whose parts it has, beside the actor
    std::vector<market::Event> events;
};

/// Told of every commit, in order, on the sequencer's thread: be quick. forget() comes when the
/// tables are read anew after an unknown outcome; then rows are given again as at start.
class Follower {
public:
    virtual ~Follower() = default;
    virtual void row(const market::Row& row) = 0;
    virtual void claim(Int member, Int batch, Int until, const std::vector<Int>& tasks) = 0;

    virtual void entries(const std::vector<NewEntry>& /*entries*/) {}

    virtual void forget() = 0;
};

} // namespace handprint::pipeline
