#include "node/audit/books_view.hpp"

#include "ledger/base/decimal.hpp"

#include <algorithm>

namespace handprint::audit {

void BooksView::follow(market::State& state) {
    const auto changes = state.take_changes();
    for (const auto& row : changes.upserts) {
        if (const auto* member = std::get_if<market::MemberRow>(&row)) {
            members_[member->member] = *member;
        } else if (const auto* credit = std::get_if<market::CreditRow>(&row)) {
            credits_[credit->project][credit->member] = *credit;
        } else if (const auto* account = std::get_if<market::AccountRow>(&row)) {
            const auto at = account->name.find("/m:");
            if (at == std::string::npos) continue;
            const auto owner = parse_i64(std::string_view(account->name).substr(at + 3));
            if (!owner) continue;
            balances_[*owner][{account->name.substr(0, at), account->currency}] =
                account->credits - account->debits;
        }
    }
}

std::vector<market::CreditRow> BooksView::credits(Int project) const {
    std::vector<market::CreditRow> out;
    const auto at = credits_.find(project);
    if (at == credits_.end()) return out;
    for (const auto& [member, row] : at->second)
        out.push_back(row);
    return out;
}

std::vector<std::string> BooksView::positions(Int period) const {
    std::vector<std::string> out;
    for (const auto& [number, member] : members_) {
        std::vector<books::ClassSum> sums;
        if (const auto own = balances_.find(number); own != balances_.end()) {
            for (const auto& [account, amount] : own->second) {
                const auto account_class = books::parse_account_class(account.first);
                const auto currency = Currency::parse(account.second);
                if (account_class && currency) sums.push_back({*account_class, *currency, amount});
            }
        }
        out.push_back(record::encode(pipeline::position_of(member, sums, period)));
    }
    return out;
}

std::vector<market::PaidTo> BooksView::payees(const std::string& currency, Int minimum) const {
    std::vector<market::PaidTo> out;
    for (const auto& [member, own] : balances_) {
        const auto at = own.find({"payable", currency});
        if (at == own.end() || at->second < std::max<Int>(minimum, 1)) continue;
        out.push_back({member, market::Amount{at->second}});
    }
    return out;
}

} // namespace handprint::audit
