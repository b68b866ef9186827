#pragma once

// The state of the marketplace as plain rows. A *fold* row is a function of the entries: replaying
// the log into an empty database gives the same rows, byte by byte. An *operational* row (claims)
// is kept beside them, in the same transaction, and takes no part in the digest of the state.
//
// Each row lists its columns once, key columns first, through `fields`; the storage drivers make
// tables, statements and digests from that list. Column types: int64, text, 32-byte hash.
// Money columns are minor units unless their name ends in `micros`; times are milliseconds.

#include "ledger/base/bytes.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace handprint::market {

using Int = std::int64_t;

inline constexpr Int never = -1; // an index or time that has not come

/// One row for the cooperative as a whole: identity, keys and the counters that give out ordinals.
struct CoopRow {
    Int id = 1;
    std::string origin, policy, currencies, clock_key, promise_key;
    std::string delegate_keys; // comma separated base64, by ordinal
    Int rules = 0, delegates = 0, members = 0, requesters = 0, projects = 0, batches = 0;
    Int distributions = 0, payouts = 0, refunds = 0, periods = 0;
    Int last_close = never;        // index of the newest period_closed
    Int open_distribution = never; // at most one of each run is open at a time
    Int open_payout = never;
    Int clock_confirmed = 0;      // a delegate vouched for the clock at this time
    Int open_release = never;     // index of the proposal to pay out without a quorum that stands
    Int uncovered = never;        // index of the newest such payout that no quorum has cosigned yet
    Int uncovered_period = never; // and the period that it paid out

    static constexpr const char* table = "coop";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("id", r.id), f("origin", r.origin), f("policy", r.policy), f("currencies", r.currencies);
        f("clock_key", r.clock_key), f("promise_key", r.promise_key);
        f("delegate_keys", r.delegate_keys), f("rules", r.rules);
        f("delegates", r.delegates), f("members", r.members), f("requesters", r.requesters);
        f("projects", r.projects), f("batches", r.batches), f("distributions", r.distributions);
        f("payouts", r.payouts), f("refunds", r.refunds), f("periods", r.periods);
        f("last_close", r.last_close), f("open_distribution", r.open_distribution);
        f("open_payout", r.open_payout), f("clock_confirmed", r.clock_confirmed);
        f("open_release", r.open_release), f("uncovered", r.uncovered);
        f("uncovered_period", r.uncovered_period);
    }
};

/// A business number. `next_value` comes into force at `next_from`.
struct RuleRow {
    std::string name;
    Int value = 0, next_value = 0, next_from = never;

    static constexpr const char* table = "rule";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("name", r.name), f("value", r.value), f("next_value", r.next_value);
        f("next_from", r.next_from);
    }
};

/// A public key and whom it speaks for. Valid for entries with from < index < revoked (if any).
struct KeyRow {
    std::string key;   // base64
    std::string party; // "m:12", "r:3", "d:0", or "g:<index>" for an agent key of a grant
    std::string role;  // device, recovery, agent
    Int since = 0, revoked = never;

    static constexpr const char* table = "party_key";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("key", r.key), f("party", r.party), f("role", r.role), f("since", r.since);
        f("revoked", r.revoked);
    }
};

struct MemberRow {
    Int member = 0;
    Int counter = 0;        // length of the member's chain
    Hash head{};            // head of the chain
    Int enrolled = 0;       // index
    std::string languages;  // comma separated, sorted
    std::string valid_keys; // comma separated base64, sorted
    Int answered = never;   // proposals of before this index are over: refused, or carried out

    static constexpr const char* table = "member";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("member", r.member), f("counter", r.counter), f("head", r.head);
        f("enrolled", r.enrolled), f("languages", r.languages), f("valid_keys", r.valid_keys);
        f("answered", r.answered);
    }
};

struct RequesterRow {
    Int requester = 0;
    Int registered = 0;     // index
    Int importing = never;  // the batch whose import is under way: one at a time
    std::string valid_keys; // as of a member
    Int answered = never;

    static constexpr const char* table = "requester";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("requester", r.requester), f("registered", r.registered), f("importing", r.importing);
        f("valid_keys", r.valid_keys), f("answered", r.answered);
    }
};

