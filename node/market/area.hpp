#pragma once

// Inside node/market: the pieces that the areas of decide() share.

#include "node/market/decide.hpp"
#include "node/market/own_terms.hpp"
#include "node/market/parties.hpp"

#include <string>
#include <string_view>

namespace handprint::market::area {

struct Case {
    const State& state;
    const Request& request;
    const Context& context;

    [[nodiscard]] const CoopRow& coop() const { return state.get<CoopRow>(1); }
};

[[nodiscard]] inline Unexpected<Refusal>
refuse(Family family, std::string code, std::string detail, std::string field = {}) {
    return unexpected(Refusal{family, std::move(code), std::move(detail), std::move(field)});
}

/// Checks that the key that signed may speak for the actor now; fills kind, authority, by.
[[nodiscard]] Decision begin(const Case& c);
/// For agents: the grant's money cap.
[[nodiscard]] Result<void, Refusal>
within_cap(const Case& c, Int amount, const std::string& currency);

/// For agents: whether the grant names this batch, or any.
[[nodiscard]] Result<void, Refusal> grant_names(const Case& c, Int batch);

/// The batch if it is there and the actor's; the grant may name batches.
[[nodiscard]] Result<const BatchRow*, Refusal> own_batch(const Case& c, Int batch);

/// The lowest price, in micros, that pays the hourly floor in force at that estimate.
[[nodiscard]] Int least_price(const Case& c, const std::string& currency, Int estimate_s);

/// The refusal unless a delegate asks.
[[nodiscard]] Result<void, Refusal> delegate_only(const Case& c);
[[nodiscard]] Result<void, Refusal> no_run_open(const Case& c);
/// Of a currency of this ledger, and above zero.
[[nodiscard]] Result<void, Refusal>
check_amount(const Case& c, Amount amount, const std::string& currency);
/// Of a transfer at the bank: unused, or used for that payout or refund. Without either money comes
/// in.
[[nodiscard]] Result<void, Refusal>
check_reference(const Case& c, const Hash& reference, Int payout = never, Int refund = never);

/// Whether the newest close waits for its payout in that currency.
[[nodiscard]] Result<void, Refusal> may_pay_out(const Case& c, const std::string& currency);

/// Adds the opening of that payout.
[[nodiscard]] Result<void, Refusal>
open_payout(const Case& c, Draft& draft, const std::string& currency);

void post(Draft& draft, std::string account, const std::string& currency, Int amount);
/// The draft's member part for that ordinal, made if it is missing; parts stay in order.
MemberDraft& member_part(Draft& draft, Int member);

/// A code of ISO 639: two or three small letters.
[[nodiscard]] bool is_language(const std::string& text);
[[nodiscard]] Unexpected<Refusal> bad_key(const char* field);
/// The refusal unless the text is a key that nobody has had yet.
[[nodiscard]] Result<void, Refusal>
free_key(const Case& c, const std::string& key, const char* field);
/// For what members and requesters do with keys of their own.
[[nodiscard]] Result<void, Refusal> holder_only(const Case& c);
/// The envelope of what is done to the keys of a party stands in a member's own chain, whoever
/// signed it; `states`: with the keys that are valid afterwards.
void about_keys(Draft& draft, std::string_view party, bool states);

[[nodiscard]] bool known_currency(const CoopRow& coop, std::string_view currency);
/// Debits minus credits; 0 for an account that is not open.
[[nodiscard]] Int
balance(const State& state, const std::string& account, const std::string& currency);

[[nodiscard]] Decision decide(const Case& c, const Genesis& command);
[[nodiscard]] Decision decide(const Case& c, const EnrolMember& command);
[[nodiscard]] Decision decide(const Case& c, const AddKey& command);
[[nodiscard]] Decision decide(const Case& c, const RevokeKey& command);
[[nodiscard]] Decision decide(const Case& c, const ProposeReenrolment& command);
[[nodiscard]] Decision decide(const Case& c, const ObjectReenrolment& command);
[[nodiscard]] Decision decide(const Case& c, const ReenrolMember& command);
[[nodiscard]] Decision decide(const Case& c, const ReenrolRequester& command);
[[nodiscard]] Decision decide(const Case& c, const RegisterRequester& command);
[[nodiscard]] Decision decide(const Case& c, const MakeGrant& command);
[[nodiscard]] Decision decide(const Case& c, const RevokeGrant& command);
[[nodiscard]] Decision decide(const Case& c, const SetRule& command);
[[nodiscard]] Decision decide(const Case& c, const RotateLogKey& command);
[[nodiscard]] Decision decide(const Case& c, const ConfirmClock& command);

[[nodiscard]] Decision decide(const Case& c, const CreateProject& command);
[[nodiscard]] Decision decide(const Case& c, const CreateBatch& command);
[[nodiscard]] Decision decide(const Case& c, const ImportTasks& command);
[[nodiscard]] Decision decide(const Case& c, const ImportChunk& command);
[[nodiscard]] Decision decide(const Case& c, const ImportSeal& command);
[[nodiscard]] Decision decide(const Case& c, const EndTasks& command);
[[nodiscard]] Decision decide(const Case& c, const Publish& command);
[[nodiscard]] Decision decide(const Case& c, const CloseBatch& command);
[[nodiscard]] Decision decide(const Case& c, const Submit& command);

[[nodiscard]] Decision decide(const Case& c, const Accept& command);
[[nodiscard]] Decision decide(const Case& c, const AutoAccept& command);
[[nodiscard]] Decision decide(const Case& c, const Grade& command);

[[nodiscard]] Decision decide(const Case& c, const Fund& command);
[[nodiscard]] Decision decide(const Case& c, const Refund& command);
[[nodiscard]] Decision decide(const Case& c, const Income& command);
[[nodiscard]] Decision decide(const Case& c, const Surplus& command);
[[nodiscard]] Decision decide(const Case& c, const DistributionChunk& command);
[[nodiscard]] Decision decide(const Case& c, const DistributionSeal& command);
[[nodiscard]] Decision decide(const Case& c, const ClosePeriod& command);
[[nodiscard]] Decision decide(const Case& c, const Payout& command);
[[nodiscard]] Decision decide(const Case& c, const PayoutChunk& command);
[[nodiscard]] Decision decide(const Case& c, const PayoutSeal& command);
[[nodiscard]] Decision decide(const Case& c, const ProposeRelease& command);
[[nodiscard]] Decision decide(const Case& c, const ReleasePayout& command);
[[nodiscard]] Decision decide(const Case& c, const RecordCheckpoint& command);
[[nodiscard]] Decision decide(const Case& c, const Settle& command);
[[nodiscard]] Decision decide(const Case& c, const Return& command);

} // namespace handprint::market::area
