#pragma once

// One process at a time may write to a data directory. The kernel lets go of the lock when the
// process ends, however it ends.

#include "ledger/base/result.hpp"

#include <string>
#include <utility>

namespace handprint::app {

class DataLock {
public:
    /// Locks DIR/lock, which says whose process it is. Failure names the other process.
    [[nodiscard]] static Result<DataLock> take(const std::string& dir);

    ~DataLock();

    DataLock(DataLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

    DataLock& operator=(DataLock&&) = delete;
    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;

private:
    explicit DataLock(int file) : file_(file) {}

    int file_;
};

} // namespace handprint::app
