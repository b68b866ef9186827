#include "ledger/record/fixed_names.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace handprint::record {

namespace {

/// The field and the sentence; empty if the log is one of this version.
std::string said_of(const FixedNames& names) {
    const auto ok = check_fixed_names(names);
    return ok ? "" : std::string(ok.error().field) + ": " + ok.error().what;
}

} // namespace

TEST_CASE("a log has the names of this version, in order, and no others") {
    const FixedNames ours = fixed_names();
    CHECK(said_of(ours).empty());
    auto names = ours;
    std::ranges::replace(names.domains, "handprint/commit/v1", "handprint/commit/v2");
    CHECK(said_of(names) == "domains: This version does not know handprint/commit/v2.");
    names = ours;
    std::erase(names.formats, "handprint/entry/v1");
    CHECK(said_of(names) == "formats: handprint/entry/v1 is missing.");
    names = ours;
    names.formats.push_back("handprint/receipt/v1");
    CHECK(said_of(names) == "formats: This version does not know handprint/receipt/v1.");
    names = ours;
    std::ranges::reverse(names.domains);
    CHECK(said_of(names) == "domains: The names are sorted, each once.");
    names = ours;
    names.domains.push_back(names.domains.back());
    CHECK(said_of(names) == "domains: The names are sorted, each once.");
    CHECK(said_of({}) == "formats: handprint/distribution/v1 is missing.");
}

} // namespace handprint::record
