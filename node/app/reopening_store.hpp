#pragma once

// The store that everybody holds on to, while the database behind it can be opened anew after a
// write whose outcome is not known. After a commit that is for the sequencer to ask for, since it
// must read the tables again. What is written beside it changes none of them, and an idle node
// makes no commit for a long time: so after such a write it is done here.

#include "node/store/sqlite/sqlite_store.hpp"

#include <functional>
#include <memory>
#include <mutex>

namespace handprint::app {

class ReopeningStore final : public store::Store {
public:
    ReopeningStore(store::SqliteOptions options, std::unique_ptr<store::SqliteStore> first)
        : options_(std::move(options)), now_(std::move(first)) {}

    [[nodiscard]] Result<void> reopen();
    /// The database as it is opened now.
    [[nodiscard]] std::shared_ptr<store::SqliteStore> current() const;

    Result<store::Head> head() override { return current()->head(); }

    Result<store::Head> take_over() override { return current()->take_over(); }

    Result<std::vector<std::optional<market::Row>>> load(std::span<const market::Key> keys
    ) override {
        return current()->load(keys);
    }

    store::CommitResult commit(const store::Batch& batch) override {
        return current()->commit(batch);
    }

    Result<std::vector<market::Row>> scan(const store::Scan& what) override {
        return current()->scan(what);
    }

    Result<std::vector<store::Due>> due(market::Int until, std::size_t limit) override {
        return current()->due(until, limit);
    }

    Result<std::vector<store::EntryRecord>> entries(market::Int from, std::size_t limit) override {
        return current()->entries(from, limit);
    }

    Result<std::vector<store::PartRecord>>
    parts_of(std::string_view party, market::Int from, market::Int to, std::size_t limit) override {
        return current()->parts_of(party, from, to, limit);
    }

    Result<std::vector<store::PartRecord>>
    latest_parts_of(std::string_view party, market::Int before, std::size_t limit) override {
        return current()->latest_parts_of(party, before, limit);
    }

    Result<std::vector<store::PartRecord>>
    parts_between(market::Int from, market::Int to) override {
        return current()->parts_between(from, to);
    }

    Result<void>
    erase_part(std::string_view party, market::Int index, market::Int number) override {
        return beside([&](store::Store& store) { return store.erase_part(party, index, number); });
    }

    Result<std::optional<Bytes>> secret(std::string_view kind, std::string_view id) override {
        return current()->secret(kind, id);
    }

    Result<std::vector<store::SecretRecord>> secrets(
        std::string_view kind, std::string_view id_prefix, std::string_view after, std::size_t limit
    ) override {
        return current()->secrets(kind, id_prefix, after, limit);
    }

    Result<void> put_secrets(std::span<const store::SecretRecord> records) override {
        return beside([&](store::Store& store) { return store.put_secrets(records); });
    }

    Result<void> blank_blobs(
        std::span<const market::Int> ids, std::span<const store::SecretRecord> records
    ) override {
        return beside([&](store::Store& store) { return store.blank_blobs(ids, records); });
    }

    Result<std::vector<store::BlobRecord>> blobs(market::Int from, std::size_t limit) override {
        return current()->blobs(from, limit);
    }

    Result<market::Int> blob_count() override { return current()->blob_count(); }

    Result<Hash> digest() override { return current()->digest(); }

    Result<void> backup(const std::string& path) override { return current()->backup(path); }

private:
    /// A write that is no commit. When it fails and leaves the database in doubt, the next one
    /// finds it opened anew.
    [[nodiscard]] Result<void> beside(const std::function<Result<void>(store::Store&)>& write);
    [[nodiscard]] Result<void> open_anew();

    store::SqliteOptions options_;
    std::mutex opening_; // by one thread at a time
    mutable std::mutex mutex_;
    std::shared_ptr<store::SqliteStore> now_;
};

} // namespace handprint::app
