#include "node/store/sqlite/reader_pool.hpp"

namespace handprint::store::sqlite {

ReaderPool::Lease::~Lease() {
    if (connection_) pool_->give_back(std::move(connection_));
}

Result<ReaderPool::Lease> ReaderPool::take() {
    auto taken = connection();
    if (!taken) return failure(taken.error());
    Lease lease(*this, std::move(taken).value());
    if (pinned_) return lease;
    // The snapshot itself is taken by the first read, so it is never older than this call.
    if (Query begin(lease.connection(), "BEGIN"); !begin.run()) return failure(begin.error());
    return lease;
}

Result<void> ReaderPool::pin(const Alone& alone) {
    const std::lock_guard lock(mutex_);
    while (open_ < most_) {
        auto opened = Connection::open(options_);
        if (!opened) return failure(opened.error());
        idle_.push_back(std::move(opened).value());
        ++open_;
    }
    pinned_ = true;
    return alone([this]() -> Result<void> {
        for (const auto& connection : idle_) {
            if (Query begin(*connection, "BEGIN"); !begin.run()) return failure(begin.error());
            // A read takes the snapshot.
            Query read(*connection, "SELECT count(*) FROM sqlite_schema");
            while (read.next()) {
            }
            if (auto status = read.status(); !status) return status;
        }
        return {};
    });
}

SqlResult<std::unique_ptr<Connection>> ReaderPool::connection() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty() || open_ < most_; });
    if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
    }
    ++open_;
    lock.unlock();
    auto opened = Connection::open(options_);
    if (!opened) {
        lock.lock();
        --open_;
        returned_.notify_one();
    }
    return opened;
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
    // A connection that cannot end its snapshot would hold up checkpoints for ever.
    const bool usable =
        pinned_ || Query(*connection, "ROLLBACK").run() || !connection->in_transaction();
    if (!usable) connection.reset();
    const std::lock_guard lock(mutex_);
    if (connection) {
        idle_.push_back(std::move(connection));
    } else {
        --open_;
    }
    returned_.notify_one();
}

} // namespace handprint::store::sqlite
