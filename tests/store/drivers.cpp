#include "tests/store/drivers.hpp"

#include <stdlib.h>

namespace handprint::store {

TempDirectory::TempDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "handprint-store-XXXXXX").string();
    HP_CHECK(::mkdtemp(name.data()) != nullptr, "no temporary directory");
    path_ = name;
}

TempDirectory::~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<Store> MemoryDriver::open() {
    return std::make_unique<MemoryStore>(FaultHook(), disk_);
}

std::unique_ptr<Store> MemoryDriver::open_backup(const std::string& path) {
    return std::make_unique<MemoryStore>(FaultHook(), disk_->backups.at(path));
}

SqliteOptions SqliteDriver::options() const {
    SqliteOptions options;
    options.path = directory_.path("store.db");
    options.mac_key.fill(7);
    return options;
}

std::unique_ptr<Store> SqliteDriver::open() {
    const SqliteOptions where = options();
    return std::filesystem::exists(where.path) ? SqliteStore::open(where).value()
                                               : SqliteStore::create(where).value();
}

std::unique_ptr<Store> SqliteDriver::open_backup(const std::string& path) {
    SqliteOptions where = options();
    where.path = path;
    return SqliteStore::open(where).value();
}

} // namespace handprint::store
