#pragma once

// The storage port. It speaks in batches, so that a driver can make one round trip of each call.
// Guarantees, not mechanics:
//  - commit() is all or nothing and durable when it returns `committed`; readers see whole batches.
//  - exactly one writer: commit() compares the head (epoch, size, root) and refuses a stale writer.
//  - load(), scan() and the other reads may be called from any thread and read one snapshot a call;
//    a read after a commit() that returned sees that commit.
// Errors: Failure is the environment (disk, I/O, a file that is not ours). Nothing here throws.

#include "ledger/base/bytes.hpp"
#include "ledger/base/result.hpp"
#include "node/market/key.hpp"
#include "node/market/rows.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handprint::store {

using market::Int;

/// The end of the log. `frontier` is the export of merkle::Frontier, hashes laid end to end.
struct Head {
    Int epoch = 0;
    Int size = 0;
    Hash root{};
    Int time = 0; // of the newest entry, ms
    Bytes frontier;

    bool operator==(const Head&) const = default;
};

/// A party's part of an entry. Erasing it leaves the row with `erased` set, salt and bytes gone.
struct PartRecord {
    std::string party; // "m:12"; the row is found by it
    Int index = 0;     // of the entry
    Int number = 0;    // place in header.parts, from 1
    std::string role;
    Hash salt{};
    std::string bytes;
    bool erased = false;

    bool operator==(const PartRecord&) const = default;
};

/// Entry and number of a part in one integer: the key by which drivers append parts.
inline constexpr Int part_numbers = 4096; // an entry has fewer parts

[[nodiscard]] constexpr Int part_place(Int index, Int number) {
    return index * part_numbers + number;
}

struct EntryRecord {
    Int index = 0;
    std::string header; // canonical: the leaf
    Hash coop_salt{};
    std::string coop; // canonical

    bool operator==(const EntryRecord&) const = default;
};

/// A small sealed value outside the ledger: sessions, API keys, drafts, names, blob keys. The
/// driver does not look inside. `kind` and `id` are the primary key; an empty `sealed` in a put
/// deletes.
struct SecretRecord {
    std::string kind, id;
    Bytes sealed;

    bool operator==(const SecretRecord&) const = default;
};

/// A ciphertext, addressed by its SHA-256; `id` is given out by the writer, from 1, without gaps.
/// Blanked, it has no bytes and their address.
struct BlobRecord {
    Int id = 0;
    Hash address{};
    Bytes bytes;

    bool operator==(const BlobRecord&) const = default;
};

struct Batch {
    Head expected; // must be the stored head, else `stale`
    Head next;
    std::vector<market::Row> upserts; // at most one for each key
    std::vector<market::Key> erases;
    std::vector<EntryRecord> entries; // expected.size, expected.size + 1, ...
    std::vector<PartRecord> parts;
    std::vector<SecretRecord> secrets;
    std::vector<BlobRecord> blobs;
};

enum class Outcome {
    committed,     // durable
    not_committed, // certainly not; the same batch may be tried again
    stale,         // another writer has moved the head or the epoch
    unknown,       // the caller must stop writing and reopen
};

struct CommitResult {
    Outcome outcome = Outcome::unknown;
    std::string why;
};

/// A page of rows of one table in primary-key order, those after `after` (excluded) whose key
/// starts with `prefix` in its first `prefix_columns` columns.
struct Scan {
    std::uint8_t table = 0;
    market::Key prefix{};
    int prefix_columns = 0;
    std::optional<market::Key> after{};
    std::size_t limit = 1000;
};

struct Due {
    Int due = 0, batch = 0, task = 0, member = 0;
    bool operator==(const Due&) const = default;
};

class Store {
public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

    [[nodiscard]] virtual Result<Head> head() = 0;
    /// Makes this writer the only one: raises the epoch durably and returns the head with it.
    [[nodiscard]] virtual Result<Head> take_over() = 0;

    /// One answer for each key, in order.
    [[nodiscard]] virtual Result<std::vector<std::optional<market::Row>>>
    load(std::span<const market::Key> keys) = 0;
    [[nodiscard]] virtual CommitResult commit(const Batch& batch) = 0;

    [[nodiscard]] virtual Result<std::vector<market::Row>> scan(const Scan& what) = 0;
    /// Assignments in state `submitted` by (due, batch, task, member), those due at or before
    /// `until`.
    [[nodiscard]] virtual Result<std::vector<Due>> due(Int until, std::size_t limit) = 0;

    /// Entries from, from+1, ... at most `limit`.
    [[nodiscard]] virtual Result<std::vector<EntryRecord>> entries(Int from, std::size_t limit) = 0;
    [[nodiscard]] Result<std::optional<EntryRecord>> entry(Int index);
    /// Parts of one party with index in [from, to), by (index, number).
    [[nodiscard]] virtual Result<std::vector<PartRecord>>
    parts_of(std::string_view party, Int from, Int to, std::size_t limit) = 0;
    /// The same, newest first.
    [[nodiscard]] virtual Result<std::vector<PartRecord>>
    latest_parts_of(std::string_view party, Int before, std::size_t limit) = 0;
    /// All parts of the entries [from, to), by (index, number).
    [[nodiscard]] virtual Result<std::vector<PartRecord>> parts_between(Int from, Int to) = 0;

    [[nodiscard]] Result<std::vector<PartRecord>> parts_at(Int index) {
        return parts_between(index, index + 1);
    }

    /// Blanks salt and bytes of one part. Not part of a batch: the ledger does not change.
    [[nodiscard]] virtual Result<void>
    erase_part(std::string_view party, Int index, Int number) = 0;

    [[nodiscard]] virtual Result<std::optional<Bytes>>
    secret(std::string_view kind, std::string_view id) = 0;
    [[nodiscard]] virtual Result<std::vector<SecretRecord>> secrets(
        std::string_view kind, std::string_view id_prefix, std::string_view after, std::size_t limit
    ) = 0;
    /// Durable on return; outside any batch (sessions, drafts, API keys).
    [[nodiscard]] virtual Result<void> put_secrets(std::span<const SecretRecord> records) = 0;
    /// Both or neither: the secrets are put, and blobs that nothing needs any more become ones of
    /// no bytes under the numbers they have. Failure if one of them was never stored.
    [[nodiscard]] virtual Result<void>
    blank_blobs(std::span<const Int> ids, std::span<const SecretRecord> records) = 0;

    /// Those with ids from `from` on, by id, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<BlobRecord>> blobs(Int from, std::size_t limit) = 0;
    [[nodiscard]] Result<std::optional<BlobRecord>> blob(Int id);
    [[nodiscard]] virtual Result<Int> blob_count() = 0;

    /// SHA-256 over all fold rows in (table, key) order: equal states give equal digests.
    [[nodiscard]] virtual Result<Hash> digest() = 0;
    /// A consistent copy at `path` while others read and write; refuses to overwrite.
    [[nodiscard]] virtual Result<void> backup(const std::string& path) = 0;
};

inline Result<std::optional<EntryRecord>> Store::entry(Int index) {
    auto found = entries(index, 1);
    if (!found) return unexpected(found.error());
    if (found->empty()) return std::optional<EntryRecord>();
    return std::optional(std::move(found->front()));
}

inline Result<std::optional<BlobRecord>> Store::blob(Int id) {
    auto found = blobs(id, 1);
    if (!found) return unexpected(found.error());
    if (found->empty() || found->front().id != id) return std::optional<BlobRecord>();
    return std::optional(std::move(found->front()));
}

} // namespace handprint::store
