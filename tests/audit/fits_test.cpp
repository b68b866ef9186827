// What an audit folds without deciding it again, since who signed it was erased: numbers stay
// within what the rules let in.

#include "node/audit/fits.hpp"
#include "node/market/decide.hpp"
#include "node/market/limits.hpp"

#include <doctest/doctest.h>

namespace handprint::audit_test {

namespace {

using namespace market;

std::string misfit_of(Event event, const char* kind) {
    State state;
    state.whole();
    state.put(CoopRow{});
    state.put(BatchRow{});
    FoldEntry entry;
    entry.kind = kind;
    entry.events.push_back(std::move(event));
    return audit::misfit(state, entry);
}

} // namespace

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
