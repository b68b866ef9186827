#pragma once

// Rows of the work: projects, batches, tasks and what members did in them.

#include "node/market/columns.hpp"

namespace handprint::market {

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

} // namespace handprint::market
