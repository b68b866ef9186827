#include "node/client/treasury.hpp"

#include <chrono>
#include <thread>

namespace handprint::client {

bool is_refused(const Failure& failure, const char* code) {
    return failure.what.find(code) != std::string::npos;
}

bool paid_already(const Failure& failure) {
    return is_refused(failure, "nothing_payable") || is_refused(failure, "already_paid_out");
}

Result<Done> Treasury::retried(const market::Command& command, const char* until) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (true) {
        auto done = door_.send(command);
        const bool wait = !done && is_refused(done.error(), until);
        if (!wait || std::chrono::steady_clock::now() > end) return done;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

Result<Done> Treasury::close_period() const {
    return retried(market::ClosePeriod{}, "run_open");
}

Result<Done> Treasury::pay_out(Int close, const std::string& currency) const {
    auto checkpoint = door_.checkpoint_over(close);
    if (!checkpoint) return unexpected(checkpoint.error());
    return retried(market::Payout{std::move(*checkpoint), currency}, "run_open");
}

Treasury treasury_of(ApiClient& api, const Signer& delegate) {
    return Treasury(
        {[&api, &delegate](const market::Command& command) {
             return api.command(delegate, command);
         },
         [&api](Int index) -> Result<std::string> {
             auto published = api.wait_published(index, 60);
             if (!published) return unexpected(published.error());
             return std::move(published->checkpoint);
         }}
    );
}

} // namespace handprint::client
