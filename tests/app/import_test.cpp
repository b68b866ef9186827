// Long imports, and what cuts them short.

#include "node/routes/long_work.hpp"
#include "tests/app/rig.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <string>
#include <utility>
#include <vector>

using namespace handprint;
using namespace handprint::test;
using market::Int;

namespace {

constexpr int kRows = 100'000; // 25 commits of 20 chunks

std::string rows_from(int first, int count) {
    std::string rows;
    for (int i = first; i < first + count; ++i)
        rows += R"({"id":")" + std::to_string(i)
                + R"(","t":"What does it say?"})"
                  "\n";
    return rows;
}

bool has_staged_chunks(app::RunningNode& node) {
    const auto chunks = node.node().store.secrets("staged", "", "", 1);
    return chunks && !chunks->empty();
}

/// Blobs that have bytes.
Int full_blobs(app::RunningNode& node) {
    auto& store = node.node().store;
    const auto blobs = store.blobs(1, SIZE_MAX).value();
    Int count = 0;
    for (const auto& blob : blobs)
        count += blob.bytes.empty() ? 0 : 1;
    CHECK(std::cmp_greater(blobs.size(), count)); // what is gone has left its number
    return count;
}

std::string tasks_of(Int batch) {
    return "/v1/batches/" + std::to_string(batch) + "/tasks";
}

std::string upload_headers(const Rig::Requester& requester, const std::string& id) {
    return requester.headers + "Content-Type: application/jsonl\r\nIdempotency-Key: " + id + "\r\n";
}

/// Sends it again under its id, as clients do, until it is known what became of it.
client::WireReply import_all(
    const client::Address& to,
    const std::string& target,
    const std::string& headers,
    const std::string& rows
) {
    client::WireReply told;
    for (int i = 0; i < 20; ++i) {
        told = ask(to, "POST", target, headers, rows);
        if (told.status != 202 && told.status != 503) break;
    }
    return told;
}

market::BatchRow batch_row(app::RunningNode& node, Int batch) {
    const std::vector<market::Key> keys = {market::key_of<market::BatchRow>(batch)};
    const auto rows = node.node().store.load(keys);
    REQUIRE(rows);
    return std::get<market::BatchRow>(rows->front().value());
}

constexpr const char* kFirstId = "00112233445566778899aabbccddeeff";

} // namespace

TEST_CASE("a stop during a long import ends it between two steps; the same request imports all") {
    Rig rig;
    const auto requester = rig.requester();
    const std::string target = tasks_of(requester.batch);
    const std::string headers = upload_headers(requester, kFirstId);
    const std::string rows = rows_from(0, kRows);
    auto first = std::async(std::launch::async, [&, to = rig.address()] {
        return ask(to, "POST", target, headers, rows);
    });
    REQUIRE(soon([&] { return has_staged_chunks(*rig.node); }));

    const auto begun = std::chrono::steady_clock::now();
    rig.stop();
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
    const auto told = first.get();
    CHECK(told.status == 503);
    CHECK(told.body.find("same_id") != std::string::npos);

    rig.start();
    CHECK_FALSE(has_staged_chunks(*rig.node));
    CHECK(full_blobs(*rig.node) == 0);
    const std::string batch = "/v1/batches/" + std::to_string(requester.batch);
    const auto before = ask(rig.address(), "GET", batch, requester.headers);
    CHECK(before.body.find(R"("state":"draft")") != std::string::npos);
    const auto again = import_all(rig.address(), target, headers, rows);
    CHECK(again.status == 200);
    CHECK(again.body.find("\"imported\":" + std::to_string(kRows)) != std::string::npos);
    const auto repeated = ask(rig.address(), "POST", target, headers, rows);
    CHECK(repeated.body == again.body);
}

