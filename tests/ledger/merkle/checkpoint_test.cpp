#include "golden_log.hpp"
#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/cosignature.hpp"
#include "ledger/merkle/verdict.hpp"
#include "reference.hpp"

#include <doctest/doctest.h>

using namespace handprint;
using namespace handprint::merkle;
using namespace std::string_literals;

namespace {

const std::string kRoot = "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=";

Seed seed_of(std::uint8_t byte) {
    Seed seed{};
    seed.fill(byte);
    return seed;
}

/// A log and two witnesses, of which one is enough.
struct World {
    NoteSigner log{"log.example/a", KeyPair::from_seed(seed_of(1))};
    NoteSigner other_log{"log.example/b", KeyPair::from_seed(seed_of(2))};
    Cosigner w1{"w1.example", KeyPair::from_seed(seed_of(3))};
    Cosigner w2{"w2.example", KeyPair::from_seed(seed_of(4))};
    Checkpoint checkpoint{"log.example/a", 7, leaf_hash(as_bytes("x")), {}};
    std::string text = format_checkpoint(checkpoint).value();

    [[nodiscard]] Policy
    policy(const std::string& rest = "group any-w any one two\nquorum any-w\n") const {
        return Policy::parse(
                   "log " + log.key().text() + "\nlog " + other_log.key().text() + "\nwitness one "
                   + w1.key().text() + "\nwitness two " + w2.key().text() + "\n" + rest
        )
            .value();
    }

    [[nodiscard]] std::string note(const std::vector<NoteSignature>& lines) const {
        return format_note({text, lines}).value();
    }
};

std::vector<std::string> reasons(const CheckpointVerdict& verdict) {
    std::vector<std::string> out;
    out.reserve(verdict.errors.size());
    for (const Rejection& error : verdict.errors)
        out.emplace_back(reason_text(error.reason));
    return out;
}

NoteSignature garbled(NoteSignature line) {
    line.signature.back() ^= 1U;
    return line;
}

using Reasons = std::vector<std::string>;

} // namespace

TEST_CASE("checkpoint text both ways") {
    const std::string text = "example.com/log/testdata\n15\n" + kRoot + "\n";
    const Checkpoint checkpoint = parse_checkpoint(text).value();
    CHECK(checkpoint.origin == golden::kOrigin);
    CHECK(checkpoint.size == 15);
    CHECK(base64_encode(checkpoint.root) == kRoot);
    CHECK(format_checkpoint(checkpoint).value() == text);
}

TEST_CASE("checkpoint text: extension lines are read, not written") {
    const Checkpoint checkpoint = parse_checkpoint("o\n1\n" + kRoot + "\nmore\nand more\n").value();
    CHECK(checkpoint.extensions == std::vector<std::string>{"more", "and more"});
    CHECK_FALSE(format_checkpoint(checkpoint).has_value());
}

TEST_CASE("what is not a checkpoint") {
    for (const std::string& text : {
             ""s,
             "o\n"s,
             "o\n1\n"s,
             "o\n1\n" + kRoot,
             "\n1\n" + kRoot + "\n",
             "o\n\n" + kRoot + "\n",
             "o\n01\n" + kRoot + "\n",
             "o\n+1\n" + kRoot + "\n",
             "o\n-1\n" + kRoot + "\n",
             "o\n1 \n" + kRoot + "\n",
             "o\n1.0\n" + kRoot + "\n",
             "o\n9223372036854775808\n" + kRoot + "\n",
             "o\n18446744073709551616\n" + kRoot + "\n",
             "o\n1\n" + kRoot + " \n",
             "o\n1\n" + kRoot.substr(0, 43) + "\n",
             "o\n1\n" + kRoot.substr(0, 40) + "\n",
             "o\n1\nAAAA" + kRoot + "\n",
             "o\n1\n\n"s,
             "o\n1\n" + kRoot + "\n\n",
             "o\n1\n" + kRoot + "\next",
             "o\n1\n" + kRoot + "\n\next\n",
         }) {
        CAPTURE(text);
        CHECK_FALSE(parse_checkpoint(text).has_value());
    }
    CHECK(parse_checkpoint("o\n9223372036854775807\n" + kRoot + "\n").has_value());
}

TEST_CASE("checkpoints that we do not sign") {
    const World w;
    CHECK(sign_checkpoint(w.checkpoint, w.log).has_value());
    CHECK_FALSE(sign_checkpoint(w.checkpoint, w.other_log).has_value());
    Checkpoint empty = w.checkpoint;
    empty.size = 0;
    CHECK_FALSE(sign_checkpoint(empty, w.log).has_value());
    empty.root = empty_root();
    CHECK(sign_checkpoint(empty, w.log).has_value());
    for (const std::string& origin : {""s, "two\nlines"s, "a\tb"s, "bad\xff"s}) {
        Checkpoint bad = w.checkpoint;
        bad.origin = origin;
        CHECK_FALSE(format_checkpoint(bad).has_value());
    }
    Checkpoint large = w.checkpoint;
    large.size = kMaxTreeSize + 1;
    CHECK_FALSE(format_checkpoint(large).has_value());
}

