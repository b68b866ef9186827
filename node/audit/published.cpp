#include "node/audit/published.hpp"

#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/tile_reader.hpp"
#include "ledger/merkle/verdict.hpp"
#include "node/files/files.hpp"
#include "node/pipeline/log_files.hpp"
#include "node/pipeline/share_lists.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

namespace handprint::audit {

namespace {

namespace fs = std::filesystem;

/// What a publisher left that was stopped before it could rename it.
bool is_leftover(std::string_view path) {
    if (!path.ends_with(".new")) return false;
    path.remove_suffix(4);
    return path == "checkpoint" || record::parse_share_list_path(path).has_value()
           || merkle::parse_tile_path(path).has_value();
}

class Files {
public:
    Files(
        store::Store& store,
        const LogDir& log,
        const market::State& state,
        const LogTree& tree,
        Report& report
    )
        : store_(store),
          dir_(log.path),
          former_(log.former),
          state_(state),
          tree_(tree),
          report_(report) {}

    Result<Int> check(const std::string& policy_text) {
        if (!fs::is_directory(dir_)) return Int{0};
        const Int seen = check_checkpoint(policy_text);
        std::error_code error;
        for (auto at = fs::recursive_directory_iterator(dir_, error);
             !error && at != fs::recursive_directory_iterator();
             at.increment(error)) {
            if (at->is_directory()) continue;
            if (auto ok = check_file(fs::relative(at->path(), dir_).generic_string()); !ok) {
                return unexpected(ok.error());
            }
        }
        if (error) return fail(dir_ + ": " + error.message());
        for (const auto& tile : merkle::tiles_for_size(static_cast<std::uint64_t>(size_))) {
            const std::string path = merkle::tile_path(tile);
            if (!seen_.contains(path) && !seen_.contains(merkle::tile_path(tile.as_full()))) {
                fault("file_missing", path, "the checkpoint covers it and it is not there");
            }
        }
        check_lists();
        return seen;
    }

private:
    void fault(const char* code, const std::string& file, std::string what) {
        Finding finding;
        finding.code = code;
        finding.file = file;
        finding.what = std::move(what);
        report_.add(std::move(finding));
    }

    Int check_checkpoint(const std::string& policy_text) {
        const auto note = pipeline::PublishedFiles(dir_).checkpoint();
        if (!note) {
            fault("file_unreadable", "checkpoint", note.error().what);
            return 0;
        }
        if (note->empty()) return 0;
        const auto policy = merkle::Policy::parse(policy_text);
        if (!policy) {
            fault("policy_unreadable", "checkpoint", policy.error().what);
            return 0;
        }
        const auto verdict = merkle::verify_checkpoint(*note, *policy, former_);
        for (const auto& error : verdict.errors) {
            fault(
                "checkpoint_refused",
                "checkpoint",
                std::string(merkle::reason_text(error.reason)) + ' ' + error.detail
            );
        }
        if (!verdict.checkpoint) return 0;
        size_ = static_cast<Int>(verdict.checkpoint->size);
        const auto root = tree_.root(verdict.checkpoint->size);
        if (!root) {
            fault(
                "checkpoint_ahead",
                "checkpoint",
                "it covers " + std::to_string(size_) + " entries and the database has "
                    + std::to_string(tree_.size()) + ": the database is an old copy"
            );
            size_ = static_cast<Int>(tree_.size());
        } else if (*root != verdict.checkpoint->root) {
            fault("checkpoint_differs", "checkpoint", "its root is not that of the ledger");
        }
        report_.figures.published = size_;
        // The quorum may be that of a policy under which an earlier key of the log has signed.
        auto seen = merkle::seen_by_quorum(*policy, verdict.witnesses);
        for (const auto& before : former_) {
            if (!seen) seen = merkle::seen_by_quorum(before, verdict.witnesses);
        }
        return static_cast<Int>(seen.value_or(0)) * 1000;
    }

    Result<void> check_file(const std::string& path) {
        ++report_.figures.files;
        if (path == "checkpoint") return {};
        if (is_leftover(path)) {
            ++report_.figures.leftovers;
            return {};
        }
        if (const auto index = record::parse_share_list_path(path)) {
            return compare(path, list_of(static_cast<Int>(*index)));
        }
        const auto tile = merkle::parse_tile_path(path);
        if (!tile) {
            fault("file_unknown", path, "not a file of this log");
            return {};
        }
        if (tile->kind == merkle::TileKind::entries) return check_bundle(path, *tile);
        return compare(path, hashes_of(*tile));
    }

