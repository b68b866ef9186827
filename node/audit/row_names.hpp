#pragma once

// How a finding names a row: "batch=3,task=7".

#include "node/market/key.hpp"
#include "node/store/row_codec.hpp"

#include <cstddef>
#include <string>
#include <type_traits>

namespace handprint::audit {

template <class R>
[[nodiscard]] std::string key_of_row(const market::Key& key) {
    std::string out;
    std::size_t column = 0;
    store::for_each_key_column<R>(key, [&](const auto& value) {
        if (!out.empty()) out += ',';
        out += store::columns<R>()[column++].name;
        out += '=';
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, market::Int>) {
            out += std::to_string(value);
        } else {
            out += value;
        }
    });
    return out;
}

} // namespace handprint::audit
