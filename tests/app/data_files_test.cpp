// Generated from the files of a data directory: whatever is done to one of them, the audit names
// it and says what is wrong. A ledger with blobs, published tiles and lists, and a second log key.

#include "ledger/record/json.hpp"
#include "node/app/rotation.hpp"
#include "node/audit/run_audit.hpp"
#include "node/files/files.hpp"
#include "tests/audit/sql.hpp"
#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace handprint;
using namespace handprint::audit_test;

namespace {

namespace fs = std::filesystem;
using record::Json;

struct Audited {
    int code = 0;
    std::string text;
    std::set<std::pair<std::string, std::string>> found; // code and file
};

Audited audited(const std::string& data) {
    std::ostringstream out;
    Audited done;
    done.code = audit::run_audit(data, true, 1, out);
    done.text = out.str();
    const auto json = Json::parse(std::string_view(done.text).substr(0, done.text.size() - 1));
    REQUIRE(json);
    if (const Json* findings = json->find("findings")) {
        for (const Json& finding : findings->items()) {
            const Json* file = finding.find("file");
            const std::string name = file != nullptr ? file->text() : "";
            done.found.insert({finding.at("code").text(), name});
        }
    }
    return done;
}

/// The one fault there is.
void expect_only(const std::string& data, const std::string& code, const std::string& file) {
    const auto done = audited(data);
    INFO(done.text);
    CHECK(done.code == 1);
    CHECK(done.found == std::set<std::pair<std::string, std::string>>{{code, file}});
}

void expect_clean(const std::string& data) {
    const auto done = audited(data);
    CHECK_MESSAGE(done.code == 0, done.text);
}

struct Told {
    TempDir dir;
    Witnesses witnesses{dir};
    std::string data = dir.in("data");
    std::set<std::string> covered; // tiles that the checkpoint needs, below log/

    Told() {
        WorldOptions options;
        options.open_books = true; // lists of few shares are published
        World world(data, witnesses, options);
        tell(world);
        const auto size = static_cast<std::uint64_t>(world.publisher().published().size);
        for (const auto& tile : merkle::tiles_for_size(size))
            covered.insert(merkle::tile_path(tile));
        world.close();
        const auto done = app::rotate_log_key(app::NodeFiles(data), {"d:0", key(delegate)});
        REQUIRE_MESSAGE(done, done.error().what);
    }

    [[nodiscard]] std::string in(const std::string& name) const { return data + '/' + name; }

    /// All but the database, by their path below the directory.
    [[nodiscard]] std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& at : fs::recursive_directory_iterator(data)) {
            const auto name = fs::relative(at.path(), data).generic_string();
            if (!at.is_directory() && name != "ledger.db") names.push_back(name);
        }
        std::ranges::sort(names);
        return names;
    }
};

/// What the audit says of a file; empty where it says nothing, for the reason given.
struct Expected {
    std::string changed, cut, last_byte_cut, gone;
    const char* reason = "";
};

Expected expected(const Told& told, const std::string& name) {
    if (name == "lock") {
        return {"", "", "", "", "the lock is the kernel's; the file only says who had it last"};
    }
    if (name.starts_with("keys/")) {
        // The last byte is the end of the line.
        return {"key_differs", "key_differs", "file_differs", "key_missing"};
    }
    if (name == "policy" || name.starts_with("policies/"))
        return {"policy_differs", "policy_differs", "policy_differs", "file_missing"};
    if (name == "log/checkpoint") {
        return {"checkpoint_refused", "checkpoint_refused", "checkpoint_refused", "file_missing"};
    }
    REQUIRE(name.starts_with("log/"));
    Expected of{"file_differs", "file_differs", "file_differs", "file_missing"};
    const std::string path = name.substr(4);
    if (path.starts_with("tile/") && !told.covered.contains(path)) {
        of.gone = "";
        of.reason = "a wider tile has all that is in it, and a log made again lacks it";
    }
    return of;
}

/// First, last and some between.
std::vector<std::size_t> places(std::size_t size) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at < size; at += std::max<std::size_t>(7, size / 30))
        out.push_back(at);
    if (out.back() + 1 != size) out.push_back(size - 1);
    return out;
}

class Mutation {
public:
    Mutation(const Told& told, std::string name)
        : told_(told),
          name_(std::move(name)),
          path_(told.in(name_)),
          good_(files::read_whole(path_).value()) {}

    Mutation(const Mutation&) = delete;
    Mutation& operator=(const Mutation&) = delete;

    ~Mutation() { (void)files::write_whole(path_, good_); }

    [[nodiscard]] const Bytes& good() const { return good_; }

    void holds(const Bytes& bytes, const std::string& code) const {
        REQUIRE(files::write_whole(path_, bytes));
        named(code);
    }

