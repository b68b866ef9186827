#pragma once

// A known course of events: what batch n is follows from n alone, so that a store found after a
// crash can be compared with what it should hold.

#include "node/store/memory/memory_store.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <string>
#include <vector>

namespace handprint::store::crash {

/// What was acknowledged before a crash.
struct Acknowledged {
    bool created = false;
    Int size = 0;   // entries
    Int secret = 0; // number of the newest secret
    Int blank = 0;  // number of the newest blob that was blanked
};

/// Batch `n` on top of the head it left: two entries, rows old and new, a secret, now and then a
/// blob.
[[nodiscard]] Batch batch_at(const Head& head);

/// The secret that stands beside a blob from its batch until it is blanked.
[[nodiscard]] SecretRecord secret_of_blob(Int blob);

/// A value that put_secrets() writes between batches.
[[nodiscard]] SecretRecord secret_at(Int number);

/// The digest of the state at each even size, from the in-memory driver.
class Expected {
public:
    explicit Expected(Int batches);

    [[nodiscard]] const Hash& digest(Int size) const {
        return digests_.at(static_cast<std::size_t>(size / 2));
    }

private:
    std::vector<Hash> digests_;
};

[[nodiscard]] SqliteOptions options_in(const std::string& directory);

/// Empty if a store in the directory holds what it must and nothing halfway, and takes the next
/// batch; else what is wrong.
[[nodiscard]] std::string
inspect(const std::string& directory, const Acknowledged& acknowledged, const Expected& expected);

/// The same of an open store, without writing.
[[nodiscard]] std::string
inspect(SqliteStore& store, const Acknowledged& acknowledged, const Expected& expected);

} // namespace handprint::store::crash
