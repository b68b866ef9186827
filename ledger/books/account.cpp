#include "ledger/books/account.hpp"

#include <algorithm>

namespace handprint::books {

namespace {

constexpr std::array<std::string_view, kAccountClasses.size()> kNames = {
    "bank",
    "bank_charges",
    "equity",
    "escrow",
    "exchange",
    "expenses",
    "fee",
    "guarantee",
    "hold",
    "in_transit",
    "payable",
    "receivable",
    "reserve",
    "suspense",
    "tax_withheld"
};
static_assert(std::ranges::is_sorted(kNames));
static_assert(std::ranges::is_sorted(kAccountClasses));

constexpr std::size_t kMaxOwner = 64;

bool is_owner_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '.' || c == '_'
           || c == '-';
}

} // namespace

std::string_view name(AccountClass account_class) noexcept {
    return kNames[static_cast<std::size_t>(account_class)];
}

Result<AccountClass> parse_account_class(std::string_view text) {
    const auto at = std::ranges::lower_bound(kNames, text);
    if (at == kNames.end() || *at != text) return fail("no such class of accounts");
    return kAccountClasses[static_cast<std::size_t>(at - kNames.begin())];
}

Side normal_side(AccountClass account_class) noexcept {
    switch (account_class) {
    case AccountClass::bank:
    case AccountClass::bank_charges:
    case AccountClass::expenses:
    case AccountClass::receivable:
        return Side::debit;
    case AccountClass::exchange:
        return Side::either;
    case AccountClass::equity:
    case AccountClass::escrow:
    case AccountClass::fee:
    case AccountClass::guarantee:
    case AccountClass::hold:
    case AccountClass::in_transit:
    case AccountClass::payable:
    case AccountClass::reserve:
    case AccountClass::suspense:
    case AccountClass::tax_withheld:
        return Side::credit;
    }
    return Side::either;
}

Result<AccountName> AccountName::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return fail("an account is class/owner");
    const auto account_class = parse_account_class(text.substr(0, slash));
    if (!account_class) return unexpected(account_class.error());
    const std::string_view owner = text.substr(slash + 1);
    if (owner.empty() || owner.size() > kMaxOwner
        || !std::ranges::all_of(owner, is_owner_character)) {
        return fail("not the owner of an account");
    }
    return AccountName{*account_class, std::string(owner)};
}

std::string AccountName::text() const {
    return std::string(name(account_class)) + "/" + owner;
}

} // namespace handprint::books
