#pragma once

// What a delegate does on payday, over HTTP or from inside a demo: close, pay out, settle.

#include "node/client/api_client.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace handprint::client {

/// How the delegate reaches the node.
struct TreasuryDoor {
    /// Signs and sends; a Failure names the problem's code.
    std::function<Result<Done>(const market::Command&)> send;
    /// A cosigned checkpoint over the entry of that index; waits for it.
    std::function<Result<std::string>(Int index)> checkpoint_over;
};

/// Whether a refusal has that code.
[[nodiscard]] bool is_refused(const Failure& failure, const char* code);
/// Whether a payout was refused because there was nothing left to pay.
[[nodiscard]] bool paid_already(const Failure& failure);

class Treasury {
public:
    explicit Treasury(TreasuryDoor door) : door_(std::move(door)) {}

    /// Sends again, for a minute, while the refusal is `until`: the node finishes an import, a
    /// distribution or a payout in steps of its own.
    [[nodiscard]] Result<Done> retried(const market::Command& command, const char* until) const;

    [[nodiscard]] Result<Done> close_period() const;
    /// Pays out what the close at that index says, once a checkpoint covers it.
    [[nodiscard]] Result<Done> pay_out(Int close, const std::string& currency) const;

    /// Settles or returns the payments of a payout, as many in one entry as it may hold. `members`
    /// ascend. `done` is told of each entry and how many it concluded.
    template <class Transfer>
    [[nodiscard]] Result<void> conclude(
        Transfer transfer,
        const std::vector<Int>& members,
        const std::function<void(const Done&, std::size_t)>& done = {}
    ) const {
        for (std::size_t at = 0; at < members.size(); at += in_one_entry) {
            const std::size_t end = std::min(at + in_one_entry, members.size());
            transfer.items = std::vector<Int>(
                members.begin() + static_cast<std::ptrdiff_t>(at),
                members.begin() + static_cast<std::ptrdiff_t>(end)
            );
            const auto sent = retried(transfer, "not_sealed");
            if (!sent) return unexpected(sent.error());
            if (done) done(*sent, end - at);
        }
        return {};
    }

private:
    static constexpr std::size_t in_one_entry = 100;

    TreasuryDoor door_;
};

/// By the commands of one who signs, sent to a node.
[[nodiscard]] Treasury treasury_of(ApiClient& api, const Signer& delegate);

} // namespace handprint::client
