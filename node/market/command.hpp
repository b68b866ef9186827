#pragma once

// What can be asked of the ledger. The arguments of each kind are those of docs/ledger-format.md
// section 7; `fields` gives their JSON names. Claims are asked for in a session, without a
// signature, and make no entry.

#include "ledger/base/crypto.hpp"
#include "ledger/base/id.hpp"
#include "node/market/identity_commands.hpp"
#include "node/market/money_commands.hpp"
#include "node/market/values.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace handprint::market {

struct CreateProject {
    static constexpr const char* kind = "create_project";
    Hash document{};
    Hash external{}; // salted hash of the requester's own name of it

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("document", c.document), f("external", c.external);
    }
};

/// The numbers of a batch; shared by the command and its event.
struct BatchTerms {
    Int accept_ms = 0, bundle_max = 1, estimate_s = 0, hazard = 0, lease_ms = 0, level = 1;
    Int overlap = 1, price_micros = 0, project = 0;
    std::string currency, domain, language;
    Hash external{}; // as in CreateProject
    std::optional<Qualifies> qualifies;
    Hash terms{};

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("accept_ms", c.accept_ms), f("bundle_max", c.bundle_max), f("currency", c.currency);
        f("domain", c.domain), f("estimate_s", c.estimate_s), f("external", c.external);
        f("hazard", c.hazard), f("language", c.language), f("lease_ms", c.lease_ms);
        f("level", c.level), f("overlap", c.overlap), f("price_micros", c.price_micros);
        f("project", c.project), f("qualifies", c.qualifies), f("terms", c.terms);
    }
};

struct CreateBatch : BatchTerms {
    static constexpr const char* kind = "create_batch";
};

struct ImportTasks {
    static constexpr const char* kind = "import_tasks";
    Int batch = 0, chunks = 0, count = 0;
    Hash root{};
    std::optional<Int> least_micros{}; // the lowest price that a task has of its own

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batch", c.batch), f("chunks", c.chunks), f("count", c.count);
        f("least_micros", c.least_micros), f("root", c.root);
    }
};

struct Publish {
    static constexpr const char* kind = "publish";
    Int batch = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batch", c.batch);
    }
};

struct CloseBatch {
    static constexpr const char* kind = "close_batch";
    Int batch = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batch", c.batch);
    }
};

struct Submit {
    static constexpr const char* kind = "submit";
    std::vector<AnswerRef> answers;
    Int batch = 0;
    Hash terms{};

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("answers", c.answers), f("batch", c.batch), f("terms", c.terms);
    }
};

struct Accept {
    static constexpr const char* kind = "accept";
    Int batch = 0;
    std::vector<TaskMember> items;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batch", c.batch), f("items", c.items);
    }
};

// The node's own: timers and the steps of runs, signed by the clock key.

struct AutoAccept {
    static constexpr const char* kind = "auto_accept";
    Int batch = 0;
    std::vector<TaskMember> items;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batch", c.batch), f("items", c.items);
    }
};

struct ImportChunk {
    static constexpr const char* kind = "import_chunk";
    Int batch = 0, chunk = 0, count = 0;
    Hash commit{};
    std::vector<Hash> externals; // salted hashes of the requester's own names, task by task
    std::optional<std::vector<OwnTerms>> overrides{}; // left out rather than empty

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batch", c.batch), f("chunk", c.chunk), f("commit", c.commit), f("count", c.count);
        f("externals", c.externals), f("overrides", c.overrides);
    }
};

struct ImportSeal {
    static constexpr const char* kind = "import_seal";
    Int batch = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batch", c.batch);
    }
};

/// The rest of what is held for tasks that expired goes back to their requester.
struct EndTasks {
    static constexpr const char* kind = "end_tasks";
    Int batch = 0;
    std::vector<Int> tasks;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batch", c.batch), f("tasks", c.tasks);
    }
};

struct Grade {
    static constexpr const char* kind = "grade";
    Int batch = 0, correct = 0, member = 0;
    Hash evidence{};        // commit of the graded answers and the known answers
    std::vector<Int> tasks; // all that were graded

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batch", c.batch), f("correct", c.correct), f("evidence", c.evidence);
        f("member", c.member), f("tasks", c.tasks);
    }
};

// Asked for in a session; operational, no entry.

/// Candidates were found by the matching index, best first; at most `count` of them are taken.
struct Claim {
    static constexpr const char* kind = "claim";
    Int member = 0, batch = 0, count = 1;
    std::vector<Int> candidates;
};

struct ReleaseClaim {
    static constexpr const char* kind = "release_claim";
    Int member = 0, batch = 0;
};

using Command = std::variant<
    Genesis,
    EnrolMember,
    AddKey,
    RevokeKey,
    ProposeReenrolment,
    ObjectReenrolment,
    ReenrolMember,
    ReenrolRequester,
    RegisterRequester,
    MakeGrant,
    RevokeGrant,
    CreateProject,
    CreateBatch,
    ImportTasks,
    Publish,
    CloseBatch,
    Fund,
    Submit,
    Accept,
    Refund,
    Income,
    Surplus,
    ClosePeriod,
    Payout,
    ProposeRelease,
    ReleasePayout,
    RecordCheckpoint,
    Settle,
    Return,
    SetRule,
    RotateLogKey,
    ConfirmClock,
    AutoAccept,
    ImportChunk,
    ImportSeal,
    EndTasks,
    DistributionChunk,
    DistributionSeal,
    PayoutChunk,
    PayoutSeal,
    Grade,
    Claim,
    ReleaseClaim>;

template <class C>
inline constexpr bool makes_entry = !std::is_same_v<C, Claim> && !std::is_same_v<C, ReleaseClaim>;

/// What a run's opening or a close needs from more rows than a working set may hold. It is computed
/// from a snapshot before the command is decided; chunks and seal hold it against the rows, and the
/// audit makes it again.
struct Prepared {
    std::vector<ShareOf> shares; // distribution: by member
    std::vector<PaidTo> payees;  // payout: by member
    Hash seed{};                 // distribution: of the blinds, 32 random bytes
    Int count = 0;               // close: positions in the list
    Hash root{};                 // close: of the list
    Int covered = never;         // payout: size of the checkpoint, once verified under the policy
    std::string why;             // payout: reason the checkpoint was not good
};

/// A command with who asks. For a signed command the signature has been checked against `key`;
/// whether the key may speak for the actor is decided from the state.
struct Request {
    Command command;
    std::string actor; // "m:12", "new", "clock", ...
    CommandId id;
    std::string key;      // base64 public key that signed; empty for claims
    std::string envelope; // canonical JSON of the DSSE envelope, kept as evidence
    Int grant = never;    // the grant used, for agent authority
    Hash request{};       // SHA-256 of the raw foreign request, for agent authority
    Int seen_size = never;
    Hash seen_root{};
    Prepared prepared{};
};

[[nodiscard]] const char* kind_of(const Command& command);

} // namespace handprint::market