    void gone(const std::string& code) const {
        REQUIRE(fs::remove(path_));
        named(code);
    }

private:
    void named(const std::string& code) const {
        INFO(name_);
        if (code.empty()) {
            expect_clean(told_.data);
        } else if (name_ != "log/checkpoint") {
            expect_only(told_.data, code, name_);
        } else { // it may be bad in more ways than one
            const auto done = audited(told_.data);
            INFO(done.text);
            CHECK(done.code == 1);
            CHECK(done.found.contains({code, name_}));
            for (const auto& found : done.found)
                CHECK(found.second == name_);
        }
    }

    const Told& told_;
    std::string name_, path_;
    Bytes good_;
};

/// Every value of every table.
std::string dump(const std::string& path) {
    Sql sql(path);
    std::string all;
    for (const auto& table : sql.ask("SELECT name FROM sqlite_schema WHERE type='table'")) {
        std::string columns;
        for (const auto& column : sql.ask("SELECT name FROM pragma_table_info('" + table[0] + "')"))
            columns += (columns.empty() ? "quote(" : ",quote(") + column[0] + ')';
        all += table[0] + '\n';
        for (const auto& row : sql.ask("SELECT " + columns + " FROM " + table[0])) {
            for (const auto& value : row)
                all += value + '|';
            all += '\n';
        }
    }
    return all;
}

} // namespace

TEST_CASE("data files: every file that is changed, cut or gone is named") {
    const Told told;
    expect_clean(told.data);
    std::set<std::string> kinds; // folders and single files: that there is some of all
    std::set<std::string> unnamed;
    for (const auto& name : told.files()) {
        kinds.insert(name.substr(0, name.find('/', name.starts_with("log/") ? 4 : 0)));
        const auto of = expected(told, name);
        const Mutation file(told, name);
        if (of.gone.empty()) unnamed.insert(name);
        CHECK(of.gone.empty() == (*of.reason != '\0'));
        for (const std::size_t at : places(file.good().size())) {
            Bytes bad = file.good();
            bad[at] ^= 1U;
            INFO("byte ", at);
            file.holds(bad, of.changed);
        }
        Bytes longer = file.good();
        longer.push_back('x');
        file.holds(longer, name.starts_with("keys/") ? "key_differs" : of.changed);
        file.holds({file.good().begin(), file.good().end() - 1}, of.last_byte_cut);
        const auto half = static_cast<std::ptrdiff_t>(file.good().size() / 2);
        file.holds({file.good().begin(), file.good().begin() + half}, of.cut);
        file.holds({}, of.cut);
        file.gone(of.gone);
    }
    CHECK(
        kinds
        == std::set<
            std::
                string>{"keys", "lock", "log/checkpoint", "log/distribution", "log/tile", "policies", "policy"}
    );
    CHECK(unnamed.erase("lock") == 1);
    CHECK(unnamed.size() > 1);
    for (const auto& name : unnamed) // partial tiles of checkpoints of before
        CHECK(name.find(".p/") != std::string::npos);
    expect_clean(told.data);
}

TEST_CASE("data files: a folder that is gone as a whole is missed") {
    const Told told;
    const auto without = [&](const char* folder) {
        fs::rename(told.in(folder), told.dir.in("away"));
        const auto done = audited(told.data);
        fs::rename(told.dir.in("away"), told.in(folder));
        CHECK(done.code == 1);
        return done.found;
    };
    using Found = std::set<std::pair<std::string, std::string>>;
    CHECK(without("log") == Found{{"file_missing", "log/checkpoint"}});
    const auto policy = fs::directory_iterator(told.in("policies"))->path().filename().string();
    CHECK(without("policies") == Found{{"file_missing", "policies/" + policy}});
    CHECK(
        without("keys")
        == Found{{"key_missing", "keys/clock.key"}, {"key_missing", "keys/data.key"}, {"key_missing", "keys/log.key"}, {"key_missing", "keys/promise.key"}}
    );
    expect_clean(told.data);
}

TEST_CASE("data files: a copy that was given without keys misses none, and what is there is judged"
) {
    const Told told;
    const std::string archived =
        "policies/" + fs::directory_iterator(told.in("policies"))->path().filename().string();
    const Bytes policy = files::read_whole(told.in("policy")).value();
    for (const char* name : {"keys", "policies", "lock"})
        fs::remove_all(told.in(name));
    expect_clean(told.data);
    REQUIRE(files::write_whole(told.in(archived), policy));
    expect_only(told.data, "policy_differs", archived);
    fs::remove(told.in(archived));
    fs::remove(told.in("policy"));
    expect_clean(told.data);
}

