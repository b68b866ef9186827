#include "ledger/record/member_part.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/fields.hpp"

#include <algorithm>
#include <array>

namespace handprint::record {

namespace {

constexpr std::array<std::string_view, 6> kLineKinds = {
    "payout", "returned", "settled", "share", "top_up", "wage"
};
static_assert(std::ranges::is_sorted(kLineKinds));

Json line_to_json(const Line& line) {
    Json out;
    out.set("account", name(line.account));
    out.set("amount", amount_to_json(line.amount));
    if (line.batch) out.set("batch", *line.batch);
    if (line.blind) out.set("blind", to_json(*line.blind));
    out.set("currency", line.currency.text());
    if (line.distribution) out.set("distribution", *line.distribution);
    if (line.payout) out.set("payout", *line.payout);
    if (line.position) out.set("position", *line.position);
    if (line.task) out.set("task", *line.task);
    out.set("what", name(line.what));
    return out;
}

std::optional<std::uint64_t> optional_natural(Fields& fields, std::string_view key) {
    if (!fields.has(key)) return std::nullopt;
    return fields.natural(key);
}

Result<Line> line_from_json(const Json& json) {
    Fields fields(json, "line");
    const auto account = books::parse_account_class(fields.string("account"));
    if (!account) fields.refuse(account.error().what);
    const std::int64_t amount = fields.amount("amount");
    const auto currency = Currency::parse(fields.string("currency"));
    if (!currency) fields.refuse("\"currency\" is not a currency");
    const auto what = parse_line_kind(fields.string("what"));
    if (!what) fields.refuse("\"what\" is unknown");
    const auto batch = optional_natural(fields, "batch");
    const auto task = optional_natural(fields, "task");
    const auto distribution = optional_natural(fields, "distribution");
    const auto payout = optional_natural(fields, "payout");
    const auto position = optional_natural(fields, "position");
    std::optional<Hash> blind;
    if (fields.has("blind")) blind = fields.hash("blind");
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    return Line{
        *account, amount, *currency, *what, batch, task, distribution, payout, position, blind
    };
}

void read_chain(Fields& fields, MemberPart& out) {
    Fields chain(fields.any("chain"), "chain");
    out.counter = static_cast<std::uint64_t>(chain.integer("counter", 1));
    out.member = chain.natural("member");
    out.previous = chain.hash("previous");
    if (const auto done = chain.finish(); !done) fields.refuse(done.error().what);
}

} // namespace

std::string_view name(LineKind kind) noexcept {
    return kLineKinds[static_cast<std::size_t>(kind)];
}

Result<LineKind> parse_line_kind(std::string_view text) {
    const auto at = std::ranges::find(kLineKinds, text);
    if (at == kLineKinds.end()) return fail("no such kind of line");
    return static_cast<LineKind>(at - kLineKinds.begin());
}

std::string encode(const MemberPart& part) {
    return encode(part, part.evidence.encode());
}

std::string encode(const MemberPart& part, std::string_view evidence) {
    Json::Array lines;
    lines.reserve(part.lines.size());
    for (const Line& line : part.lines)
        lines.push_back(line_to_json(line));
    Json chain;
    chain.set("counter", part.counter);
    chain.set("member", part.member);
    chain.set("previous", to_json(part.previous));
    std::string out = "{";
    out.reserve(evidence.size() + 512);
    if (part.answers) {
        out += R"("answers":)";
        part.answers->encode_to(out);
        out += ',';
    }
    out += R"("chain":)";
    chain.encode_to(out);
    out.append(R"(,"evidence":)").append(evidence);
    if (part.keys) {
        out += R"(,"keys":)";
        keys_to_json(*part.keys).encode_to(out);
    }
    out += R"(,"lines":)";
    Json(std::move(lines)).encode_to(out);
    return out += '}';
}

Result<MemberPart> parse_member_part(std::string_view bytes) {
    const auto json = Json::parse(bytes, JsonMode::canonical, kMaxEntryBytes);
    if (!json) return fail("member part: " + describe(json.error()));
    Fields fields(*json, "member part");
    MemberPart out;
    read_chain(fields, out);
    out.evidence = fields.any("evidence");
    if (!out.evidence.is_null() && out.evidence.as_object() == nullptr) {
        fields.refuse("\"evidence\" is neither null nor an object");
    }
    const Json::Array& lines = fields.array("lines");
    out.lines.reserve(lines.size());
    for (const Json& item : lines) {
        const auto line = line_from_json(item);
        if (!line) return unexpected(line.error());
        out.lines.push_back(*line);
    }
    if (fields.has("keys")) {
        auto keys = keys_from_json(fields.any("keys"));
        if (!keys) return unexpected(keys.error());
        out.keys = std::move(*keys);
    }
    if (fields.has("answers")) out.answers = Json(fields.array("answers"));
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    return out;
}

std::vector<PublicKey> sorted_keys(std::vector<PublicKey> keys) {
    std::ranges::sort(keys, {}, [](const PublicKey& key) { return base64_encode(key); });
    const auto repeated = std::ranges::unique(keys);
    keys.erase(repeated.begin(), repeated.end());
    return keys;
}

Json keys_to_json(const std::vector<PublicKey>& keys) {
    Json::Array out;
    out.reserve(keys.size());
    for (const PublicKey& key : keys) {
        Json text = to_json(key);
        HP_CHECK(out.empty() || out.back().text() < text.text(), "keys are sorted and unique");
        out.push_back(std::move(text));
    }
    return Json(std::move(out));
}

Result<std::vector<PublicKey>> keys_from_json(const Json& json) {
    const Json::Array* items = json.as_array();
    if (items == nullptr) return fail("keys: not an array");
    std::vector<PublicKey> out;
    out.reserve(items->size());
    for (const Json& item : *items) {
        const auto key = hash_from_json(item);
        if (!key) return unexpected(key.error());
        if (!out.empty() && base64_encode(out.back()) >= item.text()) {
            return fail("keys: not sorted");
        }
        out.push_back(*key);
    }
    return out;
}

} // namespace handprint::record
