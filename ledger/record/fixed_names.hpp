#pragma once

#include "ledger/base/result.hpp"

#include <string>
#include <vector>

// The names that entry 0 of a log fixes for its life, section 9 of docs/ledger-format.md. The
// strings stand where they are used; a test finds every one of them in these lists.

namespace handprint::record {

/// Each list is sorted and has a name once.
struct FixedNames {
    std::vector<std::string> formats; // what a document calls itself in `format`
    std::vector<std::string> domains; // what stands before that which is hashed or signed
};

/// Those that this version hashes, signs and reads with.
[[nodiscard]] const FixedNames& fixed_names();

/// Which of the lists of a log is not that of this version.
struct ForeignNames {
    const char* field; // "formats" or "domains"
    std::string what;  // a sentence that names the first difference
};

/// Success for fixed_names() only.
[[nodiscard]] Result<void, ForeignNames> check_fixed_names(const FixedNames& of_log);

} // namespace handprint::record
