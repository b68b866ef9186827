#include "node/market/party_keys.hpp"

#include "node/market/lists.hpp"

#include <algorithm>

namespace handprint::market {

namespace {

/// `f` changes a copy of the party's row.
template <class F>
void change(State& state, const std::string& party, F&& f) {
    (void)with_holder(party, [&]<class R>(std::type_identity<R>, Int number) {
        auto row = state.get<R>(number);
        f(row);
        state.put(row);
    });
}

void end_row(State& state, const std::string& key, Int index) {
    auto row = state.get<KeyRow>(key);
    row.revoked = index;
    state.put(row);
}

std::string sorted(std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    return join(keys);
}

} // namespace

std::optional<Holder> holder_of(const State& state, std::string_view party) {
    std::optional<Holder> holder;
    (void)with_holder(party, [&]<class R>(std::type_identity<R>, Int number) {
        if (const auto* row = state.find<R>(number)) holder = {row->valid_keys, row->answered};
    });
    return holder;
}

std::string
first_keys(State& state, const std::string& party, const std::vector<NamedKey>& keys, Int index) {
    std::vector<std::string> texts;
    for (const NamedKey& key : keys) {
        state.put(KeyRow{key.key, party, key.role, index, never});
        texts.push_back(key.key);
    }
    return sorted(std::move(texts));
}

void add_key(State& state, const std::string& party, const NamedKey& key, Int index) {
    state.put(KeyRow{key.key, party, key.role, index, never});
    change(state, party, [&](auto& row) {
        auto keys = split_words(row.valid_keys);
        keys.push_back(key.key);
        row.valid_keys = sorted(std::move(keys));
    });
}

void end_key(State& state, const std::string& party, const std::string& key, Int index) {
    end_row(state, key, index);
    change(state, party, [&](auto& row) {
        auto keys = split_words(row.valid_keys);
        std::erase(keys, key);
        row.valid_keys = join(keys);
    });
}

void replace_keys(State& state, const std::string& party, const std::string& key, Int index) {
    change(state, party, [&](auto& row) {
        for (const auto& old : split_words(row.valid_keys))
            end_row(state, old, index);
        row.valid_keys = key;
    });
    state.put(KeyRow{key, party, "device", index, never});
}

void answer_proposals(State& state, const std::string& party, Int index) {
    change(state, party, [index](auto& row) { row.answered = index; });
}

} // namespace handprint::market
