#pragma once

// The index of open work: which batches a member may take, best first and why, and which of their
// tasks are free. Memory only and derived: every row of the store is fed once at the start, then
// every row that a commit changed. The same rows give the same answers, in whatever order they were
// fed.
//
// It advises; decide_claim decides. A list may be a moment old, and a task that others took
// meanwhile is refused there.
//
// Threads: the caller guards one object with a shared_mutex. The const functions take it shared,
// the others alone, and all rows of one commit go in under one lock. Before asking at a time `now`:
// if due(now), take the lock alone and expire(now). A lease that nobody expired keeps its slot
// until then, which hides free work and never offers taken work.

#include "node/market/rows.hpp"
#include "node/matching/lots.hpp"
#include "node/matching/people.hpp"
#include "node/matching/reason.hpp"
#include "node/matching/score.hpp"
#include "node/matching/shelves.hpp"
#include "node/matching/taxonomy.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace handprint::matching {

/// Skills and languages are known from the rows.
struct Asker {
    Int member = 0;
};

enum class OfferKind { task, qualification };

struct Offer {
    Int batch = 0;
    OfferKind kind = OfferKind::task;
    Int price_micros = 0, expires = 0; // of the tasks of this lot; 0: as the batch says
    Int left = 0;         // tasks that this member could take now, those in hand included
    Int pay_per_hour = 0; // minor units, rounded down
    Int score = 0;        // parts.sum()
    ScoreParts parts;
    std::vector<Reason> reasons;
};

/// Work that the member may not take yet, and what is missing.
struct Nearly {
    Int batch = 0;
    Int pay_per_hour = 0;
    std::string domain, language;
    Int asked = 0, have = 0;    // levels in the domain
    Int test = market::never;   // an open test that would do, as a batch
    Int graded = market::never; // one that was graded and not passed
    Reason missing;
};

struct Line;       // lines.hpp
struct Considered; // lines.hpp

class OpenWork {
public:
    explicit OpenWork(Taxonomy taxonomy = {});
    OpenWork(const OpenWork&) = delete; // parts of it look at others
    OpenWork& operator=(const OpenWork&) = delete;

    /// A row as it stands after a commit. Kinds that do not matter here are passed over; the same
    /// row again changes nothing. Rows of a batch are best fed after its BatchRow: those that come
    /// before wait in memory. But tasks with terms of their own come before it is open, as they do
    /// when it is imported.
    void row(const market::Row& row);
    /// What the member holds in the batch from now on, until when; no tasks: nothing. The same as
    /// feeding a ClaimRow.
    void claim(Int member, Int batch, Int until, const std::vector<Int>& tasks);
    /// As new; the taxonomy stays.
    void forget();

    /// Some lease has ended by `now` and still keeps its slots, or tasks have expired.
    [[nodiscard]] bool due(Int now) const {
        return (!ends_.empty() && std::get<0>(*ends_.begin()) <= now)
               || (!expiries_.empty() && expiries_.begin()->first <= now);
    }

    /// Ends those leases and lots. Each costs as much as it took to make it.
    void expire(Int now);

    /// At most `limit` lots of batches that decide_claim would not refuse to the member for who
    /// they are, each with a task for them, by score. Exact as long as no more than 4 * limit
    /// batches compete within the reach of the draw; beyond that the draw picks among the best paid
    /// and `limit` others at random. The work done grows with the member's skills and with `limit`,
    /// not with the pool.
    [[nodiscard]] std::vector<Offer>
    offers(const Asker& who, Int now, std::uint64_t seed, std::size_t limit) const;

    /// At most `limit` open batches that the member lacks a skill or a language for, those with a
    /// test open first. Not all of them: enough to show a way on.
    [[nodiscard]] std::vector<Nearly>
    nearly(const Asker& who, Int now, std::uint64_t seed, std::size_t limit) const;

    /// Up to `most` tasks of the batch that look free for the member, best first: for
    /// Claim::candidates. Those in hand come first, so that claiming again renews before it takes
    /// more.
    [[nodiscard]] std::vector<Int>
    candidates(Int batch, Int member, std::size_t most, Int now, std::uint64_t seed) const;

    /// The same, what is not in hand being of the lot that pays that price until then (0: as the
    /// batch says). Without a lot it is the best paid one that has something for the member.
    struct LotTerms {
        Int price_micros = 0, expires = 0;
    };

    [[nodiscard]] std::vector<Int> candidates_of(
        Int batch,
        const std::optional<LotTerms>& lot,
        Int member,
        std::size_t most,
        Int now,
        std::uint64_t seed
    ) const;

    [[nodiscard]] std::size_t open_batches() const noexcept { return open_.size(); }

private:
    struct Open {
        Place place;
        Int estimate_s = 0, hazard = 0;
        Lots lots;
    };

    struct Floor {
        Int value = 0, next_value = 0, next_from = market::never;
    };

    /// Rows whose BatchRow has not come yet.
    struct Early {
        std::vector<market::TaskRow> tasks;
        std::vector<std::pair<Int, Int>> answers; // task, member
        std::vector<Int> earners;
        std::vector<market::ClaimRow> claims;
    };

    void take(const market::MemberRow& row);
    void take(const market::SkillRow& row);
    void take(const market::RuleRow& row);
    void take(const market::BatchRow& row);
    void take(const market::TaskRow& row);
    void take(const market::AssignmentRow& row);
    void take(const market::EarningRow& row);
    void take(const market::ClaimRow& row);
    void open(const market::BatchRow& row);
    void close(Int batch);
    void replay(Int batch);
    void relist(const Open& open, Lot& lot);

    [[nodiscard]] bool is_known(Int batch) const { return domain_of_.contains(batch); }

    [[nodiscard]] Open* find_open(Int batch);
    [[nodiscard]] const Open* find_open(Int batch) const;

    [[nodiscard]] Int floor(int currency, Int now) const;
    [[nodiscard]] bool eligible(const Person& person, const Place& place) const;
    [[nodiscard]] bool has_left(const Person& person, Int member, const Paid& lot, Int now) const;
    [[nodiscard]] Line line(const Person& person, const Place& place, Int now) const;
    [[nodiscard]] std::vector<Line>
    lines_for(const Asker& who, const Person& person, Int now, std::uint64_t seed) const;
    [[nodiscard]] Offer
    describe(const Asker& who, const Person& person, Int now, const Considered& c) const;
    void explain(const Person& person, const Considered& c, Offer& offer) const;

    [[nodiscard]] const Group* test_for(const Person& person, int domain, Int level) const;
    [[nodiscard]] std::vector<Line>
    lines_missing(const Asker& who, const Person& person, Int now, std::uint64_t seed) const;
    [[nodiscard]] Nearly
    say_missing(const Asker& who, const Person& person, Int now, const Considered& c) const;

    Taxonomy taxonomy_;
    Names languages_, domains_, currencies_;
    People people_;
    Shelves shelves_;
    std::vector<Floor> floors_;              // by currency
    std::unordered_map<Int, int> domain_of_; // every batch ever seen
    std::unordered_map<Int, Open> open_;
    std::unordered_map<Int, Early> early_;
    std::unordered_map<Int, std::vector<market::OwnTerms>> own_; // of batches that are not open yet
    std::set<std::pair<Int, Int>> expiries_;                     // of tasks: time, batch
    std::set<std::tuple<Int, Int, Int>> ends_;                   // of leases: until, batch, member
};

} // namespace handprint::matching
