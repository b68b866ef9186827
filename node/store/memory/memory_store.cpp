#include "node/store/memory/memory_store.hpp"

#include "ledger/base/check.hpp"
#include "ledger/base/crypto.hpp"
#include "node/store/batch_shape.hpp"
#include "node/store/state_digest.hpp"

#include <algorithm>
#include <limits>
#include <thread>

namespace handprint::store {

using State = MemoryDisk::State;
using market::AssignmentRow;
using market::Key;
using market::Row;

namespace {

constexpr const char* poisoned_text = "the store is in doubt after a failed write: open it again";

std::optional<std::tuple<Int, Int, Int, Int>> due_of(const Row& row) {
    const auto* a = std::get_if<AssignmentRow>(&row);
    if (a == nullptr || a->state != static_cast<Int>(market::AssignmentState::submitted)) return {};
    return std::tuple(a->due, a->batch, a->task, a->member);
}

void drop_row(State& state, const Key& key) {
    const auto old = state.rows.find(key);
    if (old == state.rows.end()) return;
    if (const auto due = due_of(old->second)) state.due.erase(*due);
    state.rows.erase(old);
}

void put_row(State& state, const Row& row) {
    const Key key = market::row_key(row);
    drop_row(state, key);
    if (const auto due = due_of(row)) state.due.insert(*due);
    state.rows.emplace(key, row);
}

void put_secret(State& state, const SecretRecord& record) {
    if (record.sealed.empty()) {
        state.secrets.erase({record.kind, record.id});
    } else {
        state.secrets[{record.kind, record.id}] = record.sealed;
    }
}

/// Empty if the batch fits on top of `state`.
std::string misfit(const State& state, const Batch& batch) {
    std::set<std::pair<Int, Int>> places;
    for (const PartRecord& part : batch.parts) {
        if (!places.emplace(part.index, part.number).second) return "two parts at one place";
    }
    if (!batch.blobs.empty()
        && batch.blobs.front().id != static_cast<Int>(state.blobs.size()) + 1) {
        return "blob ids leave a gap";
    }
    return {};
}

void apply(State& state, const Batch& batch) {
    state.head = batch.next;
    for (const Key& key : batch.erases)
        drop_row(state, key);
    for (const Row& row : batch.upserts)
        put_row(state, row);
    for (const EntryRecord& entry : batch.entries)
        state.entries.push_back(entry);
    for (const PartRecord& part : batch.parts) {
        state.parts.emplace(std::tuple(part.party, part.index, part.number), part);
        state.part_owners.emplace(std::tuple(part.index, part.number), part.party);
    }
    for (const SecretRecord& record : batch.secrets)
        put_secret(state, record);
    for (const BlobRecord& blob : batch.blobs)
        state.blobs.push_back(blob);
}

/// Not after any key that starts with the first columns of `prefix`.
template <class R>
Key lowest_key(const Key& prefix, int prefix_columns) {
    Key out;
    out.table = static_cast<std::uint8_t>(market::table_of<R>());
    std::size_t numbers = 0, texts = 0;
    for (int i = 0; i < R::keys; ++i) {
        const bool given = i < prefix_columns;
        if (columns<R>()[static_cast<std::size_t>(i)].type == ColumnType::integer) {
            out.n[numbers] = given ? prefix.n[numbers] : std::numeric_limits<Int>::min();
            ++numbers;
        } else {
            if (given)
                (texts == 0 ? out.text : out.text2) = texts == 0 ? prefix.text : prefix.text2;
            ++texts;
        }
    }
    return out;
}

template <class R>
std::vector<Row> scan_table(const State& state, const Scan& what) {
    std::vector<Row> out;
    Key first = lowest_key<R>(what.prefix, what.prefix_columns);
    if (what.after && key_view(first) < key_view(*what.after)) {
        first = *what.after;
        first.table = what.table;
    }
    for (auto it = state.rows.lower_bound(first); it != state.rows.end(); ++it) {
        if (it->first.table != what.table || out.size() >= what.limit) break;
        if (compare_prefix<R>(it->first, what.prefix, what.prefix_columns) != 0) break;
        if (what.after && key_view(it->first) == key_view(*what.after)) continue;
        out.push_back(it->second);
    }
    return out;
}

} // namespace

MemoryStore::MemoryStore(FaultHook hook, std::shared_ptr<MemoryDisk> disk)
    : hook_(std::move(hook)), disk_(disk ? std::move(disk) : std::make_shared<MemoryDisk>()) {}

std::uint64_t MemoryStore::count(Operation operation) const {
    const std::lock_guard lock(mutex_);
    return counts_[static_cast<std::size_t>(operation)];
}

Fault MemoryStore::begin(Operation operation) {
    Decision decision;
    {
        const std::lock_guard lock(mutex_);
        const std::uint64_t before = counts_[static_cast<std::size_t>(operation)]++;
        if (hook_) decision = hook_(operation, before);
    }
    if (decision.delay.count() > 0) std::this_thread::sleep_for(decision.delay);
    return decision.fault;
}

template <class F>
auto MemoryStore::read(Operation operation, F&& f) -> std::invoke_result_t<F, State&> {
    if (begin(operation) != Fault::none) return fail("injected failure");
    const std::lock_guard lock(disk_->mutex);
    return f(disk_->state);
}

/// Writes other than commit(), which has outcomes of its own.
template <class F>
auto MemoryStore::write(Operation operation, F&& f) -> std::invoke_result_t<F, State&> {
    const Fault fault = begin(operation);
    const std::scoped_lock lock(mutex_, disk_->mutex);
    if (poisoned_) return fail(poisoned_text);
    if (fault == Fault::fail) return fail("injected failure");
    if (fault == Fault::none) return f(disk_->state);
    poisoned_ = true;
    if (fault == Fault::fail_but_persist) (void)f(disk_->state);
    return fail("injected failure, outcome unknown");
}

Result<Head> MemoryStore::head() {
    return read(Operation::head, [](State& s) -> Result<Head> { return s.head; });
}

Result<Head> MemoryStore::take_over() {
    return write(Operation::take_over, [](State& s) -> Result<Head> {
        ++s.head.epoch;
        return s.head;
    });
}

Result<std::vector<std::optional<Row>>> MemoryStore::load(std::span<const Key> keys) {
    using Rows = std::vector<std::optional<Row>>;
    return read(Operation::load, [&](State& s) -> Result<Rows> {
        Rows out;
        out.reserve(keys.size());
        for (const Key& key : keys) {
            const auto found = s.rows.find(key);
            out.push_back(found == s.rows.end() ? std::nullopt : std::optional(found->second));
        }
        return out;
    });
}

CommitResult MemoryStore::commit(const Batch& batch) {
    check_shape(batch);
    const Fault fault = begin(Operation::commit);
    const std::scoped_lock lock(mutex_, disk_->mutex);
    if (poisoned_) return {Outcome::unknown, poisoned_text};
    if (fault == Fault::fail) return {Outcome::not_committed, "injected failure"};
    if (fault == Fault::fail_and_not_persist) {
        poisoned_ = true;
        return {Outcome::unknown, "injected failure, outcome unknown"};
    }
    if (!continues(disk_->state.head, batch.expected))
        return {Outcome::stale, "the head has moved"};
    if (std::string why = misfit(disk_->state, batch); !why.empty()) {
        return {Outcome::not_committed, std::move(why)};
    }
    apply(disk_->state, batch);
    if (fault == Fault::none) return {Outcome::committed, {}};
    poisoned_ = true;
    return {Outcome::unknown, "injected failure, outcome unknown"};
}

Result<std::vector<Row>> MemoryStore::scan(const Scan& what) {
    return read(Operation::scan, [&](State& s) -> Result<std::vector<Row>> {
        std::vector<Row> out;
        const bool known = with_table(what.table, [&]<class R>(std::type_identity<R>) {
            HP_CHECK(
                what.prefix_columns >= 0 && what.prefix_columns <= R::keys, "a part of the key"
            );
            out = scan_table<R>(s, what);
        });
        if (!known) return fail("no such table");
        return out;
    });
}

Result<std::vector<Due>> MemoryStore::due(Int until, std::size_t limit) {
    return read(Operation::scan, [&](State& s) -> Result<std::vector<Due>> {
        std::vector<Due> out;
        for (const auto& [due, batch, task, member] : s.due) {
            if (due > until || out.size() >= limit) break;
            out.push_back({due, batch, task, member});
        }
        return out;
    });
}

Result<std::vector<EntryRecord>> MemoryStore::entries(Int from, std::size_t limit) {
    return read(Operation::entries, [&](State& s) -> Result<std::vector<EntryRecord>> {
        std::vector<EntryRecord> out;
        for (auto i = static_cast<std::size_t>(std::max<Int>(from, 0));
             i < s.entries.size() && out.size() < limit;
             ++i) {
            out.push_back(s.entries[i]);
        }
        return out;
    });
}

Result<std::vector<PartRecord>>
MemoryStore::parts_of(std::string_view party, Int from, Int to, std::size_t limit) {
    return read(Operation::entries, [&](State& s) -> Result<std::vector<PartRecord>> {
        std::vector<PartRecord> out;
        const std::tuple first(std::string(party), from, std::numeric_limits<Int>::min());
        for (auto it = s.parts.lower_bound(first); it != s.parts.end() && out.size() < limit;
             ++it) {
            const PartRecord& part = it->second;
            if (part.party != party || part.index >= to) break;
            out.push_back(part);
        }
        return out;
    });
}

Result<std::vector<PartRecord>>
MemoryStore::latest_parts_of(std::string_view party, Int before, std::size_t limit) {
    return read(Operation::entries, [&](State& s) -> Result<std::vector<PartRecord>> {
        std::vector<PartRecord> out;
        const std::tuple end(std::string(party), before, std::numeric_limits<Int>::min());
        for (auto it = s.parts.lower_bound(end); it != s.parts.begin() && out.size() < limit;) {
            --it;
            if (it->second.party != party) break;
            out.push_back(it->second);
        }
        return out;
    });
}

Result<std::vector<PartRecord>> MemoryStore::parts_between(Int from, Int to) {
    return read(Operation::entries, [&](State& s) -> Result<std::vector<PartRecord>> {
        std::vector<PartRecord> out;
        const std::tuple first(from, std::numeric_limits<Int>::min());
        for (auto it = s.part_owners.lower_bound(first); it != s.part_owners.end(); ++it) {
            const auto& [at, number] = it->first;
            if (at >= to) break;
            out.push_back(s.parts.at({it->second, at, number}));
        }
        return out;
    });
}

Result<void> MemoryStore::erase_part(std::string_view party, Int index, Int number) {
    return write(Operation::erase_part, [&](State& s) -> Result<void> {
        const auto found = s.parts.find({std::string(party), index, number});
        if (found == s.parts.end()) return fail("no such part");
        found->second.erased = true;
        found->second.salt = {};
        found->second.bytes.clear();
        return {};
    });
}

Result<std::optional<Bytes>> MemoryStore::secret(std::string_view kind, std::string_view id) {
    return read(Operation::secrets, [&](State& s) -> Result<std::optional<Bytes>> {
        const auto found = s.secrets.find({std::string(kind), std::string(id)});
        if (found == s.secrets.end()) return std::optional<Bytes>();
        return std::optional(found->second);
    });
}

Result<std::vector<SecretRecord>> MemoryStore::secrets(
    std::string_view kind, std::string_view id_prefix, std::string_view after, std::size_t limit
) {
    return read(Operation::secrets, [&](State& s) -> Result<std::vector<SecretRecord>> {
        std::vector<SecretRecord> out;
        for (auto it = s.secrets.lower_bound({std::string(kind), std::string(id_prefix)});
             it != s.secrets.end() && out.size() < limit;
             ++it) {
            const auto& [name, sealed] = *it;
            if (name.first != kind || !name.second.starts_with(id_prefix)) break;
            if (after.empty() || name.second > after)
                out.push_back({name.first, name.second, sealed});
        }
        return out;
    });
}

Result<void> MemoryStore::put_secrets(std::span<const SecretRecord> records) {
    return write(Operation::put_secrets, [&](State& s) -> Result<void> {
        for (const SecretRecord& record : records)
            put_secret(s, record);
        return {};
    });
}

Result<void>
MemoryStore::blank_blobs(std::span<const Int> ids, std::span<const SecretRecord> records) {
    return write(Operation::blank_blobs, [&](State& s) -> Result<void> {
        for (const Int id : ids) {
            if (id < 1 || std::cmp_greater(id, s.blobs.size())) return fail("no such blob");
        }
        for (const Int id : ids)
            s.blobs[static_cast<std::size_t>(id) - 1] = {id, sha256(ByteView()), {}};
        for (const SecretRecord& record : records)
            put_secret(s, record);
        return {};
    });
}

Result<std::vector<BlobRecord>> MemoryStore::blobs(Int from, std::size_t limit) {
    return read(Operation::blobs, [&](State& s) -> Result<std::vector<BlobRecord>> {
        const auto first =
            std::min(static_cast<std::size_t>(std::max<Int>(from, 1) - 1), s.blobs.size());
        const auto count = std::min(limit, s.blobs.size() - first);
        const auto begin = s.blobs.begin() + static_cast<std::ptrdiff_t>(first);
        return std::vector(begin, begin + static_cast<std::ptrdiff_t>(count));
    });
}

Result<Int> MemoryStore::blob_count() {
    return read(Operation::blobs, [](State& s) -> Result<Int> {
        return static_cast<Int>(s.blobs.size());
    });
}

Result<Hash> MemoryStore::digest() {
    return read(Operation::digest, [](State& s) -> Result<Hash> {
        StateDigest digest;
        for (const auto& [key, row] : s.rows) {
            std::visit(
                [&digest]<class R>(const R& r) {
                    if constexpr (market::is_fold_row<R>) digest.add(r);
                },
                row
            );
        }
        return digest.finish();
    });
}

Result<void> MemoryStore::backup(const std::string& path) {
    return read(Operation::backup, [&](State& s) -> Result<void> {
        if (disk_->backups.contains(path)) return fail("there is a file already: " + path);
        auto copy = std::make_shared<MemoryDisk>();
        copy->state = s;
        disk_->backups.emplace(path, std::move(copy));
        return {};
    });
}

} // namespace handprint::store
