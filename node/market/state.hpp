#pragma once

// The rows a batch of commands works on. decide() reads it, apply() writes it; a savepoint takes
// back what a refused command had begun. Reading a key that was never loaded is a bug (HP_CHECK):
// keys_of() must have named it; only a state that is declared whole needs no loading. Not
// thread-safe: the sequencer owns it.

#include "ledger/base/check.hpp"
#include "node/market/key.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace handprint::market {

struct Changes {
    std::vector<Row> upserts; // in key order
    std::vector<Key> erases;
};

class State {
public:
    /// What the store said of a key; nothing if the row does not exist.
    void load(Key key, std::optional<Row> row);

    /// From now on a key that was never loaded is a row that does not exist: everything there is
    /// comes from put(). So an audit folds the log from its first entry, without a store.
    void whole() { whole_ = true; }

    [[nodiscard]] bool knows(const Key& key) const { return whole_ || slots_.contains(key); }

    template <class R, class... Parts>
    [[nodiscard]] const R* find(const Parts&... parts) const {
        const auto slot = slots_.find(key_of<R>(parts...));
        if (slot == slots_.end()) {
            HP_CHECK(whole_, R::table);
            return nullptr;
        }
        return slot->second.row ? &std::get<R>(*slot->second.row) : nullptr;
    }

    /// As find(), and nothing if the key is not loaded: for naming the keys of a second load.
    template <class R, class... Parts>
    [[nodiscard]] const R* peek(const Parts&... parts) const {
        const auto slot = slots_.find(key_of<R>(parts...));
        if (slot == slots_.end() || !slot->second.row) return nullptr;
        return &std::get<R>(*slot->second.row);
    }

    template <class R, class... Parts>
    [[nodiscard]] const R& get(const Parts&... parts) const {
        const R* row = find<R>(parts...);
        HP_CHECK(row != nullptr, R::table);
        return *row;
    }

    /// By a key in hand; nothing if there is no such row or it is not loaded.
    [[nodiscard]] const Row* peek_row(const Key& key) const {
        const auto slot = slots_.find(key);
        return slot == slots_.end() || !slot->second.row ? nullptr : &*slot->second.row;
    }

    /// Every row there is, in no order.
    template <class F>
    void for_each(F&& f) const {
        for (const auto& [key, slot] : slots_) {
            if (slot.row) f(key, *slot.row);
        }
    }

    void put(Row row);
    /// A row whose key was given out just now (an ordinal, an index), so that it cannot be in the
    /// store: needs no load.
    void create(Row row);
    void erase(const Key& key);

    void begin();
    void keep();
    void discard();

    /// Rows changed since the last call, for the store; they count as clean from now on.
    [[nodiscard]] Changes take_changes();

    [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }

    /// Forgets clean rows when there are more than `most`; they are loaded again when needed.
    void trim(std::size_t most);
    void clear();

private:
    struct Slot {
        std::optional<Row> row;
        bool dirty = false;
    };

    struct Undo {
        Key key;
        Slot before;
    };

    Slot& change(const Key& key);

    std::unordered_map<Key, Slot> slots_;
    std::vector<Key> dirty_;
    std::vector<Undo> undo_;
    bool open_ = false;
    bool whole_ = false;
};

} // namespace handprint::market
