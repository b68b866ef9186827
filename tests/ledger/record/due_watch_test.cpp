#include "ledger/record/due_watch.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace {

using namespace handprint;
using namespace handprint::record;

constexpr std::int64_t seen = 1'795'280'000'000;
constexpr std::int64_t limit = seen + kAheadMs;

/// The first entry that is ahead in a log of such kinds and times, -1 if none is.
int first(const std::vector<std::pair<const char*, std::int64_t>>& log, std::uint64_t size = 100) {
    DueWatch watch;
    for (std::uint64_t index = 0; index < log.size(); ++index) {
        Header header;
        header.kind = log[index].first;
        header.time = Instant{log[index].second};
        watch.add(index, header);
    }
    const auto found = watch.first_ahead(size, Instant{seen});
    return found ? static_cast<int>(*found) : -1;
}

} // namespace

TEST_CASE("what has a due time is not dated over ten minutes after a quorum saw it") {
    CHECK(first({}) == -1);
    for (const char* kind : {"auto_accept", "end_tasks"}) {
        CHECK(first({{"genesis", 5}, {kind, limit}}) == -1);
        CHECK(first({{"genesis", 5}, {kind, limit}, {kind, limit + 1}, {kind, limit + 2}}) == 2);
    }
    CHECK(first({{"auto_accept", limit + 1}, {"end_tasks", limit + 1}}) == 0);
}

TEST_CASE("steps of runs and what people sign may be dated ahead, since nothing falls due by it") {
    for (const char* kind :
         {"accept",
          "close_period",
          "confirm_clock",
          "distribution_chunk",
          "distribution_seal",
          "grade",
          "import_chunk",
          "import_seal",
          "payout_chunk",
          "payout_seal",
          "record_checkpoint",
          "submit"}) {
        CHECK(first({{kind, limit + kVouchedMs}}) == -1);
    }
}

TEST_CASE("entries that the checkpoint does not cover are not judged by it") {
    CHECK(first({{"genesis", 5}, {"auto_accept", limit + 1}}, 1) == -1);
    CHECK(first({{"genesis", 5}, {"auto_accept", limit + 1}}, 2) == 1);
}

TEST_CASE("a delegate vouches for a day of the clock that follows") {
    constexpr std::int64_t then = limit + 5000;
    CHECK(first({{"confirm_clock", then}, {"auto_accept", then + kVouchedMs}}) == -1);
    CHECK(first({{"confirm_clock", then}, {"auto_accept", then + kVouchedMs + 1}}) == 1);
    CHECK(first({{"auto_accept", then}, {"confirm_clock", then}, {"end_tasks", then + 1}}) == 0);
    CHECK(first({{"confirm_clock", 5}, {"confirm_clock", then}, {"end_tasks", then + 1}}) == -1);
}
