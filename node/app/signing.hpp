#pragma once

// `handprint sign` and `handprint get`: what a delegate, a requester or a member does without a
// program of their own. The key stays on the machine that it is on.

#include <string>
#include <vector>

namespace handprint::app {

struct SignOptions {
    std::string key, url;
    std::string ca; // PEM; empty: the system's
    std::string kind;
    std::vector<std::string> words; // name=value
    std::string again;              // file of a command that got no answer
    bool list = false;
    bool json = false;
};

/// Makes the command, signs it, sends it and says what became of it; the exit code.
[[nodiscard]] int sign(const SignOptions& options);

/// Signs in and prints what the node answers to GET `kind`, which is a path; the exit code.
[[nodiscard]] int get(const SignOptions& options);

} // namespace handprint::app
