// Power fails at any moment of the life of a witness. What it has answered it remembers, and what
// it has published is there: else it could cosign a second history.

#include "node/witness/published.hpp"
#include "node/witness/service.hpp"
#include "tests/crash/trial.hpp"
#include "tests/http/scratch.hpp"
#include "tests/witness/test_log.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

using namespace handprint;
using namespace handprint::test;
using namespace handprint::witness;
using crash::Event;

namespace {

constexpr std::uint64_t rounds = 30;

const TestLog& grown_log() {
    static const TestLog log = [] {
        TestLog out;
        out.grow(rounds + 1);
        return out;
    }();
    return log;
}

Result<std::unique_ptr<WitnessService>> open_in(const std::string& dir) {
    const auto published = std::make_shared<PublishedFiles>(dir + "/public");
    auto notes = published->read_all();
    if (!notes) return unexpected(notes.error());
    WitnessPorts ports;
    ports.unix_seconds = [] { return 1'700'000'000; };
    ports.publish = [published](const std::string& name, const std::string& note) {
        return published->write(name, note);
    };
    const TestLog& log = grown_log();
    return WitnessService::open(
        dir + "/state.db",
        {"witness.example/w1", KeyPair::from_seed(Seed{9})},
        {{log.origin(), {log.signer().key()}}},
        std::move(ports),
        *notes
    );
}

/// Cosigns one size after the other, and tells each that it has answered. Begins anew half way.
std::vector<Event> record_life() {
    const Scratch dir;
    const std::string data = dir.in("data");
    std::filesystem::create_directory(data);
    crash::start_recording(data);
    {
        auto service = open_in(data);
        for (std::uint64_t size = 1; size <= rounds; ++size) {
            if (size == rounds / 2) {
                service->reset();
                service = open_in(data);
            }
            REQUIRE(service);
            const auto answer = (*service)->add_checkpoint(grown_log().request(size - 1, size));
            REQUIRE(answer.status == 200);
            crash::note(static_cast<std::int64_t>(size));
        }
    }
    return crash::stop_recording();
}

class Inspector {
public:
    [[nodiscard]] crash::Judge judge() {
        answered_ = 0;
        return {
            [this](std::int64_t size) { answered_ = static_cast<std::uint64_t>(size); },
            [this](const std::string& place) { return inspect(place); }
        };
    }

private:
    [[nodiscard]] std::string inspect(const std::string& place) const {
        const auto published = PublishedFiles(place + "/public").read_all();
        if (!published) return published.error().what;
        if (answered_ > 0 && published->size() != 1) return "lost: what was published";
        for (const auto& note : *published) {
            const auto parsed = merkle::parse_note(note);
            if (!parsed) return "published: " + parsed.error().what;
            const auto checkpoint = merkle::parse_checkpoint(parsed->text);
            if (!checkpoint) return "published: " + checkpoint.error().what;
            if (checkpoint->size < answered_) return "lost: a published checkpoint";
        }
        const auto service = open_in(place);
        if (!service) return service.error().what;
        const auto seen = [&](std::uint64_t size) {
            const auto old = (*service)->add_checkpoint(grown_log().request(size, rounds + 1));
            return old.status == 200;
        };
        // It may remember one more than it could answer, and none other.
        if (!seen(answered_) && !seen(answered_ + 1)) return "lost: a size that was answered";
        return {};
    }

    std::uint64_t answered_ = 0;
};

} // namespace

TEST_CASE("witness: power fails at any moment, and it remembers what it has answered") {
    const auto log = record_life();
    CHECK(crash::count(log, Event::Kind::note) == rounds);
    CHECK(crash::count(log, Event::Kind::sync) >= 2 * rounds);
    CHECK(crash::count(log, Event::Kind::rename) == rounds);
    const Scratch dir(crash::place_for_images());
    Inspector inspector;
    const auto findings = crash::try_all_crashes(log, dir.in("disk"), inspector.judge());
    MESSAGE(findings.images << " crashes tried");
    CHECK(findings.first == "");
    CHECK(findings.images > 500);
}

TEST_CASE("witness: without any single sync, the proof fails") {
    const auto log = record_life();
    // Until the first checkpoint is remembered there is nothing to lose.
    const auto published = static_cast<std::size_t>(
        std::ranges::find(log, Event::Kind::make_directory, &Event::kind) - log.begin()
    );
    const auto points = crash::sync_points(log);
    const auto before_it = [&](const crash::SyncPoint& point) { return point.at < published; };
    const auto first = std::ranges::find_if_not(points, before_it) - 1;
    const Scratch dir(crash::place_for_images());
    int removed = 0;
    for (const auto& point : std::span(first, points.end())) {
        if (crash::only_begins_wal(log, point)) continue;
        ++removed;
        CAPTURE(point.at);
        CAPTURE(crash::name_of_synced(log, point));
        CAPTURE(point.waiting.size());
        Inspector inspector;
        CHECK(crash::is_missed(log, point, dir.in("disk"), [&] { return inspector.judge(); }));
    }
    MESSAGE(removed << " syncs taken away, one at a time");
    CHECK(removed > 80);
}
