#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::record {

inline constexpr std::string_view kPayslipFormat = "handprint/payslip/v1";
inline constexpr std::size_t kMaxPayslipBytes = 64U << 20U;

/// Bytes with the salt that opens their commitment.
struct Opening {
    std::string bytes;
    Salt salt{};

    bool operator==(const Opening&) const = default;
};

/// A part of an entry, by its place in header.parts.
struct OpenedPart {
    Opening opening;
    std::uint64_t number = 0;

    bool operator==(const OpenedPart&) const = default;
};

/// A member's position in the list of a close, with its inclusion proof (leaf's sibling first).
struct ProvenPosition {
    Opening opening;
    std::vector<Hash> proof;

    bool operator==(const ProvenPosition&) const = default;
};

/// An entry of kind close_period and what a payslip shows of it.
struct ProvenClose {
    Opening coop;
    std::string header;
    std::uint64_t index = 0;
    std::optional<ProvenPosition> position;
    std::vector<Hash> proof; // in the tree of the checkpoint

    bool operator==(const ProvenClose&) const = default;
};

/// An entry that extends the member's chain.
struct ProvenEntry {
    std::string header;
    std::uint64_t index = 0;
    OpenedPart part;
    std::vector<Hash> proof; // in the tree of the checkpoint

    bool operator==(const ProvenEntry&) const = default;
};

/// The seal of a distribution and where it shows the member's share: one for each line of a share.
struct ProvenShare {
    Opening coop;
    std::string header;
    std::uint64_t index = 0;
    std::vector<Hash> list;  // in the list of the distribution
    std::vector<Hash> proof; // in the tree of the checkpoint

    bool operator==(const ProvenShare&) const = default;
};

/// A payslip as section 13 writes it, proofs spelt out. Nothing in here is checked.
struct Payslip {
    std::string checkpoint; // signed note
    ProvenClose closing;
    std::vector<ProvenEntry> entries;
    std::string log;
    std::uint64_t member = 0;
    std::optional<ProvenClose> opening;
    std::vector<ProvenShare> shares; // in the order of their lines

    bool operator==(const Payslip&) const = default;
};

/// The file, in canonical form; hashes that several proofs share are written once, in `nodes`.
[[nodiscard]] std::string encode(const Payslip& payslip);

/// Any JSON layout of the shape of section 13. Failure also for a `ref` out of range or a format
/// string that is not kPayslipFormat.
[[nodiscard]] Result<Payslip> parse_payslip(std::string_view file);

[[nodiscard]] Json to_json(const OpenedPart& part);
[[nodiscard]] Result<OpenedPart> opened_part_from_json(const Json& json);

} // namespace handprint::record
