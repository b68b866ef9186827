#pragma once

// What happened. An entry's coop part lists its events (docs/ledger-format.md section 9); apply()
// turns them into row changes. They hold outcomes, so that old entries never need old rules.

#include "node/market/command.hpp"
#include "node/market/identity_events.hpp"
#include "node/market/money_events.hpp"
#include "node/market/values.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace handprint::market {

struct ProjectCreated {
    static constexpr const char* type = "project_created";
    Hash document{}, external{};
    Int project = 0, requester = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("document", e.document), f("external", e.external), f("project", e.project);
        f("requester", e.requester);
    }
};

struct BatchCreated : BatchTerms {
    static constexpr const char* type = "batch_created";
    Int batch = 0, requester = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch), f("requester", e.requester);
        BatchTerms::fields(e, f);
    }
};

struct ImportOpened {
    static constexpr const char* type = "import_opened";
    Int batch = 0, chunks = 0, count = 0;
    Hash root{};
    std::optional<Int> least_micros{};

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch), f("chunks", e.chunks), f("count", e.count);
        f("least_micros", e.least_micros), f("root", e.root);
    }
};

struct ImportChunked {
    static constexpr const char* type = "import_chunk";
    Int batch = 0, chunk = 0, count = 0;
    Hash commit{};
    std::vector<Hash> externals;
    std::optional<std::vector<OwnTerms>> overrides{};

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch), f("chunk", e.chunk), f("commit", e.commit), f("count", e.count);
        f("externals", e.externals), f("overrides", e.overrides);
    }
};

struct ImportSealed {
    static constexpr const char* type = "import_sealed";
    Int batch = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch);
    }
};

/// They expired, and the last lease on them is over.
struct TasksEnded {
    static constexpr const char* type = "tasks_ended";
    Int batch = 0;
    Amount released;
    std::vector<Int> tasks;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch), f("released", e.released), f("tasks", e.tasks);
    }
};

struct BatchPublished {
    static constexpr const char* type = "batch_published";
    Int batch = 0, fee_bps = 0;
    Amount held;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch), f("fee_bps", e.fee_bps), f("held", e.held);
    }
};

struct BatchClosed {
    static constexpr const char* type = "batch_closed";
    Int batch = 0;
    Amount released;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch), f("released", e.released);
    }
};

struct Submitted {
    static constexpr const char* type = "submitted";
    Int batch = 0, due = 0, member = 0;
    std::vector<Int> tasks;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch), f("due", e.due), f("member", e.member), f("tasks", e.tasks);
    }
};

struct Accepted {
    static constexpr const char* type = "accepted";
    Int batch = 0;
    Amount fee;
    std::vector<Wage> items;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch), f("fee", e.fee), f("items", e.items);
    }
};

struct Graded {
    static constexpr const char* type = "graded";
    Int batch = 0, correct = 0, member = 0, total = 0;
    Hash evidence{};

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batch", e.batch), f("correct", e.correct), f("evidence", e.evidence);
        f("member", e.member), f("total", e.total);
    }
};

/// Evidence is the index of the entry itself.
struct SkillGranted {
    static constexpr const char* type = "skill_granted";
    std::string domain;
    Int level = 0, member = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("domain", e.domain), f("level", e.level), f("member", e.member);
    }
};

using Event = std::variant<
    GenesisDone,
    RuleEnacted,
    DelegateNamed,
    MemberEnrolled,
    KeyAdded,
    KeyRevoked,
    ReenrolmentProposed,
    ReenrolmentRefused,
    Reenrolled,
    RequesterRegistered,
    Granted,
    GrantRevoked,
    ProjectCreated,
    BatchCreated,
    ImportOpened,
    ImportChunked,
    ImportSealed,
    TasksEnded,
    BatchPublished,
    BatchClosed,
    Funded,
    RefundSent,
    RefundSettled,
    RefundReturned,
    Submitted,
    Accepted,
    Graded,
    SkillGranted,
    DistributionOpened,
    DistributionChunked,
    DistributionSealed,
    PeriodClosed,
    PayoutOpened,
    PayoutChunked,
    PayoutSealed,
    Settled,
    Returned,
    ReleaseProposed,
    ReleasedWithoutQuorum,
    CheckpointRecorded,
    LogKeyRotated,
    ClockConfirmed>;

} // namespace handprint::market
