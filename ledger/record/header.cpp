#include "ledger/record/header.hpp"

#include "ledger/merkle/tree.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/json_writer.hpp"
#include "ledger/record/postings.hpp"

#include <array>

namespace handprint::record {

namespace {

constexpr std::array<std::string_view, 4> kAuthorities = {"actor", "agent", "clock", "anonymous"};
constexpr std::array<std::string_view, 5> kRoles = {
    "coop", "member", "requester", "delegate", "clock"
};

template <class Enum, std::size_t N>
Result<Enum> parse_name(const std::array<std::string_view, N>& names, std::string_view text) {
    for (std::size_t i = 0; i < N; ++i) {
        if (names[i] == text) return static_cast<Enum>(i);
    }
    return fail("unknown name \"" + std::string(text) + "\"");
}

Result<PartCommitment> parse_part(const Json& json, bool first) {
    Fields fields(json, "part");
    PartCommitment out;
    out.commit = fields.hash("commit");
    const auto role = parse_role(fields.string("role"));
    if (!role) {
        fields.refuse("unknown role");
    } else if ((*role == Role::coop) != first) {
        fields.refuse("the coop part is the first and only the first");
    } else {
        out.role = *role;
    }
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    return out;
}

} // namespace

std::string_view name(Authority authority) noexcept {
    return kAuthorities[static_cast<std::size_t>(authority)];
}

Result<Authority> parse_authority(std::string_view text) {
    return parse_name<Authority>(kAuthorities, text);
}

std::string_view name(Role role) noexcept {
    return kRoles[static_cast<std::size_t>(role)];
}

Result<Role> parse_role(std::string_view text) {
    return parse_name<Role>(kRoles, text);
}

std::string encode(const Header& header) {
    std::string out;
    out.reserve(512);
    JsonWriter writer(out);
    writer.begin_object();
    writer.key("authority").text(name(header.authority));
    writer.key("format").text(header.format);
    writer.key("kind").text(header.kind);
    writer.key("parts").begin_array();
    for (const PartCommitment& part : header.parts) {
        writer.begin_object();
        writer.key("commit").bytes(part.commit);
        writer.key("role").text(name(part.role));
        writer.end_object();
    }
    writer.end_array();
    writer.key("rules").natural(header.rules);
    writer.key("sums").begin_array();
    for (const books::ClassSum& sum : header.sums)
        write_sum(writer, sum);
    writer.end_array();
    writer.key("time").integer(header.time.ms);
    writer.end_object();
    return out;
}

Result<Header> parse_header_shape(std::string_view bytes) {
    const auto json = Json::parse(bytes, JsonMode::canonical, kMaxHeaderBytes);
    if (!json) return fail("header: " + describe(json.error()));
    Fields fields(*json, "header");
    Header out;
    const auto authority = parse_authority(fields.string("authority"));
    if (!authority) fields.refuse("unknown authority");
    out.format = fields.string("format");
    out.kind = fields.string("kind");
    for (const Json& item : fields.array("parts")) {
        const auto part = parse_part(item, out.parts.empty());
        if (!part) return unexpected(part.error());
        out.parts.push_back(*part);
    }
    if (out.parts.empty()) fields.refuse("no parts");
    out.rules = fields.natural("rules");
    for (const Json& item : fields.array("sums")) {
        const auto sum = sum_from_json(item);
        if (!sum) return unexpected(sum.error());
        out.sums.push_back(*sum);
    }
    out.time = Instant(fields.integer("time", 0));
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    out.authority = *authority;
    return out;
}

Result<void> check_header(const Header& header) {
    if (header.format != kEntryFormat) return fail("header: unknown format");
    return books::check_zero(header.sums);
}

Result<Header> parse_header(std::string_view bytes) {
    auto header = parse_header_shape(bytes);
    if (!header) return header;
    if (const auto done = check_header(*header); !done) return unexpected(done.error());
    return header;
}

Hash leaf_hash(std::string_view header_bytes) {
    return merkle::leaf_hash(as_bytes(header_bytes));
}

} // namespace handprint::record
