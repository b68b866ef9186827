#pragma once

// `handprint init`: founds a cooperative, or leaves nothing behind and says which option was wrong.

#include "ledger/base/result.hpp"

#include <string>
#include <vector>

namespace handprint::app {

struct InitOptions {
    std::string data, origin, witnesses;
    std::string delegate; // file for the first delegate's key
    std::vector<std::string> currencies{"EUR"};
    std::vector<std::string> founders;  // public keys, base64
    std::vector<std::string> delegates; // public keys of the others, base64
};

/// Failure names the option and its value; then the disk is as it was.
[[nodiscard]] Result<void> init(const InitOptions& options);

} // namespace handprint::app