/// A requester's signed mandate to an agent key. Named by the index of its entry.
struct GrantRow {
    Int grant = 0;
    Int requester = 0;
    std::string key, kinds, currency, batches; // lists are comma separated, "" = any batch
    Int cap = 0, spent = 0, expires = 0, revoked = never;

    static constexpr const char* table = "mandate"; // GRANT is a word of SQL
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("grant_index", r.grant), f("requester", r.requester), f("key", r.key),
            f("kinds", r.kinds);
        f("currency", r.currency), f("batches", r.batches), f("cap", r.cap), f("spent", r.spent);
        f("expires", r.expires), f("revoked", r.revoked);
    }
};

/// A requester's own name for a project, a batch or a task, unique per requester and kind. The name
/// itself is the requester's: here is its salted hash.
struct ExternalRow {
    std::string name; // external_name(): "r:3/project/<hash, base64>"
    Int ordinal = 0;  // of the project, or of the batch
    Int task = never; // of that batch

    static constexpr const char* table = "external";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("name", r.name), f("ordinal", r.ordinal), f("task", r.task);
    }
};

struct ProjectRow {
    Int project = 0;
    Int requester = 0;
    Hash document{};
    Int points = 0, contributors = 0; // sums over CreditRow

    static constexpr const char* table = "project";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("project", r.project), f("requester", r.requester), f("document", r.document);
        f("points", r.points), f("contributors", r.contributors);
    }
};

enum class BatchState : Int { draft = 0, importing = 1, sealed = 2, open = 3, closed = 4 };

struct BatchRow {
    Int batch = 0;
    Int project = 0, requester = 0;
    Int state = 0; // BatchState
    Hash terms{};
    std::string currency, domain, language;
    Int price_micros = 0, overlap = 1, lease_ms = 0, accept_ms = 0, bundle_max = 1;
    Int level = 1, estimate_s = 0, hazard = 0;
    Int qualifies_level = 0, qualifies_pass = 0; // 0: ordinary work
    Int fee_bps = 0;                             // the rule in force when it was published
    Hash import_root{};
    std::string progress; // of the import, then empty
    Int tasks = 0, chunks = 0, chunks_done = 0, rows_done = 0;
    Int own_terms = 0, least_micros = 0; // tasks with terms of their own; their lowest price, or 0
    Int slots = 0, labour_micros = 0, uneven_slots = 0; // labour_of()
    Int submitted = 0, accepted = 0;                    // assignments, ever
    Int fee_micros_bps = 0, fee_posted = 0;

    static constexpr const char* table = "batch";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("batch", r.batch), f("project", r.project), f("requester", r.requester);
        f("state", r.state), f("terms", r.terms), f("currency", r.currency), f("domain", r.domain);
        f("language", r.language), f("price_micros", r.price_micros), f("overlap", r.overlap);
        f("lease_ms", r.lease_ms), f("accept_ms", r.accept_ms), f("bundle_max", r.bundle_max);
        f("level", r.level), f("estimate_s", r.estimate_s), f("hazard", r.hazard);
        f("qualifies_level", r.qualifies_level), f("qualifies_pass", r.qualifies_pass);
        f("fee_bps", r.fee_bps), f("import_root", r.import_root), f("progress", r.progress);
        f("tasks", r.tasks);
        f("chunks", r.chunks), f("chunks_done", r.chunks_done), f("rows_done", r.rows_done);
        f("own_terms", r.own_terms), f("least_micros", r.least_micros), f("slots", r.slots);
        f("labour_micros", r.labour_micros), f("uneven_slots", r.uneven_slots);
        f("submitted", r.submitted), f("accepted", r.accepted);
        f("fee_micros_bps", r.fee_micros_bps), f("fee_posted", r.fee_posted);
    }
};

/// One imported piece of a batch: tasks first .. first+count-1.
struct ChunkRow {
    Int batch = 0, chunk = 0;
    Hash commit{};
    Int first = 0, count = 0;

    static constexpr const char* table = "chunk";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("batch", r.batch), f("chunk", r.chunk), f("commit_hash", r.commit), f("first", r.first);
        f("count", r.count);
    }
};

