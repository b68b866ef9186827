#include "ledger/merkle/checkpoint.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/base/utf8.hpp"
#include "ledger/merkle/text_lines.hpp"

#include <algorithm>
#include <utility>

namespace handprint::merkle {

Result<Checkpoint> parse_checkpoint(std::string_view text) {
    Checkpoint checkpoint;
    const std::optional<std::string_view> origin = take_line(text);
    if (!origin || origin->empty()) return fail("checkpoint: no origin");
    checkpoint.origin = *origin;

    const std::optional<std::string_view> size_line = take_line(text);
    if (!size_line) return fail("checkpoint: no size");
    const Result<std::uint64_t> size = parse_u64(*size_line);
    if (!size || *size > kMaxTreeSize) return fail("checkpoint: not a size");
    checkpoint.size = *size;

    const std::optional<std::string_view> root_line = take_line(text);
    if (!root_line) return fail("checkpoint: no root");
    const Result<Hash> root = base64_to_array<32>(*root_line);
    if (!root) return fail("checkpoint: not a root");
    checkpoint.root = *root;

    while (!text.empty()) {
        const std::optional<std::string_view> line = take_line(text);
        if (!line || line->empty()) return fail("checkpoint: malformed extension line");
        checkpoint.extensions.emplace_back(*line);
    }
    return checkpoint;
}

Result<std::string> format_checkpoint(const Checkpoint& checkpoint) {
    const std::string& origin = checkpoint.origin;
    const bool control =
        std::ranges::any_of(origin, [](char c) { return static_cast<std::uint8_t>(c) < 0x20; });
    if (origin.empty() || control || !is_utf8(origin)) return fail("checkpoint: not an origin");
    if (checkpoint.size > kMaxTreeSize) return fail("checkpoint: size too large");
    if (!check_empty_root(checkpoint)) return fail("checkpoint: wrong root of the empty tree");
    if (!checkpoint.extensions.empty()) return fail("checkpoint: we sign no extension lines");
    return origin + "\n" + std::to_string(checkpoint.size) + "\n" + base64_encode(checkpoint.root)
           + "\n";
}

Result<void, Rejection> check_empty_root(const Checkpoint& checkpoint) {
    if (checkpoint.size == 0 && checkpoint.root != empty_root()) {
        return reject(Reason::checkpoint_empty_root_wrong);
    }
    return {};
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const NoteSigner& signer) {
    if (checkpoint.origin != signer.key().name) {
        return fail("checkpoint: the origin is not the name of the key");
    }
    return format_checkpoint(checkpoint).and_then([&](const std::string& text) {
        return format_note({text, {signer.sign(text)}});
    });
}

Result<std::string> with_signatures(std::string_view note, const std::vector<NoteSignature>& more) {
    Result<Note> parsed = parse_note(note);
    if (!parsed) return unexpected(std::move(parsed).error());
    std::vector<NoteSignature>& lines = parsed->signatures;
    for (const NoteSignature& line : more) {
        if (std::ranges::find(lines, line) == lines.end()) lines.push_back(line);
    }
    return format_note(*parsed);
}

} // namespace handprint::merkle
