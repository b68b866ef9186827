#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/books/pricing.hpp"
#include "ledger/books/split.hpp"
#include "ledger/record/chain.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/fixed_names.hpp"
#include "tests/vectors/vector_files.hpp"

#include <string_view>
#include <utility>

namespace handprint::vectors {

using namespace record;

namespace {

Salt salt_of(std::uint8_t byte) {
    Salt salt{};
    salt.fill(byte);
    return salt;
}

Json commit_row(std::uint8_t byte, const std::string& text) {
    const Salt salt = salt_of(byte);
    return Json::object(
        {{"commit", hex_encode(commit(salt, text))}, {"salt", hex_encode(salt)}, {"text", text}}
    );
}

Json tagged_row(const char* name, std::string_view bytes) {
    const std::string domain = std::string("handprint/") + name + "/v1";
    return Json::object(
        {{"bytes", hex_encode(as_bytes(bytes))},
         {"hash", hex_encode(tagged(domain, as_bytes(bytes)))},
         {"name", name}}
    );
}

using Weights = std::vector<books::Share>;

Json split_row(const char* name, std::int64_t total, const Weights& shares) {
    Json::Array weights;
    for (const books::Share& share : shares)
        weights.push_back(Json::array({share.member, std::to_string(share.weight)}));
    Json out = Json::object(
        {{"name", name}, {"total", std::to_string(total)}, {"weights", Json(std::move(weights))}}
    );
    const auto parts = books::split(total, shares);
    if (!parts) return out.set("error", true);
    Json::Array texts;
    for (const std::int64_t part : *parts)
        texts.emplace_back(std::to_string(part));
    return out.set("parts", Json(std::move(texts)));
}

/// What `count` accepted tasks of one member in one batch post, one after the other.
Json wage_row(const char* code, std::int64_t price_micros, std::int64_t fee_bps, int count) {
    const Currency currency = Currency::parse(code).value();
    books::Running wage;
    books::Running fee;
    Json::Array wages;
    Json::Array fees;
    for (int i = 0; i < count; ++i) {
        wages.emplace_back(std::to_string(books::add_wage(wage, price_micros, currency).value()));
        fees.emplace_back(
            std::to_string(books::add_fee(fee, price_micros, fee_bps, currency).value())
        );
    }
    return Json::object(
        {{"currency", code},
         {"fee_bps", fee_bps},
         {"fees", Json(std::move(fees))},
         {"price_micros", price_micros},
         {"wages", Json(std::move(wages))}}
    );
}

struct BatchSize {
    std::int64_t tasks = 0, overlap = 0;
};

using Slots = std::vector<std::pair<std::int64_t, std::int64_t>>; // price, how many of them

/// Of a batch whose tasks have prices of their own.
Json mixed_row(const char* code, const Slots& slots, std::int64_t bps) {
    const auto currency = Currency::parse(code).value();
    books::Labour labour;
    Json::Array rows;
    for (const auto& [price, count] : slots) {
        labour = books::add_slots(labour, price, count, currency).value();
        rows.push_back(Json::array({price, count}));
    }
    const auto quote = books::quote(labour, bps, currency).value();
    return Json::object(
        {{"currency", code},
         {"fee", std::to_string(quote.fee)},
         {"fee_bps", bps},
         {"labour", std::to_string(quote.labour)},
         {"reserve", std::to_string(quote.reserve)},
         {"slots", Json(std::move(rows))},
         {"total", std::to_string(quote.total)}}
    );
}

Json hold_row(const char* code, std::int64_t price_micros, BatchSize size, std::int64_t bps) {
    const auto currency = Currency::parse(code).value();
    const auto labour =
        books::add_slots({}, price_micros, size.tasks * size.overlap, currency).value();
    const auto quote = books::quote(labour, bps, currency).value();
    return Json::object(
        {{"currency", code},
         {"fee", std::to_string(quote.fee)},
         {"fee_bps", bps},
         {"labour", std::to_string(quote.labour)},
         {"overlap", size.overlap},
         {"price_micros", price_micros},
         {"reserve", std::to_string(quote.reserve)},
         {"tasks", size.tasks},
         {"total", std::to_string(quote.total)}}
    );
}

} // namespace

Json name_vectors() {
    const auto list = [](const std::vector<std::string>& names) {
        return Json(Json::Array(names.begin(), names.end()));
    };
    const FixedNames& names = fixed_names();
    return Json::object({{"domains", list(names.domains)}, {"formats", list(names.formats)}});
}

Json commit_vectors() {
    return Json::object(
        {{"commit",
          Json::array(
              {commit_row(0x11, R"({"payee":"m-42","task":"t1"})"),
               commit_row(0x11, ""),
               commit_row(0x00, "{}"),
               commit_row(0xff, "\xf0\x9f\x92\xb6")}
          )},
         {"tagged",
          Json::array(
              {tagged_row("terms", "{}"), tagged_row("chain", ""), tagged_row("chain", "\xff")}
          )}}
    );
}

Json chain_vectors() {
    Json::Array chains;
    for (const std::uint64_t member :
         {std::uint64_t{0}, std::uint64_t{12}, std::uint64_t{70'000}}) {
        ChainHead head;
        Json::Array links;
        for (std::uint8_t i = 1; i <= 3; ++i) {
            const Hash leaf = salt_of(i);
            head = extend(member, head, leaf);
            links.push_back(Json::object(
                {{"counter", head.counter}, {"head", to_json(head.hash)}, {"leaf", to_json(leaf)}}
            ));
        }
        chains.push_back(Json::object({{"links", Json(std::move(links))}, {"member", member}}));
    }
    return Json(std::move(chains));
}

Json split_vectors() {
    const std::int64_t largest = 9'223'372'036'854'775'807;
    const std::uint64_t heaviest = 18'446'744'073'709'551'615U;
    const Json splits = Json::array(
        {split_row(
             "shares of a licence", 600'000, {{1, 3'000'000}, {2, 2'970'000}, {3, 1'600'000}}
         ),
         split_row("thirds", 100, {{1, 1}, {2, 1}, {3, 1}}),
         split_row("ties go to the smaller member, not the earlier", 100, {{9, 1}, {7, 1}, {8, 1}}),
         split_row("two units left", 101, {{1, 1}, {2, 1}, {3, 1}}),
         split_row("nobody without weight", 10, {{1, 0}, {2, 3}, {3, 0}, {4, 4}}),
         split_row("nothing to share", 0, {{1, 5}, {2, 7}}),
         split_row("one unit", 1, {{3, 5}, {2, 5}, {1, 4}}),
         split_row("one member", 12'345, {{5, 17}}),
         split_row("128-bit products", largest, {{1, heaviest}, {2, heaviest}, {3, heaviest - 1}}),
         split_row("weights of zero", 10, {{1, 0}, {2, 0}}),
         split_row("no shares", 10, {}),
         split_row("negative total", -1, {{1, 1}})}
    );
    const Json wages = Json::array(
        {wage_row("KES", 3'500'000, 1'000, 3),
         wage_row("KES", 166'666, 1'000, 7),
         wage_row("EUR", 27'778, 1'000, 5),
         wage_row("EUR", 1, 1'000, 3),
         wage_row("JPY", 4'500'000, 1'000, 3),
         wage_row("JPY", 333'333, 1'250, 4),
         wage_row("KWD", 1'500, 1'000, 4),
         wage_row("UGX", 50'000'000, 1'000, 2)}
    );
    const Json holds = Json::array(
        {hold_row("KES", 3'500'000, {100, 3}, 1'000),
         hold_row("KES", 166'666, {1'000, 1}, 1'000),
         hold_row("EUR", 27'778, {999, 3}, 1'000),
         hold_row("JPY", 333'333, {10, 1}, 1'250),
         hold_row("KWD", 1'500, {7, 2}, 1'000)}
    );
    const Json mixed = Json::array(
        {mixed_row("KES", {{2'505'000, 2}, {4'000'000, 2}, {3'333'333, 2}}, 1'000),
         mixed_row("KES", {{2'505'000, 2}, {4'000'000, 2}, {3'333'333, 1}}, 1'000),
         mixed_row("UGX", {{1'000'000, 5}, {1, 3}, {999'999, 1}}, 333)}
    );
    return Json::object({{"hold", holds}, {"mixed", mixed}, {"split", splits}, {"wages", wages}});
}

} // namespace handprint::vectors
