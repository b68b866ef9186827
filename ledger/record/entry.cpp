#include "ledger/record/entry.hpp"

#include <utility>

namespace handprint::record {

namespace {

Result<void> check_size(std::string_view header_bytes, std::span<const Part> parts) {
    if (header_bytes.size() > kMaxHeaderBytes) return fail("entry: the header is too large");
    std::size_t total = header_bytes.size();
    for (const Part& part : parts) {
        if (part.bytes.size() > kMaxEntryBytes) return fail("entry: a part is too large");
        total += part.bytes.size();
    }
    if (total > kMaxEntryBytes) return fail("entry: larger than 65,536 bytes");
    return {};
}

Result<void> check_roles(std::span<const Part> parts) {
    if (parts.empty()) return fail("entry: no parts");
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if ((parts[i].role == Role::coop) != (i == 0)) {
            return fail("entry: the coop part is the first and only the first");
        }
    }
    return {};
}

} // namespace

Result<Entry> build_entry(
    const EntryFacts& facts, std::span<const books::Posting> postings, std::vector<Part> parts
) {
    if (auto done = check_roles(parts); !done) return unexpected(done.error());
    if (auto done = books::check_zero(postings); !done) return unexpected(done.error());
    auto sums = books::class_sums(postings);
    if (!sums) return unexpected(sums.error());

    Entry out;
    out.header.authority = facts.authority;
    out.header.kind = facts.kind;
    out.header.rules = facts.rules;
    out.header.sums = std::move(*sums);
    out.header.time = facts.time;
    out.header.parts.reserve(parts.size());
    for (const Part& part : parts)
        out.header.parts.push_back({part.role, commit(part.salt, part.bytes)});
    out.header_bytes = encode(out.header);
    if (auto done = check_size(out.header_bytes, parts); !done) return unexpected(done.error());
    out.leaf = leaf_hash(out.header_bytes);
    out.parts = std::move(parts);
    return out;
}

Result<Entry> parse_entry(std::string header_bytes, std::vector<Part> parts) {
    if (auto done = check_size(header_bytes, parts); !done) return unexpected(done.error());
    auto header = parse_header(header_bytes);
    if (!header) return unexpected(header.error());
    if (parts.size() != header->parts.size()) return fail("entry: a part is missing");
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool same = parts[i].role == header->parts[i].role;
        if (!same || !opens(*header, i, parts[i].salt, parts[i].bytes)) {
            return fail("entry: part " + std::to_string(i) + " is not the one committed to");
        }
    }
    const Hash leaf = leaf_hash(header_bytes);
    return Entry{std::move(*header), std::move(header_bytes), leaf, std::move(parts)};
}

bool opens(const Header& header, std::uint64_t number, const Salt& salt, std::string_view bytes) {
    return number < header.parts.size() && header.parts[number].commit == commit(salt, bytes);
}

} // namespace handprint::record
