#include "ledger/merkle/tree.hpp"
#include "ledger/record/payslip_check.hpp"
#include "ledger/record/share_list.hpp"

#include <set>

namespace handprint::record {

namespace {

/// A line of kind share, and the entry it is in.
struct ShareLine {
    const Line* line = nullptr;
    std::uint64_t index = 0;
};

std::vector<ShareLine> share_lines(const ReadPayslip& slip) {
    std::vector<ShareLine> out;
    for (const ReadEntry& entry : slip.entries) {
        for (const Line& line : entry.part.lines) {
            if (line.what == LineKind::share) out.push_back({&line, entry.proven->index});
        }
    }
    return out;
}

PayslipCheck check_pairs(const ReadPayslip& slip, const std::vector<ShareLine>& lines) {
    const auto differ = [](const std::string& what) { return PayslipFault{"shares_differ", what}; };
    if (slip.shares.size() != lines.size()) {
        return differ(
            std::to_string(lines.size()) + " lines and " + std::to_string(slip.shares.size())
            + " shares"
        );
    }
    std::set<std::uint64_t> distributions;
    for (const auto& [line, index] : lines) {
        if (!line->distribution || !line->position || !line->blind || line->amount < 0) {
            return differ("the line of entry " + std::to_string(index) + " opens nothing");
        }
        if (!distributions.insert(*line->distribution).second) {
            return differ("two of distribution " + std::to_string(*line->distribution));
        }
    }
    return {};
}

PayslipCheck check_share(
    const ReadPayslip& slip,
    const ReadShare& share,
    const ShareLine& at,
    const merkle::Checkpoint& checkpoint
) {
    const ProvenShare& proven = *share.proven;
    const Line& line = *at.line;
    if (auto complaint = not_included(proven.index, share.leaf, proven.proof, checkpoint)) {
        return PayslipFault{"seal_not_included", std::move(*complaint)};
    }
    const auto seal = read_seal(share.header, proven.coop, share.coop);
    if (!seal) return PayslipFault{"seal_not_a_seal", seal.error().what};
    const bool between = at.index < proven.index && proven.index < slip.closing.proven->index;
    if (!between || seal->distribution != *line.distribution || seal->currency != line.currency) {
        return PayslipFault{"seal_not_a_seal", "of another distribution"};
    }
    const auto not_committed = [](std::string what) {
        return PayslipFault{"share_not_committed", std::move(what)};
    };
    const Scalar blind{*line.blind};
    if (!is_canonical(blind)) return not_committed("the blind is not below L");
    if (line.amount > seal->pool) return not_committed("it is more than the pool");
    const ListedShare listed =
        list_share({*line.distribution, slip.payslip->member, line.amount, blind});
    const auto included = merkle::verify_inclusion(
        *line.position, seal->count, merkle::leaf_hash(leaf_bytes(listed)), proven.list, seal->root
    );
    if (included) return {};
    return not_committed(std::string(merkle::reason_text(included.error().reason)));
}

} // namespace

PayslipCheck check_shares(const ReadPayslip& slip, const merkle::Checkpoint& checkpoint) {
    const std::vector<ShareLine> lines = share_lines(slip);
    if (auto fault = check_pairs(slip, lines)) return fault;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (auto fault = check_share(slip, slip.shares[i], lines[i], checkpoint)) return fault;
    }
    return {};
}

} // namespace handprint::record
