#include "node/matching/ranked.hpp"

#include "ledger/base/check.hpp"

#include <algorithm>

namespace handprint::matching {

namespace {

constexpr std::size_t most_in_block = 512;

} // namespace

/// The first block that does not end before the entry; the last one if all do.
std::size_t Ranked::block_for(const Paid& entry) const {
    const auto found = std::lower_bound(
        blocks_.begin(),
        blocks_.end(),
        entry,
        [](const std::vector<Paid>& block, const Paid& e) { return block.back() < e; }
    );
    const auto index = static_cast<std::size_t>(found - blocks_.begin());
    return index == blocks_.size() && index > 0 ? index - 1 : index;
}

void Ranked::insert(Paid entry) {
    if (blocks_.empty()) {
        blocks_.push_back({entry});
        size_ = 1;
        return;
    }
    const std::size_t index = block_for(entry);
    auto& block = blocks_[index];
    const auto place = std::lower_bound(block.begin(), block.end(), entry);
    if (place != block.end() && *place == entry) return;
    block.insert(place, entry);
    ++size_;
    if (block.size() <= most_in_block) return;
    const auto middle = block.begin() + static_cast<std::ptrdiff_t>(block.size() / 2);
    std::vector<Paid> tail(middle, block.end());
    block.erase(middle, block.end());
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(tail));
}

void Ranked::erase(Paid entry) {
    if (blocks_.empty()) return;
    const std::size_t index = block_for(entry);
    auto& block = blocks_[index];
    const auto place = std::lower_bound(block.begin(), block.end(), entry);
    if (place == block.end() || *place != entry) return;
    block.erase(place);
    --size_;
    if (block.empty()) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(index));
}

const Paid& Ranked::at(std::size_t rank) const {
    HP_CHECK(rank < size_, "a rank is below the size");
    std::size_t index = 0;
    while (rank >= blocks_[index].size())
        rank -= blocks_[index++].size();
    return blocks_[index][rank];
}

} // namespace handprint::matching
