#include "node/market/state.hpp"

#include <algorithm>
#include <utility>

namespace handprint::market {

void State::load(Key key, std::optional<Row> row) {
    slots_.try_emplace(std::move(key), Slot{std::move(row), false});
}

State::Slot& State::change(const Key& key) {
    auto found = slots_.find(key);
    if (found == slots_.end()) {
        HP_CHECK(whole_, "a row is written that was not loaded");
        found = slots_.try_emplace(key).first;
    }
    Slot& slot = found->second;
    if (open_) undo_.push_back({key, slot});
    if (!slot.dirty) {
        slot.dirty = true;
        dirty_.push_back(key);
    }
    return slot;
}

void State::put(Row row) {
    const Key key = row_key(row);
    change(key).row = std::move(row);
}

void State::create(Row row) {
    const Key key = row_key(row);
    load(key, std::nullopt);
    HP_CHECK(!slots_.find(key)->second.row, "a new row is there already");
    put(std::move(row));
}

void State::erase(const Key& key) {
    change(key).row.reset();
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
        slots_.find(step->key)->second = std::move(step->before);
    }
    undo_.clear();
    std::erase_if(dirty_, [this](const Key& key) { return !slots_.find(key)->second.dirty; });
}

Changes State::take_changes() {
    HP_CHECK(!open_, "changes are taken between commands");
    std::sort(dirty_.begin(), dirty_.end());
    Changes changes;
    changes.upserts.reserve(dirty_.size());
    for (const Key& key : dirty_) {
        Slot& slot = slots_.find(key)->second;
        slot.dirty = false;
        if (slot.row) {
            changes.upserts.push_back(*slot.row);
        } else {
            changes.erases.push_back(key);
        }
    }
    dirty_.clear();
    return changes;
}

void State::trim(std::size_t most) {
    if (slots_.size() <= most) return;
    HP_CHECK(dirty_.empty() && !open_, "trim only after a commit");
    slots_.clear();
}

void State::clear() {
    slots_.clear();
    dirty_.clear();
    undo_.clear();
    open_ = false;
}

} // namespace handprint::market
