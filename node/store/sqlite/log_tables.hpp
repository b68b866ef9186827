#pragma once

// What the driver stores besides rows: the head, entries and their parts, secrets, blobs.

#include "node/store/row_codec.hpp"
#include "node/store/sqlite/connection.hpp"
#include "node/store/store.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace handprint::store::sqlite {

[[nodiscard]] std::string log_schema();
/// Puts a MAC beside the epoch.
[[nodiscard]] std::string epoch_schema();

[[nodiscard]] Result<Head> read_head(Connection& connection);
/// False if the stored head is not the expected one; then nothing is written.
[[nodiscard]] SqlResult<bool> move_head(Connection& connection, const Head& from, const Head& to);
[[nodiscard]] SqlResult<> raise_epoch(Connection& connection, const MacKey& mac_key);
/// Whether the epoch has its MAC, or is 0 and has none.
[[nodiscard]] Result<bool> is_own_epoch(Connection& connection, const MacKey& mac_key);
/// Whether the head has as many entries as there are, judging by the first and the last.
[[nodiscard]] Result<void> check_head(Connection& connection);

[[nodiscard]] SqlResult<> add_entries(Connection& connection, std::span<const EntryRecord> entries);
[[nodiscard]] SqlResult<> add_parts(Connection& connection, std::span<const PartRecord> parts);
[[nodiscard]] SqlResult<>
write_secrets(Connection& connection, std::span<const SecretRecord> records);
[[nodiscard]] SqlResult<> add_blobs(Connection& connection, std::span<const BlobRecord> blobs);
/// False if there is one that is not there.
[[nodiscard]] SqlResult<bool> blank_blobs(Connection& connection, std::span<const Int> ids);
/// False if there is no such part.
[[nodiscard]] SqlResult<bool>
blank_part(Connection& connection, std::string_view party, Int index, Int number);

[[nodiscard]] Result<std::vector<EntryRecord>>
read_entries(Connection& connection, Int from, std::size_t limit);
[[nodiscard]] Result<std::vector<PartRecord>>
read_parts_of(Connection& connection, std::string_view party, Int from, Int to, std::size_t limit);
[[nodiscard]] Result<std::vector<PartRecord>>
read_latest_parts(Connection& connection, std::string_view party, Int before, std::size_t limit);
[[nodiscard]] Result<std::vector<PartRecord>>
read_parts_between(Connection& connection, Int from, Int to);
[[nodiscard]] Result<std::optional<Bytes>>
read_secret(Connection& connection, std::string_view kind, std::string_view id);
[[nodiscard]] Result<std::vector<SecretRecord>> read_secrets(
    Connection& connection,
    std::string_view kind,
    std::string_view id_prefix,
    std::string_view after,
    std::size_t limit
);
[[nodiscard]] Result<std::vector<BlobRecord>>
read_blobs(Connection& connection, Int from, std::size_t limit);
[[nodiscard]] Result<Int> count_blobs(Connection& connection);

} // namespace handprint::store::sqlite
