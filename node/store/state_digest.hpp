#pragma once

#include "ledger/base/crypto.hpp"
#include "node/store/row_codec.hpp"

#include <string_view>

namespace handprint::store {

/// SHA-256 over "handprint/state/v1" and every fold row in (table, key) order, each as append_row()
/// writes it. All drivers use it, so equal states have equal digests whoever stores them.
class StateDigest {
public:
    StateDigest() { sha_.update(as_bytes(std::string_view("handprint/state/v1"))); }

    template <class R>
    void add(const R& row) {
        static_assert(market::is_fold_row<R>, "operational rows are no function of the entries");
        row_.clear();
        append_row(row_, row);
        sha_.update(row_);
    }

    [[nodiscard]] Hash finish() { return sha_.finish(); }

private:
    Sha256 sha_;
    Bytes row_; // kept for its memory
};

} // namespace handprint::store
