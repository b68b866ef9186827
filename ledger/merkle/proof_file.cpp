#include "ledger/merkle/proof_file.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/check.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/merkle/text_lines.hpp"

#include <utility>

namespace handprint::merkle {

namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

} // namespace

Result<ProofFile> parse_proof_file(std::string_view file) {
    if (file.size() > kMaxProofFileBytes) return fail("proof: too long");
    if (take_line(file) != kHeader) return fail("proof: not a tlog-proof of version 1");
    ProofFile proof;
    std::optional<std::string_view> line = take_line(file);
    if (line && line->starts_with(kExtra)) {
        Result<Bytes> extra = base64_decode(line->substr(kExtra.size()));
        if (!extra || extra->empty()) return fail("proof: malformed extra line");
        proof.extra = std::move(extra).value();
        line = take_line(file);
    }
    if (!line || !line->starts_with(kIndex)) return fail("proof: no index line");
    const Result<std::uint64_t> index = parse_u64(line->substr(kIndex.size()));
    if (!index || *index >= kMaxTreeSize) return fail("proof: not an index");
    proof.index = *index;
    Result<std::vector<Hash>> hashes = take_hash_lines(file, kMaxInclusionHashes);
    if (!hashes) return fail("proof: " + hashes.error().what);
    proof.hashes = std::move(hashes).value();
    if (file.empty()) return fail("proof: no checkpoint");
    proof.checkpoint = file;
    return proof;
}

Result<std::string> format_proof_file(const ProofFile& proof) {
    std::string out = std::string(kHeader) + "\n";
    if (proof.extra) out += std::string(kExtra) + base64_encode(*proof.extra) + "\n";
    out += std::string(kIndex) + std::to_string(proof.index) + "\n";
    append_hash_lines(out, proof.hashes);
    out += proof.checkpoint;
    const Result<ProofFile> again = parse_proof_file(out);
    if (!again) return unexpected(again.error());
    return out;
}

ProofVerdict verify_proof_file(const ProofFile& proof, const Hash& leaf, const Policy& policy) {
    ProofVerdict verdict;
    verdict.checkpoint = verify_checkpoint(proof.checkpoint, policy);
    verdict.errors = verdict.checkpoint.errors;
    if (!verdict.checkpoint.accepted()) return verdict;
    HP_CHECK(verdict.checkpoint.checkpoint.has_value(), "an accepted checkpoint is there");
    const Checkpoint& checkpoint = *verdict.checkpoint.checkpoint;
    const Result<void, Rejection> included =
        verify_inclusion(proof.index, checkpoint.size, leaf, proof.hashes, checkpoint.root);
    if (!included) verdict.errors.push_back(included.error());
    return verdict;
}

ProofVerdict verify_proof_file(std::string_view file, const Hash& leaf, const Policy& policy) {
    const Result<ProofFile> proof = parse_proof_file(file);
    if (proof) return verify_proof_file(*proof, leaf, policy);
    ProofVerdict verdict;
    verdict.errors.push_back({Reason::proof_malformed, proof.error().what});
    return verdict;
}

} // namespace handprint::merkle
