#pragma once

#include <string_view>

namespace handprint::detail {

/// Prints "file:line: check failed: ..." to standard error and aborts.
[[noreturn]] void
check_failed(const char* file, int line, const char* condition, std::string_view message) noexcept;

} // namespace handprint::detail

/// A broken invariant is a bug in this program, never an answer to a caller: it stops the process.
/// Always on, in every build type. Bad input is a Failure or a refusal, not a check.
#define HP_CHECK(condition, message)                                                               \
    do {                                                                                           \
        if (!(condition)) [[unlikely]] {                                                           \
            ::handprint::detail::check_failed(__FILE__, __LINE__, #condition, (message));          \
        }                                                                                          \
    } while (false)
