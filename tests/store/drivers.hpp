#pragma once

// The drivers as the shared tests see them: a disk that starts empty, and stores on it.

#include "node/store/memory/memory_store.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>

namespace handprint::store {

/// A new directory that goes with the object.
class TempDirectory {
public:
    TempDirectory();
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;
    ~TempDirectory();

    [[nodiscard]] std::string path(const std::string& name) const {
        return (path_ / name).string();
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

class MemoryDriver {
public:
    [[nodiscard]] std::unique_ptr<Store> open();
    [[nodiscard]] std::unique_ptr<Store> open_backup(const std::string& path);

    [[nodiscard]] std::string backup_path() const { return "copy"; }

private:
    std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
};

class SqliteDriver {
public:
    /// Aborts if the store does not open: the tests using this are about other things.
    [[nodiscard]] std::unique_ptr<Store> open();
    [[nodiscard]] std::unique_ptr<Store> open_backup(const std::string& path);

    [[nodiscard]] std::string backup_path() const { return directory_.path("copy.db"); }

    [[nodiscard]] SqliteOptions options() const;

private:
    TempDirectory directory_;
};

} // namespace handprint::store

namespace doctest {

template <>
struct StringMaker<handprint::store::Outcome> {
    static String convert(handprint::store::Outcome outcome) {
        using handprint::store::Outcome;
        switch (outcome) {
        case Outcome::committed:
            return "committed";
        case Outcome::not_committed:
            return "not_committed";
        case Outcome::stale:
            return "stale";
        case Outcome::unknown:
            return "unknown";
        }
        return "?";
    }
};

} // namespace doctest
