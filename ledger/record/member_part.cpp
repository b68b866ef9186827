#include "ledger/record/member_part.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/json_scan.hpp"
#include "ledger/record/json_writer.hpp"

#include <algorithm>
#include <array>

namespace handprint::record {

namespace {

constexpr std::array<std::string_view, 6> kLineKinds = {
    "payout", "returned", "settled", "share", "top_up", "wage"
};
static_assert(std::ranges::is_sorted(kLineKinds));

void write_line(JsonWriter& writer, const Line& line) {
    const auto optional = [&writer](std::string_view key, const auto& value) {
        if (value) writer.key(key).natural(*value);
    };
    writer.begin_object();
    writer.key("account").text(name(line.account));
    writer.key("amount").amount(line.amount);
    optional("batch", line.batch);
    if (line.blind) writer.key("blind").bytes(*line.blind);
    writer.key("currency").text(line.currency.text());
    optional("distribution", line.distribution);
    optional("payout", line.payout);
    optional("position", line.position);
    optional("task", line.task);
    writer.key("what").text(name(line.what));
    writer.end_object();
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

bool scan_line(JsonScan& scan, Line& out) {
    bool account = false;
    bool amount = false;
    bool currency = false;
    bool what = false;
    const auto take = [](auto& place, const auto& parsed) {
        if (parsed) place = *parsed;
        return parsed.has_value();
    };
    return scan.object([&](std::string_view key) {
        std::string_view text;
        if (key == "account") {
            account = true;
            return scan.string(text) && take(out.account, books::parse_account_class(text));
        }
        if (key == "amount") return amount = true, scan.amount(out.amount);
        if (key == "batch") return scan.natural(out.batch.emplace());
        if (key == "blind") return scan.hash(out.blind.emplace());
        if (key == "currency") {
            currency = true;
            return scan.string(text) && take(out.currency, Currency::parse(text));
        }
        if (key == "distribution") return scan.natural(out.distribution.emplace());
        if (key == "payout") return scan.natural(out.payout.emplace());
        if (key == "position") return scan.natural(out.position.emplace());
        if (key == "task") return scan.natural(out.task.emplace());
        if (key != "what") return false;
        what = true;
        return scan.string(text) && take(out.what, parse_line_kind(text));
    }) && account
           && amount && currency && what;
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
    return encode(part, part.evidence.encode(), part.answers ? part.answers->encode() : "");
}

std::string encode(const MemberPart& part, std::string_view evidence, std::string_view answers) {
    std::string out;
    out.reserve(evidence.size() + answers.size() + 256);
    JsonWriter writer(out);
    writer.begin_object();
    if (!answers.empty()) writer.key("answers").raw(answers);
    writer.key("chain").begin_object();
    writer.key("counter").natural(part.counter);
    writer.key("member").natural(part.member);
    writer.key("previous").bytes(part.previous);
    writer.end_object();
    writer.key("evidence").raw(evidence);
    if (part.keys) writer.key("keys").json(keys_to_json(*part.keys));
    writer.key("lines").begin_array();
    for (const Line& line : part.lines)
        write_line(writer, line);
    writer.end_array();
    writer.end_object();
    return out;
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

std::optional<MemberText> scan_member_part(std::string_view bytes) {
    if (bytes.size() > kMaxEntryBytes) return std::nullopt;
    JsonScan scan(bytes);
    std::optional<MemberText> out(std::in_place);
    MemberPart& part = out->part;
    const auto line = [&] {
        part.lines.push_back({{}, 0, kUnreadCurrency, {}, {}, {}, {}, {}});
        return scan_line(scan, part.lines.back());
    };
    const auto evidence = [&] {
        const JsonScan before = scan;
        if (scan_envelope(scan, out->envelope.emplace())) {
            out->evidence = scan.taken_from(before.at());
            return true;
        }
        scan = before;
        out->envelope.reset();
        return scan.skip(out->evidence)
               && (out->evidence == "null" || out->evidence.starts_with('{'));
    };
    if (!scan.eat("{")) return std::nullopt;
    if (scan.eat_if(R"("answers":)")) {
        if (!scan.skip(out->answers) || !out->answers.starts_with('[') || !scan.eat(","))
            return std::nullopt;
    }
    const bool taken = scan.eat(R"("chain":{"counter":)") && scan.natural(part.counter)
                       && part.counter > 0 && scan.eat(R"(,"member":)") && scan.natural(part.member)
                       && scan.eat(R"(,"previous":)") && scan.hash(part.previous)
                       && scan.eat(R"(},"evidence":)") && evidence() && scan.eat(R"(,"lines":)")
                       && scan.array(line) && scan.eat("}") && scan.done();
    if (!taken) return std::nullopt;
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
