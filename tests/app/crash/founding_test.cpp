// Power fails at any moment while a cooperative is founded and its log gets a new key. Once either
// is said to be done, all of it is there; a change of key that was stopped half way goes on.

#include "node/app/rotation.hpp"
#include "tests/app/crash/founded.hpp"
#include "tests/crash/trial.hpp"
#include "tests/http/scratch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <optional>

using namespace handprint;
using namespace handprint::test;
using crash::Event;

namespace {

constexpr std::int64_t founded = 1, rotated = 2;

struct Life {
    std::vector<Event> log;
    std::optional<merkle::VerifierKey> first, second; // keys of the log
};

/// The directory of its data is to be made with those above it; the delegate's key is elsewhere.
std::string data_in(const std::string& place) {
    return place + "/of/a/data";
}

std::string delegate_in(const std::string& place) {
    return place + "/delegate.key";
}

Life live() {
    const Scratch dir;
    const app::NodeFiles files(data_in(dir.path()));
    Life life;
    crash::start_recording(dir.path());
    const auto done = app::init(founding_in(files.dir(), delegate_in(dir.path())));
    REQUIRE_MESSAGE(done, done.error().what);
    crash::note(founded);
    life.first = files.load_keys().value().log.key();
    const auto delegate = client::read_key_file(delegate_in(dir.path())).value();
    const auto changed = app::rotate_log_key(files, delegate);
    REQUIRE_MESSAGE(changed, changed.error().what);
    crash::note(rotated);
    life.second = changed->key;
    life.log = crash::stop_recording();
    return life;
}

bool names(const Result<std::string>& policy, const merkle::VerifierKey& key) {
    if (!policy) return false;
    const auto parsed = merkle::Policy::parse(*policy);
    return parsed && parsed->logs().front().key == key;
}

/// What must be there of a cooperative whose log has this key.
std::string wrong_in(const std::string& place, const merkle::VerifierKey& key, market::Int least) {
    const app::NodeFiles files(data_in(place));
    const auto keys = files.load_keys();
    if (!keys) return "keys: " + keys.error().what;
    if (!(keys->log.key() == key)) return "another key of the log";
    const auto policy = app::read_text(files.policy());
    if (!names(policy, key)) return "the policy does not name the key";
    const auto store = open_in(files.dir());
    if (!store) return "the tables: " + store.error().what;
    const auto head = (*store)->head();
    if (!head || head->size < least) return "lost: an entry";
    const auto ok = app::check_log_key(**store, merkle::Policy::parse(*policy).value(), key);
    if (!ok) return ok.error().what;
    const auto delegate = client::read_key_file(delegate_in(place));
    return delegate ? std::string() : "the delegate's key: " + delegate.error().what;
}

std::string
wrong_after_rotation(const std::string& place, const Life& life, const merkle::VerifierKey& key) {
    if (auto wrong = wrong_in(place, key, 2); !wrong.empty()) return wrong;
    const app::NodeFiles files(data_in(place));
    if (!names(app::read_text(files.archived_policy(life.first->id)), *life.first))
        return "lost: the policy of the former key";
    return std::filesystem::exists(files.key("log.next")) ? "the key that was taken is there still"
                                                          : "";
}

/// Of a life that did not end there.
std::string wrong_when_rotated_again(const std::string& place, const Life& life) {
    const auto delegate = client::read_key_file(delegate_in(place));
    if (!delegate) return "the delegate's key: " + delegate.error().what;
    const auto again = app::rotate_log_key(app::NodeFiles(data_in(place)), *delegate);
    if (!again) return "not gone on with: " + again.error().what;
    return wrong_after_rotation(place, life, again->key);
}

crash::Judge judge_of(const Life& life) {
    const auto done = std::make_shared<std::int64_t>(0);
    return {
        [done](std::int64_t what) { *done = what; },
        [done, &life](const std::string& place) {
            if (*done == 0) return std::string();
            if (*done == rotated) return wrong_after_rotation(place, life, *life.second);
            return wrong_when_rotated_again(place, life);
        }
    };
}

/// Whether it is the last of its file or directory before something is said. What another does once
/// more before that, nothing rests on.
bool is_last(const std::vector<Event>& log, const crash::SyncPoint& point) {
    const auto points = crash::sync_points(log);
    const auto note = [&](std::size_t at) {
        return std::find_if(
            log.begin() + static_cast<std::ptrdiff_t>(at),
            log.end(),
            [](const Event& event) { return event.kind == Event::Kind::note; }
        );
    };
    return std::ranges::none_of(points, [&](const crash::SyncPoint& other) {
        return other.at > point.at && note(other.at) == note(point.at)
               && log[other.at].kind == log[point.at].kind
               && log[other.at].file == log[point.at].file
               && log[other.at].name == log[point.at].name;
    });
}

/// Those of the tables and of the names beside them are tried with the store.
bool is_of_tables(const std::vector<Event>& log, const crash::SyncPoint& point) {
    const auto is = [](const std::string& name) {
        return name.find("/ledger.db") != std::string::npos;
    };
    if (log[point.at].kind == Event::Kind::sync) return is(crash::name_of_synced(log, point));
    return std::ranges::all_of(point.waiting, [&](std::size_t at) { return is(log[at].name); });
}

/// From the first note on: nothing is promised before.
bool is_missed(const Life& life, std::size_t at, const std::string& place) {
    const auto without = crash::without_sync(life.log, at);
    const auto note = std::ranges::find(without, Event::Kind::note, &Event::kind);
    const auto from = std::max(at, static_cast<std::size_t>(note - without.begin()));
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const crash::Extent extent{.from = from, .most = 40, .seed = 1000 * seed};
        if (!crash::try_all_crashes(without, place, judge_of(life), extent).first.empty())
            return true;
    }
    return false;
}

} // namespace

TEST_CASE("power fails while a cooperative is founded and its log gets a new key") {
    const Life life = live();
    CHECK(crash::count(life.log, Event::Kind::note) == 2);
    CHECK(crash::count(life.log, Event::Kind::make_directory) == 5);
    const Scratch dir(crash::place_for_images());
    const auto findings = crash::try_all_crashes(life.log, dir.in("disk"), judge_of(life));
    MESSAGE(findings.images << " crashes tried");
    CHECK(findings.first == "");
    CHECK(findings.images > 300);
}

TEST_CASE("without any single sync of a founding or of a change of key, the proof fails") {
    const Life life = live();
    const Scratch dir(crash::place_for_images());
    int removed = 0;
    for (const auto& point : crash::sync_points(life.log)) {
        const std::string name = crash::name_of_synced(life.log, point);
        if (!is_last(life.log, point) || is_of_tables(life.log, point)) continue;
        ++removed;
        CAPTURE(name);
        CAPTURE(point.at);
        CAPTURE(life.log[point.at].kind == Event::Kind::sync);
        CHECK(is_missed(life, point.at, dir.in("disk")));
    }
    MESSAGE(removed << " syncs taken away, one at a time");
    CHECK(removed > 12);
}
