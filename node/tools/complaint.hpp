#pragma once

// How a program of the command line ends that could not do what it was asked: a sentence for people
// on standard error, for machines one line `{"error":"...","ok":false}` on standard output.

#include <string>
#include <string_view>

namespace handprint::tools {

/// The words make no sense, or a file that they name cannot be read. Gives the exit code, 2.
int refuse_words(const std::string& why, bool json);

/// It could not be done. `command` is what follows `handprint`, such as "bench audit". Gives the
/// exit code: 1, or 2 for a command that says with 1 that something does not hold.
int complain(std::string_view command, const std::string& why, bool json, int code = 1);

/// Words and paths are octets of any encoding; those that are no UTF-8 are shown in hexadecimal,
/// with 0x before them.
[[nodiscard]] std::string as_utf8(const std::string& octets);

} // namespace handprint::tools
