#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/base/id.hpp"
#include "ledger/base/money.hpp"
#include "ledger/base/time.hpp"
#include "ledger/base/utf8.hpp"
#include "ledger/books/account.hpp"
#include "ledger/record/party.hpp"
#include "tests/fuzz/decoder.hpp"

#include <array>

namespace handprint::fuzz {

namespace {

void base64(std::string_view text) {
    canonical(base64_decode, base64_encode, text);
    canonical(hex_decode, hex_encode, text);
    must(base64_decode(base64_encode(as_bytes(text))).has_value(), "base64 of any bytes");
    must(hex_decode(hex_encode(as_bytes(text))).has_value(), "hexadecimal of any bytes");
}

void numbers(std::string_view text) {
    canonical(parse_u64, [](std::uint64_t n) { return std::to_string(n); }, text);
    canonical(parse_i64, [](std::int64_t n) { return std::to_string(n); }, text);
    canonical(CommandId::parse, [](const CommandId& id) { return id.hex(); }, text);
}

void times(std::string_view text) {
    const auto write = [](Instant at) { return format_rfc3339(at).value(); };
    settles(parse_rfc3339, write, text);
}

void names(std::string_view text) {
    const auto write = [](const auto& value) { return value.text(); };
    canonical(Currency::parse, write, text);
    canonical(record::Party::parse, write, text);
    canonical(books::AccountName::parse, write, text);
    canonical(
        books::parse_account_class, [](auto which) { return std::string(books::name(which)); }, text
    );
    if (is_utf8(text)) (void)has_unicode_space(text);
}

constexpr std::array kDecoders = {
    Decoder{
        "base64", base64, [] { return Seeds{"aGFuZA==", "aGFuZA", "_-8", "68616e64", "/+8="}; }
    },
    Decoder{
        "number",
        numbers,
        [] {
            return Seeds{
                "0",
                "18446744073709551615",
                "-9223372036854775808",
                "-1",
                "00112233445566778899aabbccddeeff"
            };
        }
    },
    Decoder{
        "time",
        times,
        [] {
            return Seeds{
                "2026-03-31T09:05:00.000Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"
            };
        }
    },
    Decoder{
        "name",
        names,
        [] {
            return Seeds{
                "m:12",
                "d:9007199254740991",
                "clock",
                "new",
                "KES",
                "payable/m:12",
                "hold",
                "\u00a0é"
            };
        }
    },
};

} // namespace

std::span<const Decoder> base_decoders() {
    return kDecoders;
}

} // namespace handprint::fuzz
