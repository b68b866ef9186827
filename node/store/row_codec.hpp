#pragma once

// What a driver needs to know of a row, taken from its `fields`: columns, keys, bytes. So adding a
// row or a column to node/market/rows.hpp touches no driver.

#include "ledger/base/bytes.hpp"
#include "node/market/key.hpp"
#include "node/market/rows.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace handprint::store {

using market::for_each_table;
using market::Int;
using market::key_view;
using market::KeyView;
using market::with_table;

enum class ColumnType : std::uint8_t { integer, text, hash };

struct Column {
    const char* name;
    ColumnType type;
};

template <class T>
consteval ColumnType column_type() {
    if constexpr (std::is_same_v<T, Int>) {
        return ColumnType::integer;
    } else if constexpr (std::is_same_v<T, std::string>) {
        return ColumnType::text;
    } else {
        static_assert(std::is_same_v<T, Hash>, "a column is an int64, a text or a hash");
        return ColumnType::hash;
    }
}

/// All columns in order, the key's first.
template <class R>
const std::vector<Column>& columns() {
    static const std::vector<Column> list = [] {
        std::vector<Column> out;
        const R row;
        R::fields(row, [&out](const char* name, const auto& value) {
            out.push_back({name, column_type<std::remove_cvref_t<decltype(value)>>()});
        });
        return out;
    }();
    return list;
}

/// Calls `f` with each value of the key's columns, in their order.
template <class R, class F>
void for_each_key_column(const market::Key& key, F&& f) {
    std::size_t numbers = 0, texts = 0;
    const auto& all = columns<R>();
    for (std::size_t i = 0; i < static_cast<std::size_t>(R::keys); ++i) {
        if (all[i].type == ColumnType::integer) {
            f(key.n[numbers++]);
        } else {
            f(std::string_view(texts++ == 0 ? key.text : key.text2));
        }
    }
}

/// Orders two keys by their first `count` columns only.
template <class R>
[[nodiscard]] std::strong_ordering
compare_prefix(const market::Key& a, const market::Key& b, int count) {
    std::size_t numbers = 0, texts = 0;
    auto order = std::strong_ordering::equal;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count) && order == 0; ++i) {
        if (columns<R>()[i].type == ColumnType::integer) {
            order = a.n[numbers] <=> b.n[numbers];
            ++numbers;
        } else {
            order = texts++ == 0 ? a.text <=> b.text : a.text2 <=> b.text2;
        }
    }
    return order;
}

/// A cell is its length as 4 bytes, big-endian, then its bytes; an integer is 8 bytes, big-endian,
/// in two's complement. No two lists of cells give the same bytes.
void append_cell(Bytes& out, Int value);
void append_cell(Bytes& out, std::string_view value);
void append_cell(Bytes& out, const Hash& value);

/// The table's name and every column, as cells.
template <class R>
void append_row(Bytes& out, const R& row) {
    append_cell(out, std::string_view(R::table));
    R::fields(row, [&out](const char*, const auto& value) { append_cell(out, value); });
}

using MacKey = std::array<std::uint8_t, 32>;

/// Keyed BLAKE2b over "handprint/operational-row/v1" and the row. No replay can make operational
/// rows again, so this is how a row changed behind the node's back is found.
[[nodiscard]] Hash mac_of(const MacKey& key, ByteView row);

template <class R>
[[nodiscard]] Hash row_mac(const MacKey& key, const R& row) {
    Bytes bytes;
    append_row(bytes, row);
    return mac_of(key, bytes);
}

} // namespace handprint::store
