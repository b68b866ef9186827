#include "node/store/sqlite/sqlite_store.hpp"

#include "node/files/files.hpp"
#include "node/store/sqlite/backup.hpp"
#include "node/store/sqlite/files.hpp"
#include "node/store/sqlite/log_tables.hpp"
#include "node/store/sqlite/reader_pool.hpp"
#include "node/store/sqlite/row_tables.hpp"
#include "node/store/sqlite/schema.hpp"
#include "node/store/sqlite/writer.hpp"

namespace handprint::store {

using sqlite::Access;
using sqlite::Connection;
using sqlite::Query;

namespace {

sqlite::ConnectionOptions connection_options(const SqliteOptions& options, Access access) {
    return {
        .path = options.path,
        .access = access,
        .cache_pages = access == Access::read ? options.reader_cache_pages : options.cache_pages,
        .page_size = options.page_size,
        .mmap_bytes = access == Access::read ? options.mmap_bytes : 0,
        .busy_ms = options.busy_ms,
        .durable = options.durable,
    };
}

Result<void> write_new_file(const SqliteOptions& options, const std::string& part) {
    if (auto started = sqlite::start_part_file(part); !started) return started;
    auto where = connection_options(options, Access::create);
    where.path = part;
    auto opened = Connection::open(where);
    if (!opened) return failure(opened.error());
    return sqlite::create_schema(**opened);
}

Result<void> use_wal(Connection& connection) {
    Query query(connection, "PRAGMA journal_mode=WAL");
    const bool wal = query.next() && query.text(0) == "wal";
    if (auto status = query.status(); !status) return status;
    if (!wal) return fail("this place for files does not allow SQLite's WAL");
    return {};
}

Result<std::vector<std::string>> file_faults(Connection& connection) {
    std::vector<std::string> out;
    Query check(connection, "PRAGMA integrity_check");
    while (check.next()) {
        if (check.text(0) != "ok") out.emplace_back(check.text(0));
    }
    if (auto status = check.status(); !status) return unexpected(status.error());
    if (auto head = sqlite::check_head(connection); !head) out.push_back(head.error().what);
    Query count(
        connection,
        "SELECT (SELECT count(*) FROM entry)-(SELECT size FROM head),"
        "(SELECT count(*)-ifnull(max(id),0) FROM blob),"
        "(SELECT count(*) FROM part WHERE place>=?*(SELECT size FROM head))"
    );
    count.with(part_numbers);
    if (count.next()) {
        if (count.integer(0) != 0) out.emplace_back("entries are missing or too many");
        if (count.integer(1) != 0) out.emplace_back("blobs are missing");
        if (count.integer(2) != 0) out.emplace_back("there are parts of entries to come");
    }
    if (auto status = count.status(); !status) return unexpected(status.error());
    if (auto noted = sqlite::check_migrations(connection); !noted)
        out.push_back(noted.error().what);
    return out;
}

} // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::create(const SqliteOptions& options) {
    if (sqlite::exists(options.path)) return fail("there is a file already: " + options.path);
    const std::string part = options.path + ".part";
    if (auto written = write_new_file(options, part); !written) return unexpected(written.error());
    if (auto done = files::give_name(part, options.path); !done) return unexpected(done.error());
    return open(options);
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const SqliteOptions& options) {
    const auto refuse = [&options](const std::string& why) {
        return fail(options.path + ": " + why);
    };
    auto opened = Connection::open(connection_options(options, Access::write));
    if (!opened) return failure(opened.error());
    Connection& connection = **opened;
    const auto version = sqlite::version_of(connection);
    if (!version) return refuse(version.error().what);
    if (*version < sqlite::schema_version()) {
        if (!options.may_upgrade) {
            return refuse(
                "written by an older version of Handprint. A node of this version brings it up to "
                "date when it starts; until then, use the older version"
            );
        }
        const auto first = sqlite::read_entries(connection, 0, 1);
        if (!first) return refuse(first.error().what);
        const auto ok =
            options.may_upgrade(first->empty() ? std::nullopt : std::optional(first->front()));
        if (!ok) return unexpected(ok.error());
    }
    if (auto ours = sqlite::adopt_schema(connection, *version); !ours)
        return refuse(ours.error().what);
    if (auto wal = use_wal(connection); !wal) return refuse(wal.error().what);
    if (auto head = sqlite::check_head(connection); !head) return refuse(head.error().what);
    auto writer = std::make_unique<sqlite::Writer>(
        std::move(opened).value(),
        sqlite::Writer::Options{options.mac_key, options.checkpoint_pages, options.busy_ms}
    );
    if (auto settled = writer->settle(options.path + "-wal"); !settled) {
        return refuse(settled.error().what);
    }
    std::unique_ptr<SqliteStore> store(new SqliteStore(options, std::move(writer)));
    if (options.one_snapshot) {
        const auto pinned =
            store->readers_->pin([&store](const auto& f) { return store->writer_->alone(f); });
        if (!pinned) return unexpected(pinned.error());
    }
    return store;
}

