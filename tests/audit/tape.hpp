#pragma once

// The entries of a story as they are stored, for tests that change one of them in memory.

#include "ledger/record/key_hints.hpp"
#include "node/audit/read_entry.hpp"
#include "tests/audit/setting.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::audit_test {

/// A world that keeps its store in memory.
struct MemorySetting {
    TempDir dir;
    Witnesses witnesses{dir};
    World world{dir.in("data"), witnesses, in_memory()};

private:
    [[nodiscard]] static WorldOptions in_memory();
};

struct Stored {
    store::EntryRecord record;
    std::vector<store::PartRecord> parts;
};

class Tape {
public:
    explicit Tape(World& world);

    /// The first of its kind.
    [[nodiscard]] std::size_t index_of(std::string_view kind) const;
    [[nodiscard]] const Stored& first(std::string_view kind) const;
    [[nodiscard]] audit::ReadEntry read(const Stored& stored) const;

    std::vector<Stored> entries;

private:
    record::KeyHints hints_;
};

[[nodiscard]] std::set<std::string> codes_of(const std::vector<audit::Finding>& findings);

} // namespace handprint::audit_test
