#include "node/matching/lines.hpp"
#include "node/matching/open_work.hpp"
#include "node/matching/wording.hpp"

#include <algorithm>

namespace handprint::matching {

namespace {

// How near work is: an open test is the shortest way, a language the longest. Kept in the skill
// part, which a list of missing things has no other use for.
constexpr Int near_test = 200;
constexpr Int near_skill = 100;
constexpr Int per_missing_level = 20;

/// Batches looked at for a test that the member has not taken yet.
constexpr int most_tests = 4;

} // namespace

/// The open test with the lowest level that is enough, in any of the member's languages.
const Group* OpenWork::test_for(const Person& person, int domain, Int level) const {
    const Group* best = nullptr;
    for (const int language : person.languages) {
        const Shelf* shelf = shelves_.find(language, domain);
        if (shelf == nullptr) continue;
        for (const Group& group : shelf->groups) {
            if (!group.place.test || group.place.level < level) continue;
            if (best == nullptr || group.place.level < best->place.level) best = &group;
        }
    }
    return best;
}

/// Work in the member's languages that asks for more skill, then work that the member has the skill
/// for in other languages; bounded as in lines_for().
std::vector<Line>
OpenWork::lines_missing(const Asker& who, const Person& person, Int now, std::uint64_t seed) const {
    std::vector<Line> lines;
    const auto add = [&](const Group& group, Int near) {
        lines.push_back(line(person, group.place, now));
        lines.back().shared = {};
        lines.back().shared.skill = near;
        lines.back().batches = &group.batches;
    };
    const auto each = [&](const Shelves::List& shelves, auto&& look) {
        if (shelves.empty()) return;
        const auto start = static_cast<std::size_t>(mix(seed, who.member, -1) % shelves.size());
        const std::size_t count = std::min(shelves.size(), most_other_domains);
        for (std::size_t i = 0; i < count; ++i)
            look(*shelves[(start + i) % shelves.size()]);
    };
    for (const int language : person.languages) {
        each(shelves_.in_language(language), [&](const Shelf& shelf) {
            const Int have = person.level(shelf.domain);
            for (const Group& group : shelf.groups) {
                const Int asked = group.place.level;
                if (group.place.test || have >= asked) continue;
                const bool test = test_for(person, shelf.domain, asked) != nullptr;
                add(group, (test ? near_test : near_skill) - per_missing_level * (asked - have));
            }
        });
    }
    for (const Person::Skill& skill : person.skills) {
        each(shelves_.in_domain(skill.domain), [&](const Shelf& shelf) {
            if (person.speaks(shelf.language)) return;
            for (const Group& group : shelf.groups) {
                if (!group.place.test && skill.level >= group.place.level) add(group, 0);
            }
        });
    }
    return lines;
}

std::vector<Nearly>
OpenWork::nearly(const Asker& who, Int now, std::uint64_t seed, std::size_t limit) const {
    const Person* person = people_.find(who.member);
    limit = std::min(limit, most_offers);
    if (person == nullptr || limit == 0) return {};
    const auto lines = lines_missing(who, *person, now, seed);
    std::vector<Nearly> list;
    for (Merge merge(lines); !merge.done() && list.size() < limit; merge.next()) {
        const Line& line = merge.line();
        // A batch stands on one shelf, which belongs to one line; its lots come best paid first.
        const Int batch = merge.paid().batch;
        if (std::any_of(list.begin(), list.end(), [&](const auto& n) { return n.batch == batch; }))
            continue;
        list.push_back(
            say_missing(who, *person, now, {merge.paid(), line.place, line.have, {}, false})
        );
    }
    return list;
}

Nearly
OpenWork::say_missing(const Asker& who, const Person& person, Int now, const Considered& c) const {
    const Place& place = *c.place;
    Nearly item;
    item.batch = c.paid.batch;
    item.pay_per_hour = c.paid.pay;
    item.domain = domains_.text(place.domain);
    item.language = languages_.text(place.language);
    item.asked = place.level;
    item.have = c.have;
    if (!person.speaks(place.language)) {
        item.missing = wording::missing_language(item.language);
        return item;
    }
    const wording::Subject domain{item.domain, taxonomy_.in_words(item.domain)};
    const Group* tests = test_for(person, place.domain, place.level);
    if (tests == nullptr) {
        item.missing = wording::no_test(domain, item.asked);
        return item;
    }
    // Whoever passed one of them has the skill and does not come here.
    Ranked::Cursor cursor(tests->batches);
    for (int i = 0; i < most_tests && !cursor.done(); ++i, cursor.next()) {
        const Int batch = cursor.get().batch;
        if (!has_left(person, who.member, cursor.get(), now)) {
            // What was graded is paid in the same entry.
            if (item.graded == market::never && people_.accepted_in(who.member, batch) > 0)
                item.graded = batch;
            continue;
        }
        item.test = batch;
        item.graded = market::never;
        item.missing = wording::take_test(domain, tests->place.level);
        return item;
    }
    item.missing = item.graded != market::never
                       ? wording::test_not_passed(domain, tests->place.level)
                       : wording::test_taken(domain, tests->place.level);
    return item;
}

} // namespace handprint::matching
