#pragma once

#include "ledger/base/bytes.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::witness {

/// What a witness knows of one log: the largest tree that it has cosigned.
struct Seen {
    std::uint64_t size = 0;
    Hash root{};
    std::uint64_t unix_seconds = 0; // of the cosignature
    std::string note;               // the cosigned checkpoint; empty before the first

    bool operator==(const Seen&) const = default;
};

/// The memory of a witness: one durable row a log, in a SQLite file of its own. Not for use by two
/// threads at once; two processes on one file do no harm.
class State {
public:
    /// Creates the file when there is none. Failure also if the file belongs to another key.
    [[nodiscard]] static Result<std::unique_ptr<State>>
    open(const std::string& path, std::string_view witness_key);

    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    /// Makes the row of a log that was not known, with size 0. Does not touch one that is.
    [[nodiscard]] Result<void> know(std::string_view origin);
    [[nodiscard]] Result<std::vector<std::string>> origins() const;
    /// Nothing if the origin is not known.
    [[nodiscard]] Result<std::optional<Seen>> get(std::string_view origin) const;

    /// In one step: `next` takes the place of `last`, if `last` (size and root) is what is there.
    /// True means that it is on the disk. A Failure means that nobody knows: open again.
    [[nodiscard]] Result<bool> replace(std::string_view origin, const Seen& last, const Seen& next);

private:
    class Database;

    explicit State(std::unique_ptr<Database> database);

    std::unique_ptr<Database> database_;
};

} // namespace handprint::witness
