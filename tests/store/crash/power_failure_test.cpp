// Power fails at any moment of a recorded run: what was acknowledged is there, no batch is there in
// part. The last tests take away one kind of sync at a time and expect the proof to notice.

#include "tests/crash/trial.hpp"
#include "tests/store/crash/history.hpp"
#include "tests/store/drivers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <list>

using namespace handprint;
using namespace handprint::store;
using namespace handprint::store::crash;
using namespace handprint::crash;

namespace {

constexpr Int batches = 24;
bool durable = true; // of the stores that are recorded
// Notes in the recording.
constexpr Int created = -1;
constexpr Int blanked = -100;          // less the number of the blob
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
            if (done.outcome == Outcome::committed && n % 4 == 2) blank(**store, n / 4 + 1);
        }
    }

private:
    static void blank(Store& store, Int blob) {
        SecretRecord beside = secret_of_blob(blob);
        beside.sealed.clear();
        if (store.blank_blobs({&blob, 1}, {&beside, 1}).has_value()) note(blanked - blob);
    }

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

/// Ends at the first bad disk.
Findings try_all(const std::vector<Event>& log, const Extent& extent = {}) {
    const TempDirectory directory;
    Acknowledged acknowledged;
    const Judge judge{
        [&](Int what) {
            acknowledged.created = true;
            if (what >= 0) acknowledged.size = what;
            if (what <= secret_written) {
                acknowledged.secret = secret_written - what;
            } else if (what <= blanked) {
                acknowledged.blank = blanked - what;
            }
        },
        [&](const std::string& place) { return inspect(place, acknowledged, expected()); }
    };
    return try_all_crashes(log, directory.path("disk"), judge, extent);
}

} // namespace

TEST_CASE("what was acknowledged outlives a power failure at any moment") {
    const auto log = record();
    // The recording has everything that a proof needs: else it would prove nothing.
    CHECK(count(log, Event::Kind::note) > static_cast<std::size_t>(batches));
    CHECK(count(log, Event::Kind::sync) > static_cast<std::size_t>(batches));
    CHECK(count(log, Event::Kind::sync_directory) >= 2);
    CHECK(count(log, Event::Kind::link) == 1);
    const Findings findings = try_all(log);
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
            const Findings findings = try_all(log);
            MESSAGE(findings.images << " crashes, then: " << findings.first);
            CHECK(findings.first != "");
        }
    }
}

TEST_CASE("without any single sync that something rests on, the proof fails") {
    const auto log = record();
    // A store is made under another name, and nothing rests on it before it has its own. What is
    // synced until then is for the test of kinds above.
    const auto made = static_cast<std::size_t>(
        std::ranges::find(log, Event::Kind::note, &Event::kind) - log.begin()
    );
    int removed = 0;
    for (const SyncPoint& point : sync_points(log)) {
        if (point.at < made || only_begins_wal(log, point)) continue;
        ++removed;
        CAPTURE(point.at);
        CAPTURE(point.waiting.size());
        const Findings findings = try_all(without_sync(log, point.at), {8, point.at, 40});
        CHECK(findings.first != "");
    }
    MESSAGE(removed << " syncs taken away, one at a time");
    CHECK(removed > 40);
}

TEST_CASE("without any sync, as with synchronous=OFF, the proof fails") {
    SUBCASE("swallowed") {
        const auto log = record({}, [](FileKind, bool) { return true; });
        CHECK(try_all(log).first != "");
    }
    SUBCASE("never asked for") {
        durable = false;
        const auto log = record();
        durable = true;
        const Findings findings = try_all(log);
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
            const Findings findings = try_all(log, {.fates = 2});
            CHECK(findings.first == "");
        }
    }
}
