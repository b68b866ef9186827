#pragma once

// The default Store: one SQLite file, WAL, synchronous=FULL. One connection writes; readers have
// snapshots of their own and never wait for it.

#include "node/store/row_codec.hpp"
#include "node/store/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace handprint::store {

namespace sqlite {
class ReaderPool;
class Writer;
} // namespace sqlite

struct SqliteOptions {
    std::string path;
    MacKey mac_key{}; // of the operational rows; kept outside the file
    // Of the writer, 4 KiB each. More would cost more than it saves: balancing a tree moves a page
    // to the number of the lock page for a moment, and after such a commit SQLite (3.40) walks the
    // whole cache for pages behind the file's end.
    int cache_pages = 1'000;
    int reader_cache_pages = 4'000;
    std::size_t readers = 4;      // at most so many reads at a time
    int checkpoint_pages = 4'000; // the WAL is copied into the database when it has so many
    int page_size = 4096;         // used by create() only
    std::int64_t mmap_bytes = 0;  // of the file, for readers
    int busy_ms = 5'000;          // how long to wait for another process that writes
    bool durable = true;          // false: commits do not outlive a power failure. For measuring.
    // All reads are of the moment of open(), whoever writes meanwhile. It keeps the WAL of a node
    // that runs from being used anew, so only for as long as an audit takes.
    bool one_snapshot = false;
    // Tables of an older program are brought up to date, for a process that has the data directory
    // to itself: the older one cannot go on with them. Asked before, with the first entry if there
    // is one; a failure leaves the file as it is, and is the failure of open(). Without it, such a
    // file is refused.
    std::function<Result<void>(const std::optional<EntryRecord>& first)> may_upgrade{};
};

class SqliteStore final : public Store {
public:
    /// A new, empty store; fails if there is a file of that name. Interrupted, it leaves none.
    [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> create(const SqliteOptions& options);
    /// An existing one. Refuses a file that is not ours, that a newer program wrote (or an older
    /// one, without `may_upgrade`), or whose head does not fit its entries.
    [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(const SqliteOptions& options);

    ~SqliteStore() override;

    [[nodiscard]] Result<Head> head() override;
    [[nodiscard]] Result<Head> take_over() override;
    [[nodiscard]] Result<std::vector<std::optional<market::Row>>>
    load(std::span<const market::Key> keys) override;
    [[nodiscard]] CommitResult commit(const Batch& batch) override;
    [[nodiscard]] Result<std::vector<market::Row>> scan(const Scan& what) override;
    [[nodiscard]] Result<std::vector<Due>> due(Int until, std::size_t limit) override;
    [[nodiscard]] Result<std::vector<EntryRecord>> entries(Int from, std::size_t limit) override;
    [[nodiscard]] Result<std::vector<PartRecord>>
    parts_of(std::string_view party, Int from, Int to, std::size_t limit) override;
    [[nodiscard]] Result<std::vector<PartRecord>>
    latest_parts_of(std::string_view party, Int before, std::size_t limit) override;
    [[nodiscard]] Result<std::vector<PartRecord>> parts_between(Int from, Int to) override;
    /// The bytes are overwritten in the file, and leave the WAL at the next checkpoint.
    [[nodiscard]] Result<void> erase_part(std::string_view party, Int index, Int number) override;
    [[nodiscard]] Result<std::optional<Bytes>>
    secret(std::string_view kind, std::string_view id) override;
    [[nodiscard]] Result<std::vector<SecretRecord>> secrets(
        std::string_view kind, std::string_view id_prefix, std::string_view after, std::size_t limit
    ) override;
    [[nodiscard]] Result<void> put_secrets(std::span<const SecretRecord> records) override;
    [[nodiscard]] Result<void>
    blank_blobs(std::span<const Int> ids, std::span<const SecretRecord> records) override;
    [[nodiscard]] Result<std::vector<BlobRecord>> blobs(Int from, std::size_t limit) override;
    [[nodiscard]] Result<Int> blob_count() override;
    [[nodiscard]] Result<Hash> digest() override;
    [[nodiscard]] Result<void> backup(const std::string& path) override;

    /// Whether it takes no more writes, for an error left it unknown what is on the disk.
    [[nodiscard]] bool in_doubt() const;

    /// For an audit: a sentence for each operational row that does not have its MAC.
    [[nodiscard]] Result<std::vector<std::string>> verify_operational();
    /// For an audit: whether this node, or nobody yet, has counted the writers to `epoch`.
    [[nodiscard]] Result<bool> verify_epoch();
    /// For an audit: reads the whole file; a sentence for each fault of its trees, its indexes and
    /// the count of entries and blobs.
    [[nodiscard]] Result<std::vector<std::string>> verify_file();
    /// For an audit: the kinds of secrets there are.
    [[nodiscard]] Result<std::vector<std::string>> secret_kinds();

private:
    SqliteStore(const SqliteOptions& options, std::unique_ptr<sqlite::Writer> writer);

    template <class F>
    [[nodiscard]] auto read(F&& f);

    const SqliteOptions options_;
    // The readers go first: the last connection to close tidies up the WAL, and may write.
    std::unique_ptr<sqlite::Writer> writer_;
    std::unique_ptr<sqlite::ReaderPool> readers_;
};

} // namespace handprint::store
