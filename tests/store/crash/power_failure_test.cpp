// Power fails at any moment of a recorded run: what was acknowledged is there, no batch is there in
// part. The last tests take away one kind of sync at a time and expect the proof to notice.

#include "tests/store/crash/crash_image.hpp"
#include "tests/store/crash/history.hpp"
#include "tests/store/drivers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <map>
#include <span>
#include <utility>

using namespace handprint;
using namespace handprint::store;
using namespace handprint::store::crash;

namespace {

constexpr Int batches = 24;
bool durable = true; // of the stores that are recorded
// Notes in the recording.
constexpr Int created = -1;
constexpr Int secret_written = -1'000; // less the number of the secret

const Expected& expected() {
    static const Expected all(batches + 1);
    return all;
}

/// One or more lives of a program in directories of its own.
class Run {
public:
    Run(FaultPlan faults, SwallowPlan swallow) {
        directories_.emplace_back();
        start_recording(here(), std::move(faults), std::move(swallow));
    }

    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    ~Run() { (void)stop_recording(); }

    /// Creates a store and commits all batches. Notes every acknowledgement. Closes the store and
    /// opens it again in the middle; dies and starts again when a commit is in doubt.
    void live() {
        auto store = SqliteStore::create(options());
        if (!store) store = SqliteStore::open(options()); // created, but a sync failed at the end
        if (!store) return;
        note(created);
        for (int tries = 0; tries < 3 * batches; ++tries) {
            const auto head = (*store)->head();
            REQUIRE(head.has_value());
            const Int n = head->size / 2;
            if (n == batches) break;
            const CommitResult done = (*store)->commit(batch_at(*head));
            if (done.outcome == Outcome::committed) note(head->size + 2);
            if (done.outcome == Outcome::unknown) {
                directories_.emplace_back();
                restart_in(here());
                dead_.push_back(std::move(*store));
                store = SqliteStore::open(options());
            } else if (n == batches / 2) {
                store->reset();
                store = SqliteStore::open(options());
            } else if (n % 3 == 1) { // never number 0, which stands for none
                const std::vector<SecretRecord> secrets = {secret_at(n)};
                if ((*store)->put_secrets(secrets).has_value()) note(secret_written - n);
            }
            REQUIRE(store.has_value());
        }
    }

private:
    std::string here() { return directories_.back().path().string(); }

    SqliteOptions options() {
        SqliteOptions out = options_in(here());
        out.durable = durable;
        return out;
    }

    std::list<TempDirectory> directories_;
    std::vector<std::unique_ptr<SqliteStore>> dead_; // closed last: closing writes
};

std::vector<Event> record(FaultPlan faults = {}, SwallowPlan swallow = {}) {
    Run run(std::move(faults), std::move(swallow));
    run.live();
    return stop_recording();
}

struct Findings {
    std::size_t images = 0;
    std::string first; // what is wrong with the first bad one
};

/// A crash just before each sync, when most is at stake, and just after each acknowledgement.
bool is_moment(const Event& event) {
    using enum Event::Kind;
    return event.kind == sync || event.kind == sync_directory || event.kind == note
           || event.kind == failed_sync;
}

std::vector<Chance> chances(std::uint64_t seed) {
    return {
        {Fate::lost, Fate::lost, 512, seed},
        {Fate::each_by_coin, Fate::kept, 512, seed},
        {Fate::kept, Fate::lost, 512, seed},
        {Fate::lost, Fate::kept, 512, seed},
        {Fate::sectors_by_coin, Fate::each_by_coin, 512, seed},
        {Fate::sectors_by_coin, Fate::kept, 4096, seed + 1},
        {Fate::first_few, Fate::kept, 512, seed},
        {Fate::first_few, Fate::each_by_coin, 4096, seed + 1},
    };
}

/// At every moment, or at the first `most` of those from the event `from` on.
Findings try_all_crashes(
    const std::vector<Event>& log,
    std::size_t fates = 8,
    std::size_t from = 0,
    std::size_t most = SIZE_MAX
) {
    const TempDirectory directory;
    const std::string place = directory.path("disk");
    Findings findings;
    Disk disk;
    Acknowledged acknowledged;
    const auto crash_here = [&](std::size_t at) {
        const auto all = chances(at);
        for (const Chance& chance : std::span(all).first(std::min(fates, all.size()))) {
            write_image(disk.crash(chance), place);
            ++findings.images;
            const std::string wrong = inspect(place, acknowledged, expected());
            if (wrong.empty()) continue;
            findings.first = "event " + std::to_string(at) + ", fate "
                             + std::to_string(static_cast<int>(chance.writes)) + "/"
                             + std::to_string(static_cast<int>(chance.names)) + ": " + wrong;
            return false;
        }
        return true;
    };
    for (std::size_t at = 0; at < log.size(); ++at) {
        const Event& event = log[at];
        if (event.kind == Event::Kind::note) {
            acknowledged.created = true;
            if (event.offset >= 0) acknowledged.size = event.offset;
            if (event.offset <= secret_written) {
                acknowledged.secret = secret_written - event.offset;
            }
        }
        if (at >= from && is_moment(event)) {
            if (most-- == 0 || !crash_here(at)) return findings;
        }
        disk.apply(event);
    }
    crash_here(log.size());
    return findings;
}

std::size_t count(const std::vector<Event>& log, Event::Kind kind) {
    return static_cast<std::size_t>(std::count_if(log.begin(), log.end(), [kind](const auto& o) {
        return o.kind == kind;
    }));
}

} // namespace

