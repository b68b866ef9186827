#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/time.hpp"
#include "ledger/record/dsse.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace handprint::record {

inline constexpr std::string_view kPromiseFormat = "handprint/promise/v1";

/// What the node answers to an accepted command before the entry is published, section 11. If no
/// checkpoint of a size above `index` is out by `publish_by`, or the published leaf differs, the
/// signed promise is evidence against the node.
struct Promise {
    std::uint64_t index = 0;
    Hash leaf{};
    std::string log;
    Instant publish_by;

    bool operator==(const Promise&) const = default;
};

/// The canonical bytes, which are the payload of an envelope of kPromiseType.
[[nodiscard]] std::string encode(const Promise& promise);
[[nodiscard]] Result<Promise> parse_promise(std::string_view payload);

/// The promise in an envelope of its type. Does not judge the signature.
[[nodiscard]] Result<Promise> promise_in(const Envelope& envelope);

[[nodiscard]] Envelope sign(const Promise& promise, const KeyPair& promise_key);

} // namespace handprint::record
