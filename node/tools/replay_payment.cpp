// From the licence fee to the last settled payment.

#include "node/market/reference.hpp"
#include "node/tools/progress.hpp"
#include "node/tools/replay.hpp"

#include <chrono>
#include <thread>

namespace handprint::tools {

namespace {

constexpr std::chrono::seconds patience{60}; // with whoever else pays here

} // namespace

Result<void> Replay::share_income() {
    const market::Income income{
        market::Amount{terms_.income}, job_currency, project_, reference("licence")
    };
    const auto done = payday().retried(income, "run_open");
    if (!done) return unexpected(done.error());
    distribution_ = done->result.integer_of("distribution", market::never);
    const auto money = api_.json("GET", "/v1/money");
    if (!money) return unexpected(money.error());
    for (const Json& row : money->at("balances").items()) {
        if (row.at("class").text() == "escrow") observed_.held = amount_in(row, "amount");
    }
    observed_.refunded = observed_.held - kept_in_escrow;
    observed_.held = kept_in_escrow;
    const Json ask = Json::object(
        {{"amount", Json(std::to_string(observed_.refunded))}, {"currency", Json(job_currency)}}
    );
    const auto refund = api_.json("POST", "/v1/refunds", ask.encode());
    if (!refund) return unexpected(refund.error());
    refund_ = refund->at("result").integer_of("refund", market::never);
    market::Settle settle;
    settle.refund = refund_;
    settle.reference = reference("refund");
    const auto settled = treasury_.command(*delegate_, settle);
    return settled ? Result<void>() : unexpected(settled.error());
}

Hash Replay::reference(const std::string& what) const {
    return market::reference_hash(salt_, "replay " + std::to_string(batch_) + what).value();
}

client::Treasury Replay::payday() {
    return client::treasury_of(treasury_, *delegate_);
}

Result<Int> Replay::close_period() {
    const auto closed = payday().close_period();
    if (!closed) return unexpected(closed.error());
    return closed->index;
}

Result<void> Replay::pay_out() {
    auto last = close_period();
    if (!last) return unexpected(last.error());
    // Where somebody else pays, too, a period may end by itself meanwhile, or be paid already.
    for (int attempt = 0;; ++attempt) {
        const auto payout = payday().pay_out(*last, job_currency);
        if (payout) {
            const auto ok = settle(payout->result.integer_of("payout", market::never));
            if (!ok) return ok;
            break;
        }
        if (client::paid_already(payout.error())) break;
        if (attempt == 3 || !client::is_refused(payout.error(), "close_not_covered"))
            return unexpected(payout.error());
        const auto now = api_.ledger();
        if (!now) return unexpected(now.error());
        last = now->committed - 1;
    }
    if (auto ok = wait_until_paid(); !ok) return ok;
    last = close_period(); // the payslips of this one say that it was settled
    if (!last) return unexpected(last.error());
    last_close_ = *last;
    const auto covered = treasury_.wait_published(last_close_, 60);
    return covered ? Result<void>() : unexpected(covered.error());
}

Result<void> Replay::settle(Int payout) {
    Progress progress("settlement", workers_.size(), options_.json);
    market::Settle settle;
    settle.payout = payout;
    settle.reference = reference("payout");
    std::vector<Int> members;
    for (const auto& worker : workers_)
        members.push_back(std::stoll(worker.signer.party.substr(2)));
    auto settled = payday().conclude(settle, members, [&](const client::Done&, std::size_t count) {
        progress.add(count);
    });
    // Somebody else was quicker with some, and will be with the rest.
    if (!settled && client::is_refused(settled.error(), "not_in_transit")) return {};
    return settled;
}

Result<bool> Replay::is_paid(const ReplayWorker& worker) const {
    const auto me = worker.api->json("GET", "/v1/me");
    if (!me) return unexpected(me.error());
    const Json* balances = me->find("balances");
    if (balances == nullptr || balances->as_array() == nullptr) return fail("no balances");
    for (const Json& row : balances->items()) {
        if (row.text_of("currency") == job_currency && amount_in(row, "amount") != 0) return false;
    }
    return true;
}

Result<void> Replay::wait_until_paid() {
    Progress progress("payment", workers_.size(), options_.json);
    const auto end = std::chrono::steady_clock::now() + patience;
    for (const auto& worker : workers_) {
        for (;;) {
            const auto paid = is_paid(worker);
            if (!paid) return fail(worker.name + ": " + paid.error().what);
            if (*paid) break;
            if (std::chrono::steady_clock::now() > end) {
                return fail(
                    worker.name + " is not paid after " + std::to_string(patience.count()) + " s"
                );
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        progress.add(1);
    }
    return {};
}

} // namespace handprint::tools