SqliteStore::SqliteStore(const SqliteOptions& options, std::unique_ptr<sqlite::Writer> writer)
    : options_(options),
      writer_(std::move(writer)),
      readers_(std::make_unique<sqlite::ReaderPool>(
          connection_options(options, Access::read), options.readers
      )) {}

SqliteStore::~SqliteStore() = default;

template <class F>
auto SqliteStore::read(F&& f) {
    using R = std::invoke_result_t<F, Connection&>;
    auto lease = readers_->take();
    if (!lease) return R(unexpected(lease.error()));
    return f(lease->connection());
}

Result<Head> SqliteStore::head() {
    return read([](Connection& c) { return sqlite::read_head(c); });
}

Result<Head> SqliteStore::take_over() {
    return writer_->take_over();
}

Result<std::vector<std::optional<market::Row>>> SqliteStore::load(std::span<const market::Key> keys
) {
    return read([&](Connection& c) { return sqlite::load_rows(c, keys); });
}

CommitResult SqliteStore::commit(const Batch& batch) {
    return writer_->commit(batch);
}

Result<std::vector<market::Row>> SqliteStore::scan(const Scan& what) {
    return read([&](Connection& c) { return sqlite::scan_rows(c, what); });
}

Result<std::vector<Due>> SqliteStore::due(Int until, std::size_t limit) {
    return read([&](Connection& c) { return sqlite::due_rows(c, until, limit); });
}

Result<std::vector<EntryRecord>> SqliteStore::entries(Int from, std::size_t limit) {
    return read([&](Connection& c) { return sqlite::read_entries(c, from, limit); });
}

Result<std::vector<PartRecord>>
SqliteStore::parts_of(std::string_view party, Int from, Int to, std::size_t limit) {
    return read([&](Connection& c) { return sqlite::read_parts_of(c, party, from, to, limit); });
}

Result<std::vector<PartRecord>>
SqliteStore::latest_parts_of(std::string_view party, Int before, std::size_t limit) {
    return read([&](Connection& c) { return sqlite::read_latest_parts(c, party, before, limit); });
}

Result<std::vector<PartRecord>> SqliteStore::parts_between(Int from, Int to) {
    return read([&](Connection& c) { return sqlite::read_parts_between(c, from, to); });
}

Result<void> SqliteStore::erase_part(std::string_view party, Int index, Int number) {
    return writer_->erase_part(party, index, number);
}

Result<std::optional<Bytes>> SqliteStore::secret(std::string_view kind, std::string_view id) {
    return read([&](Connection& c) { return sqlite::read_secret(c, kind, id); });
}

Result<std::vector<SecretRecord>> SqliteStore::secrets(
    std::string_view kind, std::string_view id_prefix, std::string_view after, std::size_t limit
) {
    return read([&](Connection& c) {
        return sqlite::read_secrets(c, kind, id_prefix, after, limit);
    });
}

bool SqliteStore::in_doubt() const {
    return writer_->in_doubt();
}

Result<void> SqliteStore::put_secrets(std::span<const SecretRecord> records) {
    return writer_->put_secrets(records);
}

Result<void>
SqliteStore::blank_blobs(std::span<const Int> ids, std::span<const SecretRecord> records) {
    return writer_->blank_blobs(ids, records);
}

Result<std::vector<BlobRecord>> SqliteStore::blobs(Int from, std::size_t limit) {
    return read([&](Connection& c) { return sqlite::read_blobs(c, from, limit); });
}

Result<Int> SqliteStore::blob_count() {
    return read([](Connection& c) { return sqlite::count_blobs(c); });
}

Result<Hash> SqliteStore::digest() {
    return read([](Connection& c) { return sqlite::state_digest(c); });
}

Result<void> SqliteStore::backup(const std::string& path) {
    return sqlite::copy_database(connection_options(options_, Access::read), path);
}

Result<std::vector<std::string>> SqliteStore::verify_operational() {
    return read([&](Connection& c) { return sqlite::changed_operational_rows(c, options_.mac_key); }
    );
}

Result<bool> SqliteStore::verify_epoch() {
    return read([&](Connection& c) { return sqlite::is_own_epoch(c, options_.mac_key); });
}

Result<std::vector<std::string>> SqliteStore::verify_file() {
    return read([](Connection& c) { return file_faults(c); });
}

Result<std::vector<std::string>> SqliteStore::secret_kinds() {
    return read([](Connection& c) -> Result<std::vector<std::string>> {
        std::vector<std::string> out;
        Query query(c, "SELECT DISTINCT kind FROM secret ORDER BY kind");
        while (query.next())
            out.emplace_back(query.text(0));
        if (auto status = query.status(); !status) return unexpected(status.error());
        return out;
    });
}

} // namespace handprint::store
