#include "node/witness/state.hpp"

#include "ledger/base/crypto.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace handprint::witness {

namespace {

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS owner(only INTEGER PRIMARY KEY CHECK(only = 1), key TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS log(
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL CHECK(size >= 0),
    root BLOB NOT NULL CHECK(length(root) = 32),
    seconds INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)";

/// A compiled statement, for one execution.
class Statement {
public:
    Statement(sqlite3* database, const char* sql) {
        sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr);
    }

    ~Statement() { sqlite3_finalize(statement_); }

    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::string_view text) {
        sqlite3_bind_text64(
            statement_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8
        );
        return *this;
    }

    Statement& bind(std::uint64_t number) {
        sqlite3_bind_int64(statement_, ++bound_, static_cast<sqlite3_int64>(number));
        return *this;
    }

    Statement& bind(const Hash& hash) {
        sqlite3_bind_blob64(statement_, ++bound_, hash.data(), hash.size(), SQLITE_TRANSIENT);
        return *this;
    }

    /// SQLITE_ROW, SQLITE_DONE or an error; an error also if it did not compile.
    int step() { return statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_); }

    [[nodiscard]] std::string text(int column) const {
        const unsigned char* bytes = sqlite3_column_text(statement_, column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return bytes == nullptr ? std::string() : std::string(bytes, bytes + size);
    }

    [[nodiscard]] std::uint64_t number(int column) const {
        return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
    }

    [[nodiscard]] Hash hash(int column) const {
        Hash out{};
        const void* bytes = sqlite3_column_blob(statement_, column);
        if (bytes != nullptr && sqlite3_column_bytes(statement_, column) == 32) {
            std::copy_n(static_cast<const std::uint8_t*>(bytes), out.size(), out.begin());
        }
        return out;
    }

private:
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
};

} // namespace

class State::Database {
public:
    explicit Database(sqlite3* handle) : handle_(handle) {}

    ~Database() { sqlite3_close_v2(handle_); }

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] sqlite3* get() const noexcept { return handle_; }

    [[nodiscard]] Unexpected<Failure> failure() const {
        return fail(std::string("witness state: ") + sqlite3_errmsg(handle_));
    }

    [[nodiscard]] bool run(const char* sql) const {
        return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    }

private:
    sqlite3* handle_;
};

State::State(std::unique_ptr<Database> database) : database_(std::move(database)) {}

State::~State() = default;

Result<std::unique_ptr<State>> State::open(const std::string& path, std::string_view witness_key) {
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    const int opened = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    auto database = std::make_unique<Database>(handle);
    if (opened != SQLITE_OK) return database->failure();
    sqlite3_busy_timeout(handle, 5'000);
    // An answered checkpoint that a power cut could take back would be a second history.
    if (!database->run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
        || !database->run(kSchema)) {
        return database->failure();
    }
    Statement claim(handle, "INSERT OR IGNORE INTO owner(only, key) VALUES(1, ?)");
    if (claim.bind(witness_key).step() != SQLITE_DONE) return database->failure();
    Statement owner(handle, "SELECT key FROM owner");
    if (owner.step() != SQLITE_ROW) return database->failure();
    if (owner.text(0) != witness_key) {
        return fail("witness state: " + path + " belongs to the key " + owner.text(0));
    }
    return std::unique_ptr<State>(new State(std::move(database)));
}

Result<void> State::know(std::string_view origin) {
    Statement insert(
        database_->get(),
        "INSERT OR IGNORE INTO log(origin, size, root, seconds, note) VALUES(?, 0, ?, 0, '')"
    );
    if (insert.bind(origin).bind(sha256(ByteView{})).step() != SQLITE_DONE) {
        return database_->failure();
    }
    return {};
}

Result<std::vector<std::string>> State::origins() const {
    Statement select(database_->get(), "SELECT origin FROM log ORDER BY origin");
    std::vector<std::string> out;
    int status = SQLITE_ROW;
    while ((status = select.step()) == SQLITE_ROW)
        out.push_back(select.text(0));
    if (status != SQLITE_DONE) return database_->failure();
    return out;
}

Result<std::optional<Seen>> State::get(std::string_view origin) const {
    Statement select(
        database_->get(), "SELECT size, root, seconds, note FROM log WHERE origin = ?"
    );
    const int status = select.bind(origin).step();
    if (status == SQLITE_DONE) return std::optional<Seen>();
    if (status != SQLITE_ROW) return database_->failure();
    return std::optional<Seen>(
        Seen{select.number(0), select.hash(1), select.number(2), select.text(3)}
    );
}

Result<bool> State::replace(std::string_view origin, const Seen& last, const Seen& next) {
    Statement update(
        database_->get(),
        "UPDATE log SET size = ?, root = ?, seconds = ?, note = ? "
        "WHERE origin = ? AND size = ? AND root = ?"
    );
    update.bind(next.size).bind(next.root).bind(next.unix_seconds).bind(next.note);
    if (update.bind(origin).bind(last.size).bind(last.root).step() != SQLITE_DONE) {
        return database_->failure();
    }
    return sqlite3_changes(database_->get()) == 1;
}

} // namespace handprint::witness
