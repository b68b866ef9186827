// What a commit writes to the WAL goes there in few calls, whole, and before the sync.

#include "tests/crash/recorder.hpp"
#include "tests/store/crash/history.hpp"
#include "tests/store/drivers.hpp"
#include "tests/store/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>

using namespace handprint;
using namespace handprint::store;
using namespace handprint::store::crash;
using namespace handprint::crash;

namespace {

std::string account_name(Int n) {
    return "payable/m:" + std::to_string((n * 7'919) % 100'003);
}

/// Entries of some 5 KB, and ten rows for each.
Batch large_batch(const Head& head, Int entries) {
    Batch batch = samples::next_batch(head, static_cast<std::size_t>(entries));
    for (auto& entry : batch.entries)
        entry.coop += std::string(5'000, ' ');
    for (Int n = 0; n < 10 * entries; ++n)
        batch.upserts.push_back(market::AccountRow{account_name(n), "KES", n, n + 1});
    return batch;
}

/// Takes half of those rows away, now here, now there in their table.
void erase_half(Batch& batch) {
    const auto half = static_cast<Int>(batch.upserts.size() / 2);
    for (Int n = 0; n < half; ++n)
        batch.erases.push_back(market::key_of<market::AccountRow>(account_name(n), "KES"));
    batch.upserts.erase(batch.upserts.begin(), batch.upserts.begin() + half);
}

struct Writes {
    std::size_t calls = 0, bytes = 0;
    bool synced = false; // after the last of them
};

/// Of the recording so far, what was written from the last note on.
Writes writes_since_note() {
    const auto log = stop_recording();
    const auto note = std::find_if(log.rbegin(), log.rend(), [](const Event& event) {
        return event.kind == Event::Kind::note;
    });
    Writes out;
    for (auto at = note.base(); at != log.end(); ++at) {
        if (at->kind == Event::Kind::sync) out.synced = true;
        if (at->kind != Event::Kind::write) continue;
        ++out.calls;
        out.bytes += at->data.size();
        out.synced = false;
    }
    return out;
}

/// Without a checkpoint: the recording has only what commits write.
SqliteOptions options_of(const TempDirectory& directory, int cache_pages) {
    SqliteOptions options = options_in(directory.path().string());
    options.checkpoint_pages = 1'000'000;
    options.cache_pages = cache_pages;
    return options;
}

void check_whole(SqliteStore& store, const Batch& batch) {
    CHECK(store.head().value() == batch.next);
    CHECK(store.verify_file().value() == std::vector<std::string>{});
    const auto entries = store.entries(batch.expected.size, batch.entries.size()).value();
    CHECK(entries == batch.entries);
}

} // namespace

TEST_CASE("a large batch reaches the WAL in few calls, all before the sync") {
    // With few cached pages, SQLite writes pages before the end and reads them again.
    for (const int cache_pages : {10, 16'000}) {
        CAPTURE(cache_pages);
        const TempDirectory directory;
        start_recording(directory.path().string());
        auto store = SqliteStore::create(options_of(directory, cache_pages)).value();
        const Batch first = large_batch(store->head().value(), 400);
        REQUIRE(store->commit(first).outcome == Outcome::committed);
        Batch second = large_batch(first.next, 400);
        erase_half(second);
        note(1);
        REQUIRE(store->commit(second).outcome == Outcome::committed);
        const Writes writes = writes_since_note();
        MESSAGE(writes.calls << " calls for " << writes.bytes << " bytes");
        CHECK(writes.synced);
        CHECK(writes.bytes > 2'000'000);
        if (cache_pages > 10) CHECK(writes.calls < writes.bytes / (64 * 1024));
        check_whole(*store, second);
        store.reset();
        store = SqliteStore::open(options_of(directory, cache_pages)).value();
        check_whole(*store, second);
    }
}

TEST_CASE("of a batch that was taken back nothing is left to write") {
    const TempDirectory directory;
    bool full = false;
    start_recording(
        directory.path().string(),
        [&full](Call call, FileKind kind, std::size_t, std::uint64_t) {
            return full && call == Call::write && kind == FileKind::wal ? ENOSPC : 0;
        }
    );
    auto store = SqliteStore::create(options_of(directory, 16'000)).value();
    const Batch before = samples::next_batch(store->head().value(), 1);
    REQUIRE(store->commit(before).outcome == Outcome::committed);
    const Head head = before.next;
    full = true;
    CHECK(store->commit(large_batch(head, 20)).outcome == Outcome::not_committed);
    full = false;
    note(1);
    const Batch small = samples::next_batch(head, 1);
    CHECK(store->commit(small).outcome == Outcome::committed);
    const Writes writes = writes_since_note();
    CHECK(writes.synced);
    CHECK(writes.bytes < 50'000);
    check_whole(*store, small);
}
