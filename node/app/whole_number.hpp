#pragma once

// Options that are whole numbers: CLI11 takes -1 for a large one and cuts what does not fit.

#include "ledger/base/decimal.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <string>

namespace handprint::app {

/// Refuses what is no whole number, or not from `least` to `most`.
[[nodiscard]] inline CLI::Validator
whole_number(std::int64_t least, std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
    return {
        [=](const std::string& text) -> std::string {
            const auto value = parse_i64(text);
            if (value && *value >= least && *value <= most) return {};
            return text + " is no whole number from " + std::to_string(least) + " to "
                   + std::to_string(most);
        },
        ""
    };
}

} // namespace handprint::app
