#include "golden_log.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/witness_request.hpp"
#include "reference.hpp"

#include <doctest/doctest.h>

// The exchange of torchwood's litewitness test: a log of sigsum's with sizes 1, 3 and 5.

using namespace handprint;
using namespace handprint::merkle;
using namespace std::string_literals;
using reference::Hashes;

namespace {

const std::string kName =
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";

const std::string kKey = kName + "+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP";

struct Signed {
    std::uint64_t size;
    std::string root;
    std::string signature;

    [[nodiscard]] std::string note() const {
        return kName + "\n" + std::to_string(size) + "\n" + root + "\n\n\u2014 " + kName + " "
               + signature + "\n";
    }
};

const Signed kSize1{
    1,
    "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY="
};
const Signed kSize3{
    3,
    "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
    "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go="
};
const Signed kSize5{
    5,
    "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
    "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww="
};

const std::vector<std::string> kFrom1To3{
    "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
};
const std::vector<std::string> kFrom3To5{
    "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=",
    "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
};

bool log_signed(const std::string& note) {
    const VerifierKey key = VerifierKey::parse(kKey).value();
    return verify_note(parse_note(note).value(), {&key, 1}).has_value();
}

std::string
body(std::uint64_t old_size, const std::vector<std::string>& proof, const std::string& checkpoint) {
    std::string out = "old " + std::to_string(old_size) + "\n";
    for (const std::string& line : proof)
        out += line + "\n";
    return out + "\n" + checkpoint;
}

/// Whether the request extends `old` as a witness that holds it would check.
std::string extends(const std::string& request, const Signed& old) {
    const Result<AddCheckpointRequest> parsed = parse_add_checkpoint(request);
    if (!parsed) return "malformed";
    if (!log_signed(parsed->checkpoint)) return "not signed";
    const Note note = parse_note(parsed->checkpoint).value();
    const Checkpoint checkpoint = parse_checkpoint(note.text).value();
    if (parsed->old_size != old.size) return "conflict";
    const Hash old_root = old.size == 0 ? empty_root() : reference::unbase64(old.root);
    const auto consistent = verify_consistency(
        parsed->old_size, checkpoint.size, parsed->proof, old_root, checkpoint.root
    );
    return consistent ? "ok" : std::string(reason_text(consistent.error().reason));
}

const Signed kNothing{0, "", ""};

} // namespace

TEST_CASE("witness vectors: the log's signatures") {
    for (const Signed& t : {kSize1, kSize3, kSize5})
        CHECK(log_signed(t.note()));
    CHECK_FALSE(log_signed(Signed{2, kSize1.root, kSize1.signature}.note()));
}

TEST_CASE("witness vectors: the exchange") {
    CHECK(extends(body(0, {}, kSize1.note()), kNothing) == "ok");
    CHECK(extends(body(1, kFrom1To3, kSize3.note()), kSize1) == "ok");
    CHECK(extends(body(1, kFrom1To3, kSize5.note()), kSize3) == "conflict");
    CHECK(extends(body(3, kFrom3To5, kSize5.note()), kSize3) == "ok");
    CHECK(extends(body(0, {}, kSize5.note()), kSize5) == "conflict");
    CHECK(extends(body(5, {}, kSize5.note()), kSize5) == "ok");

    const Signed wrong{1, kSize1.root, kSize3.signature};
    CHECK(extends(body(0, {}, wrong.note()), kNothing) == "not signed");
    CHECK(extends(body(1, {}, kSize3.note()), kSize1) == "consistency_proof_length_wrong");
    CHECK(
        extends(body(1, {kFrom1To3[1], kFrom1To3[0]}, kSize3.note()), kSize1)
        == "consistency_new_root_mismatch"
    );
    CHECK(
        extends(
            body(3, {kFrom3To5[1], kFrom3To5[0], kFrom3To5[2], kFrom3To5[3]}, kSize5.note()), kSize3
        )
        == "consistency_old_root_mismatch"
    );
    CHECK(extends(body(0, kFrom1To3, kSize3.note()), kNothing) == "consistency_proof_length_wrong");
    CHECK(extends(body(5, {}, kSize3.note()), kSize5) == "consistency_sizes_out_of_order");
}

TEST_CASE("add-checkpoint: the known body, both ways") {
    AddCheckpointRequest request;
    request.old_size = 8;
    request.proof = reference::unbase64_all({"5jLpqTgjsBDSEX6SgZiRnbTMdTuRd8bQ5tSsAOxe0Ks="});
    request.checkpoint = golden::kCheckpoint15;
    const std::string text = format_add_checkpoint(request).value();
    CHECK(text.size() == 248);
    CHECK(
        hex_encode(sha256(as_bytes(text)))
        == "4a9f876e46d30dda3c1da8e62b3edb2102eb35246885b3c18834b424a92c6841"
    );
    CHECK(parse_add_checkpoint(text).value() == request);
}

TEST_CASE("add-checkpoint: what is not a body") {
    const std::string note = kSize5.note();
    const std::string& hash = kFrom1To3[0];
    CHECK(parse_add_checkpoint("old 0\n\n" + note).has_value());
    CHECK(parse_add_checkpoint(body(1, std::vector<std::string>(63, hash), note)).has_value());
    for (const std::string& text : {
             ""s,
             "old 0\n"s,
             "old 0\n\n"s,
             "old 0\n" + note,
             "old\n\n" + note,
             "old 00\n\n" + note,
             "old -1\n\n" + note,
             "old  1\n\n" + note,
             "old 1 \n\n" + note,
             "Old 1\n\n" + note,
             "old 9223372036854775808\n\n" + note,
             "old 1\r\n\r\n" + note,
             "\nold 1\n\n" + note,
             "old 1\n" + hash.substr(1) + "\n\n" + note,
             "old 1\n" + hash + " \n\n" + note,
             "old 1\n" + hash + hash + "\n\n" + note,
             body(1, std::vector<std::string>(64, hash), note),
         }) {
        CAPTURE(text);
        CHECK_FALSE(parse_add_checkpoint(text).has_value());
    }
}

TEST_CASE("the body of a 409") {
    CHECK(format_tree_size(3) == "3\n");
    CHECK(parse_tree_size("3\n").value() == 3);
    CHECK(parse_tree_size("0\n").value() == 0);
    for (const char* text :
         {"", "3", "\n", "03\n", "3\n\n", "3 \n", "-3\n", "3\r\n", "9223372036854775808\n"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_tree_size(text).has_value());
    }
}
