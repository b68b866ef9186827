#include "ledger/base/hex.hpp"
#include "ledger/books/pedersen.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using namespace handprint;
using namespace handprint::books;

template <class T>
std::string hex(const T& value) {
    return hex_encode(value.bytes);
}

template <class T>
T from_hex(const std::string& text) {
    return {to_array<32>(hex_decode(text).value()).value()};
}

Scalar test_blind(const std::string& name) {
    return reduce(sha512({as_bytes(name)}));
}

} // namespace

TEST_CASE("commitments under the generator of a published example") {
    const GroupPoint h = point_from(sha512({as_bytes("example.coop/pedersen-H/v1")}));
    CHECK(hex(h) == "6071ce2f35c393793c89391df125356e0407d58dfc4dec228e45d2564e030137");
    const auto commit = [&h](std::uint64_t value, const Scalar& blind) {
        return times_base(scalar_of(value)) + blind * h;
    };
    const GroupPoint c0 = commit(70'000, test_blind("r0"));
    const GroupPoint c1 = commit(25'000, test_blind("r1"));
    const GroupPoint c2 = commit(5'000, test_blind("r2"));
    CHECK(hex(c0) == "aaf6eb35cf2659202e6300fbc71bf944a0ada94bf3834788af3b8c61bda8a15b");
    CHECK(hex(c1) == "c8d81c20307246d0973f6189f87dce9b6ae6155c337a4652a78fd967b37afc59");
    CHECK(hex(c2) == "beeaf29e7dff90d6bab9c0ba1421ccdd3a92ae43c6c6d7ab3cb2a16e6111a615");
    const Scalar sum = test_blind("r0") + test_blind("r1") + test_blind("r2");
    CHECK(hex(sum) == "ef01af5c3b5b7c5702a470c90ea2cbc113906f230cea25b5a7b24963aec47f02");
    CHECK(hex(c0 + c1 + c2) == "5ae83f9f8a01fe8460541c83320faf8a483c0b411d337724dd55269280506510");
    CHECK(c0 + c1 + c2 == commit(100'000, sum));
}

TEST_CASE("our generator, blinds and commitments") {
    CHECK(
        hex(pedersen_generator())
        == "0cc0397e8fe6b0fda5f5f72061c0c8eed3bbff249e59390186a4e46d5bf9e27a"
    );
    Hash seed{};
    seed.fill(0x11);
    const Scalar blind = blind_of(seed, 0);
    CHECK(hex(blind) == "015237687d9778f307248194418c9e3727d88afdc2d7f09b579c1b02bf456701");
    CHECK(
        hex(commit_amount(237'781, blind))
        == "f24a3f0756c473cb5c5cd2a159bf9d6c8e6cf28e21b9bd25cffa0089d10a754a"
    );
    CHECK(
        hex(commit_amount(0, blind_of(seed, 3)))
        == "6e89ba4fb16c31af43de1dbba503a524c7742a2f395043883fb33cd2a336892c"
    );
}

TEST_CASE("a list adds up, and no longer once anything in it is another") {
    Hash seed{};
    seed.fill(0x22);
    const std::vector<std::int64_t> amounts = {0, 1, 600'000, INT64_MAX - 600'001};
    std::vector<GroupPoint> list;
    Scalar blinds;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        list.push_back(commit_amount(amounts[i], blind_of(seed, i)));
        blinds = blinds + blind_of(seed, i);
    }
    CHECK(adds_up(list, INT64_MAX, blinds));
    CHECK_FALSE(adds_up(list, INT64_MAX - 1, blinds));
    CHECK_FALSE(adds_up(list, -1, blinds));
    CHECK_FALSE(adds_up(list, INT64_MAX, blinds + scalar_of(1)));
    std::swap(list[1], list[2]); // a sum has no order: places are fixed by the Merkle root
    CHECK(adds_up(list, INT64_MAX, blinds));
    list[0] = commit_amount(1, blind_of(seed, 0));
    CHECK_FALSE(adds_up(list, INT64_MAX, blinds));
    list.pop_back();
    CHECK_FALSE(adds_up(list, INT64_MAX, blinds));
    CHECK(adds_up({}, 0, Scalar{}));
}

TEST_CASE("zero is a number like others") {
    CHECK(commit_amount(0, Scalar{}) == GroupPoint{});
    CHECK(commit_amount(7, Scalar{}) == times_base(scalar_of(7)));
    CHECK(scalar_of(2) * pedersen_generator() == pedersen_generator() + pedersen_generator());
    CHECK(scalar_of(7) * GroupPoint{} == GroupPoint{});
    CHECK(is_valid(GroupPoint{}));
}

TEST_CASE("one encoding for each number and each point") {
    const std::string order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    CHECK_FALSE(is_canonical(from_hex<Scalar>(order)));
    CHECK(is_canonical(from_hex<Scalar>("ec" + order.substr(2))));
    CHECK_FALSE(is_canonical(from_hex<Scalar>(std::string(64, 'f'))));
    CHECK_FALSE(is_valid(from_hex<GroupPoint>("01" + std::string(62, '0'))));        // negative
    CHECK_FALSE(is_valid(from_hex<GroupPoint>("ed" + std::string(60, 'f') + "7f"))); // the prime
    CHECK(is_valid(pedersen_generator()));
}

TEST_CASE("modulo L a negative share balances a larger one, so the sum alone proves no share") {
    const std::string minus_100 =
        "89d3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    const std::vector<GroupPoint> list = {
        times_base(from_hex<Scalar>(minus_100)), commit_amount(200, Scalar{})
    };
    CHECK(adds_up(list, 100, Scalar{}));
}
