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

/// A port of 127.0.0.1 that is free now, and that no connection gets tomorrow: below those that the
/// system gives to whoever asks for any.
[[nodiscard]] Result<std::uint16_t> port_to_keep();

} // namespace handprint::app
