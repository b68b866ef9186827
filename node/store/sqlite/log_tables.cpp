#include "node/store/sqlite/log_tables.hpp"

#include "ledger/base/crypto.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace handprint::store::sqlite {

namespace {

Int limit_of(std::size_t limit) {
    return static_cast<Int>(std::min<std::size_t>(limit, INT64_MAX));
}

SqlResult<> outcome(const Query& query) {
    if (query.failed()) return unexpected(query.error());
    return {};
}

/// That of the entry's first part or below; callers say "to the end" with the largest index.
Int first_place(Int index) {
    return part_place(std::clamp<Int>(index, 0, INT64_MAX / part_numbers), 0);
}

#define HP_PART_COLUMNS "place,party,role,salt,bytes,erased"

Result<std::vector<PartRecord>> take_parts(Query& query) {
    std::vector<PartRecord> out;
    while (query.next()) {
        PartRecord& part = out.emplace_back();
        const Int place = query.integer(0);
        part.index = place / part_numbers;
        part.number = place % part_numbers;
        query.read(1, part.party);
        query.read(2, part.role);
        query.read(3, part.salt);
        query.read(4, part.bytes);
        part.erased = query.integer(5) != 0;
    }
    if (auto status = query.status(); !status) return unexpected(status.error());
    return out;
}

Hash epoch_mac(const MacKey& key, Int epoch) {
    Bytes bytes;
    append_cell(bytes, std::string_view("head"));
    append_cell(bytes, epoch);
    return mac_of(key, bytes);
}

} // namespace

std::string log_schema() {
    // entry and part are appended at the end of their trees: a commit writes whole pages of them.
    // Only part_of, some 15 bytes for each part, is written all over; a payslip finds its parts
    // by it. place is part_place().
    return R"(
CREATE TABLE head(
    id INTEGER PRIMARY KEY CHECK(id=1), epoch INTEGER NOT NULL, size INTEGER NOT NULL,
    root BLOB NOT NULL, time INTEGER NOT NULL, frontier BLOB NOT NULL) STRICT;
INSERT INTO head VALUES(1, 0, 0, zeroblob(32), 0, x'');
CREATE TABLE entry(
    entry_index INTEGER PRIMARY KEY, header TEXT NOT NULL, coop_salt BLOB NOT NULL,
    coop TEXT NOT NULL) STRICT;
CREATE TABLE part(
    place INTEGER PRIMARY KEY, party TEXT NOT NULL, role TEXT NOT NULL, salt BLOB NOT NULL,
    bytes TEXT NOT NULL, erased INTEGER NOT NULL) STRICT;
CREATE INDEX part_of ON part(party, place);
CREATE TABLE secret(
    kind TEXT NOT NULL, id TEXT NOT NULL, sealed BLOB NOT NULL,
    PRIMARY KEY(kind, id)) STRICT, WITHOUT ROWID;
CREATE TABLE blob(
    id INTEGER PRIMARY KEY, address BLOB NOT NULL, bytes BLOB NOT NULL) STRICT;
)";
}

std::string epoch_schema() {
    // Counts from 0 again: nobody else has the file open, and a count without a MAC is none.
    return "ALTER TABLE head ADD COLUMN epoch_mac BLOB NOT NULL DEFAULT x'';"
           "UPDATE head SET epoch=0;";
}

Result<Head> read_head(Connection& connection) {
    Query query(connection, "SELECT epoch,size,root,time,frontier FROM head WHERE id=1");
    Head head;
    const bool found = query.next();
    if (found) {
        query.read(0, head.epoch);
        query.read(1, head.size);
        query.read(2, head.root);
        query.read(3, head.time);
        query.read(4, head.frontier);
    }
    if (auto status = query.status(); !status) return unexpected(status.error());
    if (!found) return fail("the store has no head");
    return head;
}

SqlResult<bool> move_head(Connection& connection, const Head& from, const Head& to) {
    Query query(
        connection,
        "UPDATE head SET size=?,root=?,time=?,frontier=? "
        "WHERE id=1 AND epoch=? AND size=? AND root=?"
    );
    query.with(to.size, to.root, to.time, to.frontier, from.epoch, from.size, from.root);
    if (!query.run()) return unexpected(query.error());
    return connection.changes() == 1;
}

SqlResult<> raise_epoch(Connection& connection, const MacKey& mac_key) {
    Query count(connection, "SELECT epoch FROM head WHERE id=1");
    const Int epoch = count.next() ? count.integer(0) + 1 : 0;
    if (auto done = outcome(count); !done) return done;
    Query query(connection, "UPDATE head SET epoch=?,epoch_mac=? WHERE id=1");
    query.with(epoch, epoch_mac(mac_key, epoch)).run();
    return outcome(query);
}

