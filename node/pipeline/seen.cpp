#include "node/pipeline/seen.hpp"

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/note.hpp"

namespace handprint::pipeline {

Result<bool> SignedCheckpoints::has(Int size, const Hash& root) {
    constexpr std::size_t most = 10'000;
    if (const auto at = known_.find(size); at != known_.end()) return at->second == root;
    const auto sealed = vault_.read(store_, "checkpoint", padded(size));
    if (!sealed) return unexpected(sealed.error());
    if (!*sealed) return false;
    const auto note = merkle::parse_note(as_text(**sealed));
    if (!note) return unexpected(note.error());
    const auto checkpoint = merkle::parse_checkpoint(note->text);
    if (!checkpoint) return unexpected(checkpoint.error());
    if (known_.size() >= most) known_.clear();
    known_[size] = checkpoint->root;
    return checkpoint->root == root;
}

} // namespace handprint::pipeline
