#include "node/matching/shelves.hpp"

#include <algorithm>
#include <tuple>

namespace handprint::matching {

std::uint64_t Shelves::key(int language, int domain) {
    return static_cast<std::uint64_t>(language) << 32U | static_cast<std::uint32_t>(domain);
}

const Shelves::List& Shelves::listed(const Lists& lists, int name) {
    static const List none;
    const auto found = lists.find(name);
    return found == lists.end() ? none : found->second;
}

const Shelf* Shelves::find(int language, int domain) const {
    const auto found = shelves_.find(key(language, domain));
    return found == shelves_.end() ? nullptr : &found->second;
}

bool Shelves::before(const Place& a, const Place& b) const {
    return std::tie(a.test, a.level, currencies_.text(a.currency))
           < std::tie(b.test, b.level, currencies_.text(b.currency));
}

void Shelves::list(Lists& lists, int name, const Shelf& shelf, bool wanted) {
    List& all = lists[name];
    const auto earlier = [this](const Shelf* a, const Shelf* b) {
        return std::tie(domains_.text(a->domain), languages_.text(a->language))
               < std::tie(domains_.text(b->domain), languages_.text(b->language));
    };
    const auto place = std::lower_bound(all.begin(), all.end(), &shelf, earlier);
    const bool there = place != all.end() && *place == &shelf;
    if (wanted && !there) all.insert(place, &shelf);
    if (!wanted && there) all.erase(place);
    if (all.empty()) lists.erase(name);
}

void Shelves::put(const Place& place, Paid batch) {
    Shelf& shelf = shelves_[key(place.language, place.domain)];
    shelf.language = place.language;
    shelf.domain = place.domain;
    const auto at = std::lower_bound(
        shelf.groups.begin(),
        shelf.groups.end(),
        place,
        [this](const Group& group, const Place& p) { return before(group.place, p); }
    );
    if (at != shelf.groups.end() && at->place == place) {
        at->batches.insert(batch);
        return;
    }
    Group group{place, {}};
    group.batches.insert(batch);
    shelf.groups.insert(at, std::move(group));
    shelf.for_anyone += place.needs_no_skill() ? 1U : 0U;
    list(by_language_, place.language, shelf, true);
    list(by_domain_, place.domain, shelf, true);
    if (shelf.for_anyone > 0) list(for_anyone_, place.language, shelf, true);
}

void Shelves::take(const Place& place, Paid batch) {
    const auto found = shelves_.find(key(place.language, place.domain));
    if (found == shelves_.end()) return;
    Shelf& shelf = found->second;
    const auto group = std::find_if(shelf.groups.begin(), shelf.groups.end(), [&](const Group& g) {
        return g.place == place;
    });
    if (group == shelf.groups.end()) return;
    group->batches.erase(batch);
    if (group->batches.size() > 0) return;
    shelf.groups.erase(group);
    shelf.for_anyone -= place.needs_no_skill() ? 1U : 0U;
    if (shelf.for_anyone == 0) list(for_anyone_, place.language, shelf, false);
    if (!shelf.groups.empty()) return;
    list(by_language_, place.language, shelf, false);
    list(by_domain_, place.domain, shelf, false);
    shelves_.erase(found);
}

void Shelves::clear() {
    by_language_.clear();
    for_anyone_.clear();
    by_domain_.clear();
    shelves_.clear();
}

} // namespace handprint::matching
