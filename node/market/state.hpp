#pragma once

// The rows a batch of commands works on. decide() reads it, apply() writes it; a savepoint takes
// back what a refused command had begun. Reading a key that was never loaded is a bug (HP_CHECK):
// keys_of() must have named it; only a state that is declared whole needs no loading. Not
// thread-safe: the sequencer owns it.

#include "ledger/base/check.hpp"
#include "node/market/row_table.hpp"

#include <optional>
#include <tuple>
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

    [[nodiscard]] bool knows(const Key& key) const;

    /// The same by the parts of a key.
    template <class R, class... Parts>
    [[nodiscard]] bool knows_row(const Parts&... parts) const {
        return whole_ || table<R>().find(view_of<R>(parts...)) != RowTable<R>::none;
    }

    template <class R, class... Parts>
    [[nodiscard]] const R* find(const Parts&... parts) const {
        const auto number = table<R>().find(view_of<R>(parts...));
        if (number == RowTable<R>::none) {
            HP_CHECK(whole_, R::table);
            return nullptr;
        }
        const auto& slot = table<R>()[number];
        return slot.there ? &slot.row : nullptr;
    }

    /// As find(), and nothing if the key is not loaded: for naming the keys of a second load.
    template <class R, class... Parts>
    [[nodiscard]] const R* peek(const Parts&... parts) const {
        return peek_at<R>(view_of<R>(parts...));
    }

    template <class R>
    [[nodiscard]] const R* peek_at(const KeyView& key) const {
        const auto number = table<R>().find(key);
        if (number == RowTable<R>::none || !table<R>()[number].there) return nullptr;
        return &table<R>()[number].row;
    }

    template <class R, class... Parts>
    [[nodiscard]] const R& get(const Parts&... parts) const {
        const R* row = find<R>(parts...);
        HP_CHECK(row != nullptr, R::table);
        return *row;
    }

    /// Every row there is, in no order.
    template <class F>
    void for_each(F&& f) const {
        for_each_table([&]<class R>(std::type_identity<R>) {
            table<R>().for_each([&f](const R& row) { f(row_key(row), Row(row)); });
        });
    }

    /// Every row of one type, in no order.
    template <class R, class F>
    void for_each_of(F&& f) const {
        table<R>().for_each(f);
    }

    template <class R>
        requires(!std::is_same_v<R, Row>)
    void put(R row) {
        auto& slot = change<R>(key_view(row));
        slot.row = std::move(row);
        slot.there = true;
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

    [[nodiscard]] std::size_t size() const noexcept;

    /// Forgets clean rows when there are more than `most`; they are loaded again when needed.
    void trim(std::size_t most);
    void clear();

private:
    template <class... R>
    static std::tuple<RowTable<R>...> tables_for(std::type_identity<std::variant<R...>>);
    using Tables = decltype(tables_for(std::type_identity<Row>{}));

    struct Changed {
        std::size_t table;
        std::uint32_t number; // of the slot

        auto operator<=>(const Changed&) const = default;
    };

    struct Undo {
        Changed what;
        bool dirty;
        std::optional<Row> before;
    };

    template <class R>
    [[nodiscard]] RowTable<R>& table() {
        return std::get<RowTable<R>>(tables_);
    }

    template <class R>
    [[nodiscard]] const RowTable<R>& table() const {
        return std::get<RowTable<R>>(tables_);
    }

    /// The slot to write to. While a savepoint is open, the row in it may have been moved away.
    template <class R>
    typename RowTable<R>::Slot& change(const KeyView& key) {
        auto& rows = table<R>();
        auto number = rows.find(key);
        if (number == RowTable<R>::none) {
            HP_CHECK(whole_, "a row is written that was not loaded");
            number = rows.make(key);
        }
        auto& slot = rows[number];
        const Changed what{table_of<R>(), number};
        if (open_) {
            auto& step = undo_.emplace_back(Undo{what, slot.dirty, std::nullopt});
            if (slot.there) step.before.emplace(std::in_place_type<R>, std::move(slot.row));
        }
        if (!slot.dirty) {
            slot.dirty = true;
            dirty_.push_back(what);
        }
        return slot;
    }

    Tables tables_;
    std::vector<Changed> dirty_;
    std::vector<Undo> undo_;
    bool open_ = false;
    bool whole_ = false;
};

} // namespace handprint::market
