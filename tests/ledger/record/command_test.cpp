#include "ledger/record/command.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace handprint;
using namespace handprint::record;

using Code = CommandError::Code;

const std::string kSubmit =
    R"({"actor":"m:12","args":{"answers":[],"batch":7},"command":"000102030405060708090a0b0c0d0e0f",)"
    R"("kind":"submit","log":"example.com/log"})";

} // namespace

TEST_CASE("a command is read from and written to its canonical bytes") {
    const auto command = parse_command(kSubmit);
    REQUIRE(command.has_value());
    CHECK(command->actor == Party::member(12));
    CHECK(command->kind == "submit");
    CHECK(command->log == "example.com/log");
    CHECK(command->command.hex() == "000102030405060708090a0b0c0d0e0f");
    CHECK(command->args.find("batch") != nullptr);
    CHECK(!command->seen.has_value());
    CHECK(encode(*command) == kSubmit);
}

TEST_CASE("a command may name a checkpoint that its signer saw") {
    auto command = parse_command(kSubmit).value();
    Hash root{};
    root.fill(9);
    command.seen = Seen{root, 4711};
    const auto back = parse_command(encode(command));
    REQUIRE(back.has_value());
    CHECK(*back == command);
}

TEST_CASE("bytes that are not the canonical ones are told from wrong shapes") {
    const auto code_of = [](std::string text) {
        const auto command = parse_command(text);
        REQUIRE(!command.has_value());
        return command.error().code;
    };
    CHECK(code_of(kSubmit + "\n") == Code::not_canonical);
    CHECK(code_of("{") == Code::not_canonical);
    CHECK(code_of("{}") == Code::malformed);
    CHECK(code_of("[]") == Code::malformed);
    const auto changed = [](const std::string& key, Json value) {
        Json json = Json::parse(kSubmit).value();
        json.set(key, std::move(value));
        return json.encode();
    };
    CHECK(code_of(changed("actor", "m:012")) == Code::malformed);
    CHECK(code_of(changed("args", Json::Array{})) == Code::malformed);
    CHECK(code_of(changed("command", "00")) == Code::malformed);
    CHECK(code_of(changed("kind", 1)) == Code::malformed);
    CHECK(code_of(changed("seen", nullptr)) == Code::malformed);
    CHECK(code_of(changed("seen", Json::object({{"size", 1}}))) == Code::malformed);
    CHECK(code_of(changed("zzz", 1)) == Code::malformed);
}
