#pragma once

// The list of commitments of a distribution, made again from its entries: when it is published,
// when a payslip needs a place in one that is not, and when an audit compares.

#include "ledger/record/share_list.hpp"
#include "node/pipeline/log_files.hpp"
#include "node/store/store.hpp"

#include <string_view>

namespace handprint::pipeline {

using market::Int;

/// Whether a header is that of a distribution's seal.
[[nodiscard]] bool is_distribution_seal(std::string_view header);

struct MadeList {
    record::ShareList list;
    record::SharesSealed seal;
};

/// Of the distribution that is sealed at this index. About 80 microseconds for each share.
[[nodiscard]] Result<MadeList> make_share_list(store::Store& store, Int index);

/// The same from the published file, if there is one that this seal commits to: only hashing.
[[nodiscard]] Result<MadeList>
read_share_list(store::Store& store, const PublishedFiles& files, Int index);

} // namespace handprint::pipeline
