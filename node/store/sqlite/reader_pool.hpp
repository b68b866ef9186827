#pragma once

#include "node/store/sqlite/connection.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace handprint::store::sqlite {

/// Connections that only read, opened when first needed and kept. When all are in use, a reader
/// waits for one. Safe from any thread, pin() before all others.
class ReaderPool {
public:
    /// A connection and, until it goes, one snapshot of the store; that of pin() if it was called.
    class Lease {
    public:
        Lease(ReaderPool& pool, std::unique_ptr<Connection> connection)
            : pool_(&pool), connection_(std::move(connection)) {}

        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease();

        [[nodiscard]] Connection& connection() { return *connection_; }

    private:
        ReaderPool* pool_;
        std::unique_ptr<Connection> connection_;
    };

    ReaderPool(ConnectionOptions options, std::size_t most)
        : options_(std::move(options)), most_(most) {}

    [[nodiscard]] Result<Lease> take();

    /// Opens all connections, and keeps each at the snapshot that it takes here. It is one and the
    /// same if nobody writes meanwhile: `alone` runs what it is given at such a moment.
    using Alone = std::function<Result<void>(const std::function<Result<void>()>&)>;
    [[nodiscard]] Result<void> pin(const Alone& alone);

private:
    [[nodiscard]] SqlResult<std::unique_ptr<Connection>> connection();
    void give_back(std::unique_ptr<Connection> connection);

    const ConnectionOptions options_;
    const std::size_t most_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t open_ = 0;
    bool pinned_ = false;
};

} // namespace handprint::store::sqlite
