#include "node/tools/node_process.hpp"

#include "ledger/record/json.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace handprint::tools {

namespace fs = std::filesystem;

namespace {

struct Started {
    pid_t pid = -1;
    int out = -1; // its standard output
};

Started start_program(const std::string& program, const std::vector<std::string>& arguments) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
    std::vector<char*> argv;
    std::string name = program;
    std::vector<std::string> copy = arguments;
    argv.push_back(name.data());
    for (auto& argument : copy)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
        // Nothing of it outlives the tool, whatever happens to the tool.
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) ::_exit(127);
        ::dup2(pipe[1], STDOUT_FILENO);
        ::execv(program.c_str(), argv.data());
        ::_exit(127);
    }
    ::close(pipe[1]);
    if (pid < 0) {
        ::close(pipe[0]);
        return {};
    }
    return {pid, pipe[0]};
}

std::string own_program() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).string();
}

std::string read_line(int from) {
    std::string line;
    char c = 0;
    while (::read(from, &c, 1) == 1 && c != '\n')
        line += c;
    return line;
}

} // namespace

ScratchDir::ScratchDir(const std::string& parent) {
    const fs::path base = parent.empty() ? fs::temp_directory_path() : fs::path(parent);
    std::error_code error;
    fs::create_directories(base, error);
    std::string name = (base / "handprint-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
}

ScratchDir::~ScratchDir() {
    std::error_code error;
    if (!path_.empty() && !kept_) fs::remove_all(path_, error);
}

NodeProcess::~NodeProcess() {
    stop();
}

Result<void> NodeProcess::start(const std::string& data, const std::string& program) {
    const std::string path = program.empty() ? own_program() : program;
    const auto started =
        start_program(path, {"demo", "--data", data, "--port", "0", "--json", "--empty"});
    if (started.pid < 0) return fail("cannot start " + path);
    pid_ = started.pid;
    out_ = started.out;
    const std::string line = read_line(out_);
    const auto json = record::Json::parse(line, record::JsonMode::lenient);
    if (!json || json->as_object() == nullptr) {
        stop();
        return fail("the node did not start: " + path + " demo --data " + data);
    }
    url = json->text_of("url");
    if (url.empty()) {
        stop();
        return fail(json->text_of("error"));
    }
    policy_file = json->text_of("policy");
    delegate_file = json->text_of("delegate");
    return {};
}

void NodeProcess::wait_gone() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ::close(out_);
    pid_ = -1;
    out_ = -1;
}

void NodeProcess::stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    wait_gone();
}

void NodeProcess::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait_gone();
}

Ran run_self(const std::vector<std::string>& arguments) {
    Ran ran;
    const auto started = start_program(own_program(), arguments);
    if (started.pid < 0) return ran;
    std::array<char, 4096> chunk{};
    ssize_t got = 0;
    while ((got = ::read(started.out, chunk.data(), chunk.size())) > 0) {
        ran.out.append(chunk.data(), static_cast<std::size_t>(got));
    }
    ::close(started.out);
    int status = 0;
    ::waitpid(started.pid, &status, 0);
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

} // namespace handprint::tools
