#include "tests/sim/disk_store.hpp"

#include <utility>

namespace handprint::sim {

namespace {

/// What a trouble waits for.
store::Operation place_of(Trouble trouble) {
    switch (trouble) {
    case Trouble::load:
        return store::Operation::load;
    case Trouble::scan:
        return store::Operation::scan;
    case Trouble::entries:
        return store::Operation::entries;
    case Trouble::secrets:
        return store::Operation::secrets;
    default:
        return store::Operation::commit;
    }
}

} // namespace

store::Fault DiskStore::fault_of(store::Operation operation) {
    if (operation == store::Operation::commit && cut_) return store::Fault::fail;
    if (armed_ == Trouble::none || operation != place_of(armed_)) return store::Fault::none;
    fired_ = true;
    switch (std::exchange(armed_, Trouble::none)) {
    case Trouble::persist:
        return store::Fault::fail_but_persist;
    case Trouble::lose:
        return store::Fault::fail_and_not_persist;
    case Trouble::lose_and_reread:
        armed_ = Trouble::scan;
        return store::Fault::fail_and_not_persist;
    default:
        return store::Fault::fail;
    }
}

std::uint64_t DiskStore::commits() const {
    const std::lock_guard lock(mutex_);
    return commits_;
}

void DiskStore::wait_for_commits(std::uint64_t count) {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return commits_ >= count; });
}

store::CommitResult DiskStore::commit(const store::Batch& batch) {
    auto result = inner_->commit(batch);
    {
        const std::lock_guard lock(mutex_);
        ++commits_;
    }
    ended_.notify_all();
    return result;
}

void DiskStore::reopen() {
    inner_ = std::make_unique<store::MemoryStore>(
        [this](store::Operation operation, std::uint64_t) {
            return store::Decision{fault_of(operation), {}};
        },
        disk_
    );
}

} // namespace handprint::sim
