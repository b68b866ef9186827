#include "node/audit/published.hpp"

#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/tile_reader.hpp"
#include "ledger/merkle/verdict.hpp"
#include "node/files/files.hpp"
#include "node/pipeline/log_files.hpp"
#include "node/pipeline/publisher.hpp"
#include "node/pipeline/share_lists.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

namespace handprint::audit {

namespace {

namespace fs = std::filesystem;

class Files {
public:
    Files(
        store::Store& store,
        const Options& options,
        const LogFiles& files,
        const std::vector<merkle::Policy>& former,
        const market::State& state,
        const LogTree& tree,
        Report& report
    )
        : store_(store),
          dir_(options.log_dir),
          files_(files),
          former_(former),
          by_ledger_(options.policy.empty()),
          state_(state),
          tree_(tree),
          report_(report) {}

    Result<Int> check(const std::string& policy_text) {
        auto seen = check_checkpoint(policy_text);
        if (!seen) return seen;
        for (const auto& name : files_.names) {
            if (auto ok = check_file(name); !ok) return unexpected(ok.error());
        }
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
        report_.add_file(code, "log/" + file, std::move(what));
    }

    Result<Int> check_checkpoint(const std::string& policy_text) {
        if (!files_.is_published) {
            const auto first = store_.secrets(pipeline::published_kind, "", "", 1);
            if (!first) return unexpected(first.error());
            // There may be one now: the first was published after they were listed.
            const auto there = files::is_there(dir_ + "/checkpoint");
            if (!there) return unexpected(there.error());
            if (!first->empty() && !*there)
                fault("file_missing", "checkpoint", "something was published, and it is not there");
            return Int{0};
        }
        const auto& note = files_.checkpoint;
        if (!note) {
            fault("file_unreadable", "checkpoint", note.error().what);
            return Int{0};
        }
        const auto policy = merkle::Policy::parse(policy_text);
        if (!policy) {
            fault("policy_unreadable", "checkpoint", policy.error().what);
            return Int{0};
        }
        if (by_ledger_) check_lines(*note, *policy);
        const auto verdict = merkle::verify_checkpoint(*note, *policy, former_);
        for (const auto& error : verdict.errors) {
            fault(
                "checkpoint_refused",
                "checkpoint",
                std::string(merkle::reason_text(error.reason)) + ' ' + error.detail
            );
        }
        if (!verdict.checkpoint) return Int{0};
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

    /// The node sets no line under a checkpoint but the log's and those of its witnesses.
    void check_lines(const std::string& text, const merkle::Policy& policy) {
        const auto note = merkle::parse_note(text);
        if (!note) return; // refused
        const auto knows = [](const merkle::Policy& by, const merkle::NoteSignature& line) {
            const auto names = [&line](const auto& one) { return one.key.names(line); };
            return std::ranges::any_of(by.logs(), names)
                   || std::ranges::any_of(by.witnesses(), names);
        };
        for (const auto& line : note->signatures) {
            const bool known =
                knows(policy, line) || std::ranges::any_of(former_, [&](const auto& before) {
                    return knows(before, line);
                });
            if (!known) {
                fault(
                    "checkpoint_differs",
                    "checkpoint",
                    "the policy knows nobody who could have made the line of " + line.name
                );
            }
        }
    }

    Result<void> check_file(const std::string& path) {
        ++report_.figures.files;
        if (path == "checkpoint") return {};
        if (const auto whole = files::of_leftover(path); !whole.empty()) {
            check_leftover(path, std::string(whole));
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

    /// A publisher or a `restore` was stopped before it could rename the file. Only those are
    /// written, whatever they hold, that would be files of the log.
    void check_leftover(const std::string& path, const std::string& whole) {
        const auto index = record::parse_share_list_path(whole);
        auto tile = merkle::parse_tile_path(whole);
        if (tile && tile->kind == merkle::TileKind::entries) {
            tile->kind = merkle::TileKind::hashes;
            tile->level = 0;
        }
        const bool known = whole == "checkpoint"
                           || (index && lists().contains(static_cast<Int>(*index)))
                           || (tile && tree_.tile(*tile).has_value());
        if (!known) return fault("file_unknown", path, "not a file of this log");
        ++report_.figures.leftovers;
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
    const LogFiles& files_;
    const std::vector<merkle::Policy>& former_;
    const bool by_ledger_; // the policies are those of the entries
    const market::State& state_;
    const LogTree& tree_;
    Report& report_;
    Int size_ = 0; // of the checkpoint
    std::set<std::string> seen_;
    std::optional<std::set<Int>> lists_;
};

} // namespace

Result<LogFiles> list_log_files(const std::string& log_dir) {
    LogFiles out;
    const auto there = files::is_there(log_dir + "/checkpoint");
    if (!there) return unexpected(there.error());
    out.is_published = *there;
    if (*there) out.checkpoint = pipeline::PublishedFiles(log_dir).checkpoint();
    if (!fs::is_directory(log_dir)) return out;
    std::error_code error;
    for (auto at = fs::recursive_directory_iterator(log_dir, error);
         !error && at != fs::recursive_directory_iterator();
         at.increment(error)) {
        if (fs::is_directory(at->symlink_status())) continue;
        out.names.push_back(at->path().lexically_relative(log_dir).generic_string());
    }
    if (error) return fail(log_dir + ": " + error.message());
    return out;
}

Result<Int> check_published(
    store::Store& store,
    const Options& options,
    const LogFiles& files,
    const Policies& by,
    const market::State& state,
    const LogTree& tree,
    Report& report
) {
    return Files(store, options, files, by.former, state, tree, report).check(by.present);
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
