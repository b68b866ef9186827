#pragma once

// How the in-memory driver is made to misbehave. The promises of store.hpp hold whatever the hook
// answers; a caller of the port is tested by choosing what it sees.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace handprint::store {

enum class Operation : std::uint8_t {
    head,
    take_over,
    load,
    commit,
    scan,    // scan() and due()
    entries, // entries(), parts_of(), latest_parts_of(), parts_between()
    erase_part,
    secrets, // secret() and secrets()
    put_secrets,
    blank_blobs,
    blobs, // blobs() and blob_count()
    digest,
    backup,
};

inline constexpr std::size_t operation_kinds = 13;

enum class Fault : std::uint8_t {
    none,
    /// Nothing happened, and the caller is told so: commit() gives not_committed.
    fail,
    /// The two faces of "unknown": written, or not written, and the caller is not told which. The
    /// store takes no more writes; open another on the same disk. Reads fail as with `fail`.
    fail_but_persist,
    fail_and_not_persist,
};

struct Decision {
    Fault fault = Fault::none;
    std::chrono::microseconds delay{0}; // before the operation, as a round trip to a server takes
};

/// Asked before each operation, with how many of this kind came before. Called by any thread, one
/// at a time.
using FaultHook = std::function<Decision(Operation operation, std::uint64_t before)>;

} // namespace handprint::store
