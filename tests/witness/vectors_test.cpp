#include "ledger/merkle/checkpoint.hpp"
#include "node/witness/key_file.hpp"
#include "node/witness/server.hpp"
#include "tests/http/raw_client.hpp"
#include "tests/http/scratch.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace handprint;
using namespace handprint::test;
using namespace handprint::witness;

namespace {

// From torchwood's cmd/litewitness/testdata/litewitness.txt.
const std::string kOrigin =
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
const std::string kLogKey = kOrigin + "+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP";

std::string note(std::string_view size, std::string_view root, std::string_view signature) {
    return kOrigin + "\n" + std::string(size) + "\n" + std::string(root) + "\n\n\u2014 " + kOrigin
           + " " + std::string(signature) + "\n";
}

const std::string kRoot1 = "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const std::string kSize1 = note(
    "1",
    kRoot1,
    "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY="
);
const std::string kSize3 = note(
    "3",
    "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
    "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go="
);
const std::string kSize5 = note(
    "5",
    "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
    "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww="
);
const std::string kProof1To3 = "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                               "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
const std::string kProof3To5 = "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                               "KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                               "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=\n"
                               "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

struct Running {
    Scratch dir;
    std::unique_ptr<WitnessServer> server;

    Running() {
        const auto key = make_key_file(dir.in("key"), "witness.example/w1");
        REQUIRE(key);
        WitnessConfig config;
        config.key_file = dir.in("key");
        config.state_file = dir.in("state.db");
        config.logs = parse_watched_logs("log " + kLogKey).value();
        auto started = WitnessServer::start(config);
        REQUIRE(started);
        server = std::move(*started);
    }

    RawResponse post(const std::string& body) const {
        return ask(server->port(), "POST", "/add-checkpoint", "", body);
    }
};

} // namespace

TEST_CASE("witness: a log is monitored under the hash of its origin") {
    CHECK(
        origin_name("example.com/log/testdata")
        == "6994c64086cc171ca46c749d036fd313bac575a8b2b2a2b9874ef097775714d5"
    );
}

TEST_CASE("witness: the conversation of litewitness's test, over HTTP") {
    const Running witness;
    const std::string path = "/" + origin_name(kOrigin) + "/checkpoint";
    CHECK(ask(witness.server->port(), "GET", path).status == 404);

    const RawResponse first = witness.post("old 0\n\n" + kSize1);
    CHECK(first.status == 200);
    const auto lines = merkle::parse_signature_lines(first.body);
    REQUIRE(lines);
    CHECK(lines->size() == 1);
    const std::string text = kSize1.substr(0, kSize1.rfind("\n\n") + 1);
    CHECK(merkle::cosignature_time(text, lines->front(), witness.server->key()));

    std::string bad = kSize3;
    bad[bad.size() - 10] = bad[bad.size() - 10] == 'A' ? 'B' : 'A';
    CHECK(witness.post("old 1\n" + kProof1To3 + "\n" + bad).status == 403);
    CHECK(witness.post("old 1\n\n" + kSize3).status == 422);
    CHECK(witness.post("old 1\n" + kProof3To5 + "\n" + kSize3).status == 422);
    CHECK(witness.post("old 1\n" + kProof1To3 + "\n" + kSize3).status == 200);

    const RawResponse late = witness.post("old 1\n" + kProof1To3 + "\n" + kSize5);
    CHECK(late.status == 409);
    CHECK(late.body == "3\n");
    CHECK(late.header("Content-Type") == "text/x.tlog.size");
    CHECK(witness.post("old 3\n" + kProof3To5 + "\n" + kSize5).status == 200);
    const RawResponse again = witness.post("old 0\n\n" + kSize5);
    CHECK(again.status == 409);
    CHECK(again.body == "5\n");

    // The lost answer, or a refresh: the same tree once more.
    CHECK(witness.post("old 5\n\n" + kSize5).status == 200);
    CHECK(witness.post("old 5\n" + kProof3To5 + "\n" + kSize5).status == 422);

    const RawResponse latest = ask(witness.server->port(), "GET", path);
    CHECK(latest.status == 200);
    CHECK(latest.body.starts_with(kSize5));
    const std::vector<merkle::VerifierKey> both{
        merkle::VerifierKey::parse(kLogKey).value(), witness.server->key()
    };
    const auto verified = merkle::verify_note(merkle::parse_note(latest.body).value(), both);
    REQUIRE(verified);
    CHECK(verified->size() == 2);

    const RawResponse about = ask(witness.server->port(), "GET", "/");
    CHECK(about.body.find(witness.server->key().text()) != std::string::npos);
    CHECK(about.body.find(kOrigin) != std::string::npos);
}

