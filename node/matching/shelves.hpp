#pragma once

#include "node/matching/people.hpp"
#include "node/matching/ranked.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace handprint::matching {

/// Where a batch stands: everything that decides who may take it and how its pay compares.
struct Place {
    int language = 0, domain = 0, currency = 0;
    bool test = false;
    Int level = 0; // asked for (0: open to all), or given by a test

    /// Whether members without any skill in the domain may take it.
    [[nodiscard]] bool needs_no_skill() const { return test || level == 0; }

    bool operator==(const Place&) const = default;
};

/// Batches alike in all of Place, best paid first.
struct Group {
    Place place;
    Ranked batches;
};

/// All groups of one language and domain.
struct Shelf {
    int language = 0, domain = 0;
    std::vector<Group> groups;  // none empty; work before tests, then by level and currency
    std::size_t for_anyone = 0; // groups that need no skill
};

/// The open batches that have a free slot, by language and domain. Lists are in the order of names,
/// never of arrival: the same rows give the same offers, whatever order they came in. Reading is
/// safe from many threads, writing from one alone.
class Shelves {
public:
    using List = std::vector<const Shelf*>;

    /// The names belong to the caller and outlive this.
    Shelves(const Names& languages, const Names& domains, const Names& currencies)
        : languages_(languages), domains_(domains), currencies_(currencies) {}

    void put(const Place& place, Paid batch);
    void take(const Place& place, Paid batch);
    void clear();

    [[nodiscard]] const Shelf* find(int language, int domain) const;

    [[nodiscard]] const List& in_language(int language) const {
        return listed(by_language_, language);
    }

    /// Those that have tests or work for members without a skill.
    [[nodiscard]] const List& for_anyone_in_language(int language) const {
        return listed(for_anyone_, language);
    }

    [[nodiscard]] const List& in_domain(int domain) const { return listed(by_domain_, domain); }

private:
    using Lists = std::unordered_map<int, List>;

    [[nodiscard]] static std::uint64_t key(int language, int domain);
    [[nodiscard]] static const List& listed(const Lists& lists, int name);
    [[nodiscard]] bool before(const Place& a, const Place& b) const;
    void list(Lists& lists, int name, const Shelf& shelf, bool wanted);

    const Names& languages_;
    const Names& domains_;
    const Names& currencies_;
    std::unordered_map<std::uint64_t, Shelf> shelves_; // none empty
    Lists by_language_, for_anyone_, by_domain_;
};

} // namespace handprint::matching
