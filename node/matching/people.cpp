#include "node/matching/people.hpp"

#include <algorithm>
#include <utility>

namespace handprint::matching {

namespace {

void insert_sorted(std::vector<Int>& numbers, Int number) {
    const auto place = std::lower_bound(numbers.begin(), numbers.end(), number);
    if (place == numbers.end() || *place != number) numbers.insert(place, number);
}

void erase_sorted(std::vector<Int>& numbers, Int number) {
    const auto place = std::lower_bound(numbers.begin(), numbers.end(), number);
    if (place != numbers.end() && *place == number) numbers.erase(place);
}

template <class Earned>
auto earned_place(Earned& earned, Int batch) {
    return std::lower_bound(earned.begin(), earned.end(), batch, [](const auto& e, Int wanted) {
        return std::cmp_less(e.batch, wanted);
    });
}

} // namespace

int Names::add(const std::string& text) {
    const auto [found, is_new] = numbers_.emplace(text, static_cast<int>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return found->second;
}

int Names::find(const std::string& text) const {
    const auto found = numbers_.find(text);
    return found == numbers_.end() ? unknown : found->second;
}

Int Person::level(int domain) const {
    for (const Skill& skill : skills) {
        if (skill.domain == domain) return skill.level;
    }
    return 0;
}

bool Person::has_skill(int domain) const {
    return std::any_of(skills.begin(), skills.end(), [domain](const Skill& s) {
        return s.domain == domain;
    });
}

bool Person::speaks(int language) const {
    return std::find(languages.begin(), languages.end(), language) != languages.end();
}

Int Person::accepted(int domain) const {
    for (const History& entry : history) {
        if (entry.domain == domain) return entry.accepted;
    }
    return 0;
}

bool Person::is_engaged(Int batch) const {
    return std::binary_search(engaged.begin(), engaged.end(), batch);
}

const Person* People::find(Int member) const {
    const auto found = people_.find(member);
    return found == people_.end() || !found->second.enrolled ? nullptr : &found->second;
}

Int People::speakers(int language) const {
    const auto place = static_cast<std::size_t>(language);
    return place < speakers_.size() ? speakers_[place] : 0;
}

void People::enrol(Int member, const std::vector<int>& languages) {
    std::vector<int> once;
    for (const int language : languages) {
        if (std::find(once.begin(), once.end(), language) == once.end()) once.push_back(language);
    }
    Person& person = people_[member];
    if (person.enrolled && person.languages == once) return; // a change of keys or of the chain
    if (!person.enrolled) ++count_;
    person.enrolled = true;
    for (const int language : person.languages)
        --speakers_[static_cast<std::size_t>(language)];
    for (const int language : once) {
        const auto place = static_cast<std::size_t>(language);
        if (place >= speakers_.size()) speakers_.resize(place + 1);
        ++speakers_[place];
    }
    person.languages = std::move(once);
}

void People::skill(Int member, int domain, Int level) {
    Person& person = people_[member];
    for (auto& skill : person.skills) {
        if (skill.domain == domain) {
            skill.level = level;
            return;
        }
    }
    person.skills.push_back({domain, level});
}

Int People::earned(Int member, Int batch, Int accepted) {
    auto& earned = people_[member].earned;
    auto place = earned_place(earned, batch);
    if (place == earned.end() || std::cmp_not_equal(place->batch, batch)) {
        place = earned.insert(place, {static_cast<std::uint32_t>(batch), 0});
    }
    const Int more = accepted - Int{place->accepted};
    place->accepted = static_cast<std::uint32_t>(accepted);
    return more;
}

Int People::accepted_in(Int member, Int batch) const {
    const auto found = people_.find(member);
    if (found == people_.end()) return 0;
    const auto place = earned_place(found->second.earned, batch);
    const bool there = place != found->second.earned.end() && std::cmp_equal(place->batch, batch);
    return there ? Int{place->accepted} : 0;
}

void People::add_history(Int member, int domain, Int more) {
    auto& history = people_[member].history;
    for (auto& entry : history) {
        if (entry.domain == domain) {
            entry.accepted += more;
            return;
        }
    }
    history.push_back({domain, more});
}

void People::engage(Int member, Int batch) {
    insert_sorted(people_[member].engaged, batch);
}

void People::hold(Int member, Int batch, bool holds) {
    auto& holding = people_[member].holding;
    if (holds) {
        insert_sorted(holding, batch);
    } else {
        erase_sorted(holding, batch);
    }
}

void People::leave(Int member, Int batch) {
    Person& person = people_[member];
    erase_sorted(person.engaged, batch);
    erase_sorted(person.holding, batch);
}

} // namespace handprint::matching