TEST_CASE("what was acknowledged outlives a power failure at any moment") {
    const auto log = record();
    // The recording has everything that a proof needs: else it would prove nothing.
    CHECK(count(log, Event::Kind::note) > static_cast<std::size_t>(batches));
    CHECK(count(log, Event::Kind::sync) > static_cast<std::size_t>(batches));
    CHECK(count(log, Event::Kind::sync_directory) >= 2);
    CHECK(count(log, Event::Kind::link) == 1);
    const Findings findings = try_all_crashes(log);
    MESSAGE(findings.images << " crashes tried");
    CHECK(findings.first == "");
    CHECK(findings.images > 500);
}

TEST_CASE("without the sync of one kind of file, the proof fails") {
    for (const FileKind kind : {FileKind::wal, FileKind::database, FileKind::directory}) {
        for (const bool while_creating : {true, false}) {
            if (kind == FileKind::wal && while_creating) continue; // there is none yet
            CAPTURE(static_cast<int>(kind));
            CAPTURE(while_creating);
            const auto log = record({}, [=](FileKind of, bool noted) {
                return of == kind && noted != while_creating;
            });
            const Findings findings = try_all_crashes(log);
            MESSAGE(findings.images << " crashes, then: " << findings.first);
            CHECK(findings.first != "");
        }
    }
}

TEST_CASE("without any single sync that something rests on, the proof fails") {
    using enum Event::Kind;
    const auto log = record();
    std::map<int, std::vector<std::size_t>> pending; // writes by file; -1: names in the directory
    const auto place_of = [](const Event& event) {
        const bool content = event.kind == write || event.kind == truncate || event.kind == sync;
        return content ? event.file : -1;
    };
    int removed = 0;
    // A store is made under another name, and nothing rests on it before it has its own. What is
    // synced until then is for the test of kinds above.
    bool made = false;
    for (std::size_t at = 0; at < log.size(); ++at) {
        const Event& event = log[at];
        if (event.kind == note) {
            made = true;
            continue;
        }
        const int place = place_of(event);
        if (event.kind != sync && event.kind != sync_directory) {
            pending[place].push_back(at);
            continue;
        }
        const auto waiting = std::exchange(pending[place], {});
        if (!made || waiting.empty()) continue; // the latter goes with the one before it
        // SQLite syncs the header of a WAL that begins anew at once; the first commit's own sync
        // would do, and nothing is acknowledged before that.
        const Event& first = log[waiting.front()];
        const Event& last = log[waiting.back()];
        const bool header = last.kind == write && last.offset == 0 && last.data.size() == 32;
        if (header && (waiting.size() == 1 || first.kind == truncate)) continue;
        std::vector<Event> without;
        bool more_written = false;
        for (std::size_t i = 0; i < log.size(); ++i) {
            const bool here = i >= at && log[i].kind != note && place_of(log[i]) == place;
            const bool syncs = log[i].kind == sync || log[i].kind == sync_directory;
            more_written = more_written || (here && !syncs);
            if (!here || !syncs || more_written) without.push_back(log[i]);
        }
        ++removed;
        const Findings findings = try_all_crashes(without, 8, at, 40);
        CAPTURE(at);
        CAPTURE(place);
        CAPTURE(waiting.size());
        CHECK(findings.first != "");
    }
    MESSAGE(removed << " syncs taken away, one at a time");
    CHECK(removed > 40);
}

TEST_CASE("without any sync, as with synchronous=OFF, the proof fails") {
    SUBCASE("swallowed") {
        const auto log = record({}, [](FileKind, bool) { return true; });
        CHECK(try_all_crashes(log).first != "");
    }
    SUBCASE("never asked for") {
        durable = false;
        const auto log = record();
        durable = true;
        const Findings findings = try_all_crashes(log);
        MESSAGE(findings.images << " crashes, then: " << findings.first);
        CHECK(findings.first != "");
    }
}

TEST_CASE("a failed sync, opening again, and then a power failure lose nothing acknowledged") {
    // The kernel reports a failed sync once and then takes the pages for clean. So what a store
    // finds when it opens may be in memory only, and has to be written once more.
    for (const FileKind kind : {FileKind::wal, FileKind::database}) {
        for (const int which : {0, 1, 2, 5}) {
            CAPTURE(static_cast<int>(kind));
            CAPTURE(which);
            int syncs = 0;
            bool lives = false;
            const auto log = record([&](Call call, FileKind of, std::size_t, std::uint64_t) {
                lives = lives || of == FileKind::wal; // created
                const bool chosen = lives && call == Call::sync && of == kind;
                return chosen && syncs++ == which ? EIO : 0;
            });
            CHECK(count(log, Event::Kind::failed_sync) == 1);
            CHECK(count(log, Event::Kind::note) > static_cast<std::size_t>(batches));
            const Findings findings = try_all_crashes(log, 2);
            CHECK(findings.first == "");
        }
    }
}