TEST_CASE("cosignature: the known answer") {
    const Cosigner witness(
        std::string(golden::kWitnessName),
        KeyPair::from_seed(reference::unhex(golden::kWitnessSeed))
    );
    CHECK(witness.key().text() == golden::kWitnessKey);
    const Note note = parse_note(golden::kCheckpoint15).value();
    const Checkpoint checkpoint = parse_checkpoint(note.text).value();
    const NoteSignature line = witness.cosign(checkpoint, 1'700'000'000).value();
    CHECK(line.signature.size() == 72);
    CHECK(format_signature_line(line) == golden::kCosignature15);
    CHECK(cosignature_time(note.text, line, witness.key()).value() == 1'700'000'000);
    CHECK(
        with_signatures(golden::kCheckpoint15, {line, line}).value()
        == std::string(golden::kCheckpoint15) + std::string(golden::kCosignature15)
    );
}

TEST_CASE("cosignature: time, text, length and key are all covered") {
    const World w;
    const NoteSignature line = w.w1.cosign(w.checkpoint, 5).value();
    CHECK(cosignature_time(w.text, line, w.w1.key()).value() == 5);
    CHECK_FALSE(cosignature_time(w.text + "x\n", line, w.w1.key()).has_value());
    CHECK_FALSE(cosignature_time(w.text, line, w.w2.key()).has_value());
    for (std::size_t at = 0; at < 72; ++at) {
        NoteSignature bad = line;
        bad.signature[at] ^= 4U;
        CHECK_FALSE(cosignature_time(w.text, bad, w.w1.key()).has_value());
    }
    NoteSignature bad = line;
    bad.signature.push_back(0);
    CHECK_FALSE(cosignature_time(w.text, bad, w.w1.key()).has_value());
    bad.signature.resize(71);
    CHECK_FALSE(cosignature_time(w.text, bad, w.w1.key()).has_value());
    // The same key under the note's own type is another key.
    const NoteSigner plain("w1.example", KeyPair::from_seed(seed_of(3)));
    CHECK(plain.key().id != w.w1.key().id);
    CHECK_FALSE(cosignature_time(w.text, plain.sign(w.text), w.w1.key()).has_value());
}

TEST_CASE("cosignature: limits of the time, and no text from outside") {
    const World w;
    CHECK(w.w1.cosign(w.checkpoint, kMaxCosignatureTime).has_value());
    CHECK_FALSE(w.w1.cosign(w.checkpoint, kMaxCosignatureTime + 1).has_value());
    Checkpoint extended = w.checkpoint;
    extended.extensions = {"mischief"};
    CHECK_FALSE(w.w1.cosign(extended, 1).has_value());

    // A correct signature over a time above the limit.
    const KeyPair pair = KeyPair::from_seed(seed_of(3));
    const std::string message = "cosignature/v1\ntime 9007199254740992\n" + w.text;
    NoteSignature line{w.w1.key().name, w.w1.key().id, {}};
    put_u64(line.signature, std::uint64_t{1} << 53U);
    append(line.signature, pair.sign(as_bytes(message)));
    CHECK_FALSE(cosignature_time(w.text, line, w.w1.key()).has_value());
}

TEST_CASE("verdict: accepted, with who signed and when") {
    const World w;
    const std::string note = w.note(
        {w.w2.cosign(w.checkpoint, 20).value(),
         w.log.sign(w.text),
         w.w1.cosign(w.checkpoint, 30).value(),
         w.w1.cosign(w.checkpoint, 10).value()}
    );
    const CheckpointVerdict verdict = verify_checkpoint(note, w.policy());
    CHECK(reasons(verdict).empty());
    CHECK(verdict.accepted());
    CHECK(verdict.quorum_met);
    CHECK(verdict.checkpoint == w.checkpoint);
    CHECK(verdict.log_key == w.log.key());
    CHECK(
        verdict.witnesses
        == std::vector<WitnessedBy>{{"one", "w1.example", 30}, {"two", "w2.example", 20}}
    );
}

TEST_CASE("verdict: seen by a quorum is older than what the fastest clock says") {
    const World world;
    const Policy both = world.policy("group both all one two\nquorum both\n");
    const std::vector<WitnessedBy> two = {{"one", "w1.example", 1000}, {"two", "w2.example", 9000}};
    CHECK(seen_by_quorum(both, two) == 1000);
    CHECK(seen_by_quorum(world.policy(), two) == 9000);
    CHECK_FALSE(seen_by_quorum(both, {two.front()}));
    CHECK_FALSE(seen_by_quorum(both, {}));
    CHECK_FALSE(seen_by_quorum(world.policy("quorum none\n"), {}));
}

TEST_CASE("verdict: each reason on its own, and their order") {
    const World w;
    const Policy policy = w.policy();
    const NoteSignature log = w.log.sign(w.text);
    const NoteSignature w1 = w.w1.cosign(w.checkpoint, 10).value();
    const NoteSignature w2 = w.w2.cosign(w.checkpoint, 10).value();
    const auto judge = [&](const std::vector<NoteSignature>& lines) {
        return reasons(verify_checkpoint(w.note(lines), policy));
    };
    CHECK(judge({log, w1}) == Reasons{});
    CHECK(judge({log}) == Reasons{"quorum_not_met"});
    CHECK(judge({w1}) == Reasons{"checkpoint_unknown_log"});
    CHECK(judge({garbled(log), log, w1}) == Reasons{"checkpoint_signature_invalid"});
    CHECK(judge({log, w1, garbled(w2)}) == Reasons{"checkpoint_signature_invalid"});
    CHECK(judge({garbled(log), w1}) == Reasons{"checkpoint_signature_invalid"});
    CHECK(judge({log, garbled(w1)}) == Reasons{"checkpoint_signature_invalid", "quorum_not_met"});
    CHECK(reasons(verify_checkpoint("nonsense", policy)) == Reasons{"checkpoint_malformed"});
    const std::string no_checkpoint = format_note({"hi\n", {w.log.sign("hi\n")}}).value();
    CHECK(reasons(verify_checkpoint(no_checkpoint, policy)) == Reasons{"checkpoint_malformed"});

    // Lines of logs are judged before those of witnesses, whatever their order in the note.
    const CheckpointVerdict both =
        verify_checkpoint(w.note({garbled(w1), garbled(log), w1}), policy);
    REQUIRE(
        reasons(both) == Reasons{"checkpoint_signature_invalid", "checkpoint_signature_invalid"}
    );
    CHECK(both.errors[0].detail == "log.example/a");
    CHECK(both.errors[1].detail.starts_with("w1.example"));
    CHECK_FALSE(both.log_key.has_value());
    CHECK(both.quorum_met);
    CHECK_FALSE(both.accepted());
}

TEST_CASE("verdict: another log's key does not vouch for this origin") {
    const World w;
    const NoteSignature log = w.log.sign(w.text);
    const NoteSignature other = w.other_log.sign(w.text);
    const NoteSignature w1 = w.w1.cosign(w.checkpoint, 10).value();
    CHECK(
        reasons(verify_checkpoint(w.note({other, w1}), w.policy()))
        == Reasons{"checkpoint_unknown_log"}
    );
    CHECK(verify_checkpoint(w.note({log, garbled(other), w1}), w.policy()).accepted());

    const Checkpoint stranger{"log.example/c", 7, w.checkpoint.root, {}};
    const std::string text = format_checkpoint(stranger).value();
    const std::string note = format_note({text, {w.log.sign(text)}}).value();
    CHECK(reasons(verify_checkpoint(note, w.policy())) == Reasons{"checkpoint_unknown_log"});
    CHECK(
        reasons(verify_checkpoint(w.note({log}), Policy::parse("quorum none\n").value()))
        == Reasons{"checkpoint_unknown_log"}
    );
}

TEST_CASE("verdict: an empty tree has the empty root") {
    World w;
    w.text = "log.example/a\n0\n" + base64_encode(w.checkpoint.root) + "\n";
    const std::string bad = w.note({w.log.sign(w.text)});
    CHECK(
        reasons(verify_checkpoint(bad, w.policy("quorum none\n")))
        == Reasons{"checkpoint_empty_root_wrong"}
    );
    w.text = "log.example/a\n0\n" + base64_encode(empty_root()) + "\n";
    CHECK(verify_checkpoint(w.note({w.log.sign(w.text)}), w.policy("quorum none\n")).accepted());
}

TEST_CASE("verdict: signatures cover extension lines, which are shown") {
    World w;
    const std::string plain_text = w.text;
    w.text += "extension\n";
    const CheckpointVerdict verdict =
        verify_checkpoint(w.note({w.log.sign(w.text)}), w.policy("quorum none\n"));
    CHECK(verdict.accepted());
    CHECK(
        verdict.checkpoint.value_or(Checkpoint{}).extensions
        == std::vector<std::string>{"extension"}
    );
    CHECK(
        reasons(verify_checkpoint(w.note({w.log.sign(plain_text)}), w.policy("quorum none\n")))
        == Reasons{"checkpoint_signature_invalid"}
    );
}

TEST_CASE("verdict: a log's second key, for rotation, keeps the origin") {
    const World w;
    const NoteSigner next("log.example/a", KeyPair::from_seed(seed_of(9)));
    const Policy both =
        Policy::parse(
            "log " + w.log.key().text() + "\nlog " + next.key().text() + "\nquorum none\n"
        )
            .value();
    CHECK(verify_checkpoint(w.note({next.sign(w.text)}), both).log_key == next.key());
    CHECK(
        verify_checkpoint(w.note({next.sign(w.text), w.log.sign(w.text)}), both).log_key
        == w.log.key()
    );
    CHECK(verify_checkpoint(w.note({w.log.sign(w.text)}), both).accepted());
}
