#include "node/app/check_log.hpp"

#include "ledger/base/time.hpp"
#include "ledger/merkle/tile_reader.hpp"
#include "ledger/record/due_watch.hpp"
#include "ledger/record/share_list.hpp"
#include "node/app/node_files.hpp"
#include "node/outbound/http_client.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>

namespace handprint::app {

namespace fs = std::filesystem;

namespace {

/// What is at a path of the log; nothing if there is no such file.
using Reader = std::function<Result<std::optional<Bytes>>(const std::string& path)>;

Reader log_reader(const std::string& where, outbound::HttpClient& client) {
    if (where.starts_with("http://") || where.starts_with("https://")) {
        return [&client, where](const std::string& path) -> Result<std::optional<Bytes>> {
            outbound::HttpCall call;
            call.url = where + '/' + path;
            auto reply = client.fetch(call);
            if (!reply) return unexpected(reply.error());
            if (reply->status == 404) return std::optional<Bytes>{};
            if (reply->status != 200)
                return fail(path + ": status " + std::to_string(reply->status));
            return std::optional<Bytes>(to_bytes(as_bytes(reply->body)));
        };
    }
    return [where](const std::string& path) -> Result<std::optional<Bytes>> {
        const std::string file = where + '/' + path;
        if (!fs::exists(file)) return std::optional<Bytes>{};
        auto text = read_text(file);
        if (!text) return unexpected(text.error());
        return std::optional<Bytes>(to_bytes(as_bytes(*text)));
    };
}

/// The same, and a file that is not there is a failure.
merkle::TileReader must_read(Reader reader, const std::string& where) {
    return [reader = std::move(reader), where](const std::string& path) -> Result<Bytes> {
        auto bytes = reader(path);
        if (!bytes) return unexpected(bytes.error());
        if (!*bytes) return fail(where + '/' + path + ": not found");
        return std::move(**bytes);
    };
}

using FilesRead = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Once to see that tiles and entries fit together, and once more each bundle of entries.
std::uint64_t files_to_read(std::uint64_t size) {
    const auto tiles_of = [](std::uint64_t hashes) {
        return (hashes + merkle::kTileWidth - 1) / merkle::kTileWidth;
    };
    std::uint64_t files = 2 * tiles_of(size);
    for (unsigned level = 0; merkle::hashes_at_level(level, size) > 0; ++level)
        files += tiles_of(merkle::hashes_at_level(level, size));
    return files;
}

class LogCheck {
public:
    LogCheck(Reader reader, const std::string& where, FilesRead progress)
        : read_(std::move(reader)),
          tiles_(must_read(read_, where)),
          counted_([this](const std::string& path) {
              auto bytes = tiles_(path);
              if (bytes && progress_) progress_(++files_, files_to_read(out_.size));
              return bytes;
          }),
          progress_(std::move(progress)) {}

    LogCheck(const LogCheck&) = delete;
    LogCheck& operator=(const LogCheck&) = delete;

    Result<CheckedLog> check(const merkle::Policy& policy) {
        const auto note = tiles_("checkpoint");
        if (!note) return unexpected(note.error());
        const auto verdict = merkle::verify_checkpoint(as_text(*note), policy);
        out_.witnesses = verdict.witnesses;
        out_.seen = merkle::seen_by_quorum(policy, verdict.witnesses);
        if (verdict.accepted()) {
            out_.size = verdict.checkpoint->size;
            check_tree(verdict.checkpoint->root);
            for (std::uint64_t from = 0; good() && from < out_.size; from += merkle::kTileWidth)
                check_bundle(from);
            if (good()) check_dates();
        } else {
            const auto& first = verdict.errors.front();
            refuse(std::string(merkle::reason_text(first.reason)), first.detail);
        }
        out_.sums = totals_.all();
        return std::move(out_);
    }

private:
    bool good() const { return out_.reason.empty(); }

