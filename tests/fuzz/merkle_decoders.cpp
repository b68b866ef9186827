#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/cosignature.hpp"
#include "ledger/merkle/key_change.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/proof_file.hpp"
#include "ledger/merkle/tile.hpp"
#include "ledger/merkle/verdict.hpp"
#include "ledger/merkle/witness_request.hpp"
#include "tests/fuzz/decoder.hpp"

#include <algorithm>
#include <array>

namespace handprint::fuzz {

namespace {

using namespace merkle;

KeyPair key_pair(std::uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return KeyPair::from_seed(seed);
}

const NoteSigner& log_signer() {
    static const NoteSigner signer("log.example/coop", key_pair(1));
    return signer;
}

const Cosigner& witness() {
    static const Cosigner cosigner("witness.example/one", key_pair(2));
    return cosigner;
}

std::string policy_text() {
    return "log " + log_signer().key().text() + "\nwitness one " + witness().key().text()
           + " https://witness.example/\ngroup both any one\nquorum both\n";
}

const Policy& policy() {
    static const Policy made = Policy::parse(policy_text()).value();
    return made;
}

std::string signed_checkpoint() {
    const Checkpoint checkpoint{"log.example/coop", 7, leaf_hash({}), {}};
    const std::string note = sign_checkpoint(checkpoint, log_signer()).value();
    return with_signatures(note, {witness().cosign(checkpoint, 1'800'000'000).value()}).value();
}

void note(std::string_view text) {
    canonical(parse_note, [](const Note& n) { return format_note(n).value(); }, text);
    (void)verify_checkpoint(text, policy());
    const auto parsed = parse_note(text);
    if (!parsed) return;
    const auto lines = text.substr(parsed->text.size() + 1);
    must(parse_signature_lines(lines).has_value(), "the lines of a note");
    const std::array keys = {log_signer().key(), witness().key()};
    (void)verify_note(*parsed, keys);
    for (const auto& signature : parsed->signatures)
        (void)cosignature_time(parsed->text, signature, witness().key());
    if (const auto more = with_signatures(text, parsed->signatures))
        must(*more == text, "no line is repeated");
}

void signature_lines(std::string_view text) {
    const auto write = [](const std::vector<NoteSignature>& lines) {
        std::string out;
        for (const auto& line : lines)
            out += format_signature_line(line);
        return out;
    };
    canonical(parse_signature_lines, write, text);
}

void note_key(std::string_view text) {
    canonical(VerifierKey::parse, [](const VerifierKey& key) { return key.text(); }, text);
    canonical(
        NoteSigner::parse_private, [](const NoteSigner& s) { return s.private_text(); }, text
    );
}

void checkpoint(std::string_view text) {
    const auto value = parse_checkpoint(text);
    if (!value) return;
    (void)check_empty_root(*value);
    const auto written = format_checkpoint(*value);
    if (written) must(*written == text, "a checkpoint is written as it was read");
}

void policies(std::string_view text) {
    const auto parsed = Policy::parse(text);
    if (!parsed) return;
    for (const bool all : {false, true})
        (void)parsed->quorum_met(std::vector<bool>(parsed->witnesses().size(), all));
    (void)verify_checkpoint(signed_checkpoint(), *parsed);
}

/// What a delegate sets into the ledger when the log gets a new key.
void key_change(std::string_view text) {
    const auto change = read_key_change(text);
    if (!change) return;
    must(change->old_key.name == change->new_key.name, "the log keeps its name");
    must(!(change->old_key == change->new_key), "the key is another one");
    const auto note = parse_note(text);
    must(note.has_value(), "it is a note");
    for (const VerifierKey& key : {change->old_key, change->new_key}) {
        const std::array one = {key};
        must(verify_note(*note, one).has_value(), "both have signed");
    }
    if (const auto changed = with_log_key(policy_text(), change->new_key))
        must(Policy::parse(*changed).has_value(), "a policy stays one");
}

void tlog_proof(std::string_view text) {
    canonical(
        parse_proof_file,
        [](const ProofFile& file) { return format_proof_file(file).value(); },
        text
    );
    (void)verify_proof_file(text, leaf_hash({}), policy());
}

/// What a witness does with a body before it looks at its state.
void add_checkpoint(std::string_view text) {
    canonical(
        parse_add_checkpoint,
        [](const AddCheckpointRequest& request) { return format_add_checkpoint(request).value(); },
        text
    );
    canonical(parse_tree_size, [](std::uint64_t size) { return format_tree_size(size); }, text);
    const auto request = parse_add_checkpoint(text);
    if (!request) return;
    const auto parsed = parse_note(request->checkpoint);
    const auto value = parsed ? parse_checkpoint(parsed->text) : Result<Checkpoint>(fail(""));
    if (!value) return;
    const auto cosigned = witness().cosign(*value, 1);
    if (cosigned) (void)with_signatures(request->checkpoint, {*cosigned});
    (void
    )verify_consistency(request->old_size, value->size, request->proof, leaf_hash({}), value->root);
}

void tile(std::string_view text) {
    canonical(parse_tile_path, tile_path, text);
    if (text.empty()) return;
    const auto width = static_cast<unsigned>(static_cast<unsigned char>(text.front())) + 1;
    const auto file = as_bytes(text.substr(1));
    if (const auto hashes = decode_hashes(file, width))
        must(equal(encode_hashes(*hashes), file), "hashes as they were");
    const auto entries = decode_entries(file, width);
    if (!entries) return;
    Bytes back;
    for (const auto& entry : *entries)
        must(append_entry(back, entry).has_value(), "an entry fits");
    must(equal(back, file), "entries as they were");
}

Seeds notes() {
    Seeds seeds = {signed_checkpoint(), "text\n\n\u2014 a AAAAAAE=\n"};
    for (auto& text : strings_of_vectors())
        if (text.find("\n\n") != std::string::npos) seeds.push_back(std::move(text));
    return seeds;
}

Seeds lines_of_notes() {
    Seeds seeds;
    for (const auto& text : notes())
        seeds.push_back(text.substr(text.find("\n\n") + 2));
    return seeds;
}

Seeds texts_of_notes() {
    Seeds seeds;
    for (const auto& text : notes())
        seeds.push_back(text.substr(0, text.find("\n\n") + 1));
    return seeds;
}

Seeds policy_seeds() {
    return {policy_text(), read_file("tests/vectors/payslip_policy.txt"), "# none\nquorum none\n"};
}

Seeds key_changes() {
    const NoteSigner next("log.example/coop", key_pair(3)), other("log.example/other", key_pair(3));
    Note twice{sign_key_change(log_signer(), next).value(), {}};
    twice.text = parse_note(twice.text).value().text;
    twice.signatures = {log_signer().sign(twice.text), other.sign(twice.text)};
    return {sign_key_change(log_signer(), next).value(), format_note(twice).value()};
}

Seeds proofs() {
    const std::vector<Hash> hashes(3, leaf_hash({}));
    return {
        format_proof_file({Bytes{1, 2}, 5, hashes, signed_checkpoint()}).value(),
        format_proof_file({std::nullopt, 0, {}, signed_checkpoint()}).value()
    };
}

Seeds add_checkpoints() {
    const std::vector<Hash> hashes(3, leaf_hash({}));
    return {
        format_add_checkpoint({4, hashes, signed_checkpoint()}).value(),
        format_add_checkpoint({0, {}, signed_checkpoint()}).value(),
        format_tree_size(17)
    };
}

Seeds tiles() {
    Bytes entries;
    for (const ByteView entry : {as_bytes("one"), as_bytes("")})
        must(append_entry(entries, entry).has_value(), "short entries");
    const std::vector<Hash> hashes(2, leaf_hash({}));
    return {
        "tile/0/x001/x234/067.p/112",
        "tile/entries/000",
        '\x01' + std::string(as_text(entries)),
        '\x01' + std::string(as_text(encode_hashes(hashes)))
    };
}

constexpr std::array kDecoders = {
    Decoder{"note", note, notes},
    Decoder{"signature_lines", signature_lines, lines_of_notes},
    Decoder{
        "note_key",
        note_key,
        [] {
            return Seeds{
                log_signer().key().text(), witness().key().text(), log_signer().private_text()
            };
        }
    },
    Decoder{"checkpoint", checkpoint, texts_of_notes},
    Decoder{"policy", policies, policy_seeds},
    Decoder{"key_change", key_change, key_changes},
    Decoder{"tlog_proof", tlog_proof, proofs},
    Decoder{"add_checkpoint", add_checkpoint, add_checkpoints},
    Decoder{"tile", tile, tiles},
};

} // namespace

std::span<const Decoder> merkle_decoders() {
    return kDecoders;
}

} // namespace handprint::fuzz
