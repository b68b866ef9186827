#include "tests/audit/outside.hpp"

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/tile_reader.hpp"
#include "ledger/merkle/verdict.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/share_list.hpp"
#include "node/pipeline/log_files.hpp"

namespace handprint::audit_test {

std::string wrong_in_log(store::Store& store, const std::string& dir, const std::string& judge) {
    const pipeline::PublishedFiles files(dir);
    const auto note = files.checkpoint();
    if (!note) return note.error().what;
    if (note->empty()) return {};
    const auto verdict = merkle::verify_checkpoint(*note, merkle::Policy::parse(judge).value());
    if (!verdict.accepted()) return "the published checkpoint is not good";
    const std::uint64_t size = verdict.checkpoint->size;
    const auto root = merkle::audit_tiles(size, files.reader());
    if (!root) return "tiles: " + root.error().what;
    if (*root != verdict.checkpoint->root) return "the tiles give another root";
    record::RunWatch watch;
    const auto entries = store.entries(0, size);
    if (!entries || entries->size() != size) return "the log is ahead of the database";
    for (const auto& entry : *entries) {
        const auto index = static_cast<std::uint64_t>(entry.index);
        const auto header = record::parse_header(entry.header);
        const auto run = watch.add(index, *header);
        if (!run || !run->paid_out) continue;
        const auto list = files.share_list(index);
        if (!list) return "list: " + list.error().what;
        if (auto seal = record::check_share_list(as_text(*list), *run, *header); !seal) {
            return "list: " + seal.error().what;
        }
    }
    return {};
}

} // namespace handprint::audit_test