    /// The entries in a bundle, by their leaves in the tree: no header is read a second time.
    Result<void> check_bundle(const std::string& path, const merkle::Tile& tile) {
        const auto leaves = tree_.tile({merkle::TileKind::hashes, 0, tile.index, tile.width});
        return compare(path, leaves.has_value(), [&](const Bytes& bytes) {
            const auto entries = merkle::decode_entries(bytes, tile.width);
            return entries && std::ranges::equal(*entries, *leaves, {}, merkle::leaf_hash);
        });
    }

    /// Holds a file against what the entries give, if they give anything.
    Result<void> compare(const std::string& path, const Result<std::optional<Bytes>>& wanted) {
        if (!wanted) return unexpected(wanted.error());
        return compare(path, wanted->has_value(), [&](const Bytes& bytes) {
            return bytes == **wanted;
        });
    }

    /// The same with what says whether its bytes are those.
    template <class Same>
    Result<void> compare(const std::string& path, bool wanted, Same same) {
        seen_.insert(path);
        if (!wanted) {
            fault("file_unknown", path, "the log has nothing to say there");
            return {};
        }
        const auto bytes = files::read_whole(dir_ + '/' + path);
        if (!bytes) {
            fault("file_unreadable", path, bytes.error().what);
        } else if (!same(*bytes)) {
            fault("file_differs", path, "it does not follow from the entries");
        }
        return {};
    }

    /// Lists of distributions that are published; there is none of another entry.
    Result<std::optional<Bytes>> list_of(Int seal) {
        const auto row = lists().find(seal);
        if (row == lists().end()) return std::optional<Bytes>{};
        const auto made = pipeline::make_share_list(store_, seal);
        if (!made) return unexpected(made.error());
        return std::optional<Bytes>(to_bytes(as_bytes(record::encode(made->list))));
    }

    void check_lists() {
        for (const Int seal : lists()) {
            const std::string path = record::share_list_path(static_cast<std::uint64_t>(seal));
            if (seal < size_ && !seen_.contains(path)) {
                fault("file_missing", path, "the checkpoint covers its seal and it is not there");
            }
        }
    }

    /// Seals of the distributions whose lists are published; until then they are not listed.
    const std::set<Int>& lists() {
        if (lists_) return *lists_;
        lists_.emplace();
        state_.for_each_of<market::DistributionRow>([this](const auto& run) {
            if (run.listed != 0) lists_->insert(run.sealed);
        });
        return *lists_;
    }

    Result<std::optional<Bytes>> hashes_of(const merkle::Tile& tile) {
        const auto hashes = tree_.tile(tile);
        if (!hashes) return std::optional<Bytes>{};
        return std::optional<Bytes>(merkle::encode_hashes(*hashes));
    }

    store::Store& store_;
    std::string dir_;
    const std::vector<merkle::Policy>& former_;
    const market::State& state_;
    const LogTree& tree_;
    Report& report_;
    Int size_ = 0; // of the checkpoint
    std::set<std::string> seen_;
    std::optional<std::set<Int>> lists_;
};

} // namespace

Result<Int> check_published(
    store::Store& store,
    const LogDir& log,
    const market::State& state,
    const LogTree& tree,
    Report& report
) {
    return Files(store, log, state, tree, report).check(log.policy);
}

bool name_changed_entries(const std::string& log_dir, const LogTree& tree, Report& report) {
    const auto reader = pipeline::PublishedFiles(log_dir).reader();
    bool named = false;
    for (std::uint64_t index = 0; index * merkle::kTileWidth < tree.size(); ++index) {
        const std::uint64_t first = index * merkle::kTileWidth;
        const auto width =
            static_cast<unsigned>(std::min<std::uint64_t>(merkle::kTileWidth, tree.size() - first));
        const merkle::Tile tile{merkle::TileKind::hashes, 0, index, width};
        const auto published = merkle::read_hash_tile(tile, reader);
        const auto ours = tree.tile(tile);
        if (!published || !ours) continue;
        for (std::size_t i = 0; i < width; ++i) {
            if ((*published)[i] == (*ours)[i]) continue;
            Finding finding;
            finding.code = "header_changed";
            finding.table = "entry";
            finding.entry = static_cast<Int>(first + i);
            finding.key = "entry_index=" + std::to_string(finding.entry);
            finding.column = "header";
            finding.what = "it is not the header that was published";
            report.add(std::move(finding));
            named = true;
        }
    }
    return named;
}

} // namespace handprint::audit
