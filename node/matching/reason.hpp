#pragma once

// Why work is offered, or what is missing for it. Plain data: the code is of a closed list, the
// values belong to it, and the text says the same in English for whoever has no words of their own.

#include "node/market/rows.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace handprint::matching {

struct Reason {
    using Value = std::variant<market::Int, std::string>;

    /// Of an offer: open_to_all, skill, test, language, history, pay, new, in_hand, hazard, draw.
    /// Of what is missing: take_test, test_taken, test_not_passed, no_test, missing_language.
    std::string_view code;
    std::vector<std::pair<std::string_view, Value>> params;
    std::string text; // without the full stop
};

} // namespace handprint::matching
