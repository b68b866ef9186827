#include "node/pipeline/leftovers.hpp"

#include "node/pipeline/close_list.hpp"
#include "node/pipeline/runs.hpp"

#include <vector>

namespace handprint::pipeline {

namespace {

/// So many chunks go at once: others wait for the writer meanwhile.
constexpr std::size_t chunks_at_once = 50;

bool may_have_leftovers(const market::BatchRow& batch) {
    if (batch.state == static_cast<Int>(market::BatchState::importing)) return false;
    return batch.chunks == 0 || batch.chunks_done < batch.chunks;
}

} // namespace

Result<void> drop_staged(store::Store& store, const Vault& vault, const market::BatchRow& batch) {
    if (!may_have_leftovers(batch)) return {};
    const std::string prefix = padded(batch.batch) + '/';
    const std::string entered =
        batch.chunks_done == 0 ? std::string() : chunk_id(batch.batch, batch.chunks_done - 1);
    while (true) {
        const auto pointers = store.secrets("tasks", prefix, entered, chunks_at_once);
        if (!pointers) return unexpected(pointers.error());
        if (pointers->empty()) return {};
        std::vector<Int> blobs;
        std::vector<store::SecretRecord> gone;
        for (const auto& pointer : *pointers) {
            const auto plain = vault.open(pointer.kind, pointer.id, pointer.sealed);
            if (!plain) return unexpected(plain.error());
            const auto to = Vault::read_pointer(*plain);
            if (!to) return unexpected(to.error());
            blobs.push_back(to->blob);
            for (const char* kind : {"tasks", "staged", "known"})
                gone.push_back({kind, pointer.id, {}});
        }
        if (auto ok = store.blank_blobs(blobs, gone); !ok) return ok;
    }
}

Result<void> drop_staged(store::Store& store, const Vault& vault) {
    std::vector<market::BatchRow> batches;
    auto read = for_each_row<market::BatchRow>(store, {}, 0, [&](const auto& batch) {
        if (may_have_leftovers(batch)) batches.push_back(batch);
    });
    if (!read) return read;
    for (const auto& batch : batches) {
        if (auto ok = drop_staged(store, vault, batch); !ok) return ok;
    }
    return {};
}

} // namespace handprint::pipeline
