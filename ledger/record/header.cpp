#include "ledger/record/header.hpp"

#include "ledger/merkle/tree.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/json_scan.hpp"
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

/// What nearly every header is.
bool scan_header(std::string_view bytes, Header& out) {
    if (bytes.size() > kMaxHeaderBytes) return false;
    JsonScan scan(bytes);
    std::string_view authority;
    std::string_view format;
    std::string_view kind;
    std::int64_t time = 0;
    const auto part = [&] {
        std::string_view role;
        auto& commitment = out.parts.emplace_back();
        if (!scan.eat(R"({"commit":)") || !scan.hash(commitment.commit) || !scan.eat(R"(,"role":)")
            || !scan.string(role) || !scan.eat("}")) {
            return false;
        }
        const auto parsed = parse_role(role);
        if (!parsed || (*parsed == Role::coop) != (out.parts.size() == 1)) return false;
        commitment.role = *parsed;
        return true;
    };
    out.parts.reserve(2);
    const bool taken =
        scan.eat(R"({"authority":)") && scan.string(authority) && scan.eat(R"(,"format":)")
        && scan.string(format) && scan.eat(R"(,"kind":)") && scan.string(kind)
        && scan.eat(R"(,"parts":)") && scan.array(part) && scan.eat(R"(,"rules":)")
        && scan.natural(out.rules) && scan.eat(R"(,"sums":)") && scan.array([&] {
               auto sum = books::ClassSum{books::AccountClass{}, kUnreadCurrency, 0};
               if (!scan_sum(scan, sum)) return false;
               out.sums.push_back(sum);
               return true;
           })
        && scan.eat(R"(,"time":)") && scan.integer(time) && scan.eat("}") && scan.done();
    if (!taken || out.parts.empty() || time < 0) return false;
    const auto right = parse_authority(authority);
    if (!right) return false;
    out.authority = *right;
    out.format = format;
    out.kind = kind;
    out.time = Instant(time);
    return true;
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
    if (Header scanned; scan_header(bytes, scanned)) return scanned;
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
