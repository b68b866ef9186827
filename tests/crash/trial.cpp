#include "tests/crash/trial.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace handprint::crash {

namespace {

using enum Event::Kind;

/// A crash just before each sync, when most is at stake, and just after each acknowledgement.
bool is_moment(const Event& event) {
    return event.kind == sync || event.kind == sync_directory || event.kind == Event::Kind::note
           || event.kind == failed_sync;
}

std::vector<Chance> chances(std::uint64_t seed) {
    return {
        {Fate::lost, Fate::lost, 512, seed},
        {Fate::each_by_coin, Fate::kept, 512, seed},
        {Fate::kept, Fate::lost, 512, seed},
        {Fate::lost, Fate::kept, 512, seed},
        {Fate::sectors_by_coin, Fate::each_by_coin, 512, seed},
        {Fate::sectors_by_coin, Fate::kept, 4096, seed + 1},
        {Fate::first_few, Fate::kept, 512, seed},
        {Fate::first_few, Fate::each_by_coin, 4096, seed + 1},
    };
}

std::string above(const std::string& name) {
    const std::size_t slash = name.rfind('/');
    return slash == std::string::npos ? std::string() : name.substr(0, slash);
}

/// A file by its number, or a directory by its name with -1.
std::pair<int, std::string> place_of(const Event& event) {
    switch (event.kind) {
    case write:
    case truncate:
    case sync:
    case failed_sync:
        return {event.file, {}};
    case sync_directory:
        return {-1, event.name};
    default:
        return {-1, above(event.name)};
    }
}

bool is_sync(const Event& event) {
    return event.kind == sync || event.kind == sync_directory;
}

} // namespace

Findings try_all_crashes(
    const std::vector<Event>& log,
    const std::string& place,
    const Judge& judge,
    const Extent& extent
) {
    Findings findings;
    Disk disk;
    std::size_t left = extent.most;
    const auto crash_here = [&](std::size_t at) {
        const auto all = chances(at + extent.seed);
        for (const Chance& chance : std::span(all).first(std::min(extent.fates, all.size()))) {
            write_image(disk.crash(chance), place);
            ++findings.images;
            const std::string wrong = judge.inspect(place);
            if (wrong.empty()) continue;
            findings.first = "event " + std::to_string(at) + ", fate "
                             + std::to_string(static_cast<int>(chance.writes)) + "/"
                             + std::to_string(static_cast<int>(chance.names)) + ": " + wrong;
            return false;
        }
        return true;
    };
    for (std::size_t at = 0; at < log.size(); ++at) {
        const Event& event = log[at];
        if (event.kind == Event::Kind::note) judge.promised(event.offset);
        if (at >= extent.from && is_moment(event)) {
            if (left-- == 0 || !crash_here(at)) return findings;
        }
        disk.apply(event);
    }
    crash_here(log.size());
    return findings;
}

std::vector<SyncPoint> sync_points(const std::vector<Event>& log) {
    std::vector<SyncPoint> out;
    std::map<std::pair<int, std::string>, std::vector<std::size_t>> pending;
    for (std::size_t at = 0; at < log.size(); ++at) {
        const Event& event = log[at];
        if (event.kind == Event::Kind::note) continue;
        auto& waiting = pending[place_of(event)];
        if (!is_sync(event)) {
            waiting.push_back(at);
        } else if (!waiting.empty()) {
            out.push_back({at, std::exchange(waiting, {})});
        }
    }
    return out;
}

bool only_begins_wal(const std::vector<Event>& log, const SyncPoint& point) {
    const Event& first = log[point.waiting.front()];
    const Event& last = log[point.waiting.back()];
    const bool header = last.kind == write && last.offset == 0 && last.data.size() == 32;
    return header && (point.waiting.size() == 1 || first.kind == truncate);
}

std::vector<Event> without_sync(const std::vector<Event>& log, std::size_t at) {
    const auto place = place_of(log[at]);
    std::vector<Event> without;
    bool more_written = false;
    for (std::size_t i = 0; i < log.size(); ++i) {
        const bool here = i >= at && log[i].kind != Event::Kind::note && place_of(log[i]) == place;
        more_written = more_written || (here && !is_sync(log[i]));
        if (!here || !is_sync(log[i]) || more_written) without.push_back(log[i]);
    }
    return without;
}

bool is_missed(
    const std::vector<Event>& log,
    const SyncPoint& point,
    const std::string& place,
    const std::function<Judge()>& judge
) {
    const auto without = without_sync(log, point.at);
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
        const Extent extent{.from = point.at, .most = 40, .seed = 1000 * seed};
        if (!try_all_crashes(without, place, judge(), extent).first.empty()) return true;
    }
    return false;
}

std::string name_of_synced(const std::vector<Event>& log, const SyncPoint& point) {
    const Event& event = log[point.at];
    if (event.kind == sync_directory) return event.name;
    const auto made = std::ranges::find_if(log, [&event](const Event& other) {
        return other.kind == create && other.file == event.file;
    });
    return made->name;
}

std::size_t count(const std::vector<Event>& log, Event::Kind kind) {
    return static_cast<std::size_t>(std::count_if(log.begin(), log.end(), [kind](const auto& o) {
        return o.kind == kind;
    }));
}

} // namespace handprint::crash