TEST_CASE("an import whose batch is closed is given up: who waits is told, and may import again") {
    Rig rig;
    const auto requester = rig.requester();
    const auto to = rig.address();
    const std::string headers = upload_headers(requester, kFirstId);
    const std::string rows = rows_from(0, kRows);
    auto waiting = std::async(std::launch::async, [&] {
        return import_all(to, tasks_of(requester.batch), headers, rows);
    });
    REQUIRE(soon([&] { return batch_row(*rig.node, requester.batch).rows_done > 0; }));
    const std::string batch = "/v1/batches/" + std::to_string(requester.batch);
    const std::string json = requester.headers + "Content-Type: application/json\r\n";
    const auto closed = ask(to, "POST", batch + "/close", json, "{}");
    CHECK(closed.status == 200);
    CHECK(closed.body.find(R"("released":"0")") != std::string::npos); // nothing was held for it

    const auto told = waiting.get();
    CHECK(told.status == 409);
    CHECK(told.body.find("import_given_up") != std::string::npos);
    const auto again = ask(to, "POST", tasks_of(requester.batch), headers, rows);
    CHECK(again.status == 409);
    CHECK(again.body == told.body);
    const auto other_id = upload_headers(requester, "ffeeddccbbaa99887766554433221100");
    const auto anew = ask(to, "POST", tasks_of(requester.batch), other_id, rows);
    CHECK(anew.body.find("import_given_up") != std::string::npos);
    const int entered = static_cast<int>(batch_row(*rig.node, requester.batch).rows_done);
    REQUIRE(entered < kRows);

    // The names of tasks that are in the ledger stay used, the others do not.
    const Int next = rig.draft(requester, 0, "next");
    const auto used = ask(to, "POST", tasks_of(next), other_id, rows_from(entered - 1, 2));
    CHECK(used.status == 409);
    CHECK(used.body.find("external_in_use") != std::string::npos);
    const auto free = ask(to, "POST", tasks_of(next), other_id, rows_from(entered, 300));
    CHECK(free.status == 200);

    // Chunks that did not come to be entries go at the next start.
    const Int chunks = batch_row(*rig.node, requester.batch).chunks_done;
    rig.stop();
    rig.start();
    CHECK(full_blobs(*rig.node) == chunks + batch_row(*rig.node, next).chunks);
}

TEST_CASE("an import that is refused after its chunks were stored leaves nothing behind") {
    Rig rig;
    const auto requester = rig.requester();
    const auto to = rig.address();
    const std::string headers = upload_headers(requester, kFirstId);
    auto waiting = std::async(std::launch::async, [&] {
        return ask(to, "POST", tasks_of(requester.batch), headers, rows_from(0, kRows));
    });
    REQUIRE(soon([&] { return has_staged_chunks(*rig.node); }));
    const std::string batch = "/v1/batches/" + std::to_string(requester.batch);
    const std::string json = requester.headers + "Content-Type: application/json\r\n";
    CHECK(ask(to, "POST", batch + "/close", json, "{}").status == 200);

    CHECK(waiting.get().status == 409);
    CHECK(batch_row(*rig.node, requester.batch).chunks == 0); // it was still a draft
    CHECK_FALSE(has_staged_chunks(*rig.node));
    CHECK(full_blobs(*rig.node) == 0);
}

TEST_CASE("an import sent again while it is under way gets its answer, another import does not") {
    Rig rig;
    const auto requester = rig.requester();
    const auto to = rig.address();
    const std::string target = tasks_of(requester.batch);
    const std::string headers = upload_headers(requester, kFirstId);
    const std::string rows = rows_from(0, kRows);
    const Int other = rig.draft(requester, 0, "other");
    const auto import_them = [&] { return import_all(to, target, headers, rows); };
    auto first = std::async(std::launch::async, import_them);
    REQUIRE(soon([&] { return has_staged_chunks(*rig.node); }));
    auto again = std::async(std::launch::async, import_them);
    const auto other_id = upload_headers(requester, "ffeeddccbbaa99887766554433221100");
    for (const Int batch : {requester.batch, other}) {
        const auto refused = ask(to, "POST", tasks_of(batch), other_id, rows_from(kRows, 1));
        CHECK(refused.status == 409);
        CHECK(refused.body.find("import_running") != std::string::npos);
    }
    const auto told = first.get();
    CHECK(told.status == 200);
    CHECK(again.get().body == told.body);
}

