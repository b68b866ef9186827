#pragma once

// A Store in memory: for tests of everything above the port, and for simulations.

#include "node/store/memory/faults.hpp"
#include "node/store/store.hpp"

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>

namespace handprint::store {

/// What outlives a MemoryStore, as a file outlives a process. Touched by one store at a time under
/// `mutex`.
struct MemoryDisk {
    struct State {
        Head head;
        std::map<market::Key, market::Row> rows;
        std::set<std::tuple<Int, Int, Int, Int>> due; // due, batch, task, member
        std::vector<EntryRecord> entries;
        std::map<std::tuple<std::string, Int, Int>, PartRecord> parts; // party, index, number
        std::map<std::tuple<Int, Int>, std::string> part_owners;       // index, number -> party
        std::map<std::pair<std::string, std::string>, Bytes> secrets;
        std::vector<BlobRecord> blobs;
    };

    std::mutex mutex;
    State state;
    std::map<std::string, std::shared_ptr<MemoryDisk>> backups; // by path
};

class MemoryStore final : public Store {
public:
    /// A new disk, or one that another store wrote before.
    explicit MemoryStore(FaultHook hook = {}, std::shared_ptr<MemoryDisk> disk = {});

    [[nodiscard]] std::shared_ptr<MemoryDisk> disk() const { return disk_; }

    /// Round trips so far of this store.
    [[nodiscard]] std::uint64_t count(Operation operation) const;

    [[nodiscard]] Result<Head> head() override;
    [[nodiscard]] Result<Head> take_over() override;
    [[nodiscard]] Result<std::vector<std::optional<market::Row>>>
    load(std::span<const market::Key> keys) override;
    [[nodiscard]] CommitResult commit(const Batch& batch) override;
    [[nodiscard]] Result<std::vector<market::Row>> scan(const Scan& what) override;
    [[nodiscard]] Result<std::vector<Due>> due(Int until, std::size_t limit) override;
    [[nodiscard]] Result<std::vector<EntryRecord>> entries(Int from, std::size_t limit) override;
    [[nodiscard]] Result<std::vector<PartRecord>>
    parts_of(std::string_view party, Int from, Int to, std::size_t limit) override;
    [[nodiscard]] Result<std::vector<PartRecord>>
    latest_parts_of(std::string_view party, Int before, std::size_t limit) override;
    [[nodiscard]] Result<std::vector<PartRecord>> parts_between(Int from, Int to) override;
    [[nodiscard]] Result<void> erase_part(std::string_view party, Int index, Int number) override;
    [[nodiscard]] Result<std::optional<Bytes>>
    secret(std::string_view kind, std::string_view id) override;
    [[nodiscard]] Result<std::vector<SecretRecord>> secrets(
        std::string_view kind, std::string_view id_prefix, std::string_view after, std::size_t limit
    ) override;
    [[nodiscard]] Result<void> put_secrets(std::span<const SecretRecord> records) override;
    [[nodiscard]] Result<void>
    blank_blobs(std::span<const Int> ids, std::span<const SecretRecord> records) override;
    [[nodiscard]] Result<std::vector<BlobRecord>> blobs(Int from, std::size_t limit) override;
    [[nodiscard]] Result<Int> blob_count() override;
    [[nodiscard]] Result<Hash> digest() override;
    [[nodiscard]] Result<void> backup(const std::string& path) override;

private:
    /// Counts, waits and asks the hook.
    [[nodiscard]] Fault begin(Operation operation);
    template <class F>
    [[nodiscard]] auto read(Operation operation, F&& f)
        -> std::invoke_result_t<F, MemoryDisk::State&>;
    template <class F>
    [[nodiscard]] auto write(Operation operation, F&& f)
        -> std::invoke_result_t<F, MemoryDisk::State&>;

    FaultHook hook_;
    std::shared_ptr<MemoryDisk> disk_;
    mutable std::mutex mutex_; // counters, the hook, poisoned_
    std::array<std::uint64_t, operation_kinds> counts_{};
    bool poisoned_ = false;
};

} // namespace handprint::store
