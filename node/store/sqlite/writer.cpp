#include "node/store/sqlite/writer.hpp"

#include "node/files/files.hpp"
#include "node/store/batch_shape.hpp"
#include "node/store/sqlite/log_tables.hpp"
#include "node/store/sqlite/row_tables.hpp"
#include "node/store/sqlite/wal_gather.hpp"

#include <sqlite3.h>

namespace handprint::store::sqlite {

namespace {

/// Errors after which a rollback puts everything right. Anything else, known or not, may mean that
/// the file or the memory of it is damaged.
bool is_harmless(int code) {
    switch (code & 0xFF) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
    case SQLITE_INTERRUPT:
        return true;
    default:
        return false;
    }
}

SqlResult<> write_body(Connection& connection, const Batch& batch, const MacKey& mac_key) {
    if (auto done = erase_rows(connection, batch.erases); !done) return done;
    if (auto done = write_rows(connection, batch.upserts, mac_key); !done) return done;
    if (auto done = add_entries(connection, batch.entries); !done) return done;
    if (auto done = add_parts(connection, batch.parts); !done) return done;
    if (auto done = write_secrets(connection, batch.secrets); !done) return done;
    return add_blobs(connection, batch.blobs);
}

int note_wal_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

Result<void> as_result(CommitResult result) {
    if (result.outcome == Outcome::committed) return {};
    return fail(std::move(result.why));
}

} // namespace

Writer::Writer(std::unique_ptr<Connection> connection, const Options& options)
    : connection_(std::move(connection)),
      options_(options),
      checkpoint_at_(options.checkpoint_pages) {
    sqlite3_wal_hook(connection_->raw(), note_wal_pages, &wal_pages_);
}

template <class F>
CommitResult Writer::transact(F&& body) {
    if (poisoned_) return {Outcome::unknown, poison_};
    if (auto begun = connection_->execute("BEGIN IMMEDIATE"); !begun) return abandon(begun.error());
    SqlResult<bool> wanted = body(*connection_);
    if (!wanted) return abandon(wanted.error());
    if (!*wanted) {
        CommitResult left = abandon({SQLITE_OK, "the head has moved"});
        if (left.outcome == Outcome::not_committed) left.outcome = Outcome::stale;
        return left;
    }
    // Puts all pages but the last into the WAL, so that a full disk shows here, where a rollback
    // still answers it, and not in COMMIT.
    int code = sqlite3_db_cacheflush(connection_->raw());
    if (code == SQLITE_OK) code = write_gathered(connection_->raw());
    if (code != SQLITE_OK) return abandon(connection_->error(code, "write the batch"));
    if (auto done = connection_->execute("COMMIT"); !done) return poison(done.error());
    checkpoint_if_due();
    return {Outcome::committed, {}};
}

CommitResult Writer::abandon(const SqlError& error) {
    if (error.code != SQLITE_OK && !is_harmless(error.code)) return poison(error);
    // Some errors roll back by themselves; then there is no transaction to end.
    if (connection_->in_transaction()) {
        if (auto undone = connection_->execute("ROLLBACK"); !undone) return poison(undone.error());
    }
    drop_gathered(connection_->raw());
    return {Outcome::not_committed, error.what};
}

CommitResult Writer::poison(const SqlError& error) {
    poisoned_ = true;
    poison_ = "the store is in doubt, open it again: " + error.what;
    (void)connection_->execute("ROLLBACK"); // frees the lock; what it does to the file is moot
    drop_gathered(connection_->raw());
    return {Outcome::unknown, poison_};
}

void Writer::checkpoint_if_due() {
    if (wal_pages_ < checkpoint_at_) return;
    // Readers of an older snapshot hold pages back. When that lasts, wait for them.
    const bool insist = wal_pages_ >= 8 * options_.checkpoint_pages;
    if (insist) {
        checkpoint(SQLITE_CHECKPOINT_RESTART, 100);
    } else {
        checkpoint(SQLITE_CHECKPOINT_PASSIVE, 0);
    }
    checkpoint_at_ =
        wal_pages_ == 0 ? options_.checkpoint_pages : wal_pages_ + options_.checkpoint_pages;
}

