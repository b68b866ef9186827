// Power fails at any moment while a key file gets its party's number, and while a demo is marked as
// being founded.

#include "node/app/demo_mark.hpp"
#include "node/files/files.hpp"
#include "tests/app/crash/founded.hpp"
#include "tests/crash/trial.hpp"
#include "tests/http/scratch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>

using namespace handprint;
using namespace handprint::test;
using crash::Event;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t unpromised = 100; // a note of what is not tried here

using Inspect = std::function<std::string(std::int64_t done, const std::string& place)>;

crash::Judge judge_of(const Inspect& inspect) {
    const auto done = std::make_shared<std::int64_t>(0);
    return {
        [done](std::int64_t what) { *done = what; },
        [=](const std::string& place) { return inspect(*done, place); }
    };
}

/// `least`: syncs taken away; of files, too, where their content is promised.
void check(const std::vector<Event>& log, const Inspect& inspect, bool of_files, int least) {
    const Scratch dir(crash::place_for_images());
    CHECK(crash::try_all_crashes(log, dir.in("disk"), judge_of(inspect)).first == "");
    int removed = 0;
    for (const auto& point : crash::sync_points(log)) {
        const auto at = log.begin() + static_cast<std::ptrdiff_t>(point.at);
        const auto next = std::ranges::find(at, log.end(), Event::Kind::note, &Event::kind);
        if (next->offset == unpromised) continue;
        if (!of_files && log[point.at].kind == Event::Kind::sync) continue;
        ++removed;
        CAPTURE(crash::name_of_synced(log, point));
        CAPTURE(point.at);
        CHECK(crash::is_missed(log, point, dir.in("disk"), [&] { return judge_of(inspect); }));
    }
    MESSAGE(removed << " syncs taken away, one at a time");
    CHECK(removed >= least);
}

} // namespace

TEST_CASE("power fails while a key file is made and gets its party's number") {
    const KeyPair key = client::new_key();
    const Scratch dir;
    crash::start_recording(dir.path());
    REQUIRE(client::write_key_file(dir.in("key"), "new", key));
    crash::note(1);
    REQUIRE(client::rename_party(dir.in("key"), "m:5", key));
    crash::note(2);
    check(
        crash::stop_recording(),
        [&](std::int64_t done, const std::string& place) {
            if (done == 0) return std::string();
            const std::string path = place + "/key";
            const auto found = client::read_key_file(path);
            if (!found) return found.error().what;
            if (found->key.public_key() != key.public_key()) return std::string("another key");
            if (done == 2 && found->party != "m:5") return "it is the key of " + found->party;
            // Whatever stopped it is in nobody's way.
            const auto again = client::rename_party(path, "m:6", key);
            return again ? std::string() : again.error().what;
        },
        true,
        4
    );
}

TEST_CASE("power fails while a demo is marked as being founded") {
    const Scratch dir;
    crash::start_recording(dir.path());
    {
        const app::DemoMark mark(dir.path());
        REQUIRE(mark.set());
        crash::note(1);
        const app::NodeFiles files(dir.path());
        REQUIRE(app::write_text(files.policy(), "half of a founding", false));
        REQUIRE(app::write_text(files.key("log"), "half of a founding", true));
        crash::note(unpromised);
        REQUIRE(mark.set());
        crash::note(3);
        REQUIRE(mark.clear());
        crash::note(4);
    }
    check(
        crash::stop_recording(),
        [](std::int64_t done, const std::string& place) {
            const app::DemoMark mark(place);
            if ((done == 1 || done == unpromised) && !mark.is_set())
                return std::string("lost: the mark");
            if ((done == 3 || done == 4) && fs::exists(place + "/keys"))
                return std::string("keys are there again");
            if ((done == 3 || done == 4) && fs::exists(place + "/policy"))
                return std::string("policy is there again");
            if (done == 4 && mark.is_set()) return std::string("the mark is there again");
            return std::string();
        },
        false,
        3
    );
}
