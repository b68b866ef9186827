#include "node/tools/machine.hpp"

#include "ledger/base/crypto.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace handprint::tools {

namespace fs = std::filesystem;

namespace {

std::uint64_t number_of_line(const std::string& path, const std::string& name) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        if (!line.starts_with(name)) continue;
        std::istringstream rest(line.substr(name.size()));
        std::uint64_t number = 0;
        rest >> number;
        return number;
    }
    return 0;
}

} // namespace

void allow_open_files(std::size_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

unsigned cores() {
    return std::max(std::thread::hardware_concurrency(), 1U);
}

double raw_verify_rate(double seconds, unsigned threads) {
    using Clock = std::chrono::steady_clock;
    const KeyPair key = KeyPair::from_seed(Seed{1});
    const Bytes message(400, 7); // about what a command is
    const Signature signature = key.sign(message);
    std::atomic<std::uint64_t> checks{0};
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    const auto start = Clock::now();
    std::vector<std::thread> running;
    for (unsigned t = 0; t < (threads == 0 ? cores() : threads); ++t) {
        running.emplace_back([&] {
            std::uint64_t mine = 0;
            while (Clock::now() < end) {
                for (int i = 0; i < 50; ++i) {
                    mine += ed25519_verify(key.public_key(), message, signature) ? 1U : 0U;
                }
            }
            checks.fetch_add(mine);
        });
    }
    for (auto& thread : running)
        thread.join();
    return static_cast<double>(checks.load())
           / std::chrono::duration<double>(Clock::now() - start).count();
}

double verify_cpu_us() {
    constexpr int checks = 4'000;
    const KeyPair key = KeyPair::from_seed(Seed{1});
    const Bytes message(400, 7);
    const Signature signature = key.sign(message);
    timespec before{};
    timespec after{};
    int good = 0;
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    for (int i = 0; i < checks; ++i) {
        good += ed25519_verify(key.public_key(), message, signature) ? 1 : 0;
    }
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    const double us = static_cast<double>(after.tv_sec - before.tv_sec) * 1e6
                      + static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e3;
    return us / std::max(good, 1);
}

std::string machine_name() {
    std::ifstream info("/proc/cpuinfo");
    std::string line, model = "unknown";
    while (std::getline(info, line)) {
        if (line.starts_with("model name")) model = line.substr(line.find(':') + 2);
    }
    utsname system{};
    ::uname(&system);
    const std::string release = system.release;
    return model + ", " + std::to_string(cores()) + " cores, Linux " + release;
}

Result<void> on_real_disk(const std::string& directory) {
    struct statfs about{};
    if (::statfs(directory.c_str(), &about) != 0) return fail("cannot look at " + directory);
    constexpr long tmpfs = 0x01021994;
    constexpr long ramfs = 0x858458F6;
    if (about.f_type == tmpfs || about.f_type == ramfs) {
        return fail(directory + " is in memory (tmpfs); what is measured there is no durability");
    }
    return {};
}

std::map<std::string, double> cpu_by_thread(pid_t process) {
    std::map<std::string, double> out;
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    std::error_code error;
    const fs::path tasks = "/proc/" + std::to_string(process) + "/task";
    for (const auto& task : fs::directory_iterator(tasks, error)) {
        std::ifstream file(task.path() / "stat");
        std::string text;
        std::getline(file, text);
        const std::size_t open = text.find('(');
        const std::size_t close = text.rfind(')');
        if (open == std::string::npos || close == std::string::npos) continue;
        std::istringstream rest(text.substr(close + 2));
        std::string skipped;
        for (int i = 0; i < 11; ++i)
            rest >> skipped; // state ... cmajflt
        double user = 0;
        double system = 0;
        rest >> user >> system;
        out[text.substr(open + 1, close - open - 1)] += (user + system) / ticks;
        out["all"] += (user + system) / ticks;
    }
    return out;
}

std::uint64_t bytes_written(pid_t process) {
    return number_of_line("/proc/" + std::to_string(process) + "/io", "write_bytes:");
}

std::uint64_t peak_memory(pid_t process) {
    return number_of_line("/proc/" + std::to_string(process) + "/status", "VmHWM:") * 1024;
}

std::string ratio_text(double ratio) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3f", ratio);
    return text.data();
}

std::map<std::string, double> parse_metrics(std::string_view text) {
    std::map<std::string, double> out;
    std::istringstream in{std::string(text)};
    std::string line;
    while (std::getline(in, line)) {
        if (line.empty() || line.starts_with('#')) continue;
        const std::size_t space = line.rfind(' ');
        if (space == std::string::npos) continue;
        out[line.substr(0, space)] = std::strtod(line.c_str() + space + 1, nullptr);
    }
    return out;
}

} // namespace handprint::tools
