#include "node/routes/member_views.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/books/account.hpp"
#include "ledger/record/close.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/member_part.hpp"
#include "node/market/entry_seal.hpp"
#include "node/market/lists.hpp"
#include "node/market/parties.hpp"
#include "node/matching/score.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/routes/content.hpp"
#include "node/routes/entries.hpp"
#include "node/routes/work_index.hpp"

#include <algorithm>
#include <map>
#include <variant>

namespace handprint::routes {

namespace {

Json strings(const std::string& list) {
    Json::Array items;
    for (const auto& word : market::split_words(list))
        items.push_back(Json(word));
    return Json(std::move(items));
}

std::vector<std::string> currencies(Node& node) {
    const auto coop = row<market::CoopRow>(node, 1);
    return coop ? market::split_words(coop->currencies) : std::vector<std::string>{};
}

Json reason_json(const matching::Reason& reason) {
    Json::Object params;
    for (const auto& [name, value] : reason.params) {
        Json plain = std::visit([](const auto& held) { return Json(held); }, value);
        params.push_back({std::string(name), std::move(plain)});
    }
    return Json::object({
        {"code", Json(reason.code)},
        {"params", Json::object(std::move(params))},
        {"text", Json(reason.text)},
    });
}

Json reasons_json(const std::vector<matching::Reason>& reasons) {
    Json::Array items;
    for (const auto& reason : reasons)
        items.push_back(reason_json(reason));
    return Json(std::move(items));
}

std::string title_of(Node& node, Int batch) {
    const auto terms = node.content.terms(batch);
    return terms ? terms->text_of("title") : std::string{};
}

/// What a claim names to get tasks of this lot; empty for those on the terms of the batch.
Json own_terms_json(const matching::Offer& offer) {
    Json own = Json::object({});
    if (offer.price_micros != 0) own.set("price_micros", Json(offer.price_micros));
    if (offer.expires != 0) own.set("expires_at", Json(offer.expires));
    return own;
}

Json offer_json(Node& node, const matching::Offer& offer, const market::BatchRow& batch) {
    const bool own = offer.price_micros != 0;
    return Json::object({
        {"accept_ms", Json(batch.accept_ms)},
        {"batch", Json(batch.batch)},
        {"bundle_max", Json(batch.bundle_max)},
        {"currency", Json(batch.currency)},
        {"domain", Json(batch.domain)},
        {"estimate_s", Json(batch.estimate_s)},
        {"hazard", Json(batch.hazard)},
        {"kind", Json(offer.kind == matching::OfferKind::task ? "task" : "qualification")},
        {"language", Json(batch.language)},
        {"lease_ms", Json(batch.lease_ms)},
        {"left", Json(offer.left)},
        {"level", Json(batch.qualifies_level != 0 ? batch.qualifies_level : batch.level)},
        {"own_terms", own_terms_json(offer)},
        {"pay_per_hour", record::amount_to_json(offer.pay_per_hour)},
        {"price_micros", Json(own ? offer.price_micros : batch.price_micros)},
        {"reasons", reasons_json(offer.reasons)},
        {"requester", Json(node.content.name(market::party('r', batch.requester)))},
        {"score", Json(offer.score)},
        {"terms", record::to_json(batch.terms)},
        {"title", Json(title_of(node, batch.batch))},
    });
}

/// What is missing, with the figures of a test that was not passed.
matching::Reason missing_of(Node& node, const matching::Nearly& nearly, Int member) {
    matching::Reason missing = nearly.missing;
    if (nearly.graded == market::never) return missing;
    const auto mark = mark_of(node, nearly.graded, member);
    if (!mark) return missing;
    missing.params.push_back({"correct", mark->correct});
    missing.params.push_back({"total", mark->total});
    missing.params.push_back({"pass", mark->pass});
    missing.text += ": " + std::to_string(mark->correct) + " of " + std::to_string(mark->total)
                    + " right, " + std::to_string(mark->pass) + " needed";
    return missing;
}

Json nearly_json(Node& node, const matching::Nearly& nearly, Int member) {
    Json json = Json::object({
        {"batch", Json(nearly.batch)},
        {"domain", Json(nearly.domain)},
        {"language", Json(nearly.language)},
        {"level", Json(nearly.asked)},
        {"missing", reason_json(missing_of(node, nearly, member))},
        {"pay_per_hour", record::amount_to_json(nearly.pay_per_hour)},
        {"title", Json(title_of(node, nearly.batch))},
    });
    if (nearly.test != market::never) json.set("test", Json(nearly.test));
    return json;
}

void add_optional(Json& json, const char* name, const std::optional<std::uint64_t>& value) {
    if (value) json.set(name, Json(*value));
}

} // namespace

Json balances_json(Node& node, const std::vector<std::string>& accounts) {
    Json::Array items;
    for (const auto& currency : currencies(node)) {
        for (const auto& account : accounts) {
            const auto found = row<market::AccountRow>(node, account, currency);
            if (!found) continue;
            Json item = Json::object({
                {"amount", record::amount_to_json(found->credits - found->debits)},
                {"class", Json(account.substr(0, account.find('/')))},
                {"currency", Json(currency)},
            });
            if (account.starts_with("hold/b:"))
                item.set("batch", Json(std::stoll(account.substr(7))));
            items.push_back(std::move(item));
        }
    }
    return Json(std::move(items));
}

Json keys_json(Node& node, std::string_view valid_keys) {
    Json::Array keys;
    for (const auto& key : market::split_words(valid_keys)) {
        const auto found = row<market::KeyRow>(node, key);
        const auto entry = found ? stored_entry(node, found->since) : std::nullopt;
        if (!entry) continue;
        keys.push_back(Json::object({
            {"index", Json(found->since)},
            {"key", Json(found->key)},
            {"role", Json(found->role)},
            {"since", Json(entry->header.time.ms)},
        }));
    }
    return Json(std::move(keys));
}

Json me_json(Node& node, Int member) {
    const auto me = row<market::MemberRow>(node, member);
    Json json = Json::object({{"member", Json(member)}});
    if (!me) return json;
    json.set("languages", strings(me->languages));
    json.set("counter", Json(me->counter));
    const std::string owner = market::party('m', member);
    json.set("balances", balances_json(node, {"payable/" + owner, "in_transit/" + owner}));
    json.set("keys", keys_json(node, me->valid_keys));
    Json::Array skills;
    market::Key prefix;
    prefix.n[0] = member;
    const auto read =
        pipeline::for_each_row<market::SkillRow>(node.store, prefix, 1, [&](const auto& skill) {
            skills.push_back(Json::object({
                {"domain", Json(skill.domain)},
                {"evidence", Json(skill.evidence)},
                {"level", Json(skill.level)},
            }));
        });
    if (read) json.set("skills", Json(std::move(skills)));
    return json;
}

Json offers_json(Node& node, Int member, std::size_t limit) {
    const Int now = node.clock();
    const std::uint64_t seed = matching::seed_of_hour(now);

    struct Found {
        std::vector<matching::Offer> offers;
        std::vector<matching::Nearly> nearly;
    };

    const Found found = node.work.ask(now, [&](const matching::OpenWork& work) {
        return Found{work.offers({member}, now, seed, limit), work.nearly({member}, now, seed, 10)};
    });
    Json::Array offers;
    for (const auto& offer : found.offers) {
        const auto batch = row<market::BatchRow>(node, offer.batch);
        if (batch) offers.push_back(offer_json(node, offer, *batch));
    }
    Json::Array nearly;
    for (const auto& item : found.nearly)
        nearly.push_back(nearly_json(node, item, member));
    return Json::object({{"nearly", Json(std::move(nearly))}, {"offers", Json(std::move(offers))}});
}

Json lines_json(Node& node, Int member, Int before, std::size_t limit) {
    const auto parts = node.store.latest_parts_of(market::party('m', member), before, limit);
    Json::Array lines;
    std::map<Int, std::string> titles;
    Int last = market::never;
    if (parts) {
        for (const auto& part : *parts) {
            last = part.index;
            if (part.role != "member" || part.erased) continue;
            const auto mine = record::parse_member_part(part.bytes);
            const auto entry = stored_entry(node, part.index);
            if (!mine || !entry) continue;
            for (const auto& line : mine->lines) {
                Json json = Json::object({
                    {"account", Json(books::name(line.account))},
                    {"amount", record::amount_to_json(line.amount)},
                    {"currency", Json(line.currency.text())},
                    {"index", Json(part.index)},
                    {"time", Json(entry->header.time.ms)},
                    {"what", Json(record::name(line.what))},
                });
                add_optional(json, "batch", line.batch);
                if (line.batch) {
                    const Int batch = static_cast<Int>(*line.batch);
                    const auto [known, fresh] = titles.try_emplace(batch);
                    if (fresh) known->second = title_of(node, batch);
                    if (!known->second.empty()) json.set("title", Json(known->second));
                }
                add_optional(json, "task", line.task);
                add_optional(json, "distribution", line.distribution);
                add_optional(json, "payout", line.payout);
                lines.push_back(std::move(json));
            }
        }
    }
    Json json = Json::object({{"lines", Json(std::move(lines))}});
    if (parts && parts->size() == limit) json.set("next", Json(last));
    return json;
}

Json assignments_json(
    Node& node, Int member, std::string_view state, Int before, std::size_t limit
) {
    Json::Array items;
    std::map<Int, std::string> titles;
    const auto parts = node.store.latest_parts_of(market::party('m', member), before, limit);
    Int last = market::never;
    if (!parts) return Json::object({{"assignments", Json(Json::Array{})}});
    for (const auto& part : *parts) {
        last = part.index;
        const auto entry = entry_at(node, part.index, market::Submit::kind);
        if (!entry || entry->events.empty()) continue;
        const auto* submitted = std::get_if<market::Submitted>(&entry->events.front());
        if (submitted == nullptr) continue;
        const auto batch = row<market::BatchRow>(node, submitted->batch);
        if (!batch) continue;
        if (!titles.contains(batch->batch)) titles[batch->batch] = title_of(node, batch->batch);
        for (const Int task : submitted->tasks) {
            const auto work = row<market::AssignmentRow>(node, submitted->batch, task, member);
            if (!work) continue;
            const bool accepted =
                work->state == static_cast<Int>(market::AssignmentState::accepted);
            const std::string_view name = accepted ? "accepted" : "submitted";
            if (!state.empty() && state != name) continue;
            Json json = Json::object({
                {"batch", Json(work->batch)},
                {"currency", Json(batch->currency)},
                {"due", Json(work->due)},
                {"index", Json(work->submitted)},
                {"state", Json(name)},
                {"submitted", Json(entry->time)},
                {"task", Json(task)},
                {"title", Json(titles[batch->batch])},
            });
            if (accepted) {
                json.set("wage", record::amount_to_json(work->wage));
                json.set("decided", Json(work->decided));
            }
            items.push_back(std::move(json));
        }
    }
    Json json = Json::object({{"assignments", Json(std::move(items))}});
    if (parts->size() == limit) json.set("next", Json(last));
    return json;
}

namespace {

/// What the member was owed at a close, from its list.
Json owed_at(Node& node, Int period, Int member) {
    Json::Array amounts;
    const auto bytes = node.vault.read_blob(node.store, "close", pipeline::padded(period));
    const auto list = bytes && *bytes ? pipeline::CloseList::decode(**bytes)
                                      : Result<pipeline::CloseList>(fail("no list"));
    if (!list || std::cmp_greater_equal(member, list->positions.size()))
        return Json(std::move(amounts));
    const auto position =
        record::parse_position(list->positions[static_cast<std::size_t>(member)].bytes);
    if (!position) return Json(std::move(amounts));
    for (const auto& sum : position->balances) {
        amounts.push_back(Json::object({
            {"amount", record::amount_to_json(sum.amount)},
            {"class", Json(books::name(sum.account_class))},
            {"currency", Json(sum.currency.text())},
        }));
    }
    return Json(std::move(amounts));
}

} // namespace

Json payslips_json(Node& node, Int member) {
    Json::Array items;
    const auto published = node.publisher.published();
    const auto read =
        pipeline::for_each_row<market::PeriodRow>(node.store, {}, 0, [&](const auto& p) {
            if (member >= p.count) return;
            items.push_back(Json::object({
                {"amounts", owed_at(node, p.period, member)},
                {"index", Json(p.index)},
                {"period", Json(p.period)},
                {"published", Json(published.size > p.index)},
                {"time", Json(p.time)},
            }));
        });
    if (read) std::reverse(items.begin(), items.end());
    return Json::object({{"payslips", Json(std::move(items))}});
}

std::string
claim_text(Node& node, Int member, Int batch, Int until, const std::vector<Int>& tasks) {
    const auto found = row<market::BatchRow>(node, batch);
    // Rows may have columns that are for the requester alone, such as notes or the right answer.
    const auto form = node.content.form(batch);
    std::string text = "{\"batch\":" + std::to_string(batch);
    if (found) {
        text += ",\"estimate_s\":" + std::to_string(found->estimate_s);
        text += ",\"terms\":" + record::to_json(found->terms).encode();
    }
    text += ",\"lease_until\":" + std::to_string(until) + ",\"tasks\":[";
    bool first = true;
    for (const Int task : tasks) {
        const auto content = node.content.task(batch, task);
        if (!first) text += ',';
        first = false;
        const auto own = row<market::TaskRow>(node, batch, task);
        text += "{\"task\":" + std::to_string(task);
        if (own && own->price_micros != 0)
            text += ",\"price_micros\":" + std::to_string(own->price_micros);
        text += ",\"content\":";
        text += content && form ? form->shown(content->content) : std::string("null");
        if (const auto draft = node.content.draft(member, batch, task))
            text += ",\"draft\":" + *draft;
        text += '}';
    }
    return text + "]}";
}

std::string claims_text(Node& node, Int member) {
    const Int now = node.clock();
    std::string text = "{\"claims\":[";
    bool first = true;
    market::Key prefix;
    prefix.n[0] = member;
    std::vector<market::ClaimRow> rows;
    const auto read =
        pipeline::for_each_row<market::ClaimRow>(node.store, prefix, 1, [&](const auto& c) {
            if (c.until > now) rows.push_back(c);
        });
    if (!read) rows.clear();
    for (const auto& claim : rows) {
        auto tasks = market::split_numbers(claim.tasks);
        std::erase_if(tasks, [&](Int task) {
            return row<market::AssignmentRow>(node, claim.batch, task, member).has_value();
        });
        if (tasks.empty()) continue;
        if (!first) text += ',';
        first = false;
        text += claim_text(node, member, claim.batch, claim.until, tasks);
    }
    return text + "]}";
}

} // namespace handprint::routes
