#include "ledger/record/command.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/dsse.hpp"
#include "node/client/key_file.hpp"
#include "node/client/signer.hpp"
#include "node/client/wire.hpp"
#include "tests/tools/scratch.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

namespace handprint::client {

using record::Json;

TEST_CASE("a key file gives the key back and is for its owner only") {
    const tools::ScratchDir dir;
    const std::string path = dir.path() + "/key";
    const KeyPair key = new_key();
    REQUIRE(write_key_file(path, "m:12", key));
    CHECK(!write_key_file(path, "m:12", key)); // never over another
    const auto read = read_key_file(path);
    REQUIRE(read);
    CHECK(read->party == "m:12");
    CHECK(read->key.public_key() == key.public_key());
    ::chmod(path.c_str(), 0640);
    CHECK(!read_key_file(path));
}

TEST_CASE("a key file of another shape is refused") {
    const tools::ScratchDir dir;
    int number = 0;
    for (const char* text :
         {"",
          "handprint-key-v1",
          "handprint-key-v1 m:1",
          "handprint-key-v1 m:1 AAAA",
          "handprint-key-v2 m:1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
          "handprint-key-v1 m:1 x AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}) {
        const auto path = test::write_file(dir, std::to_string(number++), text);
        ::chmod(path.c_str(), 0600);
        CHECK_MESSAGE(!read_key_file(path), text);
    }
    CHECK(!read_key_file(dir.path() + "/none"));
}

TEST_CASE("what a signer signs is a command of that party and log, each under an id of its own") {
    const Signer signer{new_key(), "m:3", "example.org/log"};
    const auto envelope = record::envelope_from_json(signer.sign(market::Publish{7}));
    const auto other = record::envelope_from_json(signer.sign(market::Publish{7}));
    REQUIRE(envelope);
    REQUIRE(other);
    CHECK(record::verify(*envelope, signer.key.public_key()));
    const auto command = record::parse_command(envelope->payload);
    REQUIRE(command);
    CHECK(command->actor.text() == "m:3");
    CHECK(command->log == "example.org/log");
    CHECK(command->kind == "publish");
    CHECK(command->args.at("batch").integer() == 7);
    CHECK(envelope->payload != other->payload);
}

TEST_CASE("a salted answer is hidden by its salt and bound to its bytes") {
    const auto one = salted_answer(4, R"({"value":"same"})");
    const auto two = salted_answer(4, R"({"value":"same"})");
    CHECK(one.ref.hash != two.ref.hash);
    CHECK(one.ref.length == 16);
    CHECK(one.ref.task == 4);
    CHECK(one.attachment.at("task").integer() == 4);
}

TEST_CASE("an address is http, a number and a port") {
    const auto to = parse_url("http://127.0.0.1:8080");
    REQUIRE(to);
    CHECK(to->host == "127.0.0.1");
    CHECK(to->port == 8080);
    CHECK(parse_url("http://localhost:1/").value().host == "127.0.0.1");
    for (const char* text :
         {"https://127.0.0.1",
          "127.0.0.1:80",
          "http://example.org",
          "http://127.0.0.1:0",
          "http://127.0.0.1:70000"}) {
        CHECK_MESSAGE(!parse_url(text), text);
    }
}

TEST_CASE("a node that is not there is a failure, not a wait") {
    Wire wire({"127.0.0.1", 1});
    CHECK(!wire.exchange(request_text("GET", "/healthz", "", "")));
}

} // namespace handprint::client
