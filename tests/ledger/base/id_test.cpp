#include "ledger/base/id.hpp"

#include <doctest/doctest.h>

#include <array>
#include <type_traits>
#include <unordered_set>

using namespace handprint;

namespace {

using BatchId = Id<struct BatchTag>;
using MemberId = Id<struct MemberTag>;

} // namespace

static_assert(!std::is_convertible_v<std::uint64_t, BatchId>);
static_assert(!std::is_convertible_v<BatchId, MemberId>);
static_assert(!std::is_constructible_v<BatchId, MemberId>);

TEST_CASE("ids order and hash by their number") {
    CHECK(BatchId(1) < BatchId(2));
    CHECK(BatchId(2) == BatchId(2));
    const std::unordered_set<BatchId> set{BatchId(1), BatchId(1), BatchId(2)};
    CHECK(set.size() == 2);
}

TEST_CASE("a new command id begins with its time") {
    const std::array<std::uint8_t, 10> random{1, 2, 3, 4, 5, 6, 7, 8, 9, 255};
    // The time of RFC 9562, appendix A.6.
    CHECK(CommandId::at(0x017F22E279B0, random).hex() == "017f22e279b0010203040506070809ff");
    CHECK(CommandId::at(1, random) < CommandId::at(256, std::array<std::uint8_t, 10>{}));
}

TEST_CASE("a command id has one text") {
    const std::string text = "000102030405060708090a0b0c0d0eff";
    const CommandId id = CommandId::parse(text).value();
    CHECK(id.bytes[15] == 0xff);
    CHECK(id.hex() == text);
    for (const char* bad :
         {"",
          "000102030405060708090a0b0c0d0e",
          "000102030405060708090a0b0c0d0eff00",
          "000102030405060708090A0B0C0D0EFF",
          "000102030405060708090a0b0c0d0ef"}) {
        CAPTURE(bad);
        CHECK_FALSE(CommandId::parse(bad).has_value());
    }
    const std::unordered_set<CommandId> set{id, id, CommandId{}};
    CHECK(set.size() == 2);
}
