#pragma once

// `handprint replay-crowd`: plays a recorded crowd job through a running node, over HTTP, with a
// key for every worker and a signature under every bundle, until the money is settled; then holds
// what the node says against the recording.

#include <cstddef>
#include <string>

namespace handprint::tools {

struct ReplayOptions {
    std::string items, answers, truth; // files; truth may be empty
    std::size_t limit = 0;             // tasks; 0: all
    std::string url, delegate, policy; // of a running node; empty: a demo node of its own
    unsigned threads = 4;
    bool json = false;
};

/// 0 if every check holds, 1 if one does not, 2 if it could not be played.
[[nodiscard]] int replay_crowd(const ReplayOptions& options);

} // namespace handprint::tools
