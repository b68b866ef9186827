// Power fails at any moment while a data directory is copied or brought back. Once that is said to
// be done, all of it is there; before, where the tables have their name, all else is there, and
// what has stopped half way can be begun again.

#include "node/app/copies.hpp"
#include "node/app/rotation.hpp"
#include "tests/app/crash/founded.hpp"
#include "tests/crash/trial.hpp"
#include "tests/http/scratch.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace handprint;
using namespace handprint::test;
using crash::Event;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t done = 1;

/// Two entries, a former log key's policy, and a log of more than one directory.
class Source {
public:
    Source() {
        const auto founded = app::init(founding_in(data(), delegate()));
        REQUIRE_MESSAGE(founded, founded.error().what);
        const auto key = client::read_key_file(delegate()).value();
        REQUIRE(app::rotate_log_key(app::NodeFiles(data()), key));
        for (const char* name : {"checkpoint", "tile/0/000", "tile/0/x001/000", "tile/entries/000"})
            dir_.write("data/log/" + std::string(name), "what is in " + std::string(name));
        dir_.write("data/log/large", std::string(3'000'000, 'x')); // more than one piece
        files_ = files_in(data());
        entries_ = open_in(data()).value()->entries(0, SIZE_MAX).value();
        REQUIRE(files_.size() == 11);
        REQUIRE(entries_.size() == 2);
    }

    [[nodiscard]] std::string data() const { return dir_.in("data"); }

    /// Empty if everything is there.
    [[nodiscard]] std::string missing_in(const std::string& copy) const {
        auto found = files_in(copy);
        for (const auto& [name, content] : files_) {
            if (!found.contains(name)) return "lost: " + name;
            if (found[name] != content) return "in part: " + name;
        }
        const auto store = open_in(copy);
        if (!store) return "the tables: " + store.error().what;
        const auto entries = (*store)->entries(0, SIZE_MAX);
        if (!entries) return "the entries: " + entries.error().what;
        return *entries == entries_ ? std::string() : "lost: an entry";
    }

private:
    [[nodiscard]] std::string delegate() const { return dir_.in("delegate.key"); }

    Scratch dir_;
    std::map<std::string, std::string> files_;
    std::vector<store::EntryRecord> entries_;
};

/// Of a copy, which is a directory two below the recorded one.
crash::Judge judge_of(const Source& source, const std::string& copy_to_restore) {
    const auto is_done = std::make_shared<bool>(false);
    return {
        [is_done](std::int64_t) { *is_done = true; },
        [=, &source](const std::string& place) {
            const std::string copy = place + "/of/copy";
            if (*is_done || fs::exists(copy + "/ledger.db")) return source.missing_in(copy);
            if (copy_to_restore.empty()) return std::string();
            const auto again = app::restore(copy_to_restore, copy);
            if (!again) return "not begun again: " + again.error().what;
            return source.missing_in(copy);
        }
    };
}

std::vector<Event> record_backup(const Source& source) {
    const Scratch dir;
    crash::start_recording(dir.path());
    const auto entries = app::back_up(source.data(), dir.in("of/copy"));
    if (entries) crash::note(done);
    auto log = crash::stop_recording();
    REQUIRE_MESSAGE(entries, entries.error().what);
    CHECK(*entries == 2);
    return log;
}

std::vector<Event> record_restore(const std::string& copy) {
    const Scratch dir;
    crash::start_recording(dir.path());
    const auto entries = app::restore(copy, dir.in("of/copy"));
    if (entries) crash::note(done);
    auto log = crash::stop_recording();
    REQUIRE_MESSAGE(entries, entries.error().what);
    CHECK(*entries == 2);
    return log;
}

/// Without what SQLite syncs in the copy's directory for its own files, and without the opening of
/// the finished tables: what is promised does not rest on them.
std::vector<Event> own_syncs(const std::vector<Event>& log) {
    const std::string tables = "of/copy/ledger.db";
    std::vector<Event> out;
    bool begun = false, named = false, opened = false;
    for (const Event& event : log) {
        begun = begun || (event.kind == Event::Kind::create && event.name == tables + ".part");
        opened = opened || (named && event.kind == Event::Kind::create);
        named = named || (begun && event.name == tables);
        const bool of_sqlite = event.kind == Event::Kind::sync_directory && begun && !named;
        if (event.kind == Event::Kind::note || (!of_sqlite && !opened)) out.push_back(event);
    }
    CHECK(opened);
    return out;
}

void check_outlives(const std::vector<Event>& log, const crash::Judge& judge) {
    CHECK(crash::count(log, Event::Kind::note) == 1);
    CHECK(crash::count(log, Event::Kind::sync) > 11);
    CHECK(crash::count(log, Event::Kind::sync_directory) >= 8);
    const Scratch dir(crash::place_for_images());
    const auto findings = crash::try_all_crashes(log, dir.in("disk"), judge);
    MESSAGE(findings.images << " crashes tried");
    CHECK(findings.first == "");
    CHECK(findings.images > 150);
}

/// But those of the journal beside tables that have no name yet.
void check_syncs_needed(const std::vector<Event>& log, const std::function<crash::Judge()>& judge) {
    const Scratch dir(crash::place_for_images());
    int removed = 0;
    for (const auto& point : crash::sync_points(log)) {
        const std::string name = crash::name_of_synced(log, point);
        if (name.ends_with("-journal")) continue;
        ++removed;
        CAPTURE(point.at);
        CAPTURE(name);
        CAPTURE(log[point.at].kind == Event::Kind::sync);
        CHECK(crash::is_missed(log, point, dir.in("disk"), judge));
    }
    MESSAGE(removed << " syncs taken away, one at a time");
    CHECK(removed > 18);
}

} // namespace

TEST_CASE("power fails at any moment of a backup, and what was said to be copied is there") {
    const Source source;
    const auto log = record_backup(source);
    for (const auto& tried : {log, own_syncs(log)})
        check_outlives(tried, judge_of(source, {}));
}

TEST_CASE("without any single sync of a backup, the proof fails") {
    const Source source;
    check_syncs_needed(own_syncs(record_backup(source)), [&] { return judge_of(source, {}); });
}

TEST_CASE("power fails at any moment of a restore, and what was said to be restored is there") {
    const Source source;
    const Scratch dir;
    REQUIRE(app::back_up(source.data(), dir.in("copy")));
    const auto log = record_restore(dir.in("copy"));
    for (const auto& tried : {log, own_syncs(log)})
        check_outlives(tried, judge_of(source, dir.in("copy")));
}

TEST_CASE("without any single sync of a restore, the proof fails") {
    const Source source;
    const Scratch dir;
    REQUIRE(app::back_up(source.data(), dir.in("copy")));
    check_syncs_needed(own_syncs(record_restore(dir.in("copy"))), [&] {
        return judge_of(source, dir.in("copy"));
    });
}
