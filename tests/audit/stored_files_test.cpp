// Whatever lies in the data directory of a node: changed, cut short or gone, the audit says which
// file.

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/key_change.hpp"
#include "ledger/merkle/note.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/tile.hpp"
#include "node/audit/run_audit.hpp"
#include "node/files/files.hpp"
#include "node/pipeline/log_files.hpp"
#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

namespace handprint::audit_test {

namespace {

namespace fs = std::filesystem;
using record::Json;

/// The directory of a node that has paid out, published and got a new log key.
struct Kept {
    TempDir dir;
    Witnesses witnesses{dir};
    std::string data = dir.in("data");
    merkle::NoteSigner old_key{origin, key(log_key)}, new_key{origin, key(next_log_key)};
    std::string old_policy, new_policy, archived;

    Kept() {
        World world(data, witnesses);
        tell(world);
        old_policy = world.policy();
        new_policy = merkle::with_log_key(old_policy, new_key.key()).value();
        REQUIRE(
            world
                .run(
                    market::RotateLogKey{merkle::sign_key_change(old_key, new_key).value()},
                    "d:0",
                    delegate
                )
                .verdict
            == pipeline::Verdict::entry
        );
        const Int size = world.store().head().value().size;
        world.close();
        archived = "policies/" + pipeline::archived_policy_name(old_key.key().id);
        put(archived, pipeline::archived_policy_text(old_policy, size));
        put("policy", new_policy);
        put("keys/log.key", new_key.private_text() + '\n');
    }

    void put(const std::string& file, std::string_view text) const {
        REQUIRE(files::write_whole(data + '/' + file, as_bytes(text)));
    }

    [[nodiscard]] std::string text(const std::string& file) const {
        return std::string(as_text(files::read_whole(data + '/' + file).value()));
    }

    void remove(const std::string& file) const { REQUIRE(fs::remove(data + '/' + file)); }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& at : fs::recursive_directory_iterator(data)) {
            if (!at.is_directory())
                out.push_back(at.path().lexically_relative(data).generic_string());
        }
        return out;
    }

    /// A partial tile of a checkpoint of before: C2SP tlog-tiles lets it be deleted.
    [[nodiscard]] bool is_outgrown(const std::string& file) const {
        const auto tile = file.starts_with("log/") ? merkle::parse_tile_path(file.substr(4))
                                                   : Result<merkle::Tile>(fail("no tile"));
        if (!tile || tile->full()) return false;
        const auto size =
            merkle::parse_checkpoint(merkle::parse_note(text("log/checkpoint")).value().text)
                .value()
                .size;
        const auto needed = merkle::tiles_for_size(size);
        return std::ranges::find(needed, *tile) == needed.end();
    }

    /// "code file" of each finding, or "could not: why".
    [[nodiscard]] std::set<std::string> findings() const {
        std::ostringstream out;
        const int code = audit::run_audit(data, true, 1, out);
        const std::string line = out.str();
        const Json report = Json::parse(line.substr(0, line.size() - 1)).value();
        CHECK(report.at("clean").boolean() == (code == 0));
        if (code == 2) return {"could not: " + report.text_of("error")};
        std::set<std::string> found;
        for (const Json& finding : report.at("findings").items())
            found.insert(finding.text_of("code") + ' ' + finding.text_of("file"));
        return found;
    }
};

using Set = std::set<std::string>;

bool is_of_tables(const std::string& file) {
    return file.starts_with("ledger.db");
}

/// As findings name it: files of the log by their paths in it.
std::string shown(const std::string& file) {
    return file.starts_with("log/") ? file.substr(4) : file;
}

/// What is said of it when its bytes are others; several are possible where it depends on the byte.
Set codes_of(const std::string& file) {
    if (file == "log/checkpoint")
        return {"checkpoint_refused", "checkpoint_differs", "file_missing"}; // one without content
    if (file.starts_with("log/")) return {"file_differs"};
    if (file.starts_with("polic")) return {"policy_differs"};
    return {"key_differs", "file_unreadable"};
}

