#pragma once

#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/proof_file.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/payslip_file.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::record {

/// One entry with the parts its reader may open, section 14: a .tlog-proof whose leaf is the header
/// and whose extra line holds header and parts.
struct Receipt {
    std::string header;
    std::vector<OpenedPart> parts;
    std::uint64_t index = 0;
    std::vector<Hash> proof; // leaf's sibling first
    std::string checkpoint;  // signed note

    bool operator==(const Receipt&) const = default;
};

/// Failure if the checkpoint is not a note or the proof is too long.
[[nodiscard]] Result<std::string> encode(const Receipt& receipt);

/// Failure unless it is a .tlog-proof whose extra is canonical and of the shape of section 14.
/// Checks nothing else.
[[nodiscard]] Result<Receipt> parse_receipt(std::string_view file);

struct ReceiptVerdict {
    bool ok = false;
    /// Empty if ok, else, in this order: malformed; the reasons of the checkpoint (see
    /// merkle::Reason); entry_not_included; header_wrong; part_not_committed; promise_invalid,
    /// promise_broken.
    std::string reason;
    std::string detail;
    std::optional<Receipt> receipt;
    std::optional<Header> header;
    merkle::CheckpointVerdict checkpoint;
    std::uint64_t promises = 0;             // about this entry, and kept
    std::optional<std::size_t> bad_promise; // of those given, the one that was not
};

[[nodiscard]] ReceiptVerdict verify_receipt(std::string_view file, const merkle::Policy& policy);

/// The same with what the reader was promised about this entry. Nothing in a receipt says who signs
/// promises: the key is the reader's own knowledge, as the policy is.
[[nodiscard]] ReceiptVerdict verify_receipt(
    std::string_view file,
    const merkle::Policy& policy,
    std::span<const std::string> promises,
    const PublicKey& promise_key
);

} // namespace handprint::record
