// Published files of a log of more than one tile, held against it.

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/tile_builder.hpp"
#include "node/audit/published.hpp"
#include "node/files/files.hpp"
#include "node/pipeline/log_files.hpp"
#include "node/store/memory/memory_store.hpp"
#include "tests/audit/quick_ledger.hpp"
#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>

namespace handprint::audit_test {

namespace {

namespace fs = std::filesystem;

/// Published twice: `early` entries, and all of them.
struct Log {
    TempDir dir;
    std::string files = dir.in("log");
    store::MemoryStore store;
    std::uint64_t early = 200, size = 0;
    Hash early_root{}, root{};

    Log() {
        quick::Ledger ledger(store);
        quick::fill(ledger, 300, 3);
        size = static_cast<std::uint64_t>(store.head().value().size);
        REQUIRE(size > merkle::kTileWidth);
        REQUIRE(size < 2 * merkle::kTileWidth);
        merkle::TileBuilder tiles;
        pipeline::PublishedFiles out(files);
        const auto entries = store.entries(0, size).value();
        for (const auto& entry : entries) {
            REQUIRE(tiles.append(as_bytes(entry.header)));
            if (tiles.size() != early && tiles.size() != size) continue;
            (tiles.size() == early ? early_root : root) = tiles.root();
            REQUIRE(out.put_tiles(tiles.take_changed()));
        }
        checkpoint(size, root);
    }

    void checkpoint(std::uint64_t covered, const Hash& of) const {
        const merkle::NoteSigner signer(quick::origin, quick::key(quick::log_key));
        const auto note = merkle::sign_checkpoint({quick::origin, covered, of, {}}, signer);
        REQUIRE(pipeline::PublishedFiles(files).write_checkpoint(note.value()));
    }

    [[nodiscard]] audit::Report report(std::string policy = {}) {
        audit::Options options;
        options.log_dir = files;
        options.policy = std::move(policy);
        return audit::audit_store(store, options).value();
    }

    /// Of the only finding.
    [[nodiscard]] std::pair<std::string, std::string> found(std::string policy = {}) {
        const auto all = report(std::move(policy)).findings;
        REQUIRE(all.size() == 1);
        return {all.front().code, all.front().file};
    }

    [[nodiscard]] std::string in(const std::string& file) const { return files + '/' + file; }
};

using Found = std::pair<std::string, std::string>;

} // namespace

TEST_CASE("published: a file that the checkpoint covers is missed, one of before is not") {
    Log log;
    const auto clean = log.report();
    CHECK(clean.clean());
    CHECK(std::cmp_equal(clean.figures.published, log.size));
    std::set<std::string> covered;
    for (const auto& tile : merkle::tiles_for_size(log.size))
        covered.insert(merkle::tile_path(tile));
    std::vector<std::string> all;
    for (const auto& at : fs::recursive_directory_iterator(log.files)) {
        if (!at.is_directory()) all.push_back(fs::relative(at.path(), log.files).generic_string());
    }
    CHECK(std::cmp_equal(clean.figures.files, all.size()));
    REQUIRE(all.size() > covered.size() + 1);
    for (const auto& file : all) {
        if (file == "checkpoint") continue;
        INFO(file);
        fs::rename(log.in(file), log.dir.in("away"));
        if (covered.contains(file)) {
            CHECK(log.found() == Found{"file_missing", "log/" + file});
        } else {
            CHECK(log.report().clean());
        }
        fs::rename(log.dir.in("away"), log.in(file));
    }
}

TEST_CASE("published: a full tile stands for the partial one of an older checkpoint") {
    Log log;
    log.checkpoint(log.early, log.early_root);
    CHECK(log.report().clean());
    for (const auto& tile : merkle::tiles_for_size(log.early))
        fs::remove(log.in(merkle::tile_path(tile)));
    CHECK(fs::exists(log.in("tile/0/000")));
    const auto report = log.report();
    CHECK(report.clean());
    CHECK(std::cmp_equal(report.figures.published, log.early));
}

TEST_CASE("published: what cannot be read is told, and what a publisher left behind is not") {
    Log log;
    const Found checkpoint_unreadable{"file_unreadable", "log/checkpoint"};
    SUBCASE("a file that a publisher did not finish") {
        const std::string last = "001.p/" + std::to_string(log.size - merkle::kTileWidth);
        REQUIRE(files::write_whole(log.in("checkpoint.new"), Bytes(7)));
        REQUIRE(files::write_whole(log.in("tile/0/" + last + ".new"), Bytes(7)));
        REQUIRE(files::write_whole(log.in("tile/entries/" + last + ".part"), Bytes(7)));
        const auto report = log.report();
        CHECK(report.clean());
        CHECK(report.figures.leftovers == 3);
    }
    SUBCASE("but not one that no publisher begins") {
        for (const std::string name :
             {"notes.new", "tile/0/001.new", "tile/entries/001.new", "distribution/5.new", ".new"
             }) {
            REQUIRE(files::write_whole(log.in(name), Bytes(7)));
            CHECK(log.found() == Found{"file_unknown", "log/" + name});
            fs::remove(log.in(name));
        }
    }
    SUBCASE("a tile") {
        fs::remove(log.in("tile/0/000"));
        fs::create_symlink("nowhere", log.in("tile/0/000"));
        CHECK(log.found() == Found{"file_unreadable", "log/tile/0/000"});
    }
    SUBCASE("the checkpoint") {
        fs::remove(log.in("checkpoint"));
        fs::create_directory(log.in("checkpoint"));
        CHECK(log.found() == checkpoint_unreadable);
    }
    SUBCASE("the policy") {
        CHECK(log.found("nonsense") == Found{"policy_unreadable", "log/checkpoint"});
    }
    SUBCASE("nothing was published yet") {
        log.files += "/nowhere";
        const auto report = log.report();
        CHECK(report.clean());
        CHECK(report.figures.published == 0);
    }
}

TEST_CASE("attack: a checkpoint with another root, or of more than there is") {
    Log log;
    log.checkpoint(log.size, Hash{7});
    CHECK(log.found() == Found{"checkpoint_differs", "log/checkpoint"});
    log.checkpoint(log.size + 100'000, Hash{7});
    CHECK(log.found() == Found{"checkpoint_ahead", "log/checkpoint"});
}

TEST_CASE("published: entries whose headers were changed are named, in every tile") {
    Log log;
    std::set<Int> changed;
    const auto named = [&] {
        audit::LogTree tree;
        const auto entries = log.store.entries(0, log.size).value();
        for (const auto& entry : entries) {
            Hash leaf = merkle::leaf_hash(as_bytes(entry.header));
            if (changed.contains(entry.index)) leaf[0] ^= 1U;
            tree.append(leaf);
        }
        audit::Report report;
        const bool any = audit::name_changed_entries(log.files, tree, report);
        CHECK(any != report.clean());
        std::set<Int> out;
        for (const auto& finding : report.findings) {
            CHECK(finding.code == "header_changed");
            CHECK(finding.key == "entry_index=" + std::to_string(finding.entry));
            out.insert(finding.entry);
        }
        return out;
    };
    CHECK(named().empty());
    changed = {0, 5, 255, 256, static_cast<Int>(log.size) - 1};
    CHECK(named() == changed);
    // Those of a tile that is gone cannot be.
    fs::remove(log.in("tile/0/000"));
    CHECK(named() == std::set<Int>{256, static_cast<Int>(log.size) - 1});
}

} // namespace handprint::audit_test
