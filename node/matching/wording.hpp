#pragma once

// Inside node/matching: the plain English sentences of reasons. Domains come as in_words() has
// them.

#include "node/market/rows.hpp"

#include <string>

namespace handprint::matching::wording {

using market::Int;

/// "You have health information at level 2"
[[nodiscard]] std::string skill(const std::string& domain, Int have, Int asked);
/// "Takes a test for contracts level 1; pays whether you pass or not"
[[nodiscard]] std::string test(const std::string& domain, Int gives);
/// "About 2 minutes each; 420 KES an hour"
[[nodiscard]] std::string pay(Int estimate_s, Int pay_per_hour, const std::string& currency);
/// "Is in sw, which 2 of 10 members speak"
[[nodiscard]] std::string rare_language(const std::string& language, Int speakers, Int members);
[[nodiscard]] std::string history(const std::string& domain, Int accepted);
[[nodiscard]] std::string in_hand(Int tasks);
[[nodiscard]] std::string hazard(Int hazard_class);

/// "Take the paid test for contracts level 1"
[[nodiscard]] std::string take_test(const std::string& domain, Int level);
[[nodiscard]] std::string test_taken(const std::string& domain, Int level);
[[nodiscard]] std::string no_test(const std::string& domain, Int level);
[[nodiscard]] std::string missing_language(const std::string& language);

/// "420 KES", "420.50 KES"
[[nodiscard]] std::string amount(Int minor, const std::string& currency);

} // namespace handprint::matching::wording