/// Exists from the first submission on, of a task with terms of its own from its import on; a task
/// without a row is untouched.
struct TaskRow {
    Int batch = 0, task = 0;
    Int submitted = 0, accepted = 0;
    Int price_micros = 0, overlap = 0, expires = 0; // its own; 0: as the batch says
    Int ended = 0;                                  // 1: it expired, the rest of its hold went back

    static constexpr const char* table = "task";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("batch", r.batch), f("task", r.task), f("submitted", r.submitted);
        f("accepted", r.accepted), f("price_micros", r.price_micros), f("overlap", r.overlap);
        f("expires", r.expires), f("ended", r.ended);
    }
};

enum class AssignmentState : Int { submitted = 1, accepted = 2 };

struct AssignmentRow {
    Int batch = 0, task = 0, member = 0;
    Int state = 0;       // AssignmentState
    Int submitted = 0;   // index of the submit entry
    Int due = 0;         // accepted automatically from this time on
    Int decided = never; // index of the accepting entry
    Int wage = 0;

    static constexpr const char* table = "assignment";
    static constexpr int keys = 3;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("batch", r.batch), f("task", r.task), f("member", r.member), f("state", r.state);
        f("submitted", r.submitted), f("due", r.due), f("decided", r.decided), f("wage", r.wage);
    }
};

/// What a member has earned in a batch; the base of cumulative rounding.
struct EarningRow {
    Int batch = 0, member = 0;
    Int accepted = 0, total_micros = 0, posted = 0;

    static constexpr const char* table = "earning";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("batch", r.batch), f("member", r.member), f("accepted", r.accepted);
        f("total_micros", r.total_micros), f("posted", r.posted);
    }
};

struct CreditRow {
    Int project = 0, member = 0;
    Int points = 0;

    static constexpr const char* table = "credit";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("project", r.project), f("member", r.member), f("points", r.points);
    }
};

struct SkillRow {
    Int member = 0;
    std::string domain;
    Int level = 0, evidence = 0; // evidence: index of the grade entry

    static constexpr const char* table = "skill";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("member", r.member), f("domain", r.domain), f("level", r.level);
        f("evidence", r.evidence);
    }
};

struct AccountRow {
    std::string name, currency;  // "payable/m:12", "KES"
    Int debits = 0, credits = 0; // both only ever grow

    static constexpr const char* table = "account";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("name", r.name), f("currency", r.currency), f("debits", r.debits);
        f("credits", r.credits);
    }
};

/// All accounts of a class together.
struct ClassRow {
    std::string name, currency;
    Int debits = 0, credits = 0;

    static constexpr const char* table = "class_total";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("name", r.name), f("currency", r.currency), f("debits", r.debits);
        f("credits", r.credits);
    }
};

struct DistributionRow {
    Int distribution = 0;
    Int project = 0;
    std::string currency, source; // income, surplus
    Int amount = 0, pool = 0, points = 0, count = 0, chunks = 0, chunks_done = 0;
    Int rows_done = 0, points_done = 0, paid = 0, sealed = never; // sealed: index
    Int opened = never, listed = 0; // index; whether the list of commitments is published
    Hash root{};
    std::string progress;
    Hash seed{}, blinds{};   // of the blinds; their sum so far
    std::string commitments; // progress of the list of commitments, then empty

    static constexpr const char* table = "distribution";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("distribution", r.distribution), f("project", r.project), f("currency", r.currency);
        f("source", r.source), f("amount", r.amount), f("pool", r.pool), f("points", r.points);
        f("count", r.count), f("chunks", r.chunks), f("chunks_done", r.chunks_done);
        f("rows_done", r.rows_done), f("points_done", r.points_done), f("paid", r.paid);
        f("sealed", r.sealed), f("opened", r.opened), f("listed", r.listed), f("root", r.root);
        f("progress", r.progress), f("seed", r.seed), f("blinds", r.blinds);
        f("commitments", r.commitments);
    }
};

struct PeriodRow {
    Int period = 0;
    Int index = 0, previous = never, count = 0, time = 0;
    Hash root{};

    static constexpr const char* table = "period";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("period", r.period), f("entry_index", r.index), f("previous", r.previous);
        f("count", r.count), f("time", r.time), f("root", r.root);
    }
};

