// What an audit folds without deciding it again, since who signed it was erased: numbers stay
// within what the rules let in.

#include "ledger/record/fixed_names.hpp"
#include "node/audit/fits.hpp"
#include "node/market/decide.hpp"
#include "node/market/limits.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <utility>
#include <vector>

namespace handprint::audit_test {

namespace {

using namespace market;

/// Founded, with requester 0 and a batch in that state.
State with_batch(BatchState stands) {
    State state;
    state.whole();
    state.put(CoopRow{});
    state.put(ProjectRow{});
    state.put(RequesterRow{});
    BatchRow batch;
    batch.currency = "KES";
    batch.overlap = 2;
    batch.price_micros = 1'000'000;
    batch.state = static_cast<Int>(stands);
    state.put(batch);
    return state;
}

std::string misfit_of(Event event, const char* kind, State state = with_batch(BatchState::sealed)) {
    FoldEntry entry;
    entry.kind = kind;
    entry.events.push_back(std::move(event));
    return audit::misfit(state, entry);
}

} // namespace

TEST_CASE("fits: a founding fixes the names of this version") {
    const auto misfits = [](record::FixedNames names) {
        GenesisDone event;
        event.policy = "quorum none\n";
        event.formats = std::move(names.formats);
        event.domains = std::move(names.domains);
        State state;
        state.whole();
        return misfit_of(std::move(event), Fund::kind, std::move(state));
    };
    auto names = record::fixed_names();
    CHECK(misfits(names).empty());
    names.formats.pop_back();
    CHECK(misfits(names) == "formats: handprint/promise/v1 is missing.");
}

TEST_CASE("fits: an amount is within its limit") {
    const auto misfits = [](Int amount) {
        DistributionOpened opened;
        opened.amount = Amount{amount};
        opened.source = "surplus";
        const std::string first = misfit_of(Funded{Amount{amount}, "KES", Hash{1}, 0}, Fund::kind);
        CHECK(misfit_of(RefundSent{Amount{amount}, "KES", 0, 0}, Refund::kind) == first);
        CHECK(misfit_of(BatchPublished{0, 1000, Amount{amount}}, Publish::kind) == first);
        CHECK(misfit_of(std::move(opened), Surplus::kind) == first);
        return first;
    };
    CHECK(misfits(most_amount).empty());
    CHECK(misfits(most_amount + 1) == "not an amount");
    CHECK(misfits(-1) == "not an amount");
}

TEST_CASE("fits: what a batch may cost can be counted, whatever fee is stated") {
    auto state = with_batch(BatchState::sealed);
    auto batch = state.get<BatchRow>(Int{0});
    batch.slots = 2;
    batch.labour_micros = 2'000'000;
    state.put(batch);
    const auto misfits = [&](Int fee_bps) {
        return misfit_of(BatchPublished{0, fee_bps, Amount{220}}, Publish::kind, state);
    };
    constexpr Int most = std::numeric_limits<Int>::max() / 2'000'000;
    CHECK(misfits(most).empty());
    CHECK(misfits(most + 1) == "the cost of the batch does not fit");
    CHECK(misfits(-1) == "the cost of the batch does not fit");
}

TEST_CASE("fits: a batch goes through its states once") {
    ImportChunked chunk;
    chunk.count = 1;

    const struct {
        Event event;
        BatchState state;
    } steps[] = {
        {ImportOpened{0, 1, 1, Hash{}, {}}, BatchState::draft},
        {chunk, BatchState::importing},
        {ImportSealed{0}, BatchState::importing},
        {BatchPublished{0, 1000, Amount{}}, BatchState::sealed}
    };

    for (const auto& step : steps) {
        for (Int stands = 0; stands <= static_cast<Int>(BatchState::closed); ++stands) {
            const auto state = static_cast<BatchState>(stands);
            const auto why = misfit_of(step.event, Publish::kind, with_batch(state));
            CHECK(why == (state == step.state ? "" : "the batch is in another state"));
        }
    }
    CHECK(misfit_of(ImportSealed{1}, ImportSeal::kind) == "no such batch");
}

TEST_CASE("fits: an answer is paid once") {
    auto state = with_batch(BatchState::open);
    for (const Int member : {0, 1}) {
        AssignmentRow work;
        work.member = member;
        work.state =
            static_cast<Int>(member == 0 ? AssignmentState::submitted : AssignmentState::accepted);
        state.put(work);
    }
    state.put(TaskRow{});
    const auto paid = [&](std::vector<Int> members) {
        Accepted event;
        for (const Int member : members)
            event.items.push_back({0, member, Amount{100}});
        return misfit_of(event, Accept::kind, state);
    };
    CHECK(paid({0}).empty());
    for (const auto& members : std::vector<std::vector<Int>>{{0, 0}, {1}, {2}})
        CHECK(paid(members) == "paid, and no such answer waits for it");
}

TEST_CASE("fits: a rule is within its limit") {
    const auto misfits = [](Int value, const char* name) {
        return !misfit_of(RuleEnacted{0, value, name}, SetRule::kind).empty();
    };
    for (const auto& rule : default_rules()) {
        const Int most = limit_of_rule(rule.name).most;
        INFO(rule.name);
        CHECK_FALSE(misfits(most, rule.name.c_str()));
        CHECK(misfits(most + 1, rule.name.c_str()));
        CHECK(misfits(-1, rule.name.c_str()));
    }
}

} // namespace handprint::audit_test
