#include "golden_log.hpp"
#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/merkle/note.hpp"

#include <doctest/doctest.h>

using namespace handprint;
using namespace handprint::merkle;
using namespace std::string_literals;

namespace {

const std::string kDash = "\u2014 ";

const std::string kExampleKey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

const std::string kExampleLine =
    kDash
    + "example.com/foo "
      "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72"
      "IneyaQM=\n";

const std::string kExampleNote = "This is an example message.\n\n" + kExampleLine;

bool verifies(const std::string& note, const std::vector<std::string>& keys) {
    const Result<Note> parsed = parse_note(note);
    std::vector<VerifierKey> known;
    known.reserve(keys.size());
    for (const std::string& key : keys)
        known.push_back(VerifierKey::parse(key).value());
    return parsed && verify_note(*parsed, known).has_value();
}

NoteSigner signer(const std::string& name, std::uint8_t seed) {
    Seed bytes{};
    bytes.fill(seed);
    return {name, KeyPair::from_seed(bytes)};
}

} // namespace

TEST_CASE("the example of C2SP's signed-note verifies") {
    CHECK(verifies(kExampleNote, {kExampleKey}));
    CHECK(VerifierKey::parse(kExampleKey).value().text() == kExampleKey);
    CHECK(format_note(parse_note(kExampleNote).value()).value() == kExampleNote);
}

TEST_CASE("the Go checksum database's checkpoint verifies; its origin is not its key's name") {
    CHECK(verifies(
        "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n\n" + kDash
            + "sum.golang.org "
              "Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QT"
              "tPydhKCExixSfwQ=\n",
        {"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"}
    ));
}

