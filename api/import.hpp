#pragma once

// Tasks from outside: JSON Lines or CSV. Each row becomes the text of a JSON object (any JSON; it
// is opaque to the ledger) with the requester's own id beside it. `truth`, in batches that are a
// test, is taken out of what a worker sees; so are `price_micros`, `overlap` and `expires_at`, the
// terms of a task that are not its batch's.

#include "api/problem.hpp"
#include "ledger/base/result.hpp"
#include "node/market/values.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::api {

struct ImportedTask {
    std::string external;
    std::string content; // JSON object, compact
    std::optional<std::string> truth;
    std::size_t line = 0;   // where it stood
    market::OwnTerms own{}; // but for the number of the task
};

/// How problems name a field of a row.
[[nodiscard]] std::string row_field(std::size_t line, std::string_view field = {});

/// What a requester may name a thing: 1 to 128 bytes of UTF-8 without control characters.
[[nodiscard]] bool is_external(std::string_view text);

/// A column with a meaning of its own, which members are not shown as data; `truth` in a test only.
[[nodiscard]] bool is_taken_out(std::string_view column, bool test);

enum class TaskFormat : std::uint8_t { jsonl, csv };

/// What a batch asks of each row.
struct RowRules {
    bool truth = false;                    // the batch is a test
    std::span<const std::string> fields{}; // that members are shown
    /// Of which a truth is one; null: any text.
    const std::set<std::string, std::less<>>* choices = nullptr;
};

/// Reads rows in order, and keeps none of them: a body may have a million. Errors name the line
/// ("line 7") and the rule; nothing can be read after one. Limits: 1,000,000 rows, 64 KiB and 1,000
/// keys or columns a row, ids that is_external() takes, JSON depth 16, no key twice. That ids
/// differ is for the caller to see. A term of a task is a positive integer, or null or an empty
/// cell for that of the batch. `body` and the fields must outlive the reader.
class TaskReader {
public:
    TaskReader(TaskFormat format, std::string_view body, RowRules rules);

    /// Nothing after the last row. A body has at least one.
    [[nodiscard]] Result<std::optional<ImportedTask>, ApiProblem> next();

private:
    [[nodiscard]] Result<std::optional<ImportedTask>, ApiProblem> next_line();
    [[nodiscard]] Result<std::optional<ImportedTask>, ApiProblem> next_record();

    TaskFormat format_;
    std::string_view body_;
    RowRules rules_;
    std::vector<std::string> columns_; // of a sheet
    std::size_t at_ = 0, line_ = 0, rows_ = 0;
    std::size_t counted_ = 0; // line feeds of a sheet up to here are in the line
};

/// RFC 4180 cells of one record starting at `at`; moves `at` past it. Nothing if a quote is not
/// closed.
[[nodiscard]] std::optional<std::vector<std::string>>
csv_record(std::string_view body, std::size_t& at);

/// One CSV cell, quoted when it must be. A cell that a spreadsheet would run as a formula gets a
/// leading apostrophe.
[[nodiscard]] std::string csv_cell(std::string_view text);

} // namespace handprint::api
