#pragma once

#include "node/market/rows.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace handprint::matching {

using market::Int;

/// Gives each text a small number, so that rows about the same domain or language meet cheaply.
class Names {
public:
    static constexpr int unknown = -1;

    int add(const std::string& text);
    [[nodiscard]] int find(const std::string& text) const;

    [[nodiscard]] const std::string& text(int name) const {
        return texts_[static_cast<std::size_t>(name)];
    }

private:
    std::unordered_map<std::string, int> numbers_;
    std::vector<std::string> texts_;
};

/// What matching knows of a member. All of it comes from rows that the member's own entries made.
struct Person {
    struct Skill {
        int domain = 0;
        Int level = 0;
    };

    struct History {
        int domain = 0;
        Int accepted = 0;
    };

    struct Earned {
        std::uint32_t batch = 0, accepted = 0;
    };

    bool enrolled = false;
    std::vector<int> languages; // in the order of the row, each once
    std::vector<Skill> skills;
    std::vector<History> history; // accepted answers by domain
    std::vector<Earned> earned;   // by batch, closed ones too: makes feeding a row twice harmless
    std::vector<Int> engaged; // open batches where the member answered or holds something; sorted
    std::vector<Int> holding; // open batches with a lease; sorted

    [[nodiscard]] Int level(int domain) const;
    [[nodiscard]] bool has_skill(int domain) const;
    [[nodiscard]] bool speaks(int language) const;
    [[nodiscard]] Int accepted(int domain) const;
    [[nodiscard]] bool is_engaged(Int batch) const;
};

/// All members. Reading is safe from many threads, writing from one alone.
class People {
public:
    /// Nothing for one who is not enrolled.
    [[nodiscard]] const Person* find(Int member) const;

    [[nodiscard]] Int count() const noexcept { return count_; }

    [[nodiscard]] Int speakers(int language) const;

    void enrol(Int member, const std::vector<int>& languages);
    void skill(Int member, int domain, Int level);
    /// The member's accepted answers in a batch, ever. Returns by how many more than before.
    Int earned(Int member, Int batch, Int accepted);
    [[nodiscard]] Int accepted_in(Int member, Int batch) const;
    void add_history(Int member, int domain, Int more);
    void engage(Int member, Int batch);
    void hold(Int member, Int batch, bool holds);
    /// Forgets all that concerns the batch but what was earned.
    void leave(Int member, Int batch);

private:
    std::unordered_map<Int, Person> people_; // some are known by a row before they are enrolled
    std::vector<Int> speakers_;              // by language
    Int count_ = 0;
};

} // namespace handprint::matching