TEST_CASE("imports that only wait leave the threads to others") {
    Rig rig;
    const auto to = rig.address();
    const auto last = rig.requester();
    auto& node = rig.node->node();
    // Of as many imports as there are threads the tables say that they go on.
    std::vector<std::future<client::WireReply>> waiting;
    const auto put = [&](Int batch, market::BatchState state) {
        store::Batch change;
        change.expected = change.next = node.store.head().value();
        auto row = batch_row(*rig.node, batch);
        row.state = static_cast<Int>(state);
        change.upserts = {row};
        REQUIRE(node.store.commit(change).outcome == store::Outcome::committed);
    };
    const auto is_under_way = [&](Int batch) {
        const std::string about = "b:" + std::to_string(batch);
        const bool free = node.long_work.turns().take(about, {}) == routes::Turns::Got::turn;
        if (free) node.long_work.turns().end(about);
        return !free;
    };
    std::vector<Int> batches;
    for (int i = 0; i < 4; ++i) {
        const auto requester = rig.requester();
        const auto import_them = [to,
                                  target = tasks_of(requester.batch),
                                  headers = upload_headers(requester, kFirstId)] {
            return ask(to, "POST", target, headers, rows_from(0, 2));
        };
        REQUIRE(import_them().status == 200);
        batches.push_back(requester.batch);
        put(requester.batch, market::BatchState::importing);
        waiting.push_back(std::async(std::launch::async, import_them));
        REQUIRE(soon([&] { return is_under_way(requester.batch); }));
    }
    const auto told =
        ask(to, "POST", tasks_of(last.batch), upload_headers(last, kFirstId), "no rows");
    CHECK(told.status == 400);
    for (auto& reply : waiting)
        CHECK(reply.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
    for (const Int batch : batches)
        put(batch, market::BatchState::sealed);
    for (auto& reply : waiting)
        CHECK(reply.get().status == 200);
}

TEST_CASE("an import that the grant does not allow is refused before anything of it is kept") {
    Rig rig;
    const auto requester = rig.requester();
    const auto key = rig.key_for(requester, {"create_batch"});
    const std::string headers =
        key + "Content-Type: application/jsonl\r\nIdempotency-Key: " + kFirstId + "\r\n";
    const auto told =
        ask(rig.address(), "POST", tasks_of(requester.batch), headers, rows_from(0, 5));
    CHECK(told.status == 403);
    CHECK(told.body.find("kind_not_granted") != std::string::npos);
    CHECK_FALSE(has_staged_chunks(*rig.node));
    // Nor are the rows looked at.
    const auto unread = ask(rig.address(), "POST", tasks_of(requester.batch), headers, "no rows");
    CHECK(unread.body == told.body);
}

TEST_CASE("our client sends an import again under its id, and waits until all tasks are in") {
    std::vector<std::string> posted;
    std::vector<client::WireReply> replies(5);
    replies[0] = {503, {}, {}, R"({"code":"no_answer","retry":"same_id"})"};
    replies[1] = {202, {}, {}, R"({"chunks":1,"imported":2,"index":7,"sealed":false})"};
    replies[2] = replies[3] = {200, {}, {}, R"({"batch":4,"state":"importing"})"};
    replies[4] = {200, {}, {}, R"({"batch":4,"state":"ready"})"};
    std::size_t asked = 0;
    client::ApiClient api([&](auto method, auto, auto headers, auto) -> Result<client::WireReply> {
        if (method == "POST") posted.emplace_back(headers);
        return replies.at(asked++);
    });
    const auto imported = api.import_tasks(4, rows_from(0, 2));
    REQUIRE(imported);
    CHECK(imported->integer_of("imported", 0) == 2);
    CHECK(asked == replies.size());
    REQUIRE(posted.size() == 2);
    CHECK(posted[0].find("Idempotency-Key: ") != std::string::npos);
    CHECK(posted[0] == posted[1]);
}

TEST_CASE("our client does not wait for ever for an import that stands still") {
    int asked = 0;
    client::ApiClient api([&](auto method, auto, auto, auto) -> Result<client::WireReply> {
        if (method == "POST")
            return client::WireReply{202, {}, {}, R"({"imported":2,"index":7,"sealed":false})"};
        if (++asked > 50) return fail("asked again and again");
        return client::WireReply{200, {}, {}, R"({"batch":4,"state":"importing"})"};
    });
    const auto imported = api.import_tasks(4, rows_from(0, 2), std::chrono::milliseconds(300));
    REQUIRE_FALSE(imported);
    CHECK(imported.error().what.find("batch 4 is still importing after 0 s") != std::string::npos);
    CHECK(asked > 1);
}

TEST_CASE("an import that was given up between its last chunk and its seal is not told as done") {
    Rig rig;
    const auto requester = rig.requester();
    const auto to = rig.address();
    const std::string headers = upload_headers(requester, kFirstId);
    const std::string rows = rows_from(0, 2);
    const auto ready = ask(to, "POST", tasks_of(requester.batch), headers, rows);
    CHECK(ready.status == 200);
    CHECK(ready.body.find(R"("sealed":true)") != std::string::npos);

    // The same tables with the batch closed: with nothing held for it, before it was published.
    auto& store = rig.node->node().store;
    store::Batch change;
    change.expected = change.next = store.head().value();
    auto row = batch_row(*rig.node, requester.batch);
    row.state = static_cast<Int>(market::BatchState::closed);
    change.upserts = {row};
    REQUIRE(store.commit(change).outcome == store::Outcome::committed);
    const auto told = ask(to, "POST", tasks_of(requester.batch), headers, rows);
    CHECK(told.status == 409);
    CHECK(told.body.find("import_given_up") != std::string::npos);

    // One that was published before it was closed has had all its tasks.
    market::AccountRow hold;
    hold.name = "hold/b:" + std::to_string(requester.batch);
    hold.currency = row.currency;
    change.upserts = {hold};
    REQUIRE(store.commit(change).outcome == store::Outcome::committed);
    const auto after = ask(to, "POST", tasks_of(requester.batch), headers, rows);
    CHECK(after.status == 200);
    CHECK(after.body == ready.body);
}
