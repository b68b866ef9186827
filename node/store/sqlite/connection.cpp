#include "node/store/sqlite/connection.hpp"

#include "node/store/sqlite/counting_vfs.hpp"
#include "node/store/sqlite/wal_gather.hpp"

#include <sqlite3.h>

namespace handprint::store::sqlite {

namespace {

/// A value of no length is bound as such, never as NULL, which a null pointer would mean.
template <class View>
const void* never_null(const View& view) {
    return view.data() == nullptr ? static_cast<const void*>("") : view.data();
}

SqlResult<> configure(Connection& connection, const ConnectionOptions& options) {
    sqlite3* db = connection.raw();
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, options.busy_ms);
    // A hostile file cannot make SQL run functions or write through the schema.
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // Only the writer checkpoints: see Writer::checkpoint.
    if (options.access == Access::read) {
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
    std::string setup;
    if (options.access == Access::create) {
        setup += "PRAGMA page_size=" + std::to_string(options.page_size) + ";";
    }
    setup += "PRAGMA synchronous=" + std::string(options.durable ? "FULL" : "OFF")
             + ";PRAGMA cache_size=" + std::to_string(options.cache_pages)
             + ";PRAGMA mmap_size=" + std::to_string(options.mmap_bytes)
             + ";PRAGMA wal_autocheckpoint=0;PRAGMA journal_size_limit=67108864"
               ";PRAGMA temp_store=MEMORY;PRAGMA secure_delete=ON;PRAGMA cell_size_check=ON;";
    if (options.access == Access::read) setup += "PRAGMA query_only=ON;";
    return connection.execute(setup);
}

} // namespace

SqlResult<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
    // Nobody asks for SQLite's statistics of memory, which lock and count at every piece of it. Too
    // late, and without effect, where somebody used SQLite before.
    [[maybe_unused]] static const int quiet = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    if (options.access == Access::create) flags |= SQLITE_OPEN_CREATE;
    const bool gather = options.access == Access::write && options.durable;
    const sqlite3_vfs* counting = counting_vfs();
    const char* usual = counting == nullptr ? nullptr : counting->zName;
    sqlite3* db = nullptr;
    const int code =
        sqlite3_open_v2(options.path.c_str(), &db, flags, gather ? gathering_vfs() : usual);
    if (db == nullptr) return unexpected(SqlError{code, "open: out of memory"});
    std::unique_ptr<Connection> connection(new Connection(db, options.path));
    if (code != SQLITE_OK) return unexpected(connection->error(code, "open"));
    if (auto set = configure(*connection, options); !set) return unexpected(set.error());
    return connection;
}

Connection::~Connection() {
    for (const auto& [sql, statement] : statements_)
        sqlite3_finalize(statement);
    sqlite3_close(db_);
}

SqlResult<> Connection::execute(const std::string& sql) {
    const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return unexpected(error(code, sql.substr(0, 40)));
    return {};
}

sqlite3_stmt* Connection::statement(const char* sql, int& code) {
    const auto [place, added] = statements_.try_emplace(sql, nullptr);
    if (place->second != nullptr) return place->second;
    code = sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &place->second, nullptr);
    return place->second;
}

Int Connection::changes() const {
    return sqlite3_changes64(db_);
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(db_) == 0;
}

SqlError Connection::error(int code, std::string_view doing) const {
    std::string what = path_ + ": " + std::string(doing) + ": " + sqlite3_errstr(code);
    what += " (" + std::to_string(code) + ")";
    // The message of the connection belongs to its last call, which may be a later one.
    if (sqlite3_extended_errcode(db_) == code) what += ": " + std::string(sqlite3_errmsg(db_));
    return {code, std::move(what)};
}

Query::Query(Connection& connection, const char* sql) : connection_(connection), sql_(sql) {
    statement_ = connection.statement(sql, code_);
    if (statement_ == nullptr && code_ == SQLITE_OK) code_ = SQLITE_MISUSE;
}

Query::~Query() {
    reset();
}

void Query::reset() {
    if (statement_ != nullptr) sqlite3_reset(statement_);
    bound_ = 0;
}

void Query::bind(Int value) {
    if (failed()) return;
    code_ = sqlite3_bind_int64(statement_, ++bound_, value);
}

void Query::bind(std::string_view value) {
    if (failed()) return;
    code_ = sqlite3_bind_text64(
        statement_,
        ++bound_,
        static_cast<const char*>(never_null(value)),
        value.size(),
        SQLITE_STATIC,
        SQLITE_UTF8
    );
}

void Query::bind(ByteView value) {
    if (failed()) return;
    code_ =
        sqlite3_bind_blob64(statement_, ++bound_, never_null(value), value.size(), SQLITE_STATIC);
}

bool Query::next() {
    if (failed()) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) code_ = code;
    return false;
}

bool Query::run() {
    if (next()) code_ = SQLITE_MISUSE; // a row that nobody reads
    reset();
    return !failed();
}

Int Query::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string_view Query::text(int column) const {
    // The order of the two calls matters: the text is made first, then measured.
    const auto* data = sqlite3_column_text(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data == nullptr ? std::string_view() : as_text(ByteView(data, size));
}

ByteView Query::blob(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data == nullptr ? ByteView() : ByteView(data, size);
}

void Query::read(int column, Hash& out) {
    const ByteView bytes = blob(column);
    if (bytes.size() == out.size()) {
        std::copy(bytes.begin(), bytes.end(), out.begin());
    } else if (!failed()) {
        code_ = SQLITE_CORRUPT;
    }
}

bool Query::failed() const {
    return code_ != SQLITE_OK;
}

SqlError Query::error() const {
    return connection_.error(code_, std::string_view(sql_).substr(0, 60));
}

Result<void> Query::status() const {
    if (!failed()) return {};
    return failure(error());
}

} // namespace handprint::store::sqlite
