#include "ledger/base/base64.hpp"
#include "node/routes/challenges.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace handprint;
using routes::Challenges;

namespace {

constexpr std::int64_t now = 1'795'280'000'000;

} // namespace

TEST_CASE("a challenge is good once, for its key, until it ends") {
    Challenges challenges(Hash{1});
    const auto made = challenges.make("key", 7, now);
    CHECK(made.expires == now + 120'000);
    CHECK(base64_decode(made.text).value().size() == 32);
    CHECK_FALSE(challenges.take(made.text, "another", now));
    CHECK_FALSE(challenges.take(made.text, "key", made.expires));
    CHECK(challenges.take(made.text, "key", made.expires - 1));
    CHECK_FALSE(challenges.take(made.text, "key", now));
    CHECK(challenges.take(challenges.make("key", 8, now).text, "key", now));
}

TEST_CASE("a challenge that the process did not make is none") {
    Challenges challenges(Hash{1});
    CHECK_FALSE(challenges.take(Challenges(Hash{2}).make("key", 7, now).text, "key", now));
    for (const char* text : {"", "x", "AAAA"})
        CHECK_FALSE(challenges.take(text, "key", now));
    const auto made = base64_decode(challenges.make("key", 7, now).text).value();
    for (std::size_t at = 0; at < made.size(); ++at) {
        Bytes changed = made;
        changed[at] ^= 1;
        CAPTURE(at);
        CHECK_FALSE(challenges.take(base64_encode(changed), "key", now));
    }
    Bytes longer = made;
    longer.push_back(0);
    CHECK_FALSE(challenges.take(base64_encode(longer), "key", now));
}

TEST_CASE("nobody's challenge is lost to others who ask, and nothing is kept for them") {
    Challenges challenges(Hash{1});
    const auto mine = challenges.make("key", 0, now);
    for (std::uint64_t random = 1; random <= 200'000; ++random)
        (void)challenges.make("key", random, now);
    CHECK(challenges.remembered() == 0);
    CHECK(challenges.take(mine.text, "key", now));
    CHECK(challenges.remembered() == 1);
    CHECK(challenges.take(challenges.make("key", 1, mine.expires).text, "key", mine.expires));
    CHECK(challenges.remembered() == 1); // the first has ended
}
