#pragma once

// A client of the HTTP server without a socket: hands a connection its bytes in pieces of a given
// size and keeps what comes back.

#include <cstddef>
#include <string>
#include <string_view>

namespace handprint::fuzz {

struct Talk {
    std::string answers;       // all that was sent, without "100 Continue"
    std::size_t exchanges = 0; // as the server counted them
};

/// `step` 0 is all at once. The routes answer with what they were given, in hexadecimal, so that
/// nothing of a request can pass for a part of an answer.
[[nodiscard]] Talk talk(std::string_view bytes, std::size_t step);

} // namespace handprint::fuzz
