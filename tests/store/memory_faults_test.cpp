// What the in-memory driver can be made to do.

#include "tests/store/drivers.hpp"
#include "tests/store/samples.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace handprint;
using namespace handprint::store;

namespace {

FaultHook nth(Operation operation, std::uint64_t n, Fault fault) {
    return [=](Operation now, std::uint64_t before) {
        return Decision{now == operation && before == n ? fault : Fault::none};
    };
}

} // namespace

TEST_CASE("a commit that fails may be tried again") {
    MemoryStore store(nth(Operation::commit, 0, Fault::fail));
    const Batch batch = samples::next_batch({}, 1);
    CHECK(store.commit(batch).outcome == Outcome::not_committed);
    CHECK(store.head().value().size == 0);
    CHECK(store.commit(batch).outcome == Outcome::committed);
    CHECK(store.count(Operation::commit) == 2);
    CHECK(store.count(Operation::head) == 1);
}

TEST_CASE("an unknown commit stops all writing until the store is opened again") {
    for (const Fault fault : {Fault::fail_but_persist, Fault::fail_and_not_persist}) {
        CAPTURE(static_cast<int>(fault));
        MemoryStore store(nth(Operation::commit, 1, fault));
        REQUIRE(store.commit(samples::next_batch({}, 1)).outcome == Outcome::committed);
        const Head head = store.head().value();
        CHECK(store.commit(samples::next_batch(head, 1)).outcome == Outcome::unknown);
        CHECK(store.commit(samples::next_batch(head, 1)).outcome == Outcome::unknown);
        CHECK_FALSE(store.put_secrets(std::vector<SecretRecord>{{"k", "i", {1}}}).has_value());
        CHECK_FALSE(store.erase_part("m:0", 0, 1).has_value());
        CHECK_FALSE(store.blank_blobs({}, {}).has_value());
        CHECK_FALSE(store.take_over().has_value());

        MemoryStore again({}, store.disk());
        const Int size = again.head().value().size;
        CHECK(size == (fault == Fault::fail_but_persist ? 2 : 1));
        CHECK(
            again.commit(samples::next_batch(again.head().value(), 1)).outcome == Outcome::committed
        );
    }
}

TEST_CASE("other calls fail when told to") {
    MemoryStore store([](Operation operation, std::uint64_t) {
        const bool write = operation == Operation::put_secrets;
        return Decision{write ? Fault::fail_but_persist : Fault::fail};
    });
    CHECK_FALSE(store.head().has_value());
    CHECK_FALSE(store.load({}).has_value());
    CHECK_FALSE(store.digest().has_value());
    CHECK_FALSE(store.put_secrets(std::vector<SecretRecord>{{"k", "i", {1}}}).has_value());
    MemoryStore again({}, store.disk());
    CHECK(again.secret("k", "i").value() == Bytes{1});
}

TEST_CASE("a delay is waited for") {
    using namespace std::chrono;
    MemoryStore store([](Operation, std::uint64_t) { return Decision{.delay = milliseconds(20)}; });
    const auto start = steady_clock::now();
    CHECK(store.head().has_value());
    CHECK(steady_clock::now() - start >= milliseconds(20));
}
