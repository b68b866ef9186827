#include "node/market/lists.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/check.hpp"
#include "ledger/record/member_part.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace handprint::market {

namespace {

/// Gives each word to `take` until it says that it has seen enough.
template <class Take>
void each_word(std::string_view text, Take take) {
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (!take(text.substr(0, comma))) return;
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
}

} // namespace

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    each_word(text, [&](std::string_view word) {
        words.emplace_back(word);
        return true;
    });
    return words;
}

std::vector<Int> split_numbers(const std::string& text) {
    std::vector<Int> numbers;
    if (!text.empty()) {
        numbers.reserve(1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), ',')));
    }
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        Int value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc{}) break;
        numbers.push_back(value);
        at = next + 1; // past the comma
    }
    return numbers;
}

bool has_word(std::string_view text, std::string_view word) {
    bool found = false;
    each_word(text, [&](std::string_view one) {
        found = one == word;
        return !found;
    });
    return found;
}

std::vector<PublicKey> split_keys(std::string_view text) {
    std::vector<PublicKey> keys;
    each_word(text, [&](std::string_view word) {
        const auto key = base64_to_array<32>(word);
        HP_CHECK(key.has_value(), "keys were checked on entry");
        keys.push_back(*key);
        return true;
    });
    return record::sorted_keys(std::move(keys));
}

} // namespace handprint::market
