#pragma once

// A memory store that can be opened again in place on the same disk, as a file is after a write of
// unknown outcome, and that fails when told to.

#include "node/store/memory/memory_store.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>

namespace handprint::sim {

/// What goes wrong next. Of a commit: it fails, its outcome is unknown (it is there, or not), or
/// the tables cannot be read after one was lost. Of the reads: the next of that kind fails.
enum class Trouble { none, fail, persist, lose, lose_and_reread, load, scan, entries, secrets };

/// What is set is set while no operation is under way.
class DiskStore final : public store::Store {
public:
    DiskStore() : disk_(std::make_shared<store::MemoryDisk>()) { reopen(); }

    void arm(Trouble trouble) {
        armed_ = trouble;
        fired_ = false;
    }

    void disarm() { armed_ = Trouble::none; }

    /// Whether what was armed last has happened.
    [[nodiscard]] bool fired() const { return fired_; }

    /// From now on nothing is written, as by a process that is gone.
    void cut(bool off) { cut_ = off; }

    void reopen();

    [[nodiscard]] std::uint64_t commits() const;
    /// Waits until so many commits have ended, well or not.
    void wait_for_commits(std::uint64_t count);

    [[nodiscard]] store::MemoryDisk& disk() { return *disk_; }

    Result<store::Head> head() override { return inner_->head(); }

    Result<store::Head> take_over() override { return inner_->take_over(); }

    Result<std::vector<std::optional<market::Row>>> load(std::span<const market::Key> keys
    ) override {
        return inner_->load(keys);
    }

    store::CommitResult commit(const store::Batch& batch) override;

    Result<std::vector<market::Row>> scan(const store::Scan& what) override {
        return inner_->scan(what);
    }

    Result<std::vector<store::Due>> due(market::Int until, std::size_t limit) override {
        return inner_->due(until, limit);
    }

    Result<std::vector<store::EntryRecord>> entries(market::Int from, std::size_t limit) override {
        return inner_->entries(from, limit);
    }

    Result<std::vector<store::PartRecord>>
    parts_of(std::string_view party, market::Int from, market::Int to, std::size_t limit) override {
        return inner_->parts_of(party, from, to, limit);
    }

    Result<std::vector<store::PartRecord>>
    latest_parts_of(std::string_view party, market::Int before, std::size_t limit) override {
        return inner_->latest_parts_of(party, before, limit);
    }

    Result<std::vector<store::PartRecord>>
    parts_between(market::Int from, market::Int to) override {
        return inner_->parts_between(from, to);
    }

    Result<void>
    erase_part(std::string_view party, market::Int index, market::Int number) override {
        return inner_->erase_part(party, index, number);
    }

    Result<std::optional<Bytes>> secret(std::string_view kind, std::string_view id) override {
        return inner_->secret(kind, id);
    }

    Result<std::vector<store::SecretRecord>> secrets(
        std::string_view kind, std::string_view prefix, std::string_view after, std::size_t limit
    ) override {
        return inner_->secrets(kind, prefix, after, limit);
    }

    Result<void> put_secrets(std::span<const store::SecretRecord> records) override {
        return inner_->put_secrets(records);
    }

    Result<void> blank_blobs(
        std::span<const market::Int> ids, std::span<const store::SecretRecord> records
    ) override {
        return inner_->blank_blobs(ids, records);
    }

    Result<std::vector<store::BlobRecord>> blobs(market::Int from, std::size_t limit) override {
        return inner_->blobs(from, limit);
    }

    Result<market::Int> blob_count() override { return inner_->blob_count(); }

    Result<Hash> digest() override { return inner_->digest(); }

    Result<void> backup(const std::string& path) override { return inner_->backup(path); }

private:
    [[nodiscard]] store::Fault fault_of(store::Operation operation);

    std::shared_ptr<store::MemoryDisk> disk_;
    std::unique_ptr<store::MemoryStore> inner_;
    Trouble armed_ = Trouble::none;
    bool fired_ = false, cut_ = false;
    mutable std::mutex mutex_;
    std::condition_variable ended_;
    std::uint64_t commits_ = 0;
};

} // namespace handprint::sim
