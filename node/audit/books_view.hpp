#pragma once

// What the opening of a run or a close is prepared from: members, their balances and credit points,
// in order. Kept beside the folded state, whose rows have no order.

#include "ledger/record/close.hpp"
#include "node/market/command.hpp"
#include "node/market/state.hpp"
#include "node/pipeline/close_list.hpp"

#include <map>
#include <string>
#include <vector>

namespace handprint::audit {

using market::Int;

class BooksView {
public:
    /// Takes over what has changed in the state since the last time.
    void follow(market::State& state);

    [[nodiscard]] std::vector<market::CreditRow> credits(Int project) const;
    /// Positions of all members as they stand, by ordinal: canonical bytes.
    [[nodiscard]] std::vector<std::string> positions(Int period) const;
    /// Who is owed at least `minimum` in a currency, by member.
    [[nodiscard]] std::vector<market::PaidTo>
    payees(const std::string& currency, Int minimum) const;

private:
    std::map<Int, market::MemberRow> members_;
    std::map<Int, std::map<Int, market::CreditRow>> credits_; // project, member
    std::map<Int, std::map<std::pair<std::string, std::string>, Int>>
        balances_; // member; class, currency
};

} // namespace handprint::audit
