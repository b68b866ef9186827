#include "ledger/record/postings.hpp"

#include "ledger/base/decimal.hpp"
#include "ledger/record/fields.hpp"

#include <array>

namespace handprint::record {

namespace {

struct Triple {
    std::string_view name;
    Currency currency;
    std::int64_t amount;
};

void write_triple(
    JsonWriter& writer, std::string_view text, Currency currency, std::int64_t amount
) {
    writer.begin_array().text(text).text(currency.text()).amount(amount).end_array();
}

Result<Triple> triple_from_json(const Json& json) {
    const Json::Array* items = json.as_array();
    if (items == nullptr || items->size() != 3) return fail("not [name, currency, amount]");
    std::array<const std::string*, 3> texts{};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        texts[i] = (*items)[i].as_string();
        if (texts[i] == nullptr) return fail("not [name, currency, amount]");
    }
    const auto currency = Currency::parse(*texts[1]);
    if (!currency) return unexpected(currency.error());
    const auto amount = parse_i64(*texts[2]);
    if (!amount) return unexpected(amount.error());
    return Triple{*texts[0], *currency, *amount};
}

bool scan_triple(JsonScan& scan, Triple& out) {
    std::string_view currency;
    if (!scan.eat("[") || !scan.string(out.name) || !scan.eat(",") || !scan.string(currency)
        || !scan.eat(",") || !scan.amount(out.amount)) {
        return false;
    }
    const auto parsed = Currency::parse(currency);
    if (!parsed) return false;
    out.currency = *parsed;
    return scan.eat("]");
}

} // namespace

void write_sum(JsonWriter& writer, const books::ClassSum& sum) {
    write_triple(writer, name(sum.account_class), sum.currency, sum.amount);
}

Result<books::ClassSum> sum_from_json(const Json& json) {
    const auto triple = triple_from_json(json);
    if (!triple) return unexpected(triple.error());
    const auto account_class = books::parse_account_class(triple->name);
    if (!account_class) return unexpected(account_class.error());
    return books::ClassSum{*account_class, triple->currency, triple->amount};
}

bool scan_sum(JsonScan& scan, books::ClassSum& out) {
    Triple triple{{}, kUnreadCurrency, 0};
    if (!scan_triple(scan, triple)) return false;
    const auto account_class = books::parse_account_class(triple.name);
    if (!account_class) return false;
    out = {*account_class, triple.currency, triple.amount};
    return true;
}

void write_posting(JsonWriter& writer, const books::Posting& posting) {
    write_triple(writer, posting.account.text(), posting.currency, posting.amount);
}

Result<books::Posting> posting_from_json(const Json& json) {
    const auto triple = triple_from_json(json);
    if (!triple) return unexpected(triple.error());
    auto account = books::AccountName::parse(triple->name);
    if (!account) return unexpected(account.error());
    return books::Posting{std::move(*account), triple->currency, triple->amount};
}

bool scan_posting(JsonScan& scan, books::Posting& out) {
    Triple triple{{}, kUnreadCurrency, 0};
    if (!scan_triple(scan, triple)) return false;
    auto account = books::AccountName::parse(triple.name);
    if (!account) return false;
    out = {std::move(*account), triple.currency, triple.amount};
    return true;
}

} // namespace handprint::record
