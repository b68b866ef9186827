#include "node/tools/expected_money.hpp"

#include <algorithm>
#include <vector>

namespace handprint::tools {

namespace {

__extension__ using Wide = __int128;

std::int64_t ceiling(Wide a, Wide b) {
    return static_cast<std::int64_t>((a + b - 1) / b);
}

std::int64_t part_of(std::int64_t amount, std::int64_t bps) {
    return static_cast<std::int64_t>(static_cast<Wide>(amount) * bps / 10'000);
}

/// Largest remainders; names in order settle ties.
void share_out(
    std::int64_t pool, const std::map<std::string, std::int64_t>& tasks, ExpectedMoney& out
) {
    struct Claim {
        std::string name;
        Wide remainder;
    };

    std::int64_t all = 0;
    for (const auto& [name, count] : tasks)
        all += count;
    std::int64_t given = 0;
    std::vector<Claim> claims;
    for (const auto& [name, count] : tasks) {
        const Wide product = static_cast<Wide>(pool) * count;
        out.shares[name] = static_cast<std::int64_t>(product / all);
        given += out.shares[name];
        claims.push_back({name, product % all});
    }
    std::stable_sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
        return a.remainder > b.remainder;
    });
    for (std::size_t i = 0; given < pool; ++i, ++given)
        ++out.shares[claims[i].name];
}

} // namespace

ExpectedMoney expected_money(
    std::string_view csv, const MoneyTerms& terms, const std::map<std::string, bool>* wanted
) {
    ExpectedMoney out;
    std::map<std::string, std::int64_t> tasks;
    std::size_t at = csv.find('\n');
    while (at != std::string_view::npos && at + 1 < csv.size()) {
        const std::size_t start = at + 1;
        at = csv.find('\n', start);
        const std::string_view line = csv.substr(start, std::min(at, csv.size()) - start);
        const std::size_t first = line.find(',');
        const std::size_t second = line.find(',', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) continue;
        if (wanted != nullptr && !wanted->contains(std::string(line.substr(0, first)))) continue;
        ++tasks[std::string(line.substr(first + 1, second - first - 1))];
        ++out.judgments;
    }
    if (out.judgments == 0) return out;
    for (const auto& [name, count] : tasks) {
        out.wages[name] =
            ceiling(static_cast<Wide>(count) * terms.price_micros, terms.micros_per_minor);
        out.wage_total += out.wages[name];
    }
    const Wide labour = static_cast<Wide>(out.judgments) * terms.price_micros;
    out.fee = ceiling(labour * terms.fee_bps, static_cast<Wide>(10'000) * terms.micros_per_minor);
    out.operations = part_of(terms.income, terms.operations_bps);
    out.transition = part_of(terms.income, terms.transition_bps);
    out.reserve = part_of(terms.income, terms.reserve_bps);
    out.share_total = terms.income - out.operations - out.transition - out.reserve;
    share_out(out.share_total, tasks, out);
    return out;
}

} // namespace handprint::tools
