// The count of syncs is that of the calls which reach the system.

#include "node/files/files.hpp"
#include "node/files/sync_count.hpp"
#include "tests/crash/recorder.hpp"
#include "tests/crash/trial.hpp"
#include "tests/store/crash/history.hpp"
#include "tests/store/drivers.hpp"

#include <doctest/doctest.h>

using namespace handprint;
using namespace handprint::store;
using namespace handprint::store::crash;
using namespace handprint::crash;
using files::Synced;

namespace {

/// What a recording counts, and what we do.
void check_counted(const std::function<void(const std::string& place)>& run, Synced what) {
    const TempDirectory directory;
    const Synced rest = what == Synced::database ? Synced::other : Synced::database;
    const auto counted = files::syncs(what);
    const auto others = files::syncs(rest);
    start_recording(directory.path().string());
    run(directory.path().string());
    const auto log = stop_recording();
    const auto seen = count(log, Event::Kind::sync) + count(log, Event::Kind::sync_directory);
    MESSAGE(seen << " syncs");
    CHECK(seen > 1);
    CHECK(files::syncs(what) - counted + files::syncs(rest) - others == seen);
    if (what == Synced::other) CHECK(files::syncs(rest) == others);
}

} // namespace

TEST_CASE("every sync of a database is counted: commits, checkpoints, the WAL's name") {
    check_counted(
        [](const std::string& place) {
            auto store = SqliteStore::create(options_in(place)).value();
            for (int i = 0; i < 30; ++i) {
                const Batch batch = batch_at(store->head().value());
                REQUIRE(store->commit(batch).outcome == Outcome::committed);
                if (i % 10 != 9) continue;
                store.reset();
                store = SqliteStore::open(options_in(place)).value();
            }
            REQUIRE(store->backup(place + "/copy.db").has_value());
        },
        Synced::database
    );
}

TEST_CASE("every sync of a file that is put in its place is counted, and of its directory") {
    check_counted(
        [](const std::string& place) {
            REQUIRE(files::write_whole(place + "/a/b/file", Bytes(10)));
            REQUIRE(files::copy(place + "/a/b/file", place + "/a/part"));
            REQUIRE(files::give_name(place + "/a/part", place + "/a/named"));
            REQUIRE(files::write_again(place + "/a/named"));
        },
        Synced::other
    );
}
