#include "ledger/base/base64.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/share_list.hpp"
#include "tests/vectors/scenario.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace {

using namespace handprint;
using namespace handprint::record;
using handprint::vectors::Twist;

/// What an outsider says of the distribution of a world, by its headers and a file.
std::string said_of(const vectors::World& world, const std::string& file) {
    RunWatch watch;
    for (std::uint64_t index = 0; index < world.entries().size(); ++index) {
        const Header& header = world.entries()[index].header;
        const auto run = watch.add(index, header);
        if (!run) continue;
        if (!run->paid_out) return "not paid out";
        const auto seal = check_share_list(file, *run, header);
        return seal ? "good" : seal.error().what;
    }
    return "no distribution";
}

std::string said_of(Twist twist) {
    const vectors::World world = vectors::scenario({{"seal", std::move(twist)}});
    return said_of(world, encode(world.share_list("seal")));
}

std::string said_of_list(std::function<void(std::vector<ListedShare>&)> change) {
    Twist twist;
    twist.list = std::move(change);
    return said_of(std::move(twist));
}

std::string said_of_event(const char* key, Json value) {
    Twist twist;
    twist.coop = [key, value = std::move(value)](CoopPart& coop) {
        coop.events.front().set(key, value);
    };
    return said_of(std::move(twist));
}

} // namespace

TEST_CASE("outsiders check a whole distribution and see no share") {
    CHECK(said_of(Twist{}) == "good");
    const vectors::World world = vectors::scenario();
    const std::string file = encode(world.share_list("seal"));
    CHECK(parse_share_list(file).value() == world.share_list("seal"));
    CHECK(file.find("235403") == std::string::npos);
    CHECK(file.find("m:1") == std::string::npos);
}

TEST_CASE("a list that is not the one of the log") {
    const vectors::World world = vectors::scenario();
    const ShareList good = world.share_list("seal");
    const auto said = [&world](ShareList list) { return said_of(world, encode(list)); };
    ShareList list = good;
    std::swap(list.shares[0], list.shares[1]);
    CHECK(said(list) == "the list is not the one that the seal commits to");
    list = good;
    list.shares.pop_back();
    CHECK(said(list) == "not as many shares as the seal says");
    list = good;
    list.index -= 1;
    CHECK(said(list) == "of another entry");
    list = good;
    list.coop.salt[0] ^= 1U;
    CHECK(said(list) == "the coop part opens nothing");
    CHECK(said_of(world, encode(good) + " ").starts_with("share list:"));
}

TEST_CASE("a node that commits to shares that do not add up") {
    const char* unbalanced = "the shares do not add up to the pool";
    CHECK(
        said_of_list([](auto& list) { list[1] = list_share({0, 1, 235'404, Scalar{}}); })
        == unbalanced
    );
    CHECK(said_of_event("blinds", to_json(Hash{})) == unbalanced);
    CHECK(said_of_list([](auto& list) { list[1] = list[0]; }) == "a share is in the list twice");
    CHECK(
        said_of_list([](auto& list) { list[1].commitment.bytes.fill(0xff); })
        == "a commitment is no point"
    );
    CHECK(
        said_of_list([](auto& list) { list.pop_back(); })
        == "the seal and the headers tell of different distributions"
    );
}

TEST_CASE("a seal that tells of another distribution than the headers do") {
    const char* differ = "the seal and the headers tell of different distributions";
    CHECK(said_of_event("pool", "600001") == differ);
    CHECK(said_of_event("currency", "UGX") == differ);
    CHECK(said_of_event("opened", 3) == differ);
    CHECK(said_of_event("count", 4) == differ);
}

TEST_CASE("chunks that pay out another amount than the pool") {
    Twist twist;
    twist.header = [](Header& header) {
        for (auto& sum : header.sums)
            sum.amount += sum.amount > 0 ? -1 : 1;
    };
    const vectors::World world = vectors::scenario({{"share", std::move(twist)}});
    CHECK(said_of(world, "") == "not paid out");
}

TEST_CASE("the path of a list has one form") {
    CHECK(share_list_path(4711) == "distribution/4711");
    CHECK(parse_share_list_path("distribution/4711") == 4711U);
    for (const char* wrong :
         {"distribution/",
          "distribution/01",
          "distribution/-1",
          "distribution",
          "distribution/1/2",
          "tile/1",
          "distribution/18446744073709551616"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_share_list_path(wrong).has_value());
    }
}
