#pragma once

// The demo's delegate on payday: whatever period is closed is paid out, and the bank is quick.

#include "node/app/running_node.hpp"
#include "node/client/treasury.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace handprint::app {

class DemoPayday {
public:
    DemoPayday(RunningNode& running, const KeyPair& delegate);

    /// A licence fee for the project, shared out; a period closed, paid out and settled; and a
    /// second one, whose payslips say so. Cut short when it is to stop.
    [[nodiscard]] Result<void> first(market::Int project, const std::stop_token& stop);

    /// From now on after every close, on a thread of its own that ends with this object. Payments
    /// stay in transit for a while, so that they can be seen there.
    void start(std::chrono::milliseconds in_transit);

private:
    [[nodiscard]] Result<client::Done> send(const market::Command& command) const;
    [[nodiscard]] Result<std::string> checkpoint_over(market::Int index) const;
    /// Waits until the close is published; false if it is to stop. Failure without witnesses.
    [[nodiscard]] Result<bool> is_published(market::Int close, const std::stop_token& stop) const;
    /// Pays out what the newest close says, in each currency that anybody is owed.
    [[nodiscard]] Result<void> pay_out(const std::stop_token& stop);
    /// Settles all that is in transit; also what was when the demo last stopped.
    [[nodiscard]] Result<void> settle(const std::stop_token& stop, bool wait);
    [[nodiscard]] std::vector<market::Int> in_transit(market::Int payout) const;
    /// A laptop that slept has a clock that leaps: without a delegate's word the timers stand
    /// still.
    [[nodiscard]] Result<void> vouch_for_clock();
    [[nodiscard]] Result<void> look_once(const std::stop_token& stop);
    void run(const std::stop_token& stop);
    /// False if it is to stop.
    [[nodiscard]] bool rest(const std::stop_token& stop, std::chrono::milliseconds time) const;

    RunningNode& running_;
    KeyPair delegate_;
    client::Treasury treasury_;
    std::chrono::milliseconds in_transit_{0};
    market::Int paid_ = 0;    // the newest period that was paid out
    market::Int settled_ = 0; // payouts below are concluded
    std::jthread thread_;
};

} // namespace handprint::app
