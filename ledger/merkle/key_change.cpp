#include "ledger/merkle/key_change.hpp"

#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/text_lines.hpp"

#include <algorithm>
#include <array>

namespace handprint::merkle {

namespace {

bool may_follow(const VerifierKey& old_key, const VerifierKey& new_key) {
    return old_key.type == kEd25519 && new_key.type == kEd25519 && old_key.name == new_key.name
           && old_key.key != new_key.key;
}

/// The next word of a line; empty at its end.
std::string_view take_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::string_view word = line.substr(0, std::min(line.find_first_of(" \t"), line.size()));
    line.remove_prefix(word.size());
    return word;
}

/// The key in a line of a policy about the log of that name, else empty.
std::string_view key_in(std::string_view line, const std::string& log) {
    if (take_word(line) != "log") return {};
    const std::string_view word = take_word(line);
    const auto key = VerifierKey::parse(word);
    return key && key->name == log ? word : std::string_view{};
}

} // namespace

Result<std::string> sign_key_change(const NoteSigner& old_key, const NoteSigner& new_key) {
    if (!may_follow(old_key.key(), new_key.key())) return fail("not two keys of one log");
    Note note;
    note.text = std::string(kKeyChangeDomain) + '\n' + old_key.key().text() + '\n'
                + new_key.key().text() + '\n';
    note.signatures = {old_key.sign(note.text), new_key.sign(note.text)};
    return format_note(note);
}

Result<KeyChange> read_key_change(std::string_view text) {
    const auto note = parse_note(text);
    if (!note) return unexpected(note.error());
    std::string_view rest = note->text;
    if (take_line(rest) != kKeyChangeDomain) return fail("not a change of a log's key");
    auto old_key = VerifierKey::parse(take_line(rest).value_or(""));
    auto new_key = VerifierKey::parse(take_line(rest).value_or(""));
    if (!old_key || !new_key || !rest.empty() || !may_follow(*old_key, *new_key))
        return fail("not two keys of one log");
    const std::array known = {*old_key, *new_key};
    const auto signers = verify_note(*note, known);
    if (!signers) return unexpected(signers.error());
    if (signers->size() != known.size()) return fail("both keys sign the change");
    return KeyChange{std::move(*old_key), std::move(*new_key)};
}

Result<std::string> with_log_key(std::string_view policy, const VerifierKey& key) {
    std::string out;
    bool replaced = false;
    while (const auto line = take_line(policy)) {
        const std::string_view old = key_in(*line, key.name);
        if (old.empty()) {
            out.append(*line) += '\n';
        } else if (!replaced) {
            const auto at = static_cast<std::size_t>(old.data() - line->data());
            out.append(line->substr(0, at)).append(key.text());
            out.append(line->substr(at + old.size())) += '\n';
            replaced = true;
        }
    }
    if (!replaced) return fail("the policy knows no log of that name");
    if (const auto parsed = Policy::parse(out); !parsed) return unexpected(parsed.error());
    return out;
}

} // namespace handprint::merkle
