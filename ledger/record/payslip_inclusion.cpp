#include "ledger/merkle/tree.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/payslip_check.hpp"

#include <utility>

namespace handprint::record {

std::optional<std::string> not_included(
    std::uint64_t index,
    const Hash& leaf,
    const std::vector<Hash>& proof,
    const merkle::Checkpoint& checkpoint
) {
    const auto included =
        merkle::verify_inclusion(index, checkpoint.size, leaf, proof, checkpoint.root);
    if (included) return {};
    return "index " + std::to_string(index) + ": "
           + std::string(merkle::reason_text(included.error().reason));
}

namespace {

/// What is wrong, or nothing.
using Complaint = std::optional<std::string>;

/// Fills the event in.
Complaint not_a_close(ReadClose& close) {
    if (close.header.kind != "close_period") return "its kind is " + close.header.kind;
    const Opening& coop = close.proven->coop;
    if (!opens(close.header, 0, coop.salt, coop.bytes)) return "the coop part opens nothing";
    const Json* events = close.coop.find("events");
    const Json::Array* items = events == nullptr ? nullptr : events->as_array();
    if (items == nullptr || items->size() != 1) return "not exactly one event";
    auto event = period_closed_from_json(items->front());
    if (!event) return event.error().what;
    close.event = *event;
    return {};
}

/// The position is there.
Complaint wrong_position(const ReadClose& close, std::uint64_t member) {
    const ProvenPosition& proven = close.proven->position.value();
    const Position& position = close.position.value();
    const Hash leaf = merkle::leaf_hash(commit(proven.opening.salt, proven.opening.bytes));
    const auto included =
        merkle::verify_inclusion(member, close.event.count, leaf, proven.proof, close.event.root);
    if (!included) return std::string(merkle::reason_text(included.error().reason));
    if (position.member != member) return "of member " + std::to_string(position.member);
    if (position.period != close.event.period) {
        return "of period " + std::to_string(position.period);
    }
    return {};
}

PayslipCheck because(std::string reason, Complaint complaint) {
    if (!complaint) return {};
    return PayslipFault{std::move(reason), std::move(*complaint)};
}

Complaint wrong_opening_position(const ReadPayslip& slip) {
    const ReadClose& opening = *slip.opening;
    const std::uint64_t member = slip.payslip->member;
    const bool known = opening.event.count > member;
    if (known != opening.position.has_value()) {
        return "the close knows " + std::to_string(opening.event.count) + " members";
    }
    if (known) {
        if (auto complaint = wrong_position(opening, member)) return complaint;
    }
    if (opening.event.period + 1 != slip.closing.event.period) {
        return "closes period " + std::to_string(opening.event.period);
    }
    return {};
}

PayslipCheck check_closing(ReadPayslip& slip, const merkle::Checkpoint& checkpoint) {
    ReadClose& closing = slip.closing;
    const ProvenClose& proven = *closing.proven;
    if (auto complaint = not_included(proven.index, closing.leaf, proven.proof, checkpoint)) {
        return because("closing_not_included", std::move(complaint));
    }
    if (auto complaint = not_a_close(closing)) {
        return because("closing_not_a_close", std::move(complaint));
    }
    if (!closing.position) return PayslipFault{"closing_position_wrong", "no position"};
    return because("closing_position_wrong", wrong_position(closing, slip.payslip->member));
}

} // namespace

PayslipCheck check_closes(ReadPayslip& slip, const merkle::Checkpoint& checkpoint) {
    if (auto fault = check_closing(slip, checkpoint)) return fault;
    const std::int64_t previous = slip.closing.event.previous;
    if (slip.opening.has_value() != (previous != -1)) {
        return PayslipFault{"opening_missing", "the close before is " + std::to_string(previous)};
    }
    if (!slip.opening) return {};
    ReadClose& opening = *slip.opening;
    const ProvenClose& proven = *opening.proven;
    if (std::cmp_not_equal(proven.index, previous)) {
        return PayslipFault{"opening_missing", "the close before is " + std::to_string(previous)};
    }
    if (auto complaint = not_included(proven.index, opening.leaf, proven.proof, checkpoint)) {
        return because("opening_not_included", std::move(complaint));
    }
    if (auto complaint = not_a_close(opening)) {
        return because("opening_not_a_close", std::move(complaint));
    }
    return because("opening_position_wrong", wrong_opening_position(slip));
}

namespace {

PayslipCheck check_range(const ReadPayslip& slip) {
    std::int64_t last = slip.closing.event.previous;
    for (std::size_t i = 0; i < slip.entries.size(); ++i) {
        const std::uint64_t index = slip.entries[i].proven->index;
        if (std::cmp_less_equal(index, last) || index >= slip.closing.proven->index) {
            return PayslipFault{"entry_out_of_range", name_of(slip, i)};
        }
        last = static_cast<std::int64_t>(index);
    }
    return {};
}

PayslipCheck check_headers(const ReadPayslip& slip) {
    const auto judge = [](const Header& header, const std::string& whose) -> PayslipCheck {
        const auto good = check_header(header);
        if (good) return {};
        return PayslipFault{"header_wrong", whose + ": " + good.error().what};
    };
    if (auto fault = judge(slip.closing.header, "closing")) return fault;
    if (slip.opening) {
        if (auto fault = judge(slip.opening->header, "opening")) return fault;
    }
    for (std::size_t i = 0; i < slip.entries.size(); ++i) {
        if (auto fault = judge(slip.entries[i].header, name_of(slip, i))) return fault;
    }
    return {};
}

} // namespace

PayslipCheck check_entries(const ReadPayslip& slip, const merkle::Checkpoint& checkpoint) {
    for (std::size_t i = 0; i < slip.entries.size(); ++i) {
        const ReadEntry& entry = slip.entries[i];
        const ProvenEntry& proven = *entry.proven;
        if (auto complaint = not_included(proven.index, entry.leaf, proven.proof, checkpoint)) {
            return PayslipFault{"entry_not_included", name_of(slip, i) + ": " + *complaint};
        }
    }
    if (auto fault = check_range(slip)) return fault;
    if (auto fault = check_headers(slip)) return fault;
    for (std::size_t i = 0; i < slip.entries.size(); ++i) {
        const ReadEntry& entry = slip.entries[i];
        const OpenedPart& part = entry.proven->part;
        const bool opened = opens(entry.header, part.number, part.opening.salt, part.opening.bytes);
        if (!opened || entry.header.parts[part.number].role != Role::member) {
            return PayslipFault{"part_not_committed", name_of(slip, i)};
        }
    }
    return {};
}

} // namespace handprint::record
