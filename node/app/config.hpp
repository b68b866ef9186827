#pragma once

// The configuration of `handprint serve`: one file of `key = value` lines, deployment settings
// only. Business numbers are rules in the ledger, not here. An unknown key is an error.

#include "ledger/base/result.hpp"
#include "node/market/rows.hpp"

#include <cstdint>
#include <string>

namespace handprint::app {

/// A year that may be a leap year.
inline constexpr market::Int longest_period_ms = 366LL * 24 * 3600 * 1000;

struct Config {
    std::string data = "data";
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string tls_certificate, tls_key; // both or neither
    std::string web;                      // built web client; empty: beside the program
    unsigned threads = 0;                 // 0: one for each core
    market::Int publish_ms = 1000;        // how often new entries are published
    market::Int refresh_ms = 60'000;      // how often an idle log is cosigned again
    market::Int period_ms = 0;            // closes a period this often; 0: a delegate does
    double rate_per_second =
        200; // requests of one party, five seconds' worth at once; 0: no limits
    double address_rate_per_second = 2000; // of one address, where nobody answers for them
    std::string trusted_proxies;           // addresses, comma separated; see ServerConfig
    std::string log_level = "info";
};

/// Failure names the line and the key.
[[nodiscard]] Result<Config> parse_config(std::string_view text);
[[nodiscard]] Result<Config> load_config(const std::string& path);
/// The effective settings, in the form that parse_config reads.
[[nodiscard]] std::string print_config(const Config& config);

} // namespace handprint::app
