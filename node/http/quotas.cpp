#include "node/http/quotas.hpp"

#include "node/http/peers.hpp"

#include <algorithm>
#include <string>

namespace handprint::http {

namespace {

std::optional<Response>
answer(std::chrono::milliseconds wait, std::atomic<std::uint64_t>& refused) {
    if (wait.count() <= 0) return std::nullopt;
    refused.fetch_add(1, std::memory_order_relaxed);
    const auto seconds = static_cast<std::uint32_t>((wait.count() + 999) / 1000);
    return problem(
        {429,
         "rate_limited",
         "Too many requests",
         "Wait before you send more.",
         Retry::later,
         std::max(seconds, 1U)}
    );
}

} // namespace

Quotas::Quotas(const Rates& rates)
    : principals_(rates.principal), addresses_(rates.address), failures_(rates.address) {}

std::optional<Response>
Quotas::charge(const Principal& principal, double cost, Clock::time_point now) {
    if (principal.kind == Principal::Kind::session) {
        return answer(principals_.take(principal.party, cost, now), refused_.principals);
    }
    const std::string programs = "key " + principal.party;
    return answer(principals_.take(programs, cost, now), refused_.principals);
}

std::optional<Response>
Quotas::charge_address(std::string_view peer, double cost, Clock::time_point now) {
    return answer(addresses_.take(network_of(peer), cost, now), refused_.addresses);
}

std::optional<Response> Quotas::charge_failure(std::string_view peer, Clock::time_point now) {
    return answer(failures_.take(network_of(peer), 1, now), refused_.failures);
}

std::optional<Response> Quotas::failing(std::string_view peer, Clock::time_point now) {
    return answer(failures_.wait(network_of(peer), 1, now), refused_.failures);
}

} // namespace handprint::http
