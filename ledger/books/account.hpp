#pragma once

#include "ledger/base/money.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace handprint::books {

/// In the order of their names, so that sorting by value is sorting by text.
enum class AccountClass : std::uint8_t {
    bank,         // money at the bank
    bank_charges, // what banks took
    equity,       // surplus kept for members' capital
    escrow,       // requesters' money not yet bound to a batch
    exchange,     // between the two legs of a currency conversion
    expenses,
    fee, // the cooperative's fee
    guarantee,
    hold,       // requesters' money bound to a batch
    in_transit, // paid out, not yet confirmed by the bank
    payable,    // owed to a member
    receivable, // owed to the cooperative, as after a reversed funding
    reserve,
    suspense, // received, owner not yet known
    tax_withheld
};

inline constexpr std::array kAccountClasses = {
    AccountClass::bank,
    AccountClass::bank_charges,
    AccountClass::equity,
    AccountClass::escrow,
    AccountClass::exchange,
    AccountClass::expenses,
    AccountClass::fee,
    AccountClass::guarantee,
    AccountClass::hold,
    AccountClass::in_transit,
    AccountClass::payable,
    AccountClass::receivable,
    AccountClass::reserve,
    AccountClass::suspense,
    AccountClass::tax_withheld,
};

/// On which side a balance may stand; amounts are positive on the debit side.
enum class Side : std::uint8_t { debit, credit, either };

[[nodiscard]] std::string_view name(AccountClass account_class) noexcept;
[[nodiscard]] Result<AccountClass> parse_account_class(std::string_view text);
/// Section 3 of docs/ledger-format.md.
[[nodiscard]] Side normal_side(AccountClass account_class) noexcept;

/// "class/owner", as in "payable/m:12", "hold/b:7", "fee/coop". The owner is 1 to 64 characters out
/// of a-z 0-9 : . _ - and means nothing here.
struct AccountName {
    AccountClass account_class = AccountClass::bank;
    std::string owner;

    [[nodiscard]] static Result<AccountName> parse(std::string_view text);
    [[nodiscard]] std::string text() const;

    auto operator<=>(const AccountName&) const = default;
};

/// One change of one account: minor units of `currency`, positive is debit, negative is credit.
struct Posting {
    AccountName account;
    Currency currency;
    std::int64_t amount = 0;

    bool operator==(const Posting&) const = default;
};

} // namespace handprint::books
