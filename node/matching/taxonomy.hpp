#pragma once

// The domains of knowledge that work and skills are sorted by, as plain data: whoever reads them
// from a file hands them in. Immutable after build(); safe to share between threads.

#include "ledger/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace handprint::matching {

struct Domain {
    std::string id;     // "law/contracts"
    std::string parent; // "law"; empty at the top
    std::string label;  // "Contracts"
};

class Taxonomy {
public:
    Taxonomy() = default; // knows no domain; every domain goes by its id

    /// Failure if an id is empty or comes twice, or a parent does not come before its child.
    [[nodiscard]] static Result<Taxonomy> build(std::vector<Domain> domains);

    [[nodiscard]] const std::vector<Domain>& domains() const noexcept { return domains_; }

    [[nodiscard]] const Domain* find(std::string_view id) const;
    /// The domain in the middle of a sentence: "contracts". Its id if it is not known.
    [[nodiscard]] std::string in_words(std::string_view id) const;

private:
    std::vector<Domain> domains_; // parents before children
    std::unordered_map<std::string, std::size_t> places_;
};

/// Whether a skill in one domain serves for work in another. A level was shown in one domain, so it
/// serves there alone: the same rule as that of a claim.
[[nodiscard]] constexpr bool covers(std::string_view skill, std::string_view asked) noexcept {
    return skill == asked;
}

} // namespace handprint::matching
