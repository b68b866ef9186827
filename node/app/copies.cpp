#include "node/app/copies.hpp"

#include "node/app/data_lock.hpp"
#include "node/app/first_entry.hpp"
#include "node/app/node_files.hpp"
#include "node/files/files.hpp"
#include "node/pipeline/publisher.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <filesystem>
#include <memory>
#include <set>
#include <utility>

namespace handprint::app {

namespace fs = std::filesystem;

namespace {

store::SqliteOptions as_it_is(const NodeFiles& files, const store::MacKey& mac_key) {
    return {.path = files.database(), .mac_key = mac_key};
}

Result<std::unique_ptr<store::SqliteStore>>
open_store(const NodeFiles& files, decltype(as_it_is)& options = as_it_is) {
    const auto keys = files.load_keys();
    if (!keys) return unexpected(keys.error());
    const pipeline::Vault vault(keys->data, fill_random);
    return store::SqliteStore::open(options(files, vault.mac_key()));
}

struct Copied {
    market::Int size = 0; // entries
    bool lacks_checkpoint = false;
};

Result<Copied> look_at(const NodeFiles& files) {
    const auto store = open_store(files);
    if (!store) return unexpected(store.error());
    const auto head = (*store)->head();
    if (!head) return unexpected(head.error());
    const auto published = (*store)->secrets(pipeline::published_kind, "", "", 1);
    if (!published) return unexpected(published.error());
    const auto checkpoint = handprint::files::is_there(files.log() + "/checkpoint");
    if (!checkpoint) return unexpected(checkpoint.error());
    return Copied{head->size, !published->empty() && !*checkpoint};
}

/// Copies files from one directory into another, and knows in which the new names are.
class Copying {
public:
    Copying(const std::string& from, const std::string& to) : from_(from), to_(to) {}

    /// The directory, and its name in the one above. It may have been made by one who was stopped
    /// before the name was durable.
    [[nodiscard]] Result<void> begin() const {
        if (auto ok = files::make_directories(to_.string()); !ok) return ok;
        return files::sync_directory((to_ / "..").string());
    }

    /// A file or a folder with all below it, but for files being written at this moment; a file
    /// that is there already stays as it is. Nothing of that name, nothing to do.
    [[nodiscard]] Result<void> copy(const fs::path& name) {
        std::error_code error;
        const auto is = fs::status(from_ / name, error).type();
        if (is == fs::file_type::not_found) return {};
        if (is == fs::file_type::none) return failed(name, error);
        if (is != fs::file_type::directory) return copy_file(name);
        for (fs::recursive_directory_iterator at(from_ / name, error), end; !error && at != end;) {
            const auto extension = at->path().extension();
            if (at->is_regular_file(error) && extension != ".new" && extension != ".part") {
                if (auto ok = copy_file(at->path().lexically_relative(from_)); !ok) return ok;
            }
            if (!error) at.increment(error);
        }
        return error ? failed(name, error) : Result<void>{};
    }

    /// All copies so far are durable on return.
    [[nodiscard]] Result<void> settle() {
        for (const auto& directory : std::exchange(directories_, {})) {
            if (auto ok = files::sync_directory(directory); !ok) return ok;
        }
        return {};
    }

private:
    [[nodiscard]] Unexpected<Failure> failed(const fs::path& name, std::error_code error) const {
        return fail((from_ / name).string() + ": " + error.message());
    }

    Result<void> copy_file(const fs::path& name) {
        // Of one that is there already, too: who copied it may have been stopped before its name
        // was durable.
        for (fs::path above = name.parent_path(); !above.empty(); above = above.parent_path())
            directories_.insert((to_ / above).string());
        directories_.insert(to_.string());
        const std::string target = (to_ / name).string();
        const auto there = files::is_there(target);
        if (!there) return unexpected(there.error());
        if (*there) return {};
        std::error_code error;
        fs::create_directories(fs::path(target).parent_path(), error);
        if (error) return fail(target + ": " + error.message());
        return files::copy((from_ / name).string(), target);
    }

    fs::path from_, to_;
    std::set<std::string> directories_; // with names that may not be durable
};

Result<Copied> copy_once(store::Store& store, Copying& copying, const NodeFiles& to) {
    // Oldest first: the checkpoint, then tiles that hold at least as much, then the tables, which
    // are ahead of both at any moment. Whatever a running node adds meanwhile, the copy is one of a
    // moment.
    for (const char* name : {"keys", "policy", "policies", "log/checkpoint", "log"}) {
        if (auto ok = copying.copy(name); !ok) return unexpected(ok.error());
    }
    if (auto ok = copying.settle(); !ok) return unexpected(ok.error());
    if (auto ok = store.backup(to.database()); !ok) return unexpected(ok.error());
    // Not those of the node, which has gone on meanwhile.
    auto copied = look_at(to);
    if (!copied) return fail("the copy: " + copied.error().what);
    return copied;
}

} // namespace

Result<market::Int> back_up(const std::string& data, const std::string& to) {
    auto store = open_store(NodeFiles(data));
    if (!store) return unexpected(store.error());
    const auto there = files::is_there(to);
    if (!there) return unexpected(there.error());
    if (*there) return fail(to + " exists already");
    Copying copying(data, to);
    if (auto ok = copying.begin(); !ok) return unexpected(ok.error());
    auto done = copy_once(**store, copying, NodeFiles(to));
    if (done && done->lacks_checkpoint) {
        // The node has published for the first time meanwhile. What it has published now is not
        // ahead of the tables, if they are copied after it.
        if (auto ok = files::remove_if_there(NodeFiles(to).database()); !ok)
            return unexpected(ok.error());
        done = copy_once(**store, copying, NodeFiles(to));
    }
    if (!done) return unexpected(done.error());
    return done->size;
}

Result<market::Int> restore(const std::string& from, const std::string& data) {
    const NodeFiles restored(data);
    const auto there = files::is_there(restored.database());
    if (!there) return unexpected(there.error());
    if (*there) return fail("there is a ledger in " + data + "; restore into an empty directory");
    for (const char* name : {"keys", "policy", "ledger.db"}) {
        const auto copied = files::is_there((fs::path(from) / name).string());
        if (!copied) return unexpected(copied.error());
        if (!*copied) return fail(from + " is no copy made by backup: it has no " + name);
    }
    Copying copying(from, data);
    if (auto ok = copying.begin(); !ok) return unexpected(ok.error());
    const auto lock = DataLock::take(data);
    if (!lock) return unexpected(lock.error());
    // The tables last, and only when all else is durable: whatever stops it before, it can be begun
    // again. A node that has published nothing has no log, one that has had one log key no older
    // policies.
    for (const char* name : {"keys", "policy", "policies", "log"}) {
        if (auto ok = copying.copy(name); !ok) return unexpected(ok.error());
    }
    if (auto ok = copying.settle(); !ok) return unexpected(ok.error());
    if (auto ok = copying.copy("ledger.db"); !ok) return unexpected(ok.error());
    if (auto ok = copying.settle(); !ok) return unexpected(ok.error());
    const auto store = open_store(restored, own_store);
    if (!store) return unexpected(store.error());
    const auto head = (*store)->head();
    if (!head) return unexpected(head.error());
    return head->size;
}

} // namespace handprint::app
