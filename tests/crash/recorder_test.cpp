// The recorder sees what changes files, whoever asks for it and by whichever call.

#include "tests/crash/trial.hpp"
#include "tests/http/scratch.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

using namespace handprint;
using namespace handprint::test;
using crash::Event;

namespace {

namespace fs = std::filesystem;

void write_file(const std::string& path, std::string_view content) {
    const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY, 0644);
    REQUIRE(::write(fd, content.data(), content.size()) == std::ssize(content));
    ::close(fd);
}

/// stop_recording() itself asks whether the directory is as recorded.
std::vector<Event> record(const std::function<void(const Scratch&)>& run) {
    const Scratch dir;
    crash::start_recording(dir.path());
    run(dir);
    CHECK(crash::escaped() == "");
    return crash::stop_recording();
}

} // namespace

TEST_CASE("what the library of C++ does to files is recorded") {
    const auto log = record([](const Scratch& dir) {
        fs::create_directories(dir.in("a/b/c"));
        write_file(dir.in("a/one"), "one");
        fs::copy_file(dir.in("a/one"), dir.in("a/b/two"));
        fs::rename(dir.in("a/b/two"), dir.in("a/b/c/two"));
        fs::create_hard_link(dir.in("a/one"), dir.in("a/b/three"));
        fs::remove(dir.in("a/one"));
        fs::create_directory(dir.in("d"));
        fs::remove(dir.in("d"));
        CHECK(crash::escaped() == "");
        fs::remove_all(dir.in("a/b"));
    });
    CHECK(crash::count(log, Event::Kind::make_directory) == 4);
    CHECK(crash::count(log, Event::Kind::rename) == 1);
    CHECK(crash::count(log, Event::Kind::link) == 1);
    CHECK(crash::count(log, Event::Kind::unlink) == 6);
}

TEST_CASE("what is named from an open directory is recorded") {
    const auto log = record([](const Scratch& dir) {
        const int above = ::open(dir.path().c_str(), O_RDONLY | O_DIRECTORY);
        REQUIRE(above >= 0);
        REQUIRE(::mkdirat(above, "in", 0755) == 0);
        const int file = ::openat(above, "in/file", O_CREAT | O_WRONLY, 0644);
        REQUIRE(file >= 0);
        REQUIRE(::write(file, "text", 4) == 4);
        ::close(file);
        REQUIRE(::linkat(above, "in/file", above, "other", 0) == 0);
        REQUIRE(::renameat(above, "in/file", above, "file") == 0);
        REQUIRE(::unlinkat(above, "in", AT_REMOVEDIR) == 0);
        REQUIRE(::unlinkat(above, "other", 0) == 0);
        REQUIRE(::fsync(above) == 0);
        ::close(above);
    });
    CHECK(log.size() == 8);
}

TEST_CASE("what libc writes by itself does not go unnoticed") {
    const Scratch dir;
    crash::start_recording(dir.path());
    {
        std::FILE* const file = std::fopen(dir.in("file").c_str(), "w");
        REQUIRE(file != nullptr);
        std::fputs("text", file);
        std::fclose(file);
    }
    CHECK(crash::escaped() == "file");
    fs::remove(dir.in("file"));
    CHECK(crash::escaped() == "");
    (void)crash::stop_recording();
}

TEST_CASE("a directory made anew has nothing of the one that had its name") {
    const auto sync = [](const std::string& path) {
        const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY);
        REQUIRE(::fsync(fd) == 0);
        ::close(fd);
    };
    const auto log = record([&](const Scratch& dir) {
        fs::create_directory(dir.in("a"));
        write_file(dir.in("a/old"), "old");
        sync(dir.in("a"));
        write_file(dir.in("a/waiting"), "waiting");
        sync(dir.path());
        fs::remove_all(dir.in("a"));
        fs::create_directory(dir.in("a"));
        sync(dir.path());
    });
    crash::Disk disk;
    for (const Event& event : log)
        disk.apply(event);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto image =
            disk.crash({crash::Fate::each_by_coin, crash::Fate::each_by_coin, 512, seed});
        CHECK(image.files.empty());
        CHECK(image.directories.contains("a"));
    }
}
