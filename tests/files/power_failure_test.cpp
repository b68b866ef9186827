// What node/files promises to be durable on return is there after a power failure right then; and
// it is not without any single sync. Who uses these functions may sync the same once more by
// chance, as SQLite does with its own files, so they are tried alone here.

#include "node/files/files.hpp"
#include "tests/crash/trial.hpp"
#include "tests/http/scratch.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <memory>
#include <span>

using namespace handprint;
using namespace handprint::test;
using crash::Event;

namespace {

using Files = std::map<std::string, std::string>;

void write_unsynced(const std::string& path, std::string_view content) {
    const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    REQUIRE(::write(fd, content.data(), content.size()) == std::ssize(content));
    ::close(fd);
}

/// Notes after each step that it is done.
std::vector<Event> record(
    const std::vector<std::function<Result<void>(const Scratch&)>>& steps,
    crash::FaultPlan faults = {}
) {
    const Scratch dir;
    crash::start_recording(dir.path(), std::move(faults));
    std::int64_t done = 0;
    for (const auto& step : steps) {
        const auto ok = step(dir);
        CHECK_MESSAGE(ok, ok.error().what);
        crash::note(++done);
    }
    return crash::stop_recording();
}

/// Of what must be there after each step: with its content, or that of a later step. Before that, a
/// file that appears whole has one of those contents, or is not there.
crash::Judge judge_of(const std::vector<Files>& after, bool whole) {
    const auto done = std::make_shared<std::size_t>(0);
    return {
        [done](std::int64_t step) { *done = static_cast<std::size_t>(step); },
        [=](const std::string& place) {
            for (const auto& [name, content] : after.back()) {
                const bool promised = *done > 0 && after[*done - 1].contains(name);
                const auto found = files::read_whole(place + "/" + name);
                if (!found && promised) return "lost: " + name;
                if (!found || (!promised && !whole)) continue;
                const auto has = [&, name = name](const Files& files) {
                    return files.contains(name) && files.at(name) == as_text(*found);
                };
                if (std::ranges::none_of(std::span(after).subspan(promised ? *done - 1 : 0), has))
                    return "in part: " + name;
            }
            return std::string();
        }
    };
}

void check(const std::vector<Event>& log, const std::vector<Files>& after, bool whole = true) {
    const Scratch dir(crash::place_for_images());
    CHECK(crash::try_all_crashes(log, dir.in("disk"), judge_of(after, whole)).first == "");
    const auto points = crash::sync_points(log);
    CHECK(!points.empty());
    for (const auto& point : points) {
        const std::string name = crash::name_of_synced(log, point);
        CAPTURE(name);
        CAPTURE(point.at);
        const auto missed =
            crash::is_missed(log, point, dir.in("disk"), [&] { return judge_of(after, whole); });
        CHECK(missed);
    }
    MESSAGE(points.size() << " syncs taken away, one at a time");
}

} // namespace

TEST_CASE("directories are durable, each in the one above") {
    const auto log = record(
        {[](const Scratch& dir) { return files::make_directories(dir.in("a/b/c")); },
         [](const Scratch& dir) {
             if (auto ok = files::put(dir.in("a/b/c/file"), as_bytes("text")); !ok) return ok;
             return files::sync_directory(dir.in("a/b/c"));
         }}
    );
    check(log, {{}, {{"a/b/c/file", "text"}}});
}

TEST_CASE("what is put in place is whole, and durable with its directory") {
    const auto put = [](const char* content) {
        return [content](const Scratch& dir) {
            if (auto ok = files::put(dir.in("file"), as_bytes(content)); !ok) return ok;
            return files::sync_directory(dir.path());
        };
    };
    check(record({put("one"), put("another")}), {{{"file", "one"}}, {{"file", "another"}}});
}

TEST_CASE("what is written whole is durable, in a directory that was not there") {
    const auto write = [](const char* content) {
        return [content](const Scratch& dir) {
            return files::write_whole(dir.in("in/file"), as_bytes(content));
        };
    };
    check(
        record({write("one"), write("another")}), {{{"in/file", "one"}}, {{"in/file", "another"}}}
    );
}

TEST_CASE("a copy is whole, and durable with its directory") {
    const std::string large(3'000'000, 'x');
    const auto log = record({[&](const Scratch& dir) {
        const Scratch elsewhere;
        elsewhere.write("original", large);
        if (auto ok = files::copy(elsewhere.in("original"), dir.in("copy")); !ok) return ok;
        return files::sync_directory(dir.path());
    }});
    check(log, {{{"copy", large}}});
}

TEST_CASE("a new secret is durable") {
    const auto log = record({[](const Scratch& dir) {
        return files::write_new_secret(dir.in("secret"), as_bytes("secret"));
    }});
    check(log, {{{"secret", "secret"}}}, false); // a crash may leave a part of it
}

TEST_CASE("a finished file that is given its name is durable, though nobody synced it") {
    const auto log = record({[](const Scratch& dir) {
        write_unsynced(dir.in("part"), "finished");
        return files::give_name(dir.in("part"), dir.in("file"));
    }});
    check(log, {{{"file", "finished"}}});
}

TEST_CASE("a file whose sync failed is durable once it is written again") {
    bool failed = false;
    const auto log = record(
        {[](const Scratch& dir) -> Result<void> {
             // As of one who was stopped by the failure: neither file nor name is durable.
             write_unsynced(dir.in("file"), "shown, but not on disk");
             const int fd = ::open(dir.in("file").c_str(), O_RDONLY);
             CHECK(::fsync(fd) != 0);
             ::close(fd);
             return {};
         },
         [](const Scratch& dir) { return files::write_again(dir.in("file")); }},
        [&failed](crash::Call call, crash::FileKind, std::size_t, std::uint64_t) {
            if (call != crash::Call::sync || failed) return 0;
            failed = true;
            return EIO;
        }
    );
    check(log, {{}, {{"file", "shown, but not on disk"}}}, false);
}
