#pragma once

#include <string>

namespace handprint::app {

/// Says why nothing was done, to people or as a line of JSON; gives the exit code for that.
int refuse_words(const std::string& why, bool json);

} // namespace handprint::app
