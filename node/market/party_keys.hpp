#pragma once

// The keys that members and requesters hold. The rows of both list those that are valid, and their
// rules are the same: a key is of one party for ever, and the last one stays.

#include "node/market/parties.hpp"
#include "node/market/state.hpp"
#include "node/market/values.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace handprint::market {

/// Calls `f(std::type_identity<R>{}, number)` with the row type and the number of a member or a
/// requester. False for any other party.
template <class F>
bool with_holder(std::string_view party, F&& f) {
    if (const Int member = ordinal_of(party, 'm'); member != never) {
        f(std::type_identity<MemberRow>{}, member);
        return true;
    }
    const Int requester = ordinal_of(party, 'r');
    if (requester != never) f(std::type_identity<RequesterRow>{}, requester);
    return requester != never;
}

/// What the row of a member or a requester says of its keys.
struct Holder {
    std::string valid_keys;
    Int answered = never;
};

/// Nothing for another party, or one that is not there.
[[nodiscard]] std::optional<Holder> holder_of(const State& state, std::string_view party);

/// Rows for the first keys of a party; what its own row says of them.
[[nodiscard]] std::string
first_keys(State& state, const std::string& party, const std::vector<NamedKey>& keys, Int index);

void add_key(State& state, const std::string& party, const NamedKey& key, Int index);
void end_key(State& state, const std::string& party, const std::string& key, Int index);
/// Every key of the party ends, and this one is its only device.
void replace_keys(State& state, const std::string& party, const std::string& key, Int index);
/// Proposals about the party of before this index are over.
void answer_proposals(State& state, const std::string& party, Int index);

} // namespace handprint::market
