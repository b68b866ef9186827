#pragma once

// Names one row: which table, and the values of its key columns. A table's key is up to three
// integers, or up to two texts, or one integer and one text; the same shape serves all.

#include "node/market/rows.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace handprint::market {

template <class R, std::size_t I = 0>
constexpr std::size_t table_of() {
    static_assert(I < row_kinds, "not a row of the market");
    if constexpr (std::is_same_v<R, std::variant_alternative_t<I, Row>>) {
        return I;
    } else {
        return table_of<R, I + 1>();
    }
}

struct Key {
    std::uint8_t table = 0; // index into Row
    std::array<Int, 3> n{};
    std::string text, text2;

    auto operator<=>(const Key&) const = default;
};

namespace detail {

struct KeyFiller {
    Key& key;
    std::size_t numbers = 0, texts = 0;

    void add(Int value) { key.n[numbers++] = value; }

    void add(std::string_view value) { (texts++ == 0 ? key.text : key.text2) = value; }
};

} // namespace detail

/// key_of<TaskRow>(batch, task)
template <class R, class... Parts>
[[nodiscard]] Key key_of(const Parts&... parts) {
    static_assert(sizeof...(parts) == R::keys, "every key column, in order");
    Key key;
    key.table = static_cast<std::uint8_t>(table_of<R>());
    detail::KeyFiller filler{key};
    (filler.add(parts), ...);
    return key;
}

/// The key of a row in hand.
template <class R>
[[nodiscard]] Key row_key(const R& row) {
    Key key;
    key.table = static_cast<std::uint8_t>(table_of<R>());
    detail::KeyFiller filler{key};
    int column = 0;
    R::fields(row, [&](const char*, const auto& value) {
        if (column++ >= R::keys) return;
        if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(value)>, Hash>) {
            filler.add(value);
        }
    });
    return key;
}

[[nodiscard]] Key row_key(const Row& row);

} // namespace handprint::market

template <>
struct std::hash<handprint::market::Key> {
    // Not noexcept: then the library keeps the hash beside each key, and a walk along a bucket does
    // not hash the neighbours again.
    std::size_t operator()(const handprint::market::Key& key) const;
};