/// Copies the WAL into the database; when all is copied, the next commit starts the WAL anew. In
/// the writer's thread: one connection that both writes and checkpoints leaves no race between the
/// two.
void Writer::checkpoint(int mode, int wait_ms) {
    sqlite3* db = connection_->raw();
    int pages = 0, copied = 0;
    sqlite3_busy_timeout(db, wait_ms);
    const int code = sqlite3_wal_checkpoint_v2(db, nullptr, mode, &pages, &copied);
    sqlite3_busy_timeout(db, options_.busy_ms);
    if (code == SQLITE_OK && copied == pages) wal_pages_ = 0;
    // The batch is safe in the WAL. But after a failed sync the kernel may take the lost pages for
    // clean, and a second try would seem to succeed.
    if (code != SQLITE_OK && !is_harmless(code)) {
        (void)poison(connection_->error(code, "checkpoint"));
    }
}

bool Writer::in_doubt() const {
    const std::lock_guard lock(mutex_);
    return poisoned_;
}

Result<void> Writer::settle(const std::string& wal) {
    const std::lock_guard lock(mutex_);
    // Under the lock for writing, so that nobody appends meanwhile. Where another process holds it,
    // that one has the file in use and knows of every failed sync.
    auto begun = connection_->execute("BEGIN IMMEDIATE");
    if (!begun && is_harmless(begun.error().code)) return {};
    if (!begun) return failure(begun.error());
    if (auto written = files::write_again(wal); !written) return written;
    if (auto ended = connection_->execute("ROLLBACK"); !ended) return failure(ended.error());
    checkpoint(SQLITE_CHECKPOINT_TRUNCATE, 0);
    if (poisoned_) return fail(poison_);
    return {};
}

Result<void> Writer::alone(const std::function<Result<void>()>& f) {
    const std::lock_guard lock(mutex_);
    if (auto begun = connection_->execute("BEGIN IMMEDIATE"); !begun) return failure(begun.error());
    Result<void> done = f();
    if (auto ended = connection_->execute("ROLLBACK"); !ended) return failure(ended.error());
    return done;
}

Result<Head> Writer::take_over() {
    const std::lock_guard lock(mutex_);
    Result<Head> head = fail("no head");
    const auto done = transact([&](Connection& c) -> SqlResult<bool> {
        if (auto raised = raise_epoch(c, options_.mac_key); !raised)
            return unexpected(raised.error());
        head = read_head(c);
        return true;
    });
    if (auto result = as_result(done); !result) return unexpected(result.error());
    return head;
}

CommitResult Writer::commit(const Batch& batch) {
    check_shape(batch);
    const std::lock_guard lock(mutex_);
    return transact([&](Connection& c) -> SqlResult<bool> {
        auto moved = move_head(c, batch.expected, batch.next);
        if (!moved || !*moved) return moved;
        if (auto done = write_body(c, batch, options_.mac_key); !done)
            return unexpected(done.error());
        return true;
    });
}

Result<void> Writer::erase_part(std::string_view party, Int index, Int number) {
    const std::lock_guard lock(mutex_);
    return erased(
        transact([&](Connection& c) { return blank_part(c, party, index, number); }), "no such part"
    );
}

Result<void> Writer::blank_blobs(std::span<const Int> ids, std::span<const SecretRecord> records) {
    const std::lock_guard lock(mutex_);
    return erased(
        transact([&](Connection& c) -> SqlResult<bool> {
            if (auto done = write_secrets(c, records); !done) return unexpected(done.error());
            return sqlite::blank_blobs(c, ids);
        }),
        "no such blob"
    );
}

Result<void> Writer::erased(CommitResult done, const char* missing) {
    if (done.outcome == Outcome::stale) return fail(missing);
    if (done.outcome == Outcome::committed && !poisoned_) {
        // The bytes are also in the WAL. With no reader about, this empties it; else later commits
        // write over it.
        checkpoint(SQLITE_CHECKPOINT_TRUNCATE, 0);
    }
    return as_result(std::move(done));
}

Result<void> Writer::put_secrets(std::span<const SecretRecord> records) {
    if (records.empty()) return {};
    const std::lock_guard lock(mutex_);
    return as_result(transact([&](Connection& c) -> SqlResult<bool> {
        if (auto done = write_secrets(c, records); !done) return unexpected(done.error());
        return true;
    }));
}

} // namespace handprint::store::sqlite