TEST_CASE("data files: a change of the log's key is no fault, wherever it was stopped") {
    const Told told;
    const app::NodeFiles files(told.data);
    const std::string archived = fs::directory_iterator(told.in("policies"))->path().string();
    const std::string old_policy = app::read_text(archived).value();
    const auto put = [](const std::string& path, std::string_view text) {
        REQUIRE(app::write_text(path, text, true));
    };
    put(files.key("log.next"), app::read_text(files.key("log")).value());
    expect_clean(told.data); // all but the last step
    put(files.key("log"), merkle::NoteSigner(origin, key(log_key)).private_text() + '\n');
    expect_clean(told.data);
    put(files.policy(), std::string_view(old_policy).substr(old_policy.find('\n') + 1));
    expect_clean(told.data);
    fs::remove(archived);
    expect_clean(told.data); // the ledger alone has it
    // The same without a next key is no step of it.
    fs::remove(files.key("log.next"));
    const auto done = audited(told.data);
    const std::set<std::pair<std::string, std::string>> wanted = {
        {"file_missing", fs::relative(archived, told.data).generic_string()},
        {"key_differs", "keys/log.key"},
        {"policy_differs", "policy"}
    };
    CHECK(done.found == wanted);
}

TEST_CASE("data files: a file among keys, policies or the log that is not the program's is named") {
    const Told told;
    for (const std::string name :
         {"keys/other.key",
          "keys/other.key.new",
          "keys/policy",
          "policies/until-00000000",
          "log/notes.txt",
          "log/keys.new",
          "log/tile/0/007"}) {
        INFO(name);
        REQUIRE(files::write_whole(told.in(name), Bytes(32)));
        expect_only(told.data, "file_unknown", name);
        fs::remove(told.in(name));
    }
    // Whose the directory is may keep other files in it.
    REQUIRE(files::write_whole(told.in("handprint.conf"), Bytes(32)));
    fs::create_directories(told.in("certificates"));
    expect_clean(told.data);
    for (const char* name : {"keys/log.key", "policy", "log/checkpoint"}) {
        INFO(name);
        fs::rename(told.in(name), told.dir.in("away"));
        fs::create_directory(told.in(name));
        expect_only(told.data, "file_unreadable", name);
        fs::remove(told.in(name));
        fs::rename(told.dir.in("away"), told.in(name));
    }
    expect_clean(told.data);
}

TEST_CASE("data files: what is there while the program writes, or was stopped, is no fault") {
    const Told told;
    std::vector<std::string> begun;
    for (const auto& name : told.files()) {
        begun.push_back(name + ".new");
        begun.push_back(name + ".part");
    }
    for (const auto& name : begun)
        REQUIRE(files::write_whole(told.in(name), as_bytes("half")));
    expect_clean(told.data);
    for (const auto& name : begun)
        fs::remove(told.in(name));
    // A change of the log's key that was stopped before it was entered, and after.
    const std::string next = merkle::NoteSigner(origin, key(spare)).private_text() + '\n';
    REQUIRE(files::write_whole(told.in("keys/log.next.key"), as_bytes(next)));
    expect_clean(told.data);
    REQUIRE(files::write_whole(told.in("keys/log.next.key"), as_bytes("half")));
    expect_only(told.data, "key_differs", "keys/log.next.key");
}

TEST_CASE("data files: a byte of the database that is changed is named, if a value changed") {
    const Told told;
    const std::string path = told.in("ledger.db");
    const Bytes good = files::read_whole(path).value();
    const std::string values = dump(path);
    REQUIRE(values.size() > good.size() / 4);
    int named = 0, unnamed = 0;
    const auto write = [&](const Bytes& bytes) {
        for (const char* end : {"-wal", "-shm"})
            fs::remove(path + end);
        REQUIRE(files::write_whole(path, bytes));
    };
    for (std::size_t at = 1; at < good.size(); at += good.size() / 120 | 1U) {
        Bytes bad = good;
        bad[at] ^= 1U;
        write(bad);
        const auto done = audited(told.data);
        INFO("byte ", at, ' ', done.text);
        if (done.code != 0) {
            ++named;
            CHECK((done.code == 1 || done.text.find("ledger.db") != std::string::npos));
            continue;
        }
        ++unnamed; // where no value lies: between cells, or in what SQLite counts
        CHECK(dump(path) == values);
    }
    CHECK(named > 50);
    CHECK(unnamed > 0);
    for (const std::size_t less : {std::size_t{4096}, good.size() / 2, good.size()}) {
        write(Bytes(good.begin(), good.end() - static_cast<std::ptrdiff_t>(less)));
        const auto done = audited(told.data);
        INFO(less, ' ', done.text);
        CHECK(done.code != 0);
        CHECK((done.code == 1 || done.text.find("ledger.db") != std::string::npos));
    }
    write(good);
    fs::remove(path);
    const auto done = audited(told.data);
    CHECK(done.code == 2);
    CHECK(done.text.find("ledger.db") != std::string::npos);
}