TEST_CASE("a changed text, signature or key does not verify") {
    std::string text = kExampleNote;
    text.replace(0, 4, "That");
    CHECK_FALSE(verifies(text, {kExampleKey}));
    for (std::size_t bit = 0; bit < 64 * 8; bit += 7) {
        Note note = parse_note(kExampleNote).value();
        note.signatures[0].signature[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        CHECK_FALSE(verifies(format_note(note).value(), {kExampleKey}));
    }
    CHECK_FALSE(verifies(kExampleNote, {std::string(golden::kLogKey)}));
    CHECK_FALSE(verifies(kExampleNote, {}));
}

TEST_CASE("lines of unknown keys are kept and say nothing") {
    const std::string other = kDash + "example.com/bar AAAAAAE=\n";      // another name
    const std::string other_id = kDash + "example.com/foo AAAAAAE=\n";   // same name, another id
    const std::string other_name = kDash + "example.org/foo Uw2QOgE=\n"; // same id, another name
    const std::string note = kExampleNote + other + other_id + other_name;
    CHECK(verifies(note, {kExampleKey}));
    CHECK(parse_note(note).value().signatures.size() == 4);
    CHECK(format_note(parse_note(note).value()).value() == note);
}

TEST_CASE("one bad line of a known key spoils the note, in any place") {
    const std::string bad = kDash + "example.com/foo Uw2QOgE=\n";
    CHECK_FALSE(verifies(kExampleNote + bad, {kExampleKey}));
    CHECK_FALSE(verifies("This is an example message.\n\n" + bad + kExampleLine, {kExampleKey}));
    CHECK(verifies(kExampleNote + kExampleLine, {kExampleKey}));
}

TEST_CASE("signers are returned once each, in the order of the known keys") {
    const NoteSigner a = signer("a.example", 1);
    const NoteSigner b = signer("b.example", 2);
    const std::string text = "hello\n";
    const Note note{text, {b.sign(text), a.sign(text), b.sign(text)}};
    const std::vector<VerifierKey> known{a.key(), b.key(), signer("c.example", 3).key()};
    CHECK(verify_note(note, known).value() == std::vector<VerifierKey>{a.key(), b.key()});
}

TEST_CASE("the last empty line separates") {
    const NoteSigner a = signer("a.example", 1);
    const std::string text = "one\n\n\ntwo\n\n";
    const std::string note = format_note({text, {a.sign(text)}}).value();
    CHECK(parse_note(note).value().text == text);
    CHECK(verifies(note, {a.key().text()}));
    CHECK(parse_note("\n\n" + kExampleLine).value().text == "\n");
}

TEST_CASE("what is not a note") {
    const std::string text = "text\n";
    const std::string line = kExampleLine;
    CHECK(parse_note(text + "\n" + line).has_value());
    for (const std::string& note : {
             ""s,
             "\n"s,
             text,
             text + "\n",
             text + line,
             "\n" + line,
             text + "\n" + line + "\n",
             text + "\n" + line.substr(0, line.size() - 1),
             text + "\n" + line + "trailing\n",
             "text\r\n\n" + line,
             "te\0xt\n\n"s + line,
             "te\txt\n\n" + line,
             "te\x1fxt\n\n" + line,
             "te\xffxt\n\n" + line,
             "te\xc0\x80xt\n\n" + line,
             text + "\n- example.com/foo Uw2QOgE=\n",
             text + "\n\u2014example.com/foo Uw2QOgE=\n",
             text + "\n\u2014  Uw2QOgE=\n",
             text + "\n\u2014 Uw2QOgE=\n",
             text + "\n\u2014 foo+bar Uw2QOgE=\n",
             text + "\n\u2014 foo\u00a0bar Uw2QOgE=\n",
             text + "\n\u2014 foo  Uw2QOgE=\n",
             text + "\n\u2014 foo Uw2QOgE= \n",
             text + "\n\u2014 foo Uw2QOgE\n",
             text + "\n\u2014 foo Uw2QOgF=\n", // unused bits set
             text + "\n\u2014 foo Uw2QOg==\n", // a key id and no signature
             text + "\n\u2014 foo Uw2Q\n",
             text + "\n\u2014 foo \n",
         }) {
        CAPTURE(note);
        CHECK_FALSE(parse_note(note).has_value());
    }
}

TEST_CASE("limits: 100 signatures, a million bytes") {
    const std::string text = "text\n";
    std::string note = text + "\n";
    for (int i = 0; i < 100; ++i)
        note += kDash + "n" + std::to_string(i) + " Uw2QOgE=\n";
    CHECK(parse_note(note).value().signatures.size() == 100);
    CHECK_FALSE(parse_note(note + kExampleLine).has_value());

    const std::string tail = "\n\n" + kExampleLine;
    CHECK(parse_note(std::string(1'000'000 - tail.size(), 'a') + tail).has_value());
    CHECK_FALSE(parse_note(std::string(1'000'001 - tail.size(), 'a') + tail).has_value());
}

TEST_CASE("a note that would read back differently is not written") {
    const NoteSigner a = signer("a.example", 1);
    CHECK_FALSE(format_note({"no newline", {a.sign("no newline")}}).has_value());
    CHECK_FALSE(format_note({"text\n", {}}).has_value());
    CHECK_FALSE(format_note({"", {a.sign("")}}).has_value());
    CHECK_FALSE(format_note({"text\n", {{"bad name", 1, {1}}}}).has_value());
    CHECK_FALSE(format_note({"text\n", {{"name", 1, {}}}}).has_value());
    CHECK_FALSE(format_note({"te\txt\n", {a.sign("te\txt\n")}}).has_value());
}

TEST_CASE("verifier keys: one text each") {
    const std::string good(golden::kLogKey);
    CHECK(VerifierKey::parse(good).has_value());
    const auto swap = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    for (const std::string& text : {
             ""s,
             "name"s,
             "name+33d7b496"s,
             swap("33d7b496", "33d7b497"),
             swap("33d7b496", "33D7B496"),
             swap("33d7b496", "33d7b49"),
             swap("33d7b496", "033d7b496"),
             swap("example.com", "example.net"),
             swap("example.com", "exam ple.com"),
             swap("example.com", ""s) + "=",
             swap("+AeH", "+AuH"), // type 2
             swap("+AeH", "+BuH"), // type 6
             good + "\n",
             good.substr(0, good.size() - 4),
             "+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"s,
         }) {
        CAPTURE(text);
        CHECK_FALSE(VerifierKey::parse(text).has_value());
    }
}

TEST_CASE("private keys in the text of Go's tools, both ways") {
    const NoteSigner a = signer("a.example/log", 9);
    CHECK(NoteSigner::parse_private(a.private_text()).value().key() == a.key());
    const std::string good(golden::kLogPrivateKey);
    CHECK_FALSE(NoteSigner::parse_private(good.substr(12)).has_value());
    CHECK_FALSE(NoteSigner::parse_private(golden::kLogKey).has_value());
    std::string other_id = good;
    other_id.replace(other_id.find("33d7b496"), 8, "33d7b497");
    CHECK_FALSE(NoteSigner::parse_private(other_id).has_value());
    CHECK_FALSE(NoteSigner::parse_private(good + " ").has_value());
}

TEST_CASE("what a witness answers is signature lines and nothing else") {
    const std::string line(golden::kCosignature15);
    const auto lines = parse_signature_lines(line + kExampleLine).value();
    CHECK(lines.size() == 2);
    CHECK(format_signature_line(lines[0]) + format_signature_line(lines[1]) == line + kExampleLine);
    CHECK_FALSE(parse_signature_lines("").has_value());
    CHECK_FALSE(parse_signature_lines("\n" + line).has_value());
    CHECK_FALSE(parse_signature_lines(line + "\n").has_value());
    CHECK_FALSE(parse_signature_lines(line.substr(0, line.size() - 1)).has_value());
}
