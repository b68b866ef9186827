#pragma once

// Inside node/matching: makes reasons, each with its plain English sentence.

#include "node/market/rows.hpp"
#include "node/matching/reason.hpp"

#include <string>

namespace handprint::matching::wording {

using market::Int;

/// A domain by its id and as in_words() has it.
struct Subject {
    std::string id, words;
};

/// "You have health information at level 2"
[[nodiscard]] Reason skill(const Subject& domain, Int have, Int asked);
/// "Takes a test for contracts level 1; pays whether you pass or not"
[[nodiscard]] Reason test(const Subject& domain, Int gives);
/// "About 2 minutes each; 420 KES an hour"
[[nodiscard]] Reason pay(Int estimate_s, Int pay_per_hour, const std::string& currency);
/// "Is in sw, which 2 of 10 members speak"
[[nodiscard]] Reason rare_language(const std::string& language, Int speakers, Int members);
[[nodiscard]] Reason history(const Subject& domain, Int accepted);
[[nodiscard]] Reason in_hand(Int tasks);
[[nodiscard]] Reason new_here();
[[nodiscard]] Reason hazard(Int hazard_class);
[[nodiscard]] Reason draw();

/// "Take the paid test for contracts level 1"
[[nodiscard]] Reason take_test(const Subject& domain, Int level);
[[nodiscard]] Reason test_taken(const Subject& domain, Int level);
[[nodiscard]] Reason test_not_passed(const Subject& domain, Int level);
[[nodiscard]] Reason no_test(const Subject& domain, Int level);
[[nodiscard]] Reason missing_language(const std::string& language);

/// "420 KES", "420.50 KES"
[[nodiscard]] std::string amount(Int minor, const std::string& currency);

} // namespace handprint::matching::wording
