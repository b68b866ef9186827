#include "ledger/record/payslip.hpp"

#include "ledger/record/payslip_check.hpp"

#include <utility>

namespace handprint::record {

namespace {

PayslipCheck check_checkpoint(const Payslip& payslip, const merkle::CheckpointVerdict& judged) {
    if (!judged.accepted()) {
        const merkle::Rejection& first = judged.errors.front();
        return PayslipFault{std::string(merkle::reason_text(first.reason)), first.detail};
    }
    if (judged.checkpoint->origin != payslip.log) {
        return PayslipFault{"wrong_log", "the checkpoint is of " + judged.checkpoint->origin};
    }
    return {};
}

/// Everything after the file and its texts are read.
PayslipCheck check_all(
    ReadPayslip& slip,
    const merkle::Policy& policy,
    std::span<const std::string> promises,
    PayslipVerdict& verdict
) {
    auto judged = merkle::verify_checkpoint(slip.payslip->checkpoint, policy);
    if (auto fault = check_checkpoint(*slip.payslip, judged)) return fault;
    const merkle::Checkpoint& checkpoint = *judged.checkpoint;
    verdict.size = checkpoint.size;
    verdict.witnesses = std::move(judged.witnesses);

    if (auto fault = check_closes(slip, checkpoint)) return fault;
    verdict.period = slip.closing.event.period;
    if (auto fault = check_entries(slip, checkpoint)) return fault;
    if (auto fault = check_chain(slip)) return fault;
    if (auto fault = check_signatures(slip, verdict)) return fault;
    if (auto fault = check_balances(slip, verdict)) return fault;
    if (auto fault = check_shares(slip, checkpoint)) return fault;
    return check_promises(slip, promises, verdict);
}

} // namespace

PayslipVerdict verify_payslip(
    std::string_view file, const merkle::Policy& policy, std::span<const std::string> promises
) {
    PayslipVerdict verdict;
    const auto refuse = [&](std::string reason, std::string detail) {
        verdict.reason = std::move(reason);
        verdict.detail = std::move(detail);
        return verdict;
    };
    const auto payslip = parse_payslip(file);
    if (!payslip) return refuse("malformed", payslip.error().what);
    verdict.log = payslip->log;
    verdict.member = payslip->member;
    auto slip = read_payslip(*payslip);
    if (!slip) return refuse("malformed", slip.error().what);
    verdict.entries = slip->entries.size();
    for (const ReadEntry& entry : slip->entries)
        verdict.lines += entry.part.lines.size();
    if (auto fault = check_all(*slip, policy, promises, verdict)) {
        return refuse(std::move(fault->reason), std::move(fault->detail));
    }
    verdict.ok = true;
    return verdict;
}

} // namespace handprint::record
