#include "node/market/state.hpp"

#include <algorithm>
#include <utility>

namespace handprint::market {

void State::load(Key key, std::optional<Row> row) {
    (void)with_table(key.table, [&]<class R>(std::type_identity<R>) {
        auto& rows = table<R>();
        const auto before = rows.size();
        auto& slot = rows[rows.make(key_view(key))];
        if (rows.size() == before || !row) return;
        slot.row = std::get<R>(std::move(*row));
        slot.there = true;
    });
}

bool State::knows(const Key& key) const {
    if (whole_) return true;
    bool known = false;
    (void)with_table(key.table, [&]<class R>(std::type_identity<R>) {
        known = table<R>().find(key_view(key)) != RowTable<R>::none;
    });
    return known;
}

void State::put(Row row) {
    std::visit([this](auto& r) { put(std::move(r)); }, row);
}

void State::create(Row row) {
    std::visit(
        [this]<class R>(R& r) {
            auto& rows = table<R>();
            const auto& slot = rows[rows.make(key_view(r))];
            HP_CHECK(!slot.there, "a new row is there already");
            put(std::move(r));
        },
        row
    );
}

void State::erase(const Key& key) {
    (void)with_table(key.table, [&]<class R>(std::type_identity<R>) {
        auto& slot = change<R>(key_view(key));
        slot.there = false;
        set_key(slot.row, key_view(key));
    });
}

void State::begin() {
    HP_CHECK(!open_, "savepoints do not nest");
    open_ = true;
    undo_.clear();
}

void State::keep() {
    HP_CHECK(open_, "keep without begin");
    open_ = false;
    undo_.clear();
}

void State::discard() {
    HP_CHECK(open_, "discard without begin");
    open_ = false;
    // Backwards, so that the oldest value of a key that was written twice is what remains.
    for (auto step = undo_.rbegin(); step != undo_.rend(); ++step) {
        (void)with_table(step->what.table, [&]<class R>(std::type_identity<R>) {
            auto& slot = table<R>()[step->what.number];
            slot.dirty = step->dirty;
            slot.there = step->before.has_value();
            if (slot.there) slot.row = std::get<R>(std::move(*step->before));
        });
    }
    undo_.clear();
    std::erase_if(dirty_, [this](const Changed& what) {
        bool clean = false;
        (void)with_table(what.table, [&]<class R>(std::type_identity<R>) {
            clean = !table<R>()[what.number].dirty;
        });
        return clean;
    });
}

Changes State::take_changes() {
    HP_CHECK(!open_, "changes are taken between commands");
    std::sort(dirty_.begin(), dirty_.end());
    Changes changes;
    changes.upserts.reserve(dirty_.size());
    for (auto from = dirty_.begin(); from != dirty_.end();) {
        const auto same = [from](const Changed& what) { return what.table == from->table; };
        const auto to = std::find_if_not(from, dirty_.end(), same);
        (void)with_table(from->table, [&]<class R>(std::type_identity<R>) {
            auto& rows = table<R>();
            std::sort(from, to, [&rows](const Changed& a, const Changed& b) {
                return key_view(rows[a.number].row) < key_view(rows[b.number].row);
            });
            for (auto at = from; at != to; ++at) {
                auto& slot = rows[at->number];
                slot.dirty = false;
                if (slot.there) {
                    changes.upserts.emplace_back(std::in_place_type<R>, slot.row);
                } else {
                    changes.erases.push_back(row_key(slot.row));
                }
            }
        });
        from = to;
    }
    dirty_.clear();
    return changes;
}

std::size_t State::size() const noexcept {
    return std::apply([](const auto&... rows) { return (rows.size() + ...); }, tables_);
}

void State::trim(std::size_t most) {
    if (size() <= most) return;
    HP_CHECK(dirty_.empty() && !open_, "trim only after a commit");
    std::apply([](auto&... rows) { (rows.clear(), ...); }, tables_);
}

void State::clear() {
    std::apply([](auto&... rows) { (rows.clear(), ...); }, tables_);
    dirty_.clear();
    undo_.clear();
    open_ = false;
}

} // namespace handprint::market