struct PayoutRow {
    Int payout = 0;
    Int period = 0;
    std::string currency;
    Int minimum = 0; // the rule at the opening
    Int count = 0, total = 0, chunks = 0, chunks_done = 0, rows_done = 0, sent = 0, sealed = never;
    Hash root{};
    std::string progress;

    static constexpr const char* table = "payout";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("payout", r.payout), f("period", r.period), f("currency", r.currency);
        f("minimum", r.minimum), f("count", r.count), f("total", r.total), f("chunks", r.chunks);
        f("chunks_done", r.chunks_done), f("rows_done", r.rows_done), f("sent", r.sent);
        f("sealed", r.sealed), f("root", r.root), f("progress", r.progress);
    }
};

enum class TransferState : Int { in_transit = 1, settled = 2, returned = 3 };

struct PayoutItemRow {
    Int payout = 0, member = 0;
    Int amount = 0, state = 0; // TransferState

    static constexpr const char* table = "payout_item";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("payout", r.payout), f("member", r.member), f("amount", r.amount), f("state", r.state);
    }
};

struct RefundRow {
    Int refund = 0;
    Int requester = 0;
    std::string currency;
    Int amount = 0, state = 0; // TransferState

    static constexpr const char* table = "refund";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("refund", r.refund), f("requester", r.requester), f("currency", r.currency);
        f("amount", r.amount), f("state", r.state);
    }
};

/// A transfer at the bank, by the hash of its reference: money came in, or a payout or a refund was
/// carried out or came back.
struct ReferenceRow {
    std::string reference; // reference_name(): the hash, base64
    Int index = 0;         // of the entry that used it first
    Int payout = never, refund = never;

    static constexpr const char* table = "bank_reference";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("reference", r.reference), f("entry_index", r.index), f("payout", r.payout);
        f("refund", r.refund);
    }
};

/// What one delegate proposed and another may confirm. The row never changes; whether the proposal
/// still stands is said by the row of what it is about.
struct ProposalRow {
    Int proposal = 0;  // index of its entry
    std::string act;   // kind of the command that confirms it
    Int delegate = 0;  // who proposed it
    Int from = 0;      // it can be confirmed from this time on
    std::string party; // who is to be enrolled anew, if anybody, and by which key
    std::string key;

    static constexpr const char* table = "proposal";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("proposal", r.proposal), f("act", r.act), f("delegate", r.delegate);
        f("confirm_from", r.from), f("party", r.party), f("key", r.key);
    }
};

/// A command that was carried out: the same id is never carried out twice. The answer to a retry is
/// made again from the entry.
/// Clients begin an id with the time, so that with the id first the rows of a commit lie together.
struct CommandRow {
    std::string id, actor; // 32 hex digits, party text
    Int index = 0;

    static constexpr const char* table = "command";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("id", r.id), f("actor", r.actor), f("entry_index", r.index);
    }
};

/// Operational: what a member claimed in a batch, until when. `tasks` is comma separated and stays
/// as claimed: those with an assignment row of the member are handed in. Gone with the last of
/// them.
struct ClaimRow {
    Int member = 0, batch = 0;
    Int until = 0;
    std::string tasks;

    static constexpr const char* table = "claim";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("member", r.member), f("batch", r.batch), f("until", r.until), f("tasks", r.tasks);
    }
};

using Row = std::variant<
    CoopRow,
    RuleRow,
    KeyRow,
    MemberRow,
    RequesterRow,
    GrantRow,
    ExternalRow,
    ProjectRow,
    BatchRow,
    ChunkRow,
    TaskRow,
    AssignmentRow,
    EarningRow,
    CreditRow,
    SkillRow,
    AccountRow,
    ClassRow,
    DistributionRow,
    PeriodRow,
    PayoutRow,
    PayoutItemRow,
    RefundRow,
    ReferenceRow,
    ProposalRow,
    CommandRow,
    ClaimRow>;

inline constexpr std::size_t row_kinds = std::variant_size_v<Row>;

/// True for rows that are a function of the entries.
template <class R>
inline constexpr bool is_fold_row = !std::is_same_v<R, ClaimRow>;

} // namespace handprint::market
