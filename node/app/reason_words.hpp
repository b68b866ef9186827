#pragma once

#include <string_view>

namespace handprint::app {

/// What the reason of a verdict means, in one sentence for people; empty for a code that none of
/// the checks of the command line gives. docs/ledger-format.md says what is checked.
[[nodiscard]] std::string_view reason_in_words(std::string_view code);

} // namespace handprint::app
