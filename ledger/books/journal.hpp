#pragma once

#include "ledger/books/account.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace handprint::books {

/// Postings added up over the accounts of a class, as a header publishes them.
struct ClassSum {
    AccountClass account_class = AccountClass::bank;
    Currency currency;
    std::int64_t amount = 0;

    bool operator==(const ClassSum&) const = default;
};

/// Sorted by class, then currency; zero sums left out. Failure if a sum does not fit in 64 bits.
[[nodiscard]] Result<std::vector<ClassSum>> class_sums(std::span<const Posting> postings);

/// Per currency the amounts add to zero. Exact: an intermediate sum cannot overflow.
[[nodiscard]] Result<void> check_zero(std::span<const Posting> postings);
/// The same, and that the list is as class_sums() would write it: sorted, unique, no zeros.
[[nodiscard]] Result<void> check_zero(std::span<const ClassSum> sums);

/// Whether a balance stands on a side where its class may stand; zero always does.
[[nodiscard]] bool is_allowed(AccountClass account_class, std::int64_t balance) noexcept;

/// Whether the rule of is_allowed() holds for every single account too, and not only for the class:
/// escrow, hold, payable, in_transit, which is money owed to somebody.
[[nodiscard]] bool guards_each_account(AccountClass account_class) noexcept;

/// Running totals per class and currency, from the public headers alone. Not for use by two threads
/// at once.
class ClassTotals {
public:
    using Key = std::pair<AccountClass, Currency>;

    /// Adds one entry's sums, all or nothing. Failure if the entry does not add to zero, a total
    /// does not fit, or a total ends on a side where its class may not stand.
    [[nodiscard]] Result<void> apply(std::span<const ClassSum> sums);

    [[nodiscard]] std::int64_t total(AccountClass account_class, Currency currency) const;

    /// Sorted by class, then currency; zero totals left out.
    [[nodiscard]] std::vector<ClassSum> all() const;

private:
    friend class Balances;

    std::map<Key, std::int64_t> totals_;
};

/// Running balances of all accounts. Not for use by two threads at once.
class Balances {
public:
    using Key = std::pair<AccountName, Currency>;

    /// Adds one entry's postings, all or nothing. Failure as for ClassTotals::apply, or if an
    /// account of a class that guards_each_account() ends on the wrong side. Only the balances
    /// after the last posting count, not those in between.
    [[nodiscard]] Result<void> apply(std::span<const Posting> postings);

    [[nodiscard]] std::int64_t balance(const AccountName& account, Currency currency) const;

    [[nodiscard]] const ClassTotals& totals() const noexcept { return totals_; }

    [[nodiscard]] const std::map<Key, std::int64_t>& accounts() const noexcept { return accounts_; }

private:
    std::map<Key, std::int64_t> accounts_;
    ClassTotals totals_;
};

} // namespace handprint::books
