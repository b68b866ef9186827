#include "node/pipeline/log_files.hpp"

#include "ledger/base/hex.hpp"
#include "node/files/files.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

namespace handprint::pipeline {

namespace fs = std::filesystem;

Result<void> PublishedFiles::put(const std::string& name, ByteView bytes) {
    const std::string path = dir_ + '/' + name;
    // Also of a file that is there: a round that failed, or a process that was killed, may not have
    // got as far as syncing its directory, or the name of that in the one above.
    for (fs::path at = fs::path(name).parent_path(); !at.empty(); at = at.parent_path())
        unsynced_.insert(at.string());
    const auto there = files::is_there(path);
    if (!there) return unexpected(there.error());
    if (*there) {
        const auto now = files::read_whole(path);
        if (!now) return unexpected(now.error());
        if (!equal(*now, bytes)) return fail("a published file would change: " + path);
        return {};
    }
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    if (error) return fail("mkdir for " + path + ": " + error.message());
    return files::put(path, bytes);
}

Result<void> PublishedFiles::put_tiles(std::span<const merkle::TileFile> tiles) {
    for (const auto& file : tiles) {
        if (auto ok = put(merkle::tile_path(file.tile), file.bytes); !ok) return ok;
    }
    return {};
}

Result<void> PublishedFiles::put_share_list(const record::ShareList& list) {
    return put(record::share_list_path(list.index), as_bytes(record::encode(list)));
}

Result<void> PublishedFiles::sync() {
    for (const auto& directory : unsynced_) {
        if (auto ok = files::sync_directory(dir_ + '/' + directory); !ok) return ok;
    }
    if (auto ok = files::sync_directory(dir_); !ok) return ok;
    unsynced_.clear();
    return {};
}

Result<Bytes> PublishedFiles::share_list(std::uint64_t index) const {
    return files::read_whole(dir_ + '/' + record::share_list_path(index));
}

Result<void> PublishedFiles::write_checkpoint(std::string_view note) const {
    return files::write_whole(dir_ + "/checkpoint", as_bytes(note));
}

Result<std::string> PublishedFiles::checkpoint() const {
    const std::string path = dir_ + "/checkpoint";
    const auto there = files::is_there(path);
    if (!there) return unexpected(there.error());
    if (!*there) return std::string{};
    auto bytes = files::read_whole(path);
    if (!bytes) return unexpected(bytes.error());
    return std::string(as_text(*bytes));
}

merkle::TileReader PublishedFiles::reader() const {
    return [dir = dir_](const std::string& path) { return files::read_whole(dir + '/' + path); };
}

std::string archived_policy_name(std::uint32_t key_id) {
    return "until-" + merkle::hex_id(key_id);
}

std::string archived_policy_text(std::string_view policy, Int size) {
    return "# For checkpoints up to size " + std::to_string(size) + " of the log.\n"
           + std::string(policy);
}

Result<std::vector<merkle::Policy>> read_policies(const std::string& dir) {
    std::vector<merkle::Policy> policies;
    const auto there = files::is_there(dir);
    if (!there) return unexpected(there.error());
    if (!*there) return policies;
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(dir, error)) {
        if (entry.path().extension() != ".new") files.push_back(entry.path());
    }
    if (error) return fail(dir + ": " + error.message());
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        const auto text = files::read_whole(file.string());
        if (!text) return unexpected(text.error());
        auto policy = merkle::Policy::parse(as_text(*text));
        if (!policy) return fail(file.string() + ": " + policy.error().what);
        policies.push_back(std::move(*policy));
    }
    return policies;
}

} // namespace handprint::pipeline
