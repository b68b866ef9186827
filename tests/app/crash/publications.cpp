#include "tests/app/crash/publications.hpp"

#include "node/pipeline/log_files.hpp"
#include "tests/crash/crash_image.hpp"
#include "tests/market/sample_batch.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace handprint::audit_test {

using namespace market;
namespace fs = std::filesystem;

namespace {

void share_out(World& world, Int number) {
    world.entry(
        Income{Amount{100'003}, "KES", 0, transfer("licence " + std::to_string(number))},
        "d:0",
        delegate
    );
    world.settle();
}

/// Two members whose answers were accepted, so that there is whom to share with.
void sell_work(World& world) {
    world.found();
    for (Int number = 0; number < 2; ++number)
        world.enrol(static_cast<std::uint8_t>(member + number));
    world.entry(RegisterRequester{key_text(requester)}, "new", requester);
    Fund fund;
    fund.amount = Amount{1'000'000};
    fund.currency = "KES";
    fund.reference = transfer("funding");
    world.entry(fund, "d:0", delegate);
    world.entry(CreateProject{Hash{1}, "own"}, "r:0", requester);
    CreateBatch terms = market_test::sample_batch(0, Hash{7});
    terms.level = 0; // open to all
    terms.overlap = 2;
    const Int batch = world.batch(terms, 2, "r:0", requester);
    for (Int number = 0; number < 2; ++number)
        world.submit(number, static_cast<std::uint8_t>(member + number), batch, {0});
    world.entry(Accept{batch, {{0, 0}, {0, 1}}}, "r:0", requester);
}

void found_and_enrol(World& world, std::uint8_t members) {
    world.found();
    for (std::uint8_t number = 0; number < members; ++number)
        world.enrol(static_cast<std::uint8_t>(member + number));
}

} // namespace

const std::vector<Scenario>& scenarios() {
    static const std::vector<Scenario> all = {
        {"the first publication",
         {},
         [](World& world) { found_and_enrol(world, 3); },
         {"log/tile/0/000.p/4", "log/tile/entries/000.p/4"}},
        {"a tile grows",
         [](World& world) { found_and_enrol(world, 3); },
         [](World& world) {
             world.enrol(member + 3);
             world.enrol(member + 4);
         },
         {"log/tile/0/000.p/6", "log/tile/entries/000.p/6"}},
        {"a tile is full, and a level above it begins",
         [](World& world) {
             found_and_enrol(world, 1);
             while (world.sequencer().size() < 254)
                 world.entry(
                     SetRule{0, 900 + world.sequencer().size() % 2, "fee_bps"}, "d:0", delegate
                 );
         },
         [](World& world) {
             for (std::uint8_t number = 1; number < 5; ++number)
                 world.enrol(static_cast<std::uint8_t>(member + number));
         },
         {"log/tile/0/000", "log/tile/entries/000", "log/tile/1/000.p/1", "log/tile/0/001.p/2"}},
        {"a list of shares",
         [](World& world) {
             sell_work(world);
             share_out(world, 1);
         },
         [](World& world) { share_out(world, 2); },
         {"log/distribution/"}},
        {"an idle log is cosigned again",
         [](World& world) { found_and_enrol(world, 2); },
         [](World&) {}},
        {"one was stopped before its checkpoint",
         [](World& world) { found_and_enrol(world, 2); },
         [](World& world) {
             const std::string before = world.publisher().published().checkpoint;
             world.enrol(member + 2);
             REQUIRE(world.publish());
             REQUIRE(pipeline::PublishedFiles(world.dir() + "/log").write_checkpoint(before));
         }},
    };
    return all;
}

Stage::Stage(const Scenario& scenario) : dir_(crash::place_for_images()) {
    const TempDir live(crash::place_for_images());
    Witnesses witnesses(live);
    World world(live.in("data"), witnesses, {.open_books = true});
    if (scenario.published) {
        scenario.published(world);
        REQUIRE(world.publish());
    }
    before = world.publisher().published();
    scenario.waiting(world);
    head = world.store().head().value();
    now = world.now();
    // Nothing is under way, and the world publishes once more when it ends.
    fs::copy(live.in(""), dir_.in(""), fs::copy_options::recursive);
}

void Stage::copy_to(const TempDir& place) const {
    fs::copy(dir_.in(""), place.in(""), fs::copy_options::recursive);
}

} // namespace handprint::audit_test
