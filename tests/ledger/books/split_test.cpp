#include "ledger/books/split.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

namespace {

using namespace handprint::books;
using Parts = std::vector<std::int64_t>;
using Shares = std::vector<Share>;

Parts parts_of(std::int64_t total, const Shares& shares) {
    return split(total, shares).value();
}

} // namespace

TEST_CASE("the worked example of a licence comes out to the cent") {
    CHECK(
        parts_of(600'000, {{1, 3'000'000}, {2, 2'970'000}, {3, 1'600'000}})
        == Parts{237'781, 235'403, 126'816}
    );
}

TEST_CASE("thirds of one") {
    CHECK(parts_of(100, {{1, 1}, {2, 1}, {3, 1}}) == Parts{34, 33, 33});
    CHECK(parts_of(101, {{1, 1}, {2, 1}, {3, 1}}) == Parts{34, 34, 33});
}

TEST_CASE("a tie goes to the smaller member wherever it stands") {
    CHECK(parts_of(100, {{9, 1}, {7, 1}, {8, 1}}) == Parts{33, 34, 33});
}

TEST_CASE("no weight, no money") {
    CHECK(parts_of(10, {{1, 0}, {2, 3}, {3, 0}, {4, 4}}) == Parts{0, 4, 0, 6});
    CHECK(parts_of(0, {{1, 5}}) == Parts{0});
}

TEST_CASE("what cannot be shared out is refused") {
    CHECK(!split(10, Shares{}).has_value());
    CHECK(!split(10, Shares{{1, 0}, {2, 0}}).has_value());
    CHECK(!split(-1, Shares{{1, 1}}).has_value());
}

TEST_CASE("the largest numbers do not overflow") {
    const Parts parts = parts_of(INT64_MAX, {{1, UINT64_MAX}, {2, UINT64_MAX}, {3, UINT64_MAX}});
    CHECK(parts == Parts{INT64_MAX / 3 + 1, INT64_MAX / 3, INT64_MAX / 3});
}

TEST_CASE("parts add to the whole and are within one of the exact share") {
    std::mt19937_64 random(7);
    for (int round = 0; round < 2'000; ++round) {
        Shares shares(1 + random() % 40);
        std::uint64_t weights = 0;
        for (std::size_t i = 0; i < shares.size(); ++i) {
            shares[i] = {i, random() % 1'000'000};
            weights += shares[i].weight;
        }
        if (weights == 0) continue;
        const auto total = static_cast<std::int64_t>(random() % 1'000'000'000);
        const Parts parts = parts_of(total, shares);
        CHECK(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) == total);
        for (std::size_t i = 0; i < shares.size(); ++i) {
            const std::uint64_t floor =
                static_cast<std::uint64_t>(total) * shares[i].weight / weights;
            const auto part = static_cast<std::uint64_t>(parts[i]);
            CHECK((part == floor || part == floor + 1));
        }
    }
}
