#include "node/files/sync_count.hpp"

#include <atomic>
#include <cstddef>

namespace handprint::files {

namespace {

std::atomic<std::uint64_t> counts[2]{};

std::atomic<std::uint64_t>& count_of(Synced what) noexcept {
    return counts[static_cast<std::size_t>(what)];
}

} // namespace

void count_sync(Synced what) noexcept {
    count_of(what).fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t syncs(Synced what) noexcept {
    return count_of(what).load(std::memory_order_relaxed);
}

} // namespace handprint::files
