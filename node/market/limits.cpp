#include "node/market/limits.hpp"

#include <limits>

namespace handprint::market {

RuleLimit limit_of_rule(std::string_view name) {
    constexpr Int year = 365LL * 24 * 3600 * 1000;
    if (name.ends_with("_bps")) return {10'000, "At most 10,000 basis points."};
    if (name.ends_with("_ms")) return {year, "At most a year."};
    if (name.starts_with("floor_minor_per_hour/")) {
        return {1'000'000'000'000, "At most 10^12 minor units an hour."};
    }
    if (name == "payout_minimum_minor") return {10'000, "At most 10,000 minor units."};
    if (name == "open_books") return {1, "Books are open (1) or not (0)."};
    return {std::numeric_limits<Int>::max(), ""};
}

} // namespace handprint::market
