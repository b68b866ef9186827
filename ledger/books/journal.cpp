#include "ledger/books/journal.hpp"

#include <limits>
#include <optional>
#include <tuple>

namespace handprint::books {

namespace {

/// Wide enough for the sum of any list of 64-bit amounts that fits in memory.
__extension__ using Int128 = __int128;

std::optional<std::int64_t> narrow(Int128 value) {
    if (value < std::numeric_limits<std::int64_t>::min()
        || value > std::numeric_limits<std::int64_t>::max()) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(value);
}

template <class Items>
Result<void> check_zero_per_currency(Items items) {
    std::map<Currency, Int128> sums;
    for (const auto& item : items)
        sums[item.currency] += item.amount;
    for (const auto& [currency, sum] : sums) {
        if (sum != 0) return fail("postings in " + currency.text() + " do not add to zero");
    }
    return {};
}

template <class Key>
using Values = std::vector<std::pair<Key, std::int64_t>>;

/// The totals that the changes touch, as they will be, or why they may not. `allowed` judges a key
/// and its new value. Nothing is changed yet, so that two maps can change together or not at all.
template <class Key, class Allowed>
Result<Values<Key>> plan(
    const std::map<Key, std::int64_t>& totals, const std::map<Key, Int128>& changes, Allowed allowed
) {
    Values<Key> after;
    after.reserve(changes.size());
    for (const auto& [key, change] : changes) {
        const auto at = totals.find(key);
        const auto sum = narrow((at == totals.end() ? 0 : at->second) + change);
        if (!sum) return fail("a balance does not fit in 64 bits");
        if (auto verdict = allowed(key, *sum); !verdict) return unexpected(verdict.error());
        after.emplace_back(key, *sum);
    }
    return after;
}

template <class Key>
void put(std::map<Key, std::int64_t>& totals, Values<Key> after) {
    for (auto& [key, value] : after)
        totals[std::move(key)] = value;
}

Result<void> class_may_stand(const ClassTotals::Key& key, std::int64_t total) {
    if (is_allowed(key.first, total)) return {};
    return fail(std::string(name(key.first)) + " in " + key.second.text() + " on the wrong side");
}

Result<void> account_may_stand(const Balances::Key& key, std::int64_t balance) {
    const AccountClass account_class = key.first.account_class;
    if (!guards_each_account(account_class) || is_allowed(account_class, balance)) return {};
    return fail(key.first.text() + " in " + key.second.text() + " on the wrong side");
}

} // namespace

Result<std::vector<ClassSum>> class_sums(std::span<const Posting> postings) {
    std::map<ClassTotals::Key, Int128> sums;
    for (const Posting& posting : postings)
        sums[{posting.account.account_class, posting.currency}] += posting.amount;
    std::vector<ClassSum> out;
    for (const auto& [key, wide] : sums) {
        const auto sum = narrow(wide);
        if (!sum) return fail("a sum does not fit in 64 bits");
        if (*sum != 0) out.push_back({key.first, key.second, *sum});
    }
    return out;
}

Result<void> check_zero(std::span<const Posting> postings) {
    return check_zero_per_currency(postings);
}

Result<void> check_zero(std::span<const ClassSum> sums) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
        if (sums[i].amount == 0) return fail("a sum of zero is left out");
        if (i == 0) continue;
        const auto before = std::tie(sums[i - 1].account_class, sums[i - 1].currency);
        const auto here = std::tie(sums[i].account_class, sums[i].currency);
        if (before >= here) return fail("sums are sorted by class and currency");
    }
    return check_zero_per_currency(sums);
}

bool is_allowed(AccountClass account_class, std::int64_t balance) noexcept {
    switch (normal_side(account_class)) {
    case Side::debit:
        return balance >= 0;
    case Side::credit:
        return balance <= 0;
    case Side::either:
        return true;
    }
    return false;
}

bool guards_each_account(AccountClass account_class) noexcept {
    return account_class == AccountClass::escrow || account_class == AccountClass::hold
           || account_class == AccountClass::payable || account_class == AccountClass::in_transit;
}

Result<void> ClassTotals::apply(std::span<const ClassSum> sums) {
    if (auto zero = check_zero_per_currency(sums); !zero) return zero;
    std::map<Key, Int128> changes;
    for (const ClassSum& sum : sums)
        changes[{sum.account_class, sum.currency}] += sum.amount;
    auto after = plan(totals_, changes, class_may_stand);
    if (!after) return unexpected(after.error());
    put(totals_, std::move(*after));
    return {};
}

std::int64_t ClassTotals::total(AccountClass account_class, Currency currency) const {
    const auto at = totals_.find({account_class, currency});
    return at == totals_.end() ? 0 : at->second;
}

std::vector<ClassSum> ClassTotals::all() const {
    std::vector<ClassSum> out;
    for (const auto& [key, total] : totals_) {
        if (total != 0) out.push_back({key.first, key.second, total});
    }
    return out;
}

Result<void> Balances::apply(std::span<const Posting> postings) {
    if (auto zero = check_zero_per_currency(postings); !zero) return zero;
    std::map<Key, Int128> changes;
    std::map<ClassTotals::Key, Int128> class_changes;
    for (const Posting& posting : postings) {
        changes[{posting.account, posting.currency}] += posting.amount;
        class_changes[{posting.account.account_class, posting.currency}] += posting.amount;
    }
    auto after = plan(accounts_, changes, account_may_stand);
    if (!after) return unexpected(after.error());
    auto totals_after = plan(totals_.totals_, class_changes, class_may_stand);
    if (!totals_after) return unexpected(totals_after.error());
    put(accounts_, std::move(*after));
    put(totals_.totals_, std::move(*totals_after));
    return {};
}

std::int64_t Balances::balance(const AccountName& account, Currency currency) const {
    const auto at = accounts_.find({account, currency});
    return at == accounts_.end() ? 0 : at->second;
}

} // namespace handprint::books
