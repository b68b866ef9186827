#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/base/utf8.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace handprint;
using namespace std::string_literals;

TEST_CASE("base64: the vectors of RFC 4648") {
    const std::vector<std::pair<std::string, std::string>> vectors{
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, coded] : vectors) {
        CAPTURE(plain);
        CHECK(base64_encode(as_bytes(plain)) == coded);
        CHECK(as_text(base64_decode(coded).value()) == plain);
    }
    CHECK(base64_encode(Bytes{0xfb, 0xff, 0xfe}) == "+//+");
    CHECK(base64url_encode(Bytes{0xfb, 0xff, 0xfe}) == "-__-");
    CHECK(base64url_encode(Bytes{0xfb, 0xff}) == "-_8");
}

TEST_CASE("base64: a second text for the same value is refused") {
    for (const char* text :
         {"Zg=",
          "Zg",
          "Zg===",
          "Zh==",
          "Zm9=",
          "Zm8",
          "Zm 8",
          "Zm8=\n",
          " Zm8=",
          "Zm9v====",
          "====",
          "=",
          "Z===",
          "Zm=v",
          "Z=9v",
          "-__-",
          "Zg==Zg==",
          "Zm9\xc3"}) {
        CAPTURE(text);
        CHECK_FALSE(base64_decode(text).has_value());
    }
    CHECK_FALSE(base64_decode("Zm9v\0Zm8"s).has_value());
}

TEST_CASE("base64: an array is read from the text of just so many bytes") {
    CHECK(base64_to_array<3>("Zm9v").value() == std::array<std::uint8_t, 3>{'f', 'o', 'o'});
    for (const char* text : {"Zm8=", "Zm9vYg==", "Zm9", "Zm9=", ""}) {
        CAPTURE(text);
        CHECK(base64_to_array<3>(text).error().what == "not the base64 of 3 bytes");
    }
}

TEST_CASE("base64: every length up to 66 reads back") {
    Bytes data;
    for (unsigned n = 0; n <= 66; ++n) {
        CHECK(base64_decode(base64_encode(data)).value() == data);
        data.push_back(static_cast<std::uint8_t>(n * 37 + 11));
    }
}

TEST_CASE("hex is lower case and whole bytes") {
    CHECK(hex_encode(Bytes{0x00, 0x9f, 0xff}) == "009fff");
    CHECK(hex_decode("009fff").value() == Bytes{0x00, 0x9f, 0xff});
    CHECK(hex_decode("").value().empty());
    for (const char* text : {"0", "009", "FF", "0x", "g0", "0 "}) {
        CAPTURE(text);
        CHECK_FALSE(hex_decode(text).has_value());
    }
    CHECK_FALSE(hex_decode("0\0"s).has_value());
}

TEST_CASE("decimals have one text each") {
    CHECK(parse_u64("0").value() == 0);
    CHECK(parse_u64("18446744073709551615").value() == ~std::uint64_t{0});
    for (const char* text :
         {"",
          "00",
          "01",
          "+1",
          "-1",
          " 1",
          "1 ",
          "1.0",
          "0x1",
          "18446744073709551616",
          "18446744073709551620",
          "99999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_u64(text).has_value());
    }
    CHECK(parse_i64("-9223372036854775808").value() == INT64_MIN);
    CHECK(parse_i64("9223372036854775807").value() == INT64_MAX);
    CHECK(parse_i64("-1").value() == -1);
    for (const char* text :
         {"-", "-0", "--1", "-01", "9223372036854775808", "-9223372036854775809"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_i64(text).has_value());
    }
}

TEST_CASE("utf8: well formed") {
    for (const char* text :
         {"",
          "plain",
          "\xc2\x80",
          "\xdf\xbf",
          "\xe0\xa0\x80",
          "\xed\x9f\xbf",
          "\xee\x80\x80",
          "\xf0\x90\x80\x80",
          "\xf4\x8f\xbf\xbf",
          "\u2014"}) {
        CHECK(is_utf8(text));
    }
    CHECK(is_utf8("a\0b"s));
}

TEST_CASE("utf8: overlong, surrogate, too large, cut short, stray") {
    for (const char* text :
         {"\x80",
          "\xc0\x80",
          "\xc1\xbf",
          "\xe0\x9f\xbf",
          "\xed\xa0\x80",
          "\xed\xbf\xbf",
          "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80",
          "\xf8\x88\x80\x80\x80",
          "\xff",
          "\xc2",
          "\xe2\x80",
          "\xf0\x90\x80",
          "a\xc2 ",
          "ok\xbf"}) {
        CAPTURE(hex_encode(as_bytes(text)));
        CHECK_FALSE(is_utf8(text));
    }
}

TEST_CASE("utf8: the white space of Unicode") {
    for (const char* text :
         {" ",
          "a\tb",
          "a\x0b",
          "\u0085",
          "\u00a0",
          "\u1680",
          "\u2000",
          "\u200a",
          "\u2028",
          "\u2029",
          "\u202f",
          "\u205f",
          "x\u3000y"}) {
        CHECK(has_unicode_space(text));
    }
    for (const char* text : {"", "a", "\u200b", "\u2060", "\ufeff", "\u2014"}) {
        CHECK_FALSE(has_unicode_space(text));
    }
}
