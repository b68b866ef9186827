#pragma once

// A thin layer over one sqlite3*: values in, values out, errors as codes. It knows no table.

#include "ledger/base/bytes.hpp"
#include "ledger/base/result.hpp"
#include "node/store/row_codec.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace handprint::store::sqlite {

/// `code` is SQLite's extended code. What it means for a batch is decided in writer.cpp.
struct SqlError {
    int code = 0;
    std::string what;
};

template <class T = void>
using SqlResult = Result<T, SqlError>;

enum class Access : std::uint8_t {
    create, // of a new file only
    write,
    read,
};

struct ConnectionOptions {
    std::string path;
    Access access = Access::read;
    int cache_pages = 2000;
    int page_size = 4096; // when creating
    std::int64_t mmap_bytes = 0;
    int busy_ms = 5000;
    bool durable = true;
};

/// For one thread at a time. Statements are prepared once and kept.
class Connection {
public:
    [[nodiscard]] static SqlResult<std::unique_ptr<Connection>>
    open(const ConnectionOptions& options);

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// For one-off SQL without values.
    [[nodiscard]] SqlResult<> execute(const std::string& sql);

    /// The statement of a text that lives as long as the program; null with `code` set on failure.
    [[nodiscard]] sqlite3_stmt* statement(const char* sql, int& code);

    /// Rows changed by the last statement.
    [[nodiscard]] Int changes() const;
    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] SqlError error(int code, std::string_view doing) const;

    [[nodiscard]] sqlite3* raw() const { return db_; }

private:
    Connection(sqlite3* db, std::string path) : db_(db), path_(std::move(path)) {}

    sqlite3* db_;
    std::string path_;
    std::unordered_map<const char*, sqlite3_stmt*> statements_; // by address of the text
};

/// One use of a statement: bind with with(), then next() row by row or run(). The first failure
/// sticks and makes the rest do nothing. Bound texts and bytes are borrowed until the next use.
class Query {
public:
    Query(Connection& connection, const char* sql);
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query();

    template <class... Values>
    Query& with(const Values&... values) {
        (bind(values), ...);
        return *this;
    }

    void bind(Int value);
    void bind(std::string_view value);
    void bind(ByteView value);

    void bind(const std::string& value) { bind(std::string_view(value)); }

    void bind(const Hash& value) { bind(ByteView(value)); }

    void bind(const Bytes& value) { bind(ByteView(value)); }

    /// True: there is a row to read. False: no more, or failed().
    [[nodiscard]] bool next();
    /// Executes a statement that gives no rows, and makes it ready for other values.
    bool run();

    [[nodiscard]] Int integer(int column) const;
    /// Valid until the next step.
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] ByteView blob(int column) const;

    void read(int column, Int& out) const { out = integer(column); }

    void read(int column, std::string& out) const { out = text(column); }

    void read(int column, Bytes& out) const { out = to_bytes(blob(column)); }

    /// A blob of another length fails the query: the file is damaged or not ours.
    void read(int column, Hash& out);

    [[nodiscard]] bool failed() const;
    [[nodiscard]] SqlError error() const;
    /// Success, or the error as a Failure.
    [[nodiscard]] Result<void> status() const;

private:
    void reset();

    Connection& connection_;
    sqlite3_stmt* statement_;
    int code_ = 0;
    int bound_ = 0;
    const char* sql_;
};

[[nodiscard]] inline Unexpected<Failure> failure(const SqlError& error) {
    return fail(error.what);
}

} // namespace handprint::store::sqlite
