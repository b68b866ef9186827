#pragma once

#include "node/store/store.hpp"

namespace handprint::store {

/// What a batch promises by itself: `next` follows `expected`, entries have the indices in between,
/// parts belong to them, blob ids follow one another. Breaking it is a bug of the
/// writer, so it aborts; what depends on what is stored is an Outcome.
void check_shape(const Batch& batch);

/// Whether a batch that expects `expected` may be written on top of `stored`. The frontier is a
/// function of the entries below the root and is not compared.
[[nodiscard]] bool continues(const Head& stored, const Head& expected);

} // namespace handprint::store
