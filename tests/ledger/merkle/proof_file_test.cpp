#include "golden_log.hpp"
#include "ledger/merkle/proof_file.hpp"
#include "reference.hpp"

#include <doctest/doctest.h>

using namespace handprint;
using namespace handprint::merkle;
using namespace std::string_literals;

namespace {

const Policy& policy() {
    static const Policy parsed = Policy::parse(golden::policy_text()).value();
    return parsed;
}

Hash ileven() {
    return leaf_hash(as_bytes("ileven"));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string reason(const std::string& file, const Hash& leaf) {
    const ProofVerdict verdict = verify_proof_file(file, leaf, policy());
    return verdict.accepted() ? "ok" : std::string(reason_text(verdict.errors[0].reason));
}

} // namespace

TEST_CASE("example.tlog-proof is the known file and is accepted") {
    const std::string file = golden::proof_file();
    CHECK(file.size() == 538);
    CHECK(
        hex_encode(sha256(as_bytes(file)))
        == "819338606a1f6e861592d0e7f1039f574941dc5523c14efd23370323ee4cea0c"
    );
    const ProofVerdict verdict = verify_proof_file(file, ileven(), policy());
    CHECK(verdict.accepted());
    CHECK(verdict.checkpoint.checkpoint.value_or(Checkpoint{}).size == 15);
    CHECK(verdict.checkpoint.log_key == VerifierKey::parse(golden::kLogKey).value());
    CHECK(
        verdict.checkpoint.witnesses
        == std::vector<WitnessedBy>{{"w1", "example.com/witness", 1'700'000'000}}
    );
}

TEST_CASE("the proof is made again to the byte from the entries") {
    reference::Hashes leaves;
    leaves.reserve(golden::kEntries.size());
    for (const std::string& entry : golden::kEntries)
        leaves.push_back(leaf_hash(as_bytes(entry)));
    ProofFile proof;
    proof.index = 10;
    proof.hashes = prove_inclusion(10, 15, reference::reader_over(leaves)).value();
    proof.checkpoint = std::string(golden::kCheckpoint15) + std::string(golden::kCosignature15);
    CHECK(format_proof_file(proof).value() == golden::proof_file());
    CHECK(parse_proof_file(golden::proof_file()).value() == proof);

    proof.extra = to_bytes(as_bytes("salt"));
    const std::string with_extra = format_proof_file(proof).value();
    CHECK(with_extra == replaced(golden::proof_file(), "index", "extra c2FsdA==\nindex"));
    CHECK(parse_proof_file(with_extra).value() == proof);
    CHECK(reason(with_extra, ileven()) == "ok");
}

TEST_CASE("each way to be refused has its reason") {
    const std::string file = golden::proof_file();
    CHECK(reason(file, leaf_hash(as_bytes("eleven"))) == "inclusion_root_mismatch");
    CHECK(reason(replaced(file, "index 10", "index 11"), ileven()) == "inclusion_root_mismatch");
    CHECK(
        reason(replaced(file, "index 10", "index 15"), ileven()) == "inclusion_index_out_of_range"
    );
    CHECK(
        reason(replaced(file, "bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=\n", ""), ileven())
        == "inclusion_proof_length_wrong"
    );
    CHECK(reason(replaced(file, "O61c", "O61d"), ileven()) == "inclusion_root_mismatch");
    CHECK(reason(replaced(file, "\n15\n", "\n16\n"), ileven()) == "checkpoint_signature_invalid");
    CHECK(reason(replaced(file, "rKbD", "rKbE"), ileven()) == "checkpoint_signature_invalid");
    CHECK(reason(replaced(file, "BlU/EA", "BlU/EB"), ileven()) == "checkpoint_signature_invalid");
    CHECK(
        reason(replaced(file, std::string(golden::kCosignature15), ""), ileven())
        == "quorum_not_met"
    );
    CHECK(
        reason(replaced(file, "\n\nexample.com/log", "\n\nexample.org/log"), ileven())
        == "checkpoint_unknown_log"
    );
    CHECK(
        reason(replaced(file, "\n\u2014 example.com/log", "\u2014 example.com/log"), ileven())
        == "checkpoint_malformed"
    );
    CHECK(reason(replaced(file, "index", "Index"), ileven()) == "proof_malformed");
}

TEST_CASE("every flipped bit is refused, except in what no signature covers") {
    const std::string file = golden::proof_file();
    for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
        std::string bad = file;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
        CAPTURE(bit);
        REQUIRE(reason(bad, ileven()) != "ok");
    }
}

TEST_CASE("every shortened file is refused") {
    const std::string file = golden::proof_file();
    for (std::size_t size = 0; size < file.size(); ++size) {
        REQUIRE(reason(file.substr(0, size), ileven()) != "ok");
    }
}

TEST_CASE("what is not a proof file") {
    const std::string file = golden::proof_file();
    const std::string hash = "O61cHA6zA3ynJh7PzdEPrfB8aE1YBWCBnJcNIpeUePs=\n";
    std::string many;
    for (int i = 0; i < 60; ++i)
        many += hash;
    for (const std::string& bad : {
             ""s,
             replaced(file, "@v1", "@v2"),
             replaced(file, "c2sp", " c2sp"),
             replaced(file, "index 10\n", ""),
             replaced(file, "index 10", "index 010"),
             replaced(file, "index 10", "index  10"),
             replaced(file, "index 10", "index 10 "),
             replaced(file, "index 10", "index"),
             replaced(file, "index 10", "index 9223372036854775807"),
             replaced(file, "index 10", "index 10\nindex 10"),
             replaced(file, "index 10", "extra \nindex 10"),
             replaced(file, "index 10", "extra c2Fs\nextra c2Fs\nindex 10"),
             replaced(file, "index 10", "extra c2FsdA\nindex 10"),
             replaced(file, "index 10", "index 10\nextra c2Fs"),
             replaced(file, "index 10", "\nindex 10"),
             replaced(file, hash, hash.substr(1)),
             replaced(file, hash, many + hash), // 64
             replaced(file, "\n", "\r\n"),
             file.substr(0, file.find("\n\n") + 2),
             file.substr(0, file.find("\n\n") + 1),
         }) {
        CAPTURE(bad);
        CHECK(reason(bad, ileven()) == "proof_malformed");
        CHECK_FALSE(parse_proof_file(bad).has_value());
    }
    CHECK(parse_proof_file(replaced(file, hash, many)).has_value()); // 63 hashes are allowed
}

TEST_CASE("a proof that would read back differently is not written") {
    ProofFile proof = parse_proof_file(golden::proof_file()).value();
    CHECK(format_proof_file(proof).has_value());
    proof.extra = Bytes{};
    CHECK_FALSE(format_proof_file(proof).has_value());
    proof.extra.reset();
    proof.checkpoint.clear();
    CHECK_FALSE(format_proof_file(proof).has_value());
    proof.checkpoint = "x";
    proof.hashes.resize(64);
    CHECK_FALSE(format_proof_file(proof).has_value());
}
