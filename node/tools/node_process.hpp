#pragma once

// A demo node that a tool starts for itself: the same program, its own directory, no people in it.

#include "ledger/base/result.hpp"
#include "node/client/wire.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace handprint::tools {

/// A directory that goes when the object goes.
class ScratchDir {
public:
    /// Under `parent`, or where temporary files go if that is empty.
    explicit ScratchDir(const std::string& parent = {});
    ~ScratchDir();
    ScratchDir(const ScratchDir&) = delete;
    ScratchDir& operator=(const ScratchDir&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Leaves the directory where it is.
    void keep() { kept_ = true; }

private:
    std::string path_;
    bool kept_ = false;
};

class NodeProcess {
public:
    NodeProcess() = default;
    ~NodeProcess();
    NodeProcess(const NodeProcess&) = delete;
    NodeProcess& operator=(const NodeProcess&) = delete;

    /// Starts `program demo --data DIR --port 0 --json --empty` and waits until it is ready.
    [[nodiscard]] Result<void> start(const std::string& data, const std::string& program = {});
    /// Asks it to stop and waits.
    void stop();
    /// No chance to say goodbye.
    void kill();

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

    std::string url, delegate_file, policy_file;

private:
    void wait_gone();

    pid_t pid_ = -1;
    int out_ = -1;
};

/// Runs this program with these arguments to its end; its output and exit code.
struct Ran {
    int code = -1;
    std::string out;
};

[[nodiscard]] Ran run_self(const std::vector<std::string>& arguments);

} // namespace handprint::tools
