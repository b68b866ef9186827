#include "node/market/work_rows.hpp"
#include "node/pipeline/leftovers.hpp"
#include "node/pipeline/runs.hpp"
#include "node/store/memory/memory_store.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace handprint;
using market::BatchState;
using market::Int;

namespace {

/// A store with batches, and chunks stored for them.
class Stored {
public:
    market::BatchRow batch(Int number, BatchState state, Int chunks, Int done, Int staged) {
        market::BatchRow row;
        row.batch = number;
        row.state = static_cast<Int>(state);
        row.chunks = chunks;
        row.chunks_done = done;
        batch_.upserts.emplace_back(row);
        for (Int chunk = 0; chunk < staged; ++chunk)
            stage(pipeline::chunk_id(number, chunk));
        return row;
    }

    void commit() {
        REQUIRE(store.commit(batch_).outcome == store::Outcome::committed);
        batch_ = {};
    }

    /// How many chunks of the batch can be read; all that belongs to the others is gone.
    [[nodiscard]] Int left(Int number) {
        const std::string prefix = pipeline::padded(number) + '/';
        const auto pointers = store.secrets("tasks", prefix, "", 1000).value();
        for (const char* kind : {"staged", "known"})
            CHECK(store.secrets(kind, prefix, "", 1000).value().size() == pointers.size());
        for (const auto& pointer : pointers)
            CHECK(vault.read_blob(store, "tasks", pointer.id).value() == to_bytes(text_));
        return static_cast<Int>(pointers.size());
    }

    [[nodiscard]] Int blank() {
        const auto blobs = store.blobs(1, 1000).value();
        Int count = 0;
        for (const auto& blob : blobs)
            count += blob.bytes.empty() ? 1 : 0;
        return count;
    }

    store::MemoryStore store;
    const pipeline::Vault vault{{1}, [](std::span<std::uint8_t> out) {
                                    std::fill(out.begin(), out.end(), std::uint8_t{7});
                                }};

private:
    void stage(const std::string& id) {
        auto blob = vault.encrypt(text_);
        batch_.secrets.push_back(vault.seal_pointer("tasks", id, ++blobs_, blob.key));
        for (const char* kind : {"staged", "known"})
            batch_.secrets.push_back(vault.seal(kind, id, text_));
        batch_.blobs.push_back({blobs_, blob.address, std::move(blob.ciphertext)});
    }

    const ByteView text_ = as_bytes("tasks");
    store::Batch batch_;
    Int blobs_ = 0;
};

} // namespace

TEST_CASE("what was stored for an import that is not opened goes, many chunks at a time") {
    Stored s;
    const auto draft = s.batch(1, BatchState::draft, 0, 0, 120);
    s.batch(12, BatchState::draft, 0, 0, 2);
    s.commit();
    REQUIRE(s.left(1) == 120);
    CHECK(pipeline::drop_staged(s.store, s.vault, draft));
    CHECK(s.left(1) == 0);
    CHECK(s.left(12) == 2);
    CHECK(s.blank() == 120);
    CHECK(s.store.blob_count().value() == 122);
    CHECK(pipeline::drop_staged(s.store, s.vault, draft)); // again is nothing
}

TEST_CASE("a chunk that is in the ledger or on its way there stays, at every start") {
    Stored s;
    s.batch(0, BatchState::draft, 0, 0, 3);
    s.batch(1, BatchState::importing, 4, 2, 4);
    s.batch(2, BatchState::importing, 4, 0, 4);
    s.batch(3, BatchState::sealed, 2, 2, 2);
    s.batch(4, BatchState::open, 2, 2, 2);
    s.batch(5, BatchState::closed, 2, 2, 2);
    s.batch(6, BatchState::closed, 5, 3, 5); // given up
    s.batch(7, BatchState::closed, 5, 0, 5); // given up before the first
    s.batch(8, BatchState::closed, 0, 0, 1); // never opened
    s.commit();
    for (int twice = 0; twice < 2; ++twice) {
        CHECK(pipeline::drop_staged(s.store, s.vault));
        const Int expected[] = {0, 4, 4, 2, 2, 2, 3, 0, 0};
        for (Int batch = 0; batch < 9; ++batch) {
            CAPTURE(batch);
            CHECK(s.left(batch) == expected[batch]);
        }
        CHECK(s.blank() == 3 + 2 + 5 + 1);
    }
}
