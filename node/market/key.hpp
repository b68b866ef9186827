#pragma once

// Names one row: which table, and the values of its key columns. A table's key is up to three
// integers, or up to two texts, or one integer and one text; the same shape serves all.

#include "node/market/rows.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

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

/// A key that borrows its texts; the table is known from elsewhere. In the same order as Key.
struct KeyView {
    std::array<Int, 3> n{};
    std::string_view text, text2;

    auto operator<=>(const KeyView&) const = default;
};

[[nodiscard]] inline KeyView key_view(const Key& key) {
    return {key.n, key.text, key.text2};
}

/// Good hashes in the upper half.
[[nodiscard]] std::uint64_t hash_of(const KeyView& key);

namespace detail {

template <class K>
struct KeyFiller {
    K& key;
    std::size_t numbers = 0, texts = 0;

    void add(Int value) { key.n[numbers++] = value; }

    void add(std::string_view value) { (texts++ == 0 ? key.text : key.text2) = value; }
};

/// Calls `f` with the key columns of a row, in order.
template <class Row, class F>
void each_key_column(Row& row, F&& f) {
    using R = std::remove_const_t<Row>;
    int column = 0;
    R::fields(row, [&](const char*, auto& value) {
        if (column++ >= R::keys) return;
        if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(value)>, Hash>) f(value);
    });
}

} // namespace detail

/// key_of<TaskRow>(batch, task)
template <class R, class... Parts>
[[nodiscard]] Key key_of(const Parts&... parts) {
    static_assert(sizeof...(parts) == R::keys, "every key column, in order");
    Key key;
    key.table = static_cast<std::uint8_t>(table_of<R>());
    detail::KeyFiller<Key> filler{key};
    (filler.add(parts), ...);
    return key;
}

/// The same without copies: the parts must outlive it.
template <class R, class... Parts>
[[nodiscard]] KeyView view_of(const Parts&... parts) {
    static_assert(sizeof...(parts) == R::keys, "every key column, in order");
    KeyView key;
    detail::KeyFiller<KeyView> filler{key};
    (filler.add(parts), ...);
    return key;
}

/// The key of a row in hand.
template <class R>
[[nodiscard]] Key row_key(const R& row) {
    Key key;
    key.table = static_cast<std::uint8_t>(table_of<R>());
    detail::KeyFiller<Key> filler{key};
    detail::each_key_column(row, [&filler](const auto& value) { filler.add(value); });
    return key;
}

/// The same without copies: the row must outlive it.
template <class R>
[[nodiscard]] KeyView key_view(const R& row) {
    KeyView key;
    detail::KeyFiller<KeyView> filler{key};
    detail::each_key_column(row, [&filler](const auto& value) { filler.add(value); });
    return key;
}

/// Writes a key into the key columns of a row.
template <class R>
void set_key(R& row, const KeyView& key) {
    std::size_t numbers = 0, texts = 0;
    detail::each_key_column(row, [&](auto& value) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, Int>) {
            value = key.n[numbers++];
        } else {
            value = texts++ == 0 ? key.text : key.text2;
        }
    });
}

[[nodiscard]] Key row_key(const Row& row);
[[nodiscard]] KeyView key_view(const Row& row);

/// Calls `f(std::type_identity<R>{})` with the row type of a table. False if there is none.
template <class F, std::size_t... I>
bool with_table(std::size_t table, F&& f, std::index_sequence<I...>) {
    return (
        (table == I && (f(std::type_identity<std::variant_alternative_t<I, Row>>{}), true)) || ...
    );
}

template <class F>
bool with_table(std::size_t table, F&& f) {
    return with_table(table, std::forward<F>(f), std::make_index_sequence<row_kinds>{});
}

/// Calls `f(std::type_identity<R>{})` for every row type in table order.
template <class F>
void for_each_table(F&& f) {
    for (std::size_t table = 0; table < row_kinds; ++table)
        (void)with_table(table, f);
}

} // namespace handprint::market