bool says(const Set& findings, const std::string& file) {
    // Without a key that is one nothing is begun.
    if (file == "keys/data.key" && findings.size() == 1) {
        return findings.begin()->starts_with("could not: ")
               && findings.begin()->ends_with("keys/data.key does not hold 64 hex digits");
    }
    for (const std::string& code : codes_of(file)) {
        if (findings.contains(code + ' ' + shown(file))) return true;
    }
    return false;
}

std::string joined(const Set& findings) {
    std::string out;
    for (const std::string& one : findings)
        out += one + '\n';
    return out;
}

} // namespace

TEST_CASE("audit: every stored file that is changed, cut short or gone is named") {
    const Kept kept;
    REQUIRE(kept.findings() == Set{});
    int tried = 0;
    for (const std::string& file : kept.names()) {
        if (is_of_tables(file)) continue; // changed value by value in mutation_test.cpp
        ++tried;
        CAPTURE(file);
        const std::string good = kept.text(file);
        REQUIRE(good.size() > 4);
        const auto check = [&](const std::string& bad, const char* how) {
            kept.put(file, bad);
            const Set found = kept.findings();
            INFO(how, ": ", joined(found));
            CHECK(says(found, file));
        };
        for (const std::size_t at : {std::size_t{0}, good.size() / 2, good.size() - 2}) {
            std::string bad = good;
            bad[at] = bad[at] == '1' ? '2' : '1';
            check(bad, "changed");
        }
        check(good.substr(0, good.size() / 2), "cut short");
        check("", "empty");
        kept.remove(file);
        const Set found = kept.findings();
        INFO("gone: ", joined(found));
        CHECK(found.contains("file_missing " + shown(file)) != kept.is_outgrown(file));
        kept.put(file, good);
    }
    CHECK(tried > 12);
    CHECK(kept.findings() == Set{});
    fs::remove_all(kept.data + "/log");
    CHECK(kept.findings().contains("file_missing checkpoint"));
}

TEST_CASE("audit: a stray file beside keys, policies or the log is told, a leftover is not") {
    const Kept kept;
    for (const auto* file :
         {"keys/log.key.new", "policies/x.new", "log/checkpoint.new", "log/tile/0/000.new"}) {
        const bool stray = std::string(file) == "policies/x.new";
        CAPTURE(file);
        kept.put(file, "half");
        CHECK(kept.findings() == (stray ? Set{"file_unknown policies/x.new"} : Set{}));
        kept.remove(file);
    }
    for (const auto* file :
         {"keys/other.key", "policies/until-00000000", "log/notes.txt", "log/notes.new"}) {
        CAPTURE(file);
        kept.put(file, kept.old_policy);
        CHECK(kept.findings() == Set{std::string("file_unknown ") + shown(file)});
        kept.remove(file);
    }
}

TEST_CASE("audit: a change of the log's key is no fault, wherever it was stopped") {
    const Kept kept;
    const std::string archived = kept.text(kept.archived);
    kept.put("keys/log.next.key", kept.new_key.private_text() + '\n');
    CHECK(kept.findings() == Set{}); // all but the last step
    kept.put("keys/log.key", kept.old_key.private_text() + '\n');
    CHECK(kept.findings() == Set{});
    kept.put("policy", kept.old_policy);
    CHECK(kept.findings() == Set{});
    kept.remove(kept.archived);
    CHECK(kept.findings() == Set{}); // the ledger alone has it
    // The same without a next key is no step of it.
    kept.remove("keys/log.next.key");
    CHECK(
        kept.findings()
        == Set{
            "file_missing " + kept.archived,
            "key_differs keys/log.key",
            "policy_differs policy",
        }
    );
}

TEST_CASE("audit: a copy without keys misses none, and what is there is judged") {
    const Kept kept;
    for (const char* folder : {"keys", "policies"})
        fs::remove_all(kept.data + '/' + folder);
    CHECK(kept.findings() == Set{});
    kept.put(kept.archived, pipeline::archived_policy_text(kept.old_policy, 1));
    CHECK(kept.findings() == Set{"policy_differs " + kept.archived});
    kept.remove(kept.archived);
    kept.remove("policy");
    CHECK(kept.findings() == Set{});
}

} // namespace handprint::audit_test
