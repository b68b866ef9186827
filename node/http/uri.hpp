#pragma once

#include "ledger/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handprint::http {

/// Failure on a '%' without two hexadecimal digits, and on an encoded NUL.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text);

/// The pairs of `a=1&b=2`, decoded, '+' as a space.
class Query {
public:
    [[nodiscard]] static Result<Query> parse(std::string_view text);

    /// The first value of that name; nothing if the name is absent.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;

    [[nodiscard]] bool empty() const noexcept { return pairs_.empty(); }

    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const noexcept {
        return pairs_;
    }

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

} // namespace handprint::http