TEST_CASE("witness: inputs that are not the protocol, and what each is answered") {
    const Running witness;
    REQUIRE(witness.post("old 0\n\n" + kSize1).status == 200);
    std::string other_origin = kSize3;
    other_origin.replace(0, 6, "sigsun");
    std::string no_signature = kSize3.substr(0, kSize3.rfind("\n\n") + 2);
    const std::string stranger = "\u2014 example.com/stranger AAAAAAAA\n";
    std::string many;
    for (int i = 0; i < 64; ++i)
        many += kRoot1 + "\n";

    struct Row {
        const char* what;
        std::string body;
        int status;
    };

    for (const Row& row : {
             Row{"nothing", "", 400},
             Row{"one line", "old 1", 400},
             Row{"no size", "old \n\n" + kSize3, 400},
             Row{"leading zero", "old 01\n" + kProof1To3 + "\n" + kSize3, 400},
             Row{"negative", "old -1\n\n" + kSize3, 400},
             Row{"not decimal", "old 0x1\n\n" + kSize3, 400},
             Row{"too large", "old 9223372036854775808\n\n" + kSize3, 400},
             Row{"CRLF", "old 1\r\n\r\n" + kSize3, 400},
             Row{"other word", "new 1\n\n" + kSize3, 400},
             Row{"not base64", "old 1\n!!!\n\n" + kSize3, 400},
             Row{"short hash", "old 1\nKgAA\n\n" + kSize3, 400},
             Row{"64 hashes", "old 1\n" + many + "\n" + kSize3, 400},
             Row{"no empty line", "old 1\n" + kProof1To3 + kSize3, 400},
             Row{"no checkpoint", "old 1\n" + kProof1To3 + "\n", 400},
             Row{"no signature", "old 1\n" + kProof1To3 + "\n" + no_signature, 400},
             Row{"binary", std::string("old 1\n\n\xff\x00\xfe\n\n", 12), 400},
             Row{"old above new", "old 4\n\n" + kSize3, 400},
             Row{"unknown origin", "old 1\n" + kProof1To3 + "\n" + other_origin, 404},
             Row{"a stranger's signature",
                 "old 1\n" + kProof1To3 + "\n" + no_signature + stranger,
                 403},
             Row{"wrong old", "old 2\n" + kProof1To3 + "\n" + kSize3, 409},
             Row{"wrong old, no proof", "old 0\n\n" + kSize3, 409},
             // The signature decides before the size, so that a stranger learns nothing.
             Row{"wrong old, stranger", "old 2\n\n" + no_signature + stranger, 403},
             Row{"a stranger's line beside the log's",
                 "old 1\n" + kProof1To3 + "\n" + kSize3 + stranger,
                 200},
         }) {
        CAPTURE(row.what);
        const RawResponse response =
            row.body.empty()
                ? ask(witness.server->port(), "POST", "/add-checkpoint", "Content-Length: 0\r\n")
                : witness.post(row.body);
        CHECK(response.status == row.status);
        if (row.status != 200) CHECK(response.body.find("\u2014") == std::string::npos);
    }
    // What strangers wrote is not handed on.
    const std::string path = "/" + origin_name(kOrigin) + "/checkpoint";
    const RawResponse latest = ask(witness.server->port(), "GET", path);
    CHECK(latest.body.find("stranger") == std::string::npos);
    CHECK(latest.body.starts_with(kSize3));
    CHECK(ask(witness.server->port(), "GET", "/add-checkpoint").status == 405);
    CHECK(ask(witness.server->port(), "GET", "/nothing/checkpoint").status == 404);
    CHECK(ask(witness.server->port(), "GET", "/..%2fkey/checkpoint").status == 404);
}
