#pragma once

#include "node/store/sqlite/connection.hpp"
#include "node/store/store.hpp"

#include <functional>
#include <memory>
#include <mutex>

namespace handprint::store::sqlite {

/// The one connection that writes and checkpoints. When an error leaves it unknown what is on the
/// disk, it takes no further write: only a new process' view of the file (open again) can tell.
class Writer {
public:
    struct Options {
        MacKey mac_key{};
        int checkpoint_pages = 4000;
        int busy_ms = 5000;
    };

    Writer(std::unique_ptr<Connection> connection, const Options& options);

    /// Before the first write: makes sure that the commits found in the WAL are on the disk and not
    /// only in the kernel's memory, see files::write_again(), and copies them into the database.
    [[nodiscard]] Result<void> settle(const std::string& wal);

    [[nodiscard]] Result<Head> take_over();
    [[nodiscard]] CommitResult commit(const Batch& batch);
    [[nodiscard]] Result<void> erase_part(std::string_view party, Int index, Int number);
    [[nodiscard]] Result<void> put_secrets(std::span<const SecretRecord> records);
    [[nodiscard]] Result<void>
    blank_blobs(std::span<const Int> ids, std::span<const SecretRecord> records);

    /// Runs `f` while nobody writes, in this process or another; waits for who does.
    [[nodiscard]] Result<void> alone(const std::function<Result<void>()>& f);

    /// Whether it takes no further write.
    [[nodiscard]] bool in_doubt() const;

private:
    /// Runs `body` in a transaction; gives what happened to the file.
    template <class F>
    [[nodiscard]] CommitResult transact(F&& body);
    /// The body failed, nothing was asked to be durable yet.
    [[nodiscard]] CommitResult abandon(const SqlError& error);
    [[nodiscard]] CommitResult poison(const SqlError& error);
    void checkpoint_if_due();
    /// `mode` is one of SQLite's. Waits at most `wait_ms` for readers.
    void checkpoint(int mode, int wait_ms);
    /// After `done`, which erased something.
    [[nodiscard]] Result<void> erased(CommitResult done, const char* missing);

    mutable std::mutex mutex_;
    std::unique_ptr<Connection> connection_;
    const Options options_;
    int wal_pages_ = 0;     // as of the last commit
    int checkpoint_at_ = 0; // pages
    bool poisoned_ = false;
    std::string poison_;
};

} // namespace handprint::store::sqlite
