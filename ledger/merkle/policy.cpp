#include "ledger/merkle/policy.hpp"

#include "ledger/base/check.hpp"

#include <algorithm>

namespace handprint::merkle {

bool Policy::names_log(const VerifierKey& key) const noexcept {
    return std::ranges::find(logs_, key, &PolicyLog::key) != logs_.end();
}

bool Policy::quorum_met(const std::vector<bool>& cosigned) const {
    HP_CHECK(cosigned.size() == witnesses_.size(), "one answer for each witness");
    std::vector<bool> met; // by group
    const auto counts = [&](const PolicyMember& member) {
        return member.kind == PolicyMember::Kind::witness ? cosigned[member.index]
                                                          : met[member.index];
    };
    for (const PolicyGroup& group : groups_) {
        const auto count = std::ranges::count_if(group.members, counts);
        met.push_back(static_cast<std::size_t>(count) >= group.threshold);
    }
    return std::ranges::all_of(quorum_, counts);
}

} // namespace handprint::merkle
