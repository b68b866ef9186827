#include "node/audit/answers_given.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/json_scan.hpp"
#include "ledger/record/member_part.hpp"

#include <vector>

namespace handprint::audit {

using record::Json;

namespace {

/// True if the answers that a member's part begins with, and those that are given, are of plain
/// shape (record::JsonScan) and same_answers() holds. The rest of the part is not looked at.
bool scan_same(std::string_view given, std::string_view part) {
    struct Answer {
        std::string_view salt, content;
    };

    std::vector<Answer> answers;
    std::string_view passed;
    record::JsonScan scan(given);
    const bool taken = scan.array([&] {
        auto& answer = answers.emplace_back();
        return scan.object([&](std::string_view key) {
            if (key == "salt") return scan.string(answer.salt);
            return key == "content" ? scan.string(answer.content) : scan.skip(passed);
        });
    });
    std::size_t count = 0;
    record::JsonScan stated(part);
    const bool same = taken && scan.done() && stated.eat(R"({"answers":)") && stated.array([&] {
        Hash hash{};
        Hash salt{};
        std::uint64_t length = 0;
        int found = 0;
        const bool read = stated.object([&](std::string_view key) {
            if (key == "hash") return ++found, stated.hash(hash);
            if (key == "length") return ++found, stated.natural(length);
            return stated.skip(passed);
        });
        if (!read || found != 2 || count == answers.size()) return false;
        const Answer& answer = answers[count++];
        const auto bytes = base64_decode(answer.content);
        return answer.content.data() != nullptr && bytes && bytes->size() == length
               && base64_decode_to(answer.salt, salt)
               && record::commit(salt, ByteView(*bytes)) == hash;
    });
    return same && count == answers.size();
}

bool same_answers(const Json& given, const Json& signed_for) {
    if (given.as_array() == nullptr || signed_for.as_array() == nullptr
        || given.items().size() != signed_for.items().size()) {
        return false;
    }
    for (std::size_t i = 0; i < given.items().size(); ++i) {
        const Json* salt = given.items()[i].find("salt");
        const Json* content = given.items()[i].find("content");
        const Json* hash = signed_for.items()[i].find("hash");
        const Json* length = signed_for.items()[i].find("length");
        if (salt == nullptr || content == nullptr || hash == nullptr || length == nullptr)
            return false;
        if (salt->as_string() == nullptr || content->as_string() == nullptr) return false;
        const auto key = base64_to_array<32>(salt->text());
        const auto bytes = base64_decode(content->text());
        if (!bytes || !key || !(*length == Json(bytes->size()))) return false;
        if (!(*hash == Json(base64_encode(record::commit(*key, ByteView(*bytes)))))) return false;
    }
    return true;
}

} // namespace

std::optional<bool> answers_are_of(std::string_view given, std::string_view part) {
    if (scan_same(given, part)) return true;
    // It looks otherwise than most do, or it is not the same: looked at closely.
    const auto member = record::parse_member_part(part);
    if (!member || !member->answers) return std::nullopt;
    const auto json = Json::parse(given);
    return json && same_answers(*json, *member->answers);
}

} // namespace handprint::audit
