#pragma once

// Lists as rows keep them: words or numbers between commas; an empty text is an empty list.

#include "ledger/base/bytes.hpp"
#include "ledger/base/crypto.hpp"
#include "node/market/values.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace handprint::market {

[[nodiscard]] std::vector<std::string> split_words(std::string_view text);
/// Ends at the first that is no number.
[[nodiscard]] std::vector<Int> split_numbers(const std::string& text);
[[nodiscard]] bool has_word(std::string_view text, std::string_view word);

/// Public keys, each in base64, in the order of record::sorted_keys(). They were checked on entry.
[[nodiscard]] std::vector<PublicKey> split_keys(std::string_view text);

/// Of texts or numbers.
template <class T>
[[nodiscard]] std::string join(const std::vector<T>& items) {
    std::string text;
    for (const T& item : items) {
        if (!text.empty()) text += ',';
        if constexpr (std::is_integral_v<T>) {
            text += std::to_string(item);
        } else {
            text += item;
        }
    }
    return text;
}

} // namespace handprint::market
