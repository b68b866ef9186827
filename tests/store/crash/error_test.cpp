// Calls to the kernel fail, one at a time or for want of space. A commit says `committed` only when
// the batch is there, `not_committed` only when it is not, and the store opens again in good order.

#include "tests/crash/recorder.hpp"
#include "tests/store/crash/history.hpp"
#include "tests/store/drivers.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <cerrno>
#include <csignal>

using namespace handprint;
using namespace handprint::store;
using namespace handprint::store::crash;
using namespace handprint::crash;

namespace {

constexpr Int batches = 8;

const Expected& expected() {
    static const Expected all(4 * batches);
    return all;
}

struct Tally {
    std::map<Outcome, int> outcomes;
    int refused_creates = 0, refused_opens = 0;
    std::uint64_t calls = 0;
};

/// Commits until all is done, with the call number `n` failing.
void run_with_error(std::uint64_t n, int error, Tally& tally) {
    const TempDirectory directory;
    const std::string place = directory.path().string();
    start_recording(place, [n, error](Call, FileKind, std::size_t, std::uint64_t before) {
        return before == n ? error : 0;
    });
    auto store = SqliteStore::create(options_in(place));
    if (!store) {
        ++tally.refused_creates;
        // Whether it got as far as the name or not, the next attempt leads to a store.
        store = std::filesystem::exists(options_in(place).path)
                    ? SqliteStore::open(options_in(place))
                    : SqliteStore::create(options_in(place));
    }
    REQUIRE(store.has_value());
    Int size = 0;
    while (size < 2 * batches) {
        const Head head = (*store)->head().value();
        const CommitResult done = (*store)->commit(batch_at(head));
        ++tally.outcomes[done.outcome];
        if (done.outcome == Outcome::committed) size = head.size + 2;
        if (done.outcome == Outcome::not_committed) {
            CHECK((*store)->head().value() == head);
        }
        if (done.outcome == Outcome::unknown) {
            CHECK((*store)->commit(batch_at(head)).outcome == Outcome::unknown);
            store->reset();
            store = SqliteStore::open(options_in(place));
            if (!store) {
                ++tally.refused_opens;
                store = SqliteStore::open(options_in(place));
            }
            REQUIRE(store.has_value());
            size = (*store)->head().value().size;
            CHECK((size == head.size || size == head.size + 2));
        }
    }
    CHECK(inspect(**store, {true, size, 0, 0}, expected()) == "");
    store->reset();
    tally.calls = recorded_calls();
    (void)stop_recording();
    CHECK(inspect(place, {true, size, 0, 0}, expected()) == "");
}

} // namespace

TEST_CASE("any one call fails") {
    for (const int error : {EIO, ENOSPC}) {
        CAPTURE(error);
        Tally tally;
        for (std::uint64_t n = 0; n == 0 || n < tally.calls; ++n) {
            CAPTURE(n);
            run_with_error(n, error, tally);
        }
        MESSAGE(
            tally.calls << " calls; unknown " << tally.outcomes[Outcome::unknown]
                        << ", not committed " << tally.outcomes[Outcome::not_committed]
                        << ", creations refused " << tally.refused_creates
        );
        CHECK(tally.calls > 100);
        CHECK(tally.outcomes[Outcome::unknown] > 0);
        CHECK(tally.outcomes[Outcome::stale] == 0);
        CHECK(tally.refused_creates > 0);
        if (error == ENOSPC) CHECK(tally.outcomes[Outcome::not_committed] > 0);
    }
}

TEST_CASE("a full disk gives not_committed, and room gives the same batch its place") {
    const TempDirectory directory;
    const std::string place = directory.path().string();
    bool full = false;
    start_recording(place, [&full](Call call, FileKind, std::size_t, std::uint64_t) {
        return full && call == Call::write ? ENOSPC : 0;
    });
    auto store = SqliteStore::create(options_in(place)).value();
    for (int i = 0; i < 10; ++i) {
        const Batch batch = batch_at(store->head().value());
        full = true;
        for (int again = 0; again < 3; ++again) {
            CHECK(store->commit(batch).outcome == Outcome::not_committed);
            CHECK(store->head().value() == batch.expected);
            const std::vector<SecretRecord> secrets = {secret_at(1)};
            CHECK_FALSE(store->put_secrets(secrets).has_value());
        }
        full = false;
        CHECK(store->commit(batch).outcome == Outcome::committed);
    }
    CHECK(inspect(*store, {true, 20, 0, 0}, expected()) == "");
    store.reset();
    (void)stop_recording();
    CHECK(inspect(place, {true, 20, 0, 0}, expected()) == "");
}

TEST_CASE("a limit on the size of files leaves the commit in doubt, and opening again decides") {
    // Not ENOSPC but EFBIG: an error that the driver does not know to be harmless.
    const TempDirectory directory;
    const std::string place = directory.path().string();
    auto store = SqliteStore::create(options_in(place)).value();
    REQUIRE(store->commit(batch_at(store->head().value())).outcome == Outcome::committed);
    const Batch batch = batch_at(store->head().value());
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{4096, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
    const Outcome outcome = store->commit(batch).outcome;
    const Outcome next = store->commit(batch).outcome;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, handler);
    CHECK(outcome == Outcome::unknown);
    CHECK(next == Outcome::unknown);
    CHECK(store->commit(batch).outcome == Outcome::unknown);
    CHECK_FALSE(store->put_secrets(batch.secrets).has_value());
    CHECK_FALSE(store->take_over().has_value());
    store.reset();
    CHECK(inspect(place, {true, 2, 0, 0}, expected()) == "");
}
