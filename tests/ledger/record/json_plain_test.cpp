#include "ledger/record/json_plain.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using handprint::record::plain_prefix;

TEST_CASE("a text stands for itself up to the first byte that needs an escape or is not ASCII") {
    for (std::size_t size = 0; size <= 50; ++size) {
        const std::string plain(size, '~');
        CHECK(plain_prefix(plain).size() == size);
        for (std::size_t at = 0; at < size; ++at) {
            bool right = true;
            for (int byte = 0; byte < 256; ++byte) {
                const bool stands = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
                std::string text = plain;
                text[at] = static_cast<char>(byte);
                right = right && plain_prefix(text).size() == (stands ? size : at);
            }
            CHECK(right);
        }
    }
}

TEST_CASE("of several such bytes the first one counts") {
    for (std::size_t at = 0; at < 40; ++at) {
        for (std::size_t second = at + 1; second < 40; ++second) {
            std::string text(40, ' ');
            text[at] = '\x80';
            text[second] = '"';
            CHECK(plain_prefix(text).size() == at);
        }
    }
}

} // namespace
