#include "ledger/merkle/note.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/utf8.hpp"
#include "ledger/merkle/cosignature.hpp"
#include "ledger/merkle/text_lines.hpp"

#include <algorithm>
#include <utility>

namespace handprint::merkle {

namespace {

constexpr std::string_view kLineStart = "\xe2\x80\x94 "; // em dash, space

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return static_cast<std::uint8_t>(c) < 0x20 && c != '\n';
    });
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
    if (!line.starts_with(kLineStart)) return fail("signature line does not begin with a dash");
    line.remove_prefix(kLineStart.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return fail("signature line without a signature");
    const std::string_view name = line.substr(0, space);
    if (!is_key_name(name)) return fail("signature line: not a key name");
    const Result<Bytes> blob = base64_decode(line.substr(space + 1));
    if (!blob) return fail("signature line: " + blob.error().what);
    ByteView rest = *blob;
    const Result<std::uint32_t> id = take_u32(rest);
    if (!id || rest.empty()) return fail("signature line: too short");
    return NoteSignature{std::string(name), *id, to_bytes(rest)};
}

} // namespace

Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines) {
    std::vector<NoteSignature> signatures;
    while (!lines.empty()) {
        if (signatures.size() == kMaxNoteSignatures) return fail("note: too many signatures");
        const std::optional<std::string_view> line = take_line(lines);
        if (!line) return fail("note: the last line does not end");
        Result<NoteSignature> signature = parse_signature_line(*line);
        if (!signature) return unexpected(std::move(signature).error());
        signatures.push_back(std::move(signature).value());
    }
    if (signatures.empty()) return fail("note: no signature");
    return signatures;
}

Result<Note> parse_note(std::string_view note) {
    if (note.size() > kMaxNoteBytes) return fail("note: too long");
    if (!is_utf8(note)) return fail("note: not UTF-8");
    if (has_control_character(note)) return fail("note: control character");
    const std::size_t split = note.rfind("\n\n");
    if (split == std::string_view::npos) return fail("note: no empty line before the signatures");
    Result<std::vector<NoteSignature>> signatures = parse_signature_lines(note.substr(split + 2));
    if (!signatures) return unexpected(std::move(signatures).error());
    return Note{std::string(note.substr(0, split + 1)), std::move(signatures).value()};
}

std::string format_signature_line(const NoteSignature& signature) {
    Bytes blob;
    put_u32(blob, signature.key_id);
    append(blob, signature.signature);
    return std::string(kLineStart) + signature.name + " " + base64_encode(blob) + "\n";
}

Result<std::string> format_note(const Note& note) {
    std::string out = note.text + "\n";
    for (const NoteSignature& signature : note.signatures)
        out += format_signature_line(signature);
    const Result<Note> again = parse_note(out);
    if (!again) return unexpected(again.error());
    if (*again != note) return fail("note: not a text and signatures that can be told apart");
    return out;
}

bool signature_is_valid(
    std::string_view text, const NoteSignature& signature, const VerifierKey& key
) {
    if (key.type == kCosignatureV1) return cosignature_time(text, signature, key).has_value();
    const Result<Signature> raw = to_array<64>(signature.signature);
    return key.names(signature) && raw && ed25519_verify(key.key, as_bytes(text), *raw);
}

Result<std::vector<VerifierKey>> verify_note(const Note& note, std::span<const VerifierKey> known) {
    std::vector<VerifierKey> signers;
    for (const VerifierKey& key : known) {
        bool signed_by_key = false;
        for (const NoteSignature& signature : note.signatures) {
            if (!key.names(signature)) continue;
            if (!signature_is_valid(note.text, signature, key)) {
                return fail("note: invalid signature of " + key.name);
            }
            signed_by_key = true;
        }
        if (signed_by_key) signers.push_back(key);
    }
    if (signers.empty()) return fail("note: not signed by a known key");
    return signers;
}

} // namespace handprint::merkle
