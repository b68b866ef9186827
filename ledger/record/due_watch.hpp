#pragma once

#include "ledger/record/header.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// What the node's clock does once it is due, held against the time at which witnesses had seen the
// log, section 10: a log that is dated ahead would have it done before.

namespace handprint::record {

inline constexpr std::int64_t kAheadMs = 10 * 60 * 1000;        // of the time of a quorum
inline constexpr std::int64_t kVouchedMs = 24 * 60 * 60 * 1000; // after a delegate's word

/// Whether the clock may do this at a certain time only: it is refused as `not_due` before.
[[nodiscard]] bool has_due_time(std::string_view kind) noexcept;

/// Follows a log header by header, in order. Not for use by two threads at once.
class DueWatch {
public:
    void add(std::uint64_t index, const Header& header);

    /// The first entry below `size` with a due time that is dated over 10 minutes after `seen`,
    /// when a quorum had seen a checkpoint of that size; not one within a day after a delegate's
    /// `confirm_clock`.
    [[nodiscard]] std::optional<std::uint64_t> first_ahead(std::uint64_t size, Instant seen) const;

private:
    struct Done {
        std::uint64_t index;
        std::int64_t time;
    };

    std::int64_t vouched_until_ = -1;
    std::vector<Done> done_; // without a delegate's word, each later than all before
};

} // namespace handprint::record
