#pragma once

// The kinds of command that delegates, requesters and members sign with `handprint sign`.

#include <string>
#include <string_view>
#include <vector>

namespace handprint::app {

/// A kind that is signed by hand. The others carry content and come in by the pages and the doors
/// for programs, or are the node's own.
struct HandSigned {
    const char* kind;
    const char* by; // kinds of party: d, m, r, both of these, or new
    const char* what;
    std::vector<std::string> filled; // fields that need not be given
};

[[nodiscard]] const std::vector<HandSigned>& hand_signed();

/// In words, of HandSigned::by.
[[nodiscard]] const char* who_signs(std::string_view by);

/// `handprint sign --list`, on standard output.
void print_hand_signed(bool json);

} // namespace handprint::app
