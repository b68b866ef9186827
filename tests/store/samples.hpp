#pragma once

// Made-up rows and records for the tests of the storage drivers.

#include "node/store/row_codec.hpp"
#include "node/store/store.hpp"

#include <cstdint>
#include <random>
#include <string>

namespace handprint::store::samples {

/// Numbers and texts of which a third are the awkward ones: the ends of int64, NUL bytes, UTF-8 of
/// every length, bytes that are no UTF-8, emptiness.
class Source {
public:
    explicit Source(std::uint64_t seed) : random_(seed) {}

    [[nodiscard]] Int number();
    [[nodiscard]] std::string text();
    [[nodiscard]] Hash hash();
    [[nodiscard]] Bytes bytes(std::size_t length);

    [[nodiscard]] std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }

    template <class R>
    [[nodiscard]] R row() {
        R out;
        R::fields(out, [this](const char*, auto& value) { fill(value); });
        return out;
    }

    /// A row of a table given by its number.
    [[nodiscard]] market::Row row(std::size_t table);

private:
    void fill(Int& value) { value = number(); }

    void fill(std::string& value) { value = text(); }

    void fill(Hash& value) { value = hash(); }

    std::mt19937_64 random_;
};

/// What append_row() writes, to compare rows by.
[[nodiscard]] Bytes bytes_of(const market::Row& row);
[[nodiscard]] bool same(const market::Row& a, const market::Row& b);

/// The batch that adds `count` entries, each with a part for the coop's member `index % 3`, and
/// nothing else. Its root is a function of the size.
[[nodiscard]] Batch next_batch(const Head& head, std::size_t count);

[[nodiscard]] EntryRecord entry(Int index);
[[nodiscard]] PartRecord part(std::string party, Int index, Int number);
[[nodiscard]] Hash root_at(Int size);

} // namespace handprint::store::samples