    void refuse(std::string reason, std::string detail) {
        out_.reason = std::move(reason);
        out_.detail = std::move(detail);
    }

    void refuse_entry(const char* reason, std::uint64_t index, const std::string& why) {
        refuse(reason, "entry " + std::to_string(index) + ": " + why);
    }

    void check_tree(const Hash& wanted) {
        const auto root = merkle::audit_tiles(out_.size, counted_);
        if (!root) return refuse("tiles_wrong", root.error().what);
        if (*root != wanted) {
            refuse("root_mismatch", "the entries do not give the root of the checkpoint");
        }
    }

    void check_bundle(std::uint64_t from) {
        merkle::Tile tile;
        tile.kind = merkle::TileKind::entries;
        tile.index = from / merkle::kTileWidth;
        tile.width =
            static_cast<unsigned>(std::min<std::uint64_t>(merkle::kTileWidth, out_.size - from));
        const auto entries = merkle::read_entry_bundle(tile, counted_);
        if (!entries) return refuse("tiles_wrong", entries.error().what);
        for (std::size_t i = 0; good() && i < entries->size(); ++i)
            check_header(from + i, as_text((*entries)[i]));
    }

    void check_header(std::uint64_t index, std::string_view text) {
        const auto header = record::parse_header(text);
        if (!header) return refuse_entry("books_wrong", index, header.error().what);
        const auto applied = totals_.apply(header->sums);
        if (!applied) return refuse_entry("books_wrong", index, applied.error().what);
        done_.add(index, *header);
        if (const auto run = runs_.add(index, *header)) check_distribution(*run, *header);
    }

    void check_dates() {
        if (!out_.seen) return;
        const Instant seen{static_cast<std::int64_t>(*out_.seen) * 1000};
        const auto ahead = done_.first_ahead(out_.size, seen);
        if (ahead) refuse_entry("time_ahead", *ahead, "it is dated after the witnesses saw it");
    }

    void check_distribution(const record::PublicRun& run, const record::Header& seal) {
        ++out_.distributions;
        if (!run.paid_out) {
            return refuse_entry("distribution_wrong", run.sealed, "the pool is not paid out");
        }
        const auto file = read_(record::share_list_path(run.sealed));
        if (!file) return refuse_entry("distribution_missing", run.sealed, file.error().what);
        if (*file) {
            const auto checked = record::check_share_list(as_text(**file), run, seal);
            if (!checked)
                return refuse_entry("distribution_wrong", run.sealed, checked.error().what);
            ++out_.lists;
        } else if (run.count >= record::kLeastListed) {
            refuse_entry(
                "distribution_missing",
                run.sealed,
                "the list of " + std::to_string(run.count) + " shares is not published"
            );
        }
    }

    Reader read_;
    merkle::TileReader tiles_;
    merkle::TileReader counted_;
    FilesRead progress_;
    std::uint64_t files_ = 0;
    books::ClassTotals totals_;
    record::RunWatch runs_;
    record::DueWatch done_;
    CheckedLog out_;
};

} // namespace

std::string age_text(const CheckedLog& log, std::int64_t now_seconds) {
    if (!log.seen) return "no quorum of witnesses says when it saw this log";
    const auto seen = static_cast<std::int64_t>(*log.seen);
    const std::int64_t age = now_seconds - seen;
    const auto when = format_rfc3339(Instant{seen * 1000});
    std::string text = "last seen by a quorum of witnesses " + (when ? *when + ", " : std::string())
                       + std::to_string(age) + " seconds ago";
    if (age > kStaleAfterSeconds) {
        text += "\n    WARNING  stale: newer entries may be held back, or the witnesses are away";
    }
    return text;
}

Result<CheckedLog>
check_log(const std::string& where, const merkle::Policy& policy, FilesRead progress) {
    outbound::HttpClient client;
    return LogCheck(log_reader(where, client), where, std::move(progress)).check(policy);
}

} // namespace handprint::app
