#include "node/tools/progress.hpp"

#include "node/tools/paint.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace handprint::tools {

namespace {

constexpr auto soon_over = std::chrono::milliseconds(500);

} // namespace

Progress::Progress(std::string what, std::size_t total, bool quiet)
    : what_(std::move(what)),
      total_(std::max<std::size_t>(total, 1)),
      shown_(for_people(STDERR_FILENO, quiet)) {}

Progress::~Progress() {
    finish();
}

void Progress::finish() {
    const std::lock_guard lock(mutex_);
    shown_ = false;
    if (!begun_) return;
    draw(done_);
    std::fputc('\n', stderr);
    begun_ = false;
}

void Progress::add(std::size_t done) {
    const std::lock_guard lock(mutex_);
    done_ += done;
    show(done_);
}

void Progress::reach(std::size_t done, std::size_t total) {
    const std::lock_guard lock(mutex_);
    total_ = std::max<std::size_t>(total, 1);
    done_ = done;
    show(done);
}

bool Progress::step(const std::string& what) {
    const std::lock_guard lock(mutex_);
    if (!shown_) return false;
    what_ = what;
    draw(done_++);
    return true;
}

void Progress::show(std::size_t done) {
    if (!shown_) return;
    const bool more = done * 1000 / total_ > drawn_;
    if (more && std::chrono::steady_clock::now() - start_ >= soon_over) draw(done);
}

void Progress::draw(std::size_t done) {
    constexpr std::size_t width = 30;
    begun_ = true;
    drawn_ = done * 1000 / total_;
    const std::size_t full = done >= total_ ? width : done * width / total_;
    const std::string bar = std::string(full, '#') + std::string(width - full, '.');
    std::fprintf(stderr, "\r%-27s [%s] %zu of %zu", what_.c_str(), bar.c_str(), done, total_);
    std::fflush(stderr);
}

} // namespace handprint::tools
