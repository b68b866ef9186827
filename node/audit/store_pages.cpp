#include "node/audit/store_pages.hpp"

#include <algorithm>

namespace handprint::audit {

namespace {

struct ByIndex {
    bool operator()(const store::PartRecord& part, Int index) const { return part.index < index; }

    bool operator()(Int index, const store::PartRecord& part) const { return index < part.index; }
};

} // namespace

Result<const store::BlobRecord*> StorePages::blob(Int id) {
    constexpr std::size_t page = 64;
    const auto find = [&] {
        const auto at =
            std::lower_bound(blobs_.begin(), blobs_.end(), id, [](const auto& b, Int n) {
                return b.id < n;
            });
        return at != blobs_.end() && at->id == id ? &*at : nullptr;
    };
    if (const auto* known = find()) return known;
    auto read = store_.blobs(id, page);
    if (!read) return unexpected(read.error());
    blobs_ = std::move(*read);
    return find();
}

Result<std::span<const store::PartRecord>> StorePages::parts(Int index) {
    constexpr Int page = 128;
    if (index < 0 || index >= size_) return std::span<const store::PartRecord>{};
    if (index < parts_from_ || index >= parts_to_) {
        auto read = store_.parts_between(index, index + page);
        if (!read) return unexpected(read.error());
        parts_ = std::move(*read);
        parts_from_ = index;
        parts_to_ = index + page;
    }
    const auto at = std::equal_range(parts_.begin(), parts_.end(), index, ByIndex{});
    return std::span<const store::PartRecord>(at.first, at.second);
}

} // namespace handprint::audit
