#pragma once

#include "node/market/command.hpp"

namespace handprint::market_test {

/// A batch that any requester may make. 2.505 shillings for a task: rounding matters.
[[nodiscard]] inline market::CreateBatch sample_batch(market::Int project, const Hash& external) {
    market::CreateBatch batch;
    batch.accept_ms = 60'000;
    batch.bundle_max = 4;
    batch.currency = "KES";
    batch.domain = "text";
    batch.estimate_s = 30;
    batch.external = external;
    batch.language = "en";
    batch.lease_ms = 600'000;
    batch.overlap = 2;
    batch.price_micros = 2'505'000;
    batch.project = project;
    return batch;
}

} // namespace handprint::market_test
