#include "ledger/base/base64.hpp"
#include "node/routes/coop_parts.hpp"
#include "node/store/memory/memory_store.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace handprint;
using market::Int;
using record::Json;
using routes::coop_parts_json;

namespace {

/// A log whose coop parts have these sizes.
struct Log {
    explicit Log(const std::vector<std::size_t>& sizes) {
        store::Batch batch;
        batch.expected = store.take_over().value();
        batch.next = batch.expected;
        for (const std::size_t bytes : sizes) {
            Hash salt{};
            salt[0] = static_cast<std::uint8_t>(batch.next.size);
            batch.entries.push_back({batch.next.size, "{}", salt, std::string(bytes, 'c')});
            ++batch.next.size;
        }
        size = batch.next.size;
        REQUIRE(store.commit(batch).outcome == store::Outcome::committed);
    }

    Json page(Int from, std::size_t limit, std::size_t bytes = routes::most_page_bytes) {
        auto json = coop_parts_json(store, size, {from, limit}, bytes);
        REQUIRE(json);
        return *json;
    }

    store::MemoryStore store;
    Int size = 0;
};

std::vector<Int> indices(const Json& page) {
    std::vector<Int> out;
    for (const Json& entry : page.find("entries")->items())
        out.push_back(entry.integer_of("index", -1));
    return out;
}

} // namespace

TEST_CASE("a page has each coop part with its salt, byte for byte") {
    Log log({2, 5});
    const Json page = log.page(1, 10);
    REQUIRE(indices(page) == std::vector<Int>{1});
    const Json& entry = page.find("entries")->items().front();
    Hash salt{};
    salt[0] = 1;
    CHECK(entry.text_of("coop") == base64_encode(as_bytes("ccccc")));
    CHECK(entry.text_of("salt") == base64_encode(salt));
    CHECK(page.find("next") == nullptr);
    CHECK(page.integer_of("size", 0) == 2);
}

TEST_CASE("pages follow one another to the end of the log, whatever ends each of them") {
    const std::size_t large = 64UL * 1024;
    Log log(std::vector<std::size_t>(40, large));
    for (const std::size_t limit : {1U, 7U, 16U, 17U, 1000U}) {
        CAPTURE(limit);
        std::vector<Int> seen;
        for (Int from = 0; from != -1;) {
            const Json page = log.page(from, limit);
            const auto part = indices(page);
            REQUIRE_FALSE(part.empty());
            CHECK(part.size() <= limit);
            CHECK(part.size() * large <= routes::most_page_bytes);
            seen.insert(seen.end(), part.begin(), part.end());
            from = page.integer_of("next", -1);
        }
        REQUIRE(seen.size() == 40);
        for (std::size_t place = 0; place < seen.size(); ++place)
            CHECK(seen[place] == static_cast<Int>(place));
    }
}

TEST_CASE("a page is an answer below 1 MiB, of large entries as of many") {
    Log log(std::vector<std::size_t>(20, 64UL * 1024));
    CHECK(log.page(0, 1000).encode().size() < 1024UL * 1024);
    Log many(std::vector<std::size_t>(1000, 524));
    const Json page = many.page(0, 1000);
    CHECK(indices(page).size() == 1000);
    CHECK(page.encode().size() < 1024UL * 1024);
}

TEST_CASE("an entry that is larger than a page by itself is a page") {
    Log log({10, 500, 10});
    CHECK(indices(log.page(0, 10, 100)) == std::vector<Int>{0});
    CHECK(indices(log.page(1, 10, 100)) == std::vector<Int>{1});
    CHECK(indices(log.page(2, 10, 100)) == std::vector<Int>{2});
    CHECK(log.page(1, 10, 100).integer_of("next", -1) == 2);
}

TEST_CASE("beyond the end of the log a page is empty and has no next") {
    Log log({1, 1});
    for (const Int from : {Int{2}, Int{1} << 53}) {
        const Json page = log.page(from, 10);
        CHECK(indices(page).empty());
        CHECK(page.find("next") == nullptr);
    }
}

TEST_CASE("what the log has grown by since its size was asked for waits for the next page") {
    Log log({1, 1, 1});
    const auto page = coop_parts_json(log.store, 2, {0, 10});
    REQUIRE(page);
    CHECK(indices(*page) == std::vector<Int>{0, 1});
    CHECK(page->find("next") == nullptr);
}

TEST_CASE("a store that cannot be read makes no short page") {
    store::MemoryStore broken([](store::Operation operation, std::uint64_t) {
        const bool fails = operation == store::Operation::entries;
        return store::Decision{fails ? store::Fault::fail : store::Fault::none};
    });
    CHECK_FALSE(coop_parts_json(broken, 5, {0, 10}));
}
