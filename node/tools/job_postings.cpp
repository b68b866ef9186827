#include "node/tools/job_postings.hpp"

#include "ledger/base/decimal.hpp"

namespace handprint::tools {

namespace {

/// "bank/main" and "fee/coop" are the cooperative's; "payable/m:7" is somebody's.
bool is_shared(const std::string& account) {
    return account.find(':') == std::string::npos;
}

std::string class_of(const std::string& account) {
    return account.substr(0, account.find('/'));
}

struct Posting {
    std::string account, currency;
    std::int64_t amount = 0;
};

Result<Posting> read_posting(const record::Json& json) {
    const auto wrong = fail("a posting is account, currency and amount");
    if (json.as_array() == nullptr || json.items().size() != 3) return wrong;
    for (const auto& one : json.items()) {
        if (one.as_string() == nullptr) return wrong;
    }
    const auto amount = parse_i64(json.items()[2].text());
    if (!amount) return wrong;
    return Posting{json.items()[0].text(), json.items()[1].text(), *amount};
}

} // namespace

Result<void> JobPostings::take(const record::Json& coop) {
    Sums shared, mine;
    std::int64_t moved = 0; // by this job's accounts
    bool others = false;
    const record::Json* postings = coop.find("postings");
    if (postings == nullptr || postings->as_array() == nullptr) return fail("no list of postings");
    for (const auto& posting : postings->items()) {
        const auto read = read_posting(posting);
        if (!read) return unexpected(read.error());
        const auto& [account, currency, amount] = *read;
        if (currency != currency_) continue;
        all_[class_of(account)] += amount;
        if (own_.contains(account)) {
            mine[class_of(account)] += amount;
            moved += amount;
        } else if (is_shared(account)) {
            shared[class_of(account)] += amount;
        } else {
            others = true;
        }
    }
    if (mine.empty()) return {};
    for (const auto& [name, amount] : mine)
        job_[name] += amount;
    if (!others) {
        for (const auto& [name, amount] : shared)
            job_[name] += amount;
    } else if (moved != 0) {
        // One transfer of the bank for many: this job's part of it is what its accounts moved.
        if (shared.size() != 1) return fail("money goes between this job and another");
        job_[shared.begin()->first] -= moved;
    }
    return {};
}

} // namespace handprint::tools
