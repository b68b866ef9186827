#pragma once

// A cooperative on disk, without a node, and what must be there of one after a power failure.

#include "node/app/init_command.hpp"
#include "node/app/node_files.hpp"
#include "node/client/key_file.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <map>
#include <memory>
#include <string>

namespace handprint::test {

[[nodiscard]] inline app::InitOptions founding_in(const std::string& data, std::string delegate) {
    app::InitOptions options;
    options.data = data;
    options.origin = "pay.example.coop/log";
    options.delegate = std::move(delegate);
    return options;
}

[[nodiscard]] inline Result<std::unique_ptr<store::SqliteStore>> open_in(const std::string& data) {
    const app::NodeFiles files(data);
    const auto keys = files.load_keys();
    if (!keys) return unexpected(keys.error());
    const pipeline::Vault vault(keys->data, app::fill_random);
    return store::SqliteStore::open({.path = files.database(), .mac_key = vault.mac_key()});
}

/// By name relative to the directory, without the tables and the lock.
[[nodiscard]] std::map<std::string, std::string> files_in(const std::string& directory);

} // namespace handprint::test
