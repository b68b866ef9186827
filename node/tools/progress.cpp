#include "node/tools/progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace handprint::tools {

Progress::Progress(std::string what, std::size_t total, bool quiet)
    : what_(std::move(what)),
      total_(total == 0 ? 1 : total),
      shown_(!quiet && ::isatty(STDERR_FILENO) == 1) {
    if (shown_) draw(0);
}

Progress::~Progress() {
    if (!shown_) return;
    draw(done_.load());
    std::fputc('\n', stderr);
}

void Progress::add(std::size_t done) {
    const std::size_t now = done_.fetch_add(done) + done;
    if (!shown_) return;
    const std::lock_guard lock(mutex_);
    if (now * 1000 / total_ > drawn_) draw(now);
}

void Progress::draw(std::size_t done) {
    constexpr std::size_t width = 30;
    drawn_ = done * 1000 / total_;
    const std::size_t full = done >= total_ ? width : done * width / total_;
    const std::string bar = std::string(full, '#') + std::string(width - full, '.');
    std::fprintf(stderr, "\r%-12s [%s] %zu of %zu", what_.c_str(), bar.c_str(), done, total_);
    std::fflush(stderr);
}

} // namespace handprint::tools
