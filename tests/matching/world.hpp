#pragma once

// A small marketplace for tests: rows as the store would hold them, the index fed with each change,
// and the real decide_claim to hold the index against.

#include "node/market/decide.hpp"
#include "node/market/key.hpp"
#include "node/matching/open_work.hpp"

#include <map>
#include <string>
#include <vector>

namespace handprint::matching_tests {

using market::Int;

/// What the tests vary of a batch.
struct Terms {
    std::string domain = "law/contracts";
    std::string language = "en";
    Int tasks = 10, overlap = 1;
    Int pay = 40'000; // minor units an hour, for a task of one minute
    Int level = 1;
    Int gives = 0; // a test if not 0
    std::string currency = "KES";
    Int hazard = 0;
};

class World {
public:
    explicit World(matching::Taxonomy taxonomy = {}) : index(std::move(taxonomy)) {}

    void put(market::Row row); // stores and feeds
    void enrol(Int member, const std::string& languages);
    void skill(Int member, const std::string& domain, Int level);
    void floor(const std::string& currency, Int minor);
    Int publish(const Terms& terms); // gives the batch
    void close(Int batch);
    /// Asks the real rules; what they give is held from now on.
    std::vector<Int> claim(Int member, Int batch, std::vector<Int> candidates, Int count = 50);
    void hold(Int member, Int batch, Int until, const std::vector<Int>& tasks);
    void submit(Int member, Int batch, Int task); // takes the task out of the member's hand
    void accept(Int member, Int batch, Int task);

    /// What decide_claim says when any task would do.
    Result<market::ClaimAnswer, market::Refusal> decide(Int member, Int batch) const;
    Result<market::ClaimAnswer, market::Refusal>
    decide(Int member, Int batch, const std::vector<Int>& candidates, Int count) const;
    std::vector<matching::Offer>
    offers(Int member, std::uint64_t seed = 1, std::size_t limit = 100);
    std::vector<Int> candidates(Int batch, Int member, std::size_t most, std::uint64_t seed = 1);
    std::vector<Int> all_tasks(Int batch) const;

    template <class R, class... Parts>
    const R* find(const Parts&... parts) const {
        const auto found = rows.find(market::key_of<R>(parts...));
        return found == rows.end() ? nullptr : &std::get<R>(found->second);
    }

    matching::OpenWork index;
    std::map<market::Key, market::Row> rows;
    std::map<std::pair<Int, Int>, market::ClaimRow> held; // member, batch
    market::ClaimBook claims;
    Int now = 1'000'000;
    Int batches = 0;
    static constexpr Int lease_ms = 60'000;
};

/// Batches of a list, in its order.
std::vector<Int> batches_of(const std::vector<matching::Offer>& offers);
const matching::Reason* reason(const matching::Offer& offer, std::string_view code);

} // namespace handprint::matching_tests