Result<bool> is_own_epoch(Connection& connection, const MacKey& mac_key) {
    Query query(connection, "SELECT epoch,epoch_mac FROM head WHERE id=1");
    bool own = false;
    if (query.next()) {
        const Int epoch = query.integer(0);
        const ByteView mac = query.blob(1);
        own = epoch == 0 ? mac.empty() : equal(mac, epoch_mac(mac_key, epoch));
    }
    if (auto status = query.status(); !status) return unexpected(status.error());
    return own;
}

namespace {

Result<void> compare_head(Connection& connection) {
    const auto head = read_head(connection);
    if (!head) return unexpected(head.error());
    // The ends only: start-up does not grow with the log. Commits leave no gaps; the audit counts.
    Query query(
        connection,
        "SELECT ifnull((SELECT min(entry_index) FROM entry),0),"
        "ifnull((SELECT max(entry_index) FROM entry),-1)"
    );
    Int first = -1, last = -1;
    if (query.next()) {
        first = query.integer(0);
        last = query.integer(1);
    }
    if (auto status = query.status(); !status) return status;
    if (first != 0 || last + 1 != head->size) {
        return fail(
            "the head has size " + std::to_string(head->size) + ", but the entries are "
            + std::to_string(first) + " to " + std::to_string(last)
        );
    }
    return {};
}

} // namespace

Result<void> check_head(Connection& connection) {
    // One snapshot for both: another process may be committing, as when a backup is made.
    if (connection.in_transaction()) return compare_head(connection);
    if (auto begun = connection.execute("BEGIN"); !begun) return failure(begun.error());
    auto same = compare_head(connection);
    if (auto ended = connection.execute("COMMIT"); !ended && same) return failure(ended.error());
    return same;
}

SqlResult<> add_entries(Connection& connection, std::span<const EntryRecord> entries) {
    if (entries.empty()) return {};
    Query query(connection, "INSERT INTO entry VALUES(?,?,?,?)");
    for (const EntryRecord& entry : entries) {
        query.with(entry.index, entry.header, entry.coop_salt, entry.coop).run();
    }
    return outcome(query);
}

SqlResult<> add_parts(Connection& connection, std::span<const PartRecord> parts) {
    if (parts.empty()) return {};
    Query query(connection, "INSERT INTO part(" HP_PART_COLUMNS ") VALUES(?,?,?,?,?,?)");
    for (const PartRecord& part : parts) {
        if (part.number < 1 || part.number >= part_numbers) {
            return unexpected(SqlError{SQLITE_CONSTRAINT, "a part's number is out of range"});
        }
        query
            .with(
                part_place(part.index, part.number),
                part.party,
                part.role,
                part.salt,
                part.bytes,
                Int{part.erased ? 1 : 0}
            )
            .run();
    }
    return outcome(query);
}

SqlResult<> write_secrets(Connection& connection, std::span<const SecretRecord> records) {
    for (const SecretRecord& record : records) {
        if (record.sealed.empty()) {
            Query query(connection, "DELETE FROM secret WHERE kind=? AND id=?");
            if (!query.with(record.kind, record.id).run()) return outcome(query);
        } else {
            Query query(connection, "REPLACE INTO secret VALUES(?,?,?)");
            if (!query.with(record.kind, record.id, record.sealed).run()) return outcome(query);
        }
    }
    return {};
}

SqlResult<> add_blobs(Connection& connection, std::span<const BlobRecord> blobs) {
    if (blobs.empty()) return {};
    Query last(connection, "SELECT ifnull(max(id),0) FROM blob");
    const bool found = last.next();
    if (last.failed()) return outcome(last);
    if (!found || last.integer(0) + 1 != blobs.front().id) {
        return unexpected(SqlError{SQLITE_CONSTRAINT, "blob ids leave a gap"});
    }
    Query query(connection, "INSERT INTO blob VALUES(?,?,?)");
    for (const BlobRecord& blob : blobs)
        query.with(blob.id, blob.address, blob.bytes).run();
    return outcome(query);
}

SqlResult<bool> blank_blobs(Connection& connection, std::span<const Int> ids) {
    Query query(connection, "UPDATE blob SET address=?,bytes=x'' WHERE id=?");
    const Hash address = sha256(ByteView());
    for (const Int id : ids) {
        if (!query.with(address, id).run()) return unexpected(query.error());
        if (connection.changes() != 1) return false;
    }
    return true;
}

