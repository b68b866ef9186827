#include "ledger/record/chain.hpp"
#include "ledger/record/payslip_check.hpp"

namespace handprint::record {

namespace {

PayslipCheck check_counters(const ReadPayslip& slip) {
    std::uint64_t counter = slip.start().chain.counter;
    for (std::size_t i = 0; i < slip.entries.size(); ++i) {
        const ReadEntry& entry = slip.entries[i];
        ++counter;
        const auto gap = [&](const std::string& what) {
            return PayslipFault{"chain_gap", name_of(slip, i) + ": " + what};
        };
        if (entry.part.member != slip.payslip->member) {
            return gap("of member " + std::to_string(entry.part.member));
        }
        if (entry.part.counter != counter) {
            return gap(
                "counter " + std::to_string(entry.part.counter) + " where "
                + std::to_string(counter) + " is due"
            );
        }
        // A second registration would give the member keys that none of their own vouches for.
        if ((counter == 1) != (entry.header.kind == "enrol_member")) {
            return gap("the first entry, and no other, is the registration");
        }
    }
    const std::uint64_t last = slip.closing.position->chain.counter;
    if (counter == last) return {};
    return PayslipFault{
        "chain_gap",
        "ends at " + std::to_string(counter) + ", the close says " + std::to_string(last)
    };
}

} // namespace

PayslipCheck check_chain(const ReadPayslip& slip) {
    if (auto fault = check_counters(slip)) return fault;
    ChainHead head = slip.start().chain;
    for (std::size_t i = 0; i < slip.entries.size(); ++i) {
        const ReadEntry& entry = slip.entries[i];
        if (entry.part.previous != head.hash) {
            return PayslipFault{"chain_broken", name_of(slip, i) + ": another head before it"};
        }
        head = extend(slip.payslip->member, head, entry.leaf);
    }
    if (head.hash == slip.closing.position->chain.hash) return {};
    return PayslipFault{"chain_broken", "the close says another head"};
}

} // namespace handprint::record
