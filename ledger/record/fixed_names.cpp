#include "ledger/record/fixed_names.hpp"

#include "ledger/books/pedersen.hpp"
#include "ledger/merkle/key_change.hpp"
#include "ledger/record/chain.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/payslip_file.hpp"
#include "ledger/record/promise.hpp"
#include "ledger/record/share_list.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>

namespace handprint::record {

namespace {

constexpr std::array kFormats = {
    kShareListFormat,
    kEntryFormat,
    kPayslipFormat,
    kPromiseFormat,
};

constexpr std::array kDomains = {
    kCommandType,
    kPromiseType,
    kSessionType,
    books::kBlindDomain,
    kChainDomain,
    kCommitDomain,
    merkle::kKeyChangeDomain,
    books::kGeneratorDomain,
    kShareDomain,
    kTermsDomain,
};

constexpr bool in_order(const auto& names) {
    return std::ranges::adjacent_find(names, std::ranges::greater_equal{}) == names.end();
}

static_assert(in_order(kFormats) && in_order(kDomains));

Result<void, ForeignNames> check(
    const char* field, const std::vector<std::string>& given, const std::vector<std::string>& known
) {
    if (given == known) return {};
    const auto missing_in = [](const auto& names) {
        return [&names](const std::string& name) { return std::ranges::count(names, name) == 0; };
    };
    if (const auto foreign = std::ranges::find_if(given, missing_in(known)); foreign != given.end())
        return unexpected(ForeignNames{field, "This version does not know " + *foreign + '.'});
    if (const auto absent = std::ranges::find_if(known, missing_in(given)); absent != known.end())
        return unexpected(ForeignNames{field, *absent + " is missing."});
    return unexpected(ForeignNames{field, "The names are sorted, each once."});
}

} // namespace

const FixedNames& fixed_names() {
    static const FixedNames names{
        {kFormats.begin(), kFormats.end()}, {kDomains.begin(), kDomains.end()}
    };
    return names;
}

Result<void, ForeignNames> check_fixed_names(const FixedNames& of_log) {
    if (auto ok = check("formats", of_log.formats, fixed_names().formats); !ok) return ok;
    return check("domains", of_log.domains, fixed_names().domains);
}

} // namespace handprint::record
