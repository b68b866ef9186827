#pragma once

// Lines of the node's own log. Each is a JSON object, so what a library, a peer or a file says is
// encoded and cannot end it or add to it.

#include "ledger/record/json.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace handprint::app {

/// The object of a line: `at` and what there is to say. Any octets; those that are no UTF-8 are
/// shown in hexadecimal.
[[nodiscard]] std::string log_line(
    std::string_view at, std::initializer_list<std::pair<const char*, std::string_view>> members
);

} // namespace handprint::app