SqlResult<bool> blank_part(Connection& connection, std::string_view party, Int index, Int number) {
    Query query(
        connection,
        "UPDATE part SET erased=1,salt=zeroblob(32),bytes='' "
        "WHERE place=? AND party=?"
    );
    if (!query.with(part_place(index, number), party).run()) return unexpected(query.error());
    return connection.changes() == 1;
}

Result<std::vector<EntryRecord>> read_entries(Connection& connection, Int from, std::size_t limit) {
    Query query(
        connection,
        "SELECT entry_index,header,coop_salt,coop FROM entry "
        "WHERE entry_index>=? ORDER BY entry_index LIMIT ?"
    );
    query.with(from, limit_of(limit));
    std::vector<EntryRecord> out;
    while (query.next()) {
        EntryRecord& entry = out.emplace_back();
        query.read(0, entry.index);
        query.read(1, entry.header);
        query.read(2, entry.coop_salt);
        query.read(3, entry.coop);
    }
    if (auto status = query.status(); !status) return unexpected(status.error());
    return out;
}

Result<std::vector<PartRecord>>
read_parts_of(Connection& connection, std::string_view party, Int from, Int to, std::size_t limit) {
    Query query(
        connection,
        "SELECT " HP_PART_COLUMNS " FROM part WHERE party=? AND place>=? AND place<? "
        "ORDER BY place LIMIT ?"
    );
    return take_parts(query.with(party, first_place(from), first_place(to), limit_of(limit)));
}

Result<std::vector<PartRecord>>
read_latest_parts(Connection& connection, std::string_view party, Int before, std::size_t limit) {
    Query query(
        connection,
        "SELECT " HP_PART_COLUMNS " FROM part WHERE party=? AND place<? "
        "ORDER BY place DESC LIMIT ?"
    );
    return take_parts(query.with(party, first_place(before), limit_of(limit)));
}

Result<std::vector<PartRecord>> read_parts_between(Connection& connection, Int from, Int to) {
    Query query(
        connection, "SELECT " HP_PART_COLUMNS " FROM part WHERE place>=? AND place<? ORDER BY place"
    );
    return take_parts(query.with(first_place(from), first_place(to)));
}

Result<std::optional<Bytes>>
read_secret(Connection& connection, std::string_view kind, std::string_view id) {
    Query query(connection, "SELECT sealed FROM secret WHERE kind=? AND id=?");
    query.with(kind, id);
    std::optional<Bytes> out;
    if (query.next()) query.read(0, out.emplace());
    if (auto status = query.status(); !status) return unexpected(status.error());
    return out;
}

Result<std::vector<SecretRecord>> read_secrets(
    Connection& connection,
    std::string_view kind,
    std::string_view id_prefix,
    std::string_view after,
    std::size_t limit
) {
    Query query(
        connection, "SELECT kind,id,sealed FROM secret WHERE kind=? AND id>=? ORDER BY id LIMIT ?"
    );
    // One more than the limit: the row at `after` itself may come first.
    const std::string_view from = std::max(id_prefix, after);
    query.with(kind, from, limit_of(limit == SIZE_MAX ? limit : limit + 1));
    std::vector<SecretRecord> out;
    while (out.size() < limit && query.next()) {
        const std::string_view id = query.text(1);
        if (!id.starts_with(id_prefix)) break;
        if (!after.empty() && id == after) continue;
        SecretRecord& record = out.emplace_back();
        query.read(0, record.kind);
        query.read(1, record.id);
        query.read(2, record.sealed);
    }
    if (auto status = query.status(); !status) return unexpected(status.error());
    return out;
}

Result<std::vector<BlobRecord>> read_blobs(Connection& connection, Int from, std::size_t limit) {
    Query query(connection, "SELECT id,address,bytes FROM blob WHERE id>=? ORDER BY id LIMIT ?");
    query.with(from, limit_of(limit));
    std::vector<BlobRecord> out;
    while (query.next()) {
        BlobRecord& blob = out.emplace_back();
        query.read(0, blob.id);
        query.read(1, blob.address);
        query.read(2, blob.bytes);
    }
    if (auto status = query.status(); !status) return unexpected(status.error());
    return out;
}

Result<Int> count_blobs(Connection& connection) {
    Query query(connection, "SELECT ifnull(max(id),0) FROM blob");
    const Int count = query.next() ? query.integer(0) : 0;
    if (auto status = query.status(); !status) return unexpected(status.error());
    return count;
}

} // namespace handprint::store::sqlite
