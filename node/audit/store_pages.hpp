#pragma once

#include "node/store/store.hpp"

#include <span>
#include <vector>

namespace handprint::audit {

using store::Int;

/// Blobs and parts lie in the order in which they are asked for, so they are read by the page. For
/// one thread. A Failure is one of the store.
class StorePages {
public:
    /// `size` is that of the log.
    StorePages(store::Store& store, Int size) : store_(store), size_(size) {}

    /// Null if there is none; good until the next call.
    [[nodiscard]] Result<const store::BlobRecord*> blob(Int id);
    /// Those of one entry; good until the next call.
    [[nodiscard]] Result<std::span<const store::PartRecord>> parts(Int index);

private:
    store::Store& store_;
    Int size_;
    std::vector<store::BlobRecord> blobs_;
    std::vector<store::PartRecord> parts_; // of the entries [parts_from_, parts_to_)
    Int parts_from_ = 0, parts_to_ = 0;
};

} // namespace handprint::audit
