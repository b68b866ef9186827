#include "ledger/record/entry.hpp"
#include "ledger/record/payslip_check.hpp"

namespace handprint::record {

namespace {

Result<ReadClose> read_close(const ProvenClose& close, const char* which) {
    const auto blame = [&](const std::string& what) {
        return fail(std::string(which) + ": " + what);
    };
    ReadClose out;
    out.proven = &close;
    auto header = parse_header_shape(close.header);
    if (!header) return blame(header.error().what);
    out.header = std::move(*header);
    out.leaf = leaf_hash(close.header);
    auto coop = Json::parse(close.coop.bytes, JsonMode::canonical, kMaxEntryBytes);
    if (!coop) return blame("coop part: " + describe(coop.error()));
    out.coop = std::move(*coop);
    if (close.position) {
        auto position = parse_position(close.position->opening.bytes);
        if (!position) return blame(position.error().what);
        out.position = std::move(*position);
    }
    return out;
}

Result<ReadEntry> read_entry(const ProvenEntry& entry) {
    auto header = parse_header_shape(entry.header);
    if (!header) return unexpected(header.error());
    auto part = parse_member_part(entry.part.opening.bytes);
    if (!part) return unexpected(part.error());
    return ReadEntry{&entry, std::move(*header), leaf_hash(entry.header), std::move(*part)};
}

Result<ReadShare> read_share(const ProvenShare& share) {
    ReadShare out;
    out.proven = &share;
    auto header = parse_header_shape(share.header);
    if (!header) return unexpected(header.error());
    out.header = std::move(*header);
    out.leaf = leaf_hash(share.header);
    auto coop = Json::parse(share.coop.bytes, JsonMode::canonical, kMaxEntryBytes);
    if (!coop) return fail("coop part: " + describe(coop.error()));
    out.coop = std::move(*coop);
    return out;
}

} // namespace

Position ReadPayslip::start() const {
    if (opening && opening->position) return *opening->position;
    return {};
}

Result<ReadPayslip> read_payslip(const Payslip& payslip) {
    ReadPayslip out;
    out.payslip = &payslip;
    auto closing = read_close(payslip.closing, "closing");
    if (!closing) return unexpected(closing.error());
    out.closing = std::move(*closing);
    if (payslip.opening) {
        auto opening = read_close(*payslip.opening, "opening");
        if (!opening) return unexpected(opening.error());
        out.opening = std::move(*opening);
    }
    out.entries.reserve(payslip.entries.size());
    for (const ProvenEntry& entry : payslip.entries) {
        auto read = read_entry(entry);
        if (!read)
            return fail("entry " + std::to_string(out.entries.size()) + ": " + read.error().what);
        out.entries.push_back(std::move(*read));
    }
    for (const ProvenShare& share : payslip.shares) {
        auto read = read_share(share);
        if (!read)
            return fail("share " + std::to_string(out.shares.size()) + ": " + read.error().what);
        out.shares.push_back(std::move(*read));
    }
    return out;
}

std::string name_of(const ReadPayslip& slip, std::size_t entry) {
    return "entry " + std::to_string(entry) + " (index "
           + std::to_string(slip.entries.at(entry).proven->index) + ")";
}

} // namespace handprint::record
