#include "ledger/base/bytes.hpp"

#include <doctest/doctest.h>

using namespace handprint;

TEST_CASE("integers are big-endian and read back") {
    Bytes out;
    put_u16(out, 0x0102);
    put_u32(out, 0x03040506);
    put_u64(out, 0x0708090a0b0c0d0eU);
    CHECK(out == Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14});

    ByteView in = out;
    CHECK(take_u16(in).value() == 0x0102);
    CHECK(take_u32(in).value() == 0x03040506);
    CHECK(take_u64(in).value() == 0x0708090a0b0c0d0eU);
    CHECK(in.empty());
}

TEST_CASE("the largest values survive") {
    Bytes out;
    put_u16(out, 0xffff);
    put_u64(out, ~std::uint64_t{0});
    ByteView in = out;
    CHECK(take_u16(in).value() == 0xffff);
    CHECK(take_u64(in).value() == ~std::uint64_t{0});
}

TEST_CASE("a short read fails and consumes nothing") {
    const Bytes three{1, 2, 3};
    ByteView in = three;
    CHECK_FALSE(take_u32(in).has_value());
    CHECK_FALSE(take_u64(in).has_value());
    CHECK_FALSE(take_bytes(in, 4).has_value());
    CHECK(in.size() == 3);
    CHECK(equal(take_bytes(in, 3).value(), three));
    CHECK_FALSE(take_u16(in).has_value());
    CHECK(take_bytes(in, 0).value().empty());
}

TEST_CASE("text and bytes are the same memory") {
    const std::string_view text = "h\xc3\xa9";
    CHECK(as_bytes(text).size() == 3);
    CHECK(as_text(as_bytes(text)).data() == text.data());
}

TEST_CASE("to_array wants the exact length") {
    const Bytes four{1, 2, 3, 4};
    CHECK(to_array<4>(four).value() == std::array<std::uint8_t, 4>{1, 2, 3, 4});
    CHECK_FALSE(to_array<3>(four).has_value());
    CHECK_FALSE(to_array<5>(four).has_value());
}
