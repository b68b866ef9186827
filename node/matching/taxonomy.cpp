#include "node/matching/taxonomy.hpp"

#include <utility>

namespace handprint::matching {

Result<Taxonomy> Taxonomy::build(std::vector<Domain> domains) {
    Taxonomy made;
    for (std::size_t i = 0; i < domains.size(); ++i) {
        const Domain& domain = domains[i];
        if (domain.id.empty()) return fail("taxonomy: a domain has no id");
        // Parents first also rules out circles.
        if (!domain.parent.empty() && !made.places_.contains(domain.parent)) {
            return fail("taxonomy: the parent of " + domain.id + " does not come before it");
        }
        if (!made.places_.emplace(domain.id, i).second) {
            return fail("taxonomy: " + domain.id + " comes twice");
        }
    }
    made.domains_ = std::move(domains);
    return made;
}

const Domain* Taxonomy::find(std::string_view id) const {
    const auto found = places_.find(std::string(id));
    return found == places_.end() ? nullptr : &domains_[found->second];
}

std::string Taxonomy::in_words(std::string_view id) const {
    const Domain* domain = find(id);
    if (domain == nullptr || domain->label.empty()) return std::string(id);
    std::string words = domain->label;
    if (words[0] >= 'A' && words[0] <= 'Z') words[0] = static_cast<char>(words[0] - 'A' + 'a');
    return words;
}

} // namespace handprint::matching
