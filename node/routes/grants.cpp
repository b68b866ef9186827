#include "node/routes/grants.hpp"

#include "node/market/lists.hpp"

#include <algorithm>
#include <mutex>
#include <tuple>
#include <utility>

namespace handprint::routes {

void Grants::row(const market::Row& row) {
    const auto* told = std::get_if<market::GrantRow>(&row);
    if (told == nullptr) return;
    const std::unique_lock lock(mutex_);
    grants_[told->grant] = *told;
    auto& mine = unrevoked_[told->requester];
    const auto at = std::lower_bound(mine.begin(), mine.end(), told->grant);
    const bool there = at != mine.end() && *at == told->grant;
    if (there && told->revoked != market::never) mine.erase(at);
    if (!there && told->revoked == market::never) mine.insert(at, told->grant);
}

std::optional<market::GrantRow> Grants::find(Int grant) const {
    const std::shared_lock lock(mutex_);
    const auto at = grants_.find(grant);
    if (at == grants_.end()) return std::nullopt;
    return at->second;
}

std::vector<market::GrantRow> Grants::unrevoked(Int requester) const {
    const std::shared_lock lock(mutex_);
    std::vector<market::GrantRow> out;
    const auto mine = unrevoked_.find(requester);
    if (mine == unrevoked_.end()) return out;
    for (const Int number : mine->second)
        out.push_back(grants_.at(number));
    return out;
}

std::vector<market::GrantRow> Grants::live(Int requester, std::string_view kind, Int now) const {
    auto out = unrevoked(requester);
    std::erase_if(out, [now](const market::GrantRow& grant) { return !is_live(grant, now); });
    const auto rank = [kind](const market::GrantRow& grant) {
        const bool covers = kind.empty() || market::has_word(grant.kinds, kind);
        return std::tuple(!covers, !grant.batches.empty(), -grant.grant);
    };
    std::sort(out.begin(), out.end(), [&rank](const auto& a, const auto& b) {
        return rank(a) < rank(b);
    });
    return out;
}

} // namespace handprint::routes
