#include "node/pipeline/committed_entries.hpp"

#include <cstdint>

namespace handprint::pipeline {

std::string CommittedEntries::promise(
    Int index, const std::string& log, Instant publish_by, const KeyPair& key
) {
    std::call_once(signed_, [&] {
        promised_.emplace(static_cast<std::uint64_t>(first_), leaves_, log, publish_by, key);
    });
    return promised_->text_of(static_cast<std::uint64_t>(index));
}

} // namespace handprint::pipeline
