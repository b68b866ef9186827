#pragma once

// Witnesses of a demo: processes of their own, from the same program.

#include "ledger/base/result.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace handprint::app {

class Children {
public:
    Children() = default;
    ~Children();
    Children(const Children&) = delete;
    Children& operator=(const Children&) = delete;

    /// Runs this program with the arguments, in a process group of its own; the child ends when
    /// this process does.
    [[nodiscard]] Result<void> start(const std::vector<std::string>& arguments);
    void stop();

private:
    std::vector<pid_t> pids_;
};

/// A loopback port that was free a moment ago.
[[nodiscard]] Result<std::uint16_t> free_port();

} // namespace handprint::app
