#include "node/app/children.hpp"

#include "node/http/server.hpp"

#include <sodium/randombytes.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace handprint::app {

Children::~Children() {
    stop();
}

Result<void> Children::start(const std::vector<std::string>& arguments) {
    std::vector<char*> argv;
    std::string self = "handprint";
    argv.push_back(self.data());
    std::vector<std::string> kept = arguments;
    for (auto& argument : kept)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return fail("fork failed");
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) ::_exit(1); // the parent was gone before the line above
        // Ctrl-C in a terminal goes to the whole group: the parent stops its children when it has
        // no more need of them.
        if (::setpgid(0, 0) != 0) ::_exit(1);
        ::execv("/proc/self/exe", argv.data());
        ::_exit(127);
    }
    pids_.push_back(pid);
    return {};
}

void Children::stop() {
    for (const pid_t pid : pids_)
        ::kill(pid, SIGTERM);
    for (const pid_t pid : pids_)
        ::waitpid(pid, nullptr, 0);
    pids_.clear();
}

Result<std::uint16_t> port_to_keep() {
    constexpr std::uint32_t least = 10'000, most = 15'000;
    constexpr int tries = 1'000;
    for (int i = 0; i < tries; ++i) {
        const auto port = static_cast<std::uint16_t>(least + randombytes_uniform(most - least));
        if (http::can_listen({"127.0.0.1", port, {}})) return port;
    }
    return fail("no free port from 10000 to 14999");
}

} // namespace handprint::app
