#include "tests/audit/tape.hpp"

#include "ledger/base/base64.hpp"
#include "node/pipeline/close_list.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace handprint::audit_test {

WorldOptions MemorySetting::in_memory() {
    WorldOptions options;
    options.memory = true;
    return options;
}

Tape::Tape(World& world) {
    const auto size = world.store().head().value().size;
    auto records = world.store().entries(0, static_cast<std::size_t>(size)).value();
    for (auto& record : records) {
        const Int index = record.index;
        entries.push_back({std::move(record), world.store().parts_between(index, index + 1).value()}
        );
    }
    REQUIRE(pipeline::for_each_row<market::KeyRow>(world.store(), {}, 0, [&](const auto& row) {
        hints_.add(base64_to_array<32>(row.key).value());
    }));
    hints_.add(key(clock_key).public_key());
}

std::size_t Tape::index_of(std::string_view kind) const {
    const auto at = std::find_if(entries.begin(), entries.end(), [&](const Stored& stored) {
        return record::parse_header(stored.record.header)->kind == kind;
    });
    REQUIRE(at != entries.end());
    return static_cast<std::size_t>(at - entries.begin());
}

const Stored& Tape::first(std::string_view kind) const {
    return entries.at(index_of(kind));
}

audit::ReadEntry Tape::read(const Stored& stored) const {
    audit::ReadEntry entry;
    audit::read_entry(entry, stored.record, stored.parts, hints_);
    return entry;
}

std::set<std::string> codes_of(const std::vector<audit::Finding>& findings) {
    std::set<std::string> codes;
    for (const auto& finding : findings)
        codes.insert(finding.code);
    return codes;
}

} // namespace handprint::audit_test
