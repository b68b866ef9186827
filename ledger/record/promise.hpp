#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/time.hpp"
#include "ledger/record/dsse.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::record {

inline constexpr std::string_view kPromiseFormat = "handprint/promise/v1";

/// What the node signs about entries that it committed together, before they are published,
/// section 11: that [first, first + count) will be in the log, with leaf hashes whose tree (RFC
/// 6962, of these leaves alone) has this root.
struct Promise {
    std::uint64_t count = 0;
    std::uint64_t first = 0;
    std::string log;
    Instant publish_by;
    Hash root{};

    bool operator==(const Promise&) const = default;
};

/// The canonical bytes, which are the payload of an envelope of kPromiseType.
[[nodiscard]] std::string encode(const Promise& promise);
[[nodiscard]] Result<Promise> parse_promise(std::string_view payload);

/// The promise in an envelope of its type. Does not judge the signature.
[[nodiscard]] Result<Promise> promise_in(const Envelope& envelope);

[[nodiscard]] Envelope sign(const Promise& promise, const KeyPair& promise_key);

/// What the node answers to an accepted command: the signed promise, and by `path` that it is
/// about this entry. If no checkpoint of a size above `index` is out by `publish_by`, or the
/// published leaf differs, it is evidence against the node.
struct HeldPromise {
    Envelope envelope;
    std::uint64_t index = 0;
    Hash leaf{};
    std::vector<Hash> path; // siblings from the leaf up

    bool operator==(const HeldPromise&) const = default;
};

[[nodiscard]] std::string encode(const HeldPromise& held);
/// Any layout of JSON.
[[nodiscard]] Result<HeldPromise> parse_held_promise(std::string_view text);

/// The promise it holds; Failure unless the path leads from the leaf at `index` to its root. Does
/// not judge the signature.
[[nodiscard]] Result<Promise> promise_in(const HeldPromise& held);

/// What a reader keeps, if it is a promise of this log. Does not judge the signature.
[[nodiscard]] Result<HeldPromise> read_held_promise(std::string_view text, std::string_view log);

/// Entries that were committed together, under one signature.
class PromisedEntries {
public:
    /// At least one leaf.
    PromisedEntries(
        std::uint64_t first,
        std::span<const Hash> leaves,
        std::string log,
        Instant publish_by,
        const KeyPair& promise_key
    );

    /// The text of the HeldPromise about the entry at `index`, which must be one of them.
    [[nodiscard]] std::string text_of(std::uint64_t index) const;

private:
    std::uint64_t first_;
    std::vector<Hash> leaves_;
    std::vector<std::vector<Hash>> paths_;
    std::string envelope_;
};

} // namespace handprint::record
