#include "node/app/demo_payday.hpp"

#include "node/app/demo_people.hpp"
#include "node/app/log_line.hpp"
#include "node/client/signer.hpp"
#include "node/market/lists.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/routes/answers.hpp"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>

namespace handprint::app {

using market::Int;

namespace {

constexpr Int licence_fee = 50'000'00;
constexpr const char* licence_currency = "KES";

/// How long the witnesses have.
constexpr std::chrono::milliseconds patience{15'000};

} // namespace

DemoPayday::DemoPayday(RunningNode& running, const KeyPair& delegate)
    : running_(running),
      delegate_(delegate),
      treasury_(
          {[this](const market::Command& command) { return send(command); },
           [this](Int index) { return checkpoint_over(index); }}
      ) {}

Result<client::Done> DemoPayday::send(const market::Command& command) const {
    auto answer = send_as(running_, "d:0", delegate_, command);
    if (!answer) return unexpected(answer.error());
    return client::Done{answer->index, {}, std::move(answer->result)};
}

Result<std::string> DemoPayday::checkpoint_over(Int index) const {
    const auto& publisher = running_.node().publisher;
    if (!publisher.wait_for(index, patience.count())) return fail("the witnesses did not cosign");
    return publisher.published().checkpoint;
}

Result<void> DemoPayday::first(Int project, const std::stop_token& stop) {
    const market::Income income{
        market::Amount{licence_fee}, licence_currency, project, demo_reference(running_, "licence")
    };
    if (auto done = treasury_.retried(income, "run_open"); !done) return unexpected(done.error());
    if (auto done = treasury_.close_period(); !done) return unexpected(done.error());
    if (auto ok = pay_out(stop); !ok || stop.stop_requested()) return ok;
    if (auto ok = settle(stop, false); !ok || stop.stop_requested()) return ok;
    if (auto done = treasury_.close_period(); !done) return unexpected(done.error());
    return {};
}

void DemoPayday::start(std::chrono::milliseconds in_transit) {
    in_transit_ = in_transit;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Result<bool> DemoPayday::is_published(Int close, const std::stop_token& stop) const {
    const auto end = std::chrono::steady_clock::now() + patience;
    // Whoever wants to stop is not kept waiting for witnesses that do not answer.
    while (!running_.node().publisher.wait_for(close, 200)) {
        if (stop.stop_requested()) return false;
        if (std::chrono::steady_clock::now() > end) {
            return fail(
                "the witnesses did not cosign entry " + std::to_string(close) + " within "
                + std::to_string(patience.count() / 1000) + " s"
            );
        }
    }
    return true;
}

Result<void> DemoPayday::pay_out(const std::stop_token& stop) {
    const auto coop = routes::row<market::CoopRow>(running_.node(), Int{1});
    if (!coop || coop->periods <= paid_) return {};
    for (const auto& currency : market::split_words(coop->currencies)) {
        const auto published = is_published(coop->last_close, stop);
        if (!published) return unexpected(published.error());
        if (!*published) return {};
        const auto done = treasury_.pay_out(coop->last_close, currency);
        if (!done && !client::paid_already(done.error())) return unexpected(done.error());
    }
    paid_ = coop->periods;
    return {};
}

std::vector<Int> DemoPayday::in_transit(Int payout) const {
    std::vector<Int> members;
    market::Key prefix;
    prefix.n[0] = payout;
    (void)pipeline::for_each_row<market::PayoutItemRow>(
        running_.node().store,
        prefix,
        1,
        [&](const auto& item) {
            if (item.state == static_cast<Int>(market::TransferState::in_transit))
                members.push_back(item.member);
        }
    );
    return members;
}

Result<void> DemoPayday::settle(const std::stop_token& stop, bool wait) {
    const auto coop = routes::row<market::CoopRow>(running_.node(), Int{1});
    for (; coop && settled_ < coop->payouts; ++settled_) {
        // The rows of a payout are there as soon as it is sealed.
        for (;;) {
            const auto run = routes::row<market::PayoutRow>(running_.node(), settled_);
            if (run && run->sealed != market::never) break;
            if (!rest(stop, std::chrono::milliseconds(50))) return {};
        }
        const auto members = in_transit(settled_);
        if (members.empty()) continue;
        if (wait && !rest(stop, in_transit_)) return {};
        market::Settle transfer;
        transfer.payout = settled_;
        transfer.reference = demo_reference(running_, "payout " + std::to_string(settled_));
        if (auto ok = treasury_.conclude(transfer, members); !ok) return ok;
    }
    return {};
}

bool DemoPayday::rest(const std::stop_token& stop, std::chrono::milliseconds time) const {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

Result<void> DemoPayday::vouch_for_clock() {
    if (!running_.node().sequencer.stats().clock_doubted.load()) return {};
    if (auto done = send(market::ConfirmClock{wall_clock_ms()}); !done)
        return unexpected(done.error());
    return {};
}

Result<void> DemoPayday::look_once(const std::stop_token& stop) {
    try {
        if (auto ok = vouch_for_clock(); !ok) return ok;
        if (auto ok = settle(stop, true); !ok) return ok;
        return pay_out(stop);
    } catch (const http::Unavailable& error) { // the rows cannot be read now
        return fail(error.what());
    }
}

void DemoPayday::run(const std::stop_token& stop) {
    constexpr std::chrono::milliseconds look{250};
    while (rest(stop, look)) {
        auto done = look_once(stop);
        if (done || stop.stop_requested()) continue;
        // Somebody else may have been quicker: the next look starts from the rows again.
        spdlog::warn("{}", log_line("payday", {{"what", done.error().what}}));
        (void)rest(stop, std::chrono::seconds(2));
    }
}

} // namespace handprint::app
