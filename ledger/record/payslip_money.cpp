#include "ledger/record/payslip_check.hpp"
#include "ledger/record/promise.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace handprint::record {

namespace {

/// Wide enough for the sum of all lines of a file, so that the way to a sum never overflows.
__extension__ using Int128 = __int128;

struct Running {
    PayslipTotal total;
    Int128 lines = 0;
};

using Key = std::pair<books::AccountClass, Currency>;
using Totals = std::map<Key, Running>;

Running& total_of(Totals& totals, books::AccountClass account_class, Currency currency) {
    const Running fresh{{account_class, currency}};
    return totals.try_emplace({account_class, currency}, fresh).first->second;
}

PayslipFault mismatch(const PayslipTotal& total, const std::string& what) {
    return {
        "balance_mismatch",
        std::string(name(total.account_class)) + " in " + total.currency.text() + ": " + what
    };
}

} // namespace

PayslipCheck check_balances(const ReadPayslip& slip, PayslipVerdict& verdict) {
    Totals totals;
    for (const books::ClassSum& balance : slip.start().balances)
        total_of(totals, balance.account_class, balance.currency).total.opening = balance.amount;
    for (const books::ClassSum& balance : slip.closing.position->balances)
        total_of(totals, balance.account_class, balance.currency).total.closing = balance.amount;
    for (const ReadEntry& entry : slip.entries) {
        for (const Line& line : entry.part.lines)
            total_of(totals, line.account, line.currency).lines += line.amount;
    }
    for (auto& [key, running] : totals) {
        PayslipTotal& total = running.total;
        total.lines = static_cast<std::int64_t>(running.lines);
        if (total.lines != running.lines) return mismatch(total, "the lines do not fit");
        if (total.opening + running.lines != total.closing) {
            return mismatch(
                total,
                std::to_string(total.opening) + " and lines of " + std::to_string(total.lines)
                    + " do not make " + std::to_string(total.closing)
            );
        }
        verdict.totals.push_back(total);
    }
    return {};
}

PayslipCheck check_promises(
    const ReadPayslip& slip, std::span<const std::string> promises, PayslipVerdict& verdict
) {
    const PeriodClosed& event = slip.closing.event;
    for (std::size_t i = 0; i < promises.size(); ++i) {
        const std::string which = "promise " + std::to_string(i);
        verdict.bad_promise = i; // until it is found to be good
        const auto read = read_held_promise(promises[i], slip.payslip->log);
        if (!read) return PayslipFault{"promise_invalid", which + ": " + read.error().what};
        const HeldPromise& held = *read;
        const bool between =
            std::cmp_greater(held.index, event.previous) && held.index < slip.closing.proven->index;
        if (!between) continue; // of another period, perhaps under an older key
        if (!verify(held.envelope, event.promise_key)) {
            return PayslipFault{"promise_invalid", which + ": not signed by the promise key"};
        }
        const std::string where = which + " (index " + std::to_string(held.index) + ")";
        const auto at =
            std::ranges::lower_bound(slip.entries, held.index, {}, [](const ReadEntry& e) {
                return e.proven->index;
            });
        if (at == slip.entries.end() || at->proven->index != held.index) {
            return PayslipFault{"promise_missing", where};
        }
        if (at->leaf != held.leaf) return PayslipFault{"promise_broken", where};
        ++verdict.promises;
    }
    verdict.bad_promise.reset();
    return {};
}

} // namespace handprint::record
