#include "node/routes/batch_views.hpp"

#include "api/import.hpp"
#include "api/json_shape.hpp"
#include "ledger/books/pricing.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/header.hpp"
#include "node/market/own_terms.hpp"
#include "node/market/parties.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/routes/content.hpp"
#include "node/routes/entries.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <ranges>

namespace handprint::routes {

namespace {

const char* state_name(Int state) {
    switch (static_cast<market::BatchState>(state)) {
    case market::BatchState::draft:
        return "draft";
    case market::BatchState::importing:
        return "importing";
    case market::BatchState::sealed:
        return "ready";
    case market::BatchState::open:
        return "open";
    case market::BatchState::closed:
        return "closed";
    }
    return "draft";
}

Int balance(Node& node, const std::string& account, const std::string& currency) {
    const auto found = row<market::AccountRow>(node, account, currency);
    return found ? found->credits - found->debits : 0;
}

std::string words(const std::optional<Json>& document, std::string_view name) {
    return document ? document->text_of(name) : std::string{};
}

/// Answers of an entry, decoded once for the many rows that one bundle gives.
class Answers {
public:
    explicit Answers(Node& node) : node_(node) {}

    /// JSON text of the answer, or null when it was erased.
    std::string of(Int entry, Int task) {
        auto at = known_.find(entry);
        if (at == known_.end()) {
            if (known_.size() > 256) known_.clear();
            at = known_.emplace(entry, node_.content.answers(entry)).first;
        }
        for (const auto& answer : at->second) {
            if (answer.task != task) continue;
            return api::json_line(answer.bytes);
        }
        return "null";
    }

    /// When the entry was made, ms.
    Int time_of(Int entry) {
        const auto at = times_.find(entry);
        if (at != times_.end()) return at->second;
        const auto stored = stored_entry(node_, entry);
        return times_[entry] = stored ? stored->header.time.ms : 0;
    }

private:
    Node& node_;
    std::map<Int, Int> times_;
    std::map<Int, std::vector<StoredAnswer>> known_;
};

template <class F>
void for_each_assignment(Node& node, Int batch, F&& visit) {
    market::Key prefix;
    prefix.n[0] = batch;
    const auto read = pipeline::for_each_row<market::AssignmentRow>(
        node.store, prefix, 1, std::forward<F>(visit)
    );
    if (!read) return;
}

/// What an answer to the task pays by itself.
Int price_of(Node& node, const market::BatchRow& batch, Int task) {
    if (batch.own_terms == 0) return batch.price_micros;
    const auto own = row<market::TaskRow>(node, batch.batch, task);
    return market::terms_of(batch, own ? &*own : nullptr).price_micros;
}

/// All wages posted in the batch.
Int paid_in(Node& node, Int batch) {
    Int paid = 0;
    market::Key prefix;
    prefix.n[0] = batch;
    const auto read =
        pipeline::for_each_row<market::EarningRow>(node.store, prefix, 1, [&](const auto& earned) {
            paid += earned.posted;
        });
    return read ? paid : 0;
}

/// Prices of the answers that wait, by member. Only where some do are all answers looked at.
std::map<Int, Int> waiting_micros(Node& node, const market::BatchRow& batch) {
    std::map<Int, Int> micros;
    if (batch.submitted <= batch.accepted) return micros;
    for_each_assignment(node, batch.batch, [&](const auto& work) {
        if (work.state == static_cast<Int>(market::AssignmentState::submitted))
            micros[work.member] += price_of(node, batch, work.task);
    });
    return micros;
}

/// The wages of all answers that wait, as accepting them now would post them: rounding goes by what
/// each member has earned in the batch before.
Int pay_of(Node& node, const market::BatchRow& batch, const std::map<Int, Int>& micros_of) {
    const auto currency = Currency::parse(batch.currency);
    if (!currency) return 0;
    Int pay = 0;
    for (const auto& [member, micros] : micros_of) {
        const auto earned = row<market::EarningRow>(node, batch.batch, member);
        books::Running running;
        if (earned) running = {earned->total_micros, earned->posted};
        pay += books::add_wage(running, micros, *currency).value_or(0);
    }
    return pay;
}

void add_external(Node& node, const char* kind, Int ordinal, Json& json) {
    auto name = node.content.external(kind, ordinal);
    if (!name.empty()) json.set("external", Json(std::move(name)));
}

} // namespace

Json batch_json(Node& node, const market::BatchRow& batch) {
    const auto terms = node.content.terms(batch.batch);
    const std::string hold = "hold/" + market::party('b', batch.batch);
    const auto waiting = waiting_micros(node, batch);
    Json json = Json::object({
        {"accept_ms", Json(batch.accept_ms)},
        {"accepted", Json(batch.accepted)},
        {"batch", Json(batch.batch)},
        {"currency", Json(batch.currency)},
        {"domain", Json(batch.domain)},
        {"estimate_s", Json(batch.estimate_s)},
        {"fee", record::amount_to_json(batch.fee_posted)},
        {"held", record::amount_to_json(balance(node, hold, batch.currency))},
        {"language", Json(batch.language)},
        {"level", Json(batch.level)},
        {"own_terms", Json(batch.own_terms)},
        {"overlap", Json(batch.overlap)},
        {"paid", record::amount_to_json(paid_in(node, batch.batch))},
        {"price_micros", Json(batch.price_micros)},
        {"project", Json(batch.project)},
        {"slots", Json(batch.slots)},
        {"state", Json(state_name(batch.state))},
        {"submitted", Json(batch.submitted)},
        {"tasks", Json(batch.tasks)},
        {"title", Json(words(terms, "title"))},
        {"waiting_pay", record::amount_to_json(pay_of(node, batch, waiting))},
    });
    add_external(node, "batch", batch.batch, json);
    return json;
}

Json quote_json(Node& node, const market::BatchRow& batch) {
    const auto currency = Currency::parse(batch.currency);
    const auto rules = row<market::RuleRow>(node, std::string("fee_bps"));
    const Int fee_bps = rules ? market::rule(*rules, node.clock()) : 0;
    Json json = Json::object({{"currency", Json(batch.currency)}, {"tasks", Json(batch.tasks)}});
    if (!currency) return json;
    const auto quote = books::quote(market::labour_of(batch), fee_bps, *currency);
    if (!quote) return json;
    const Int available =
        balance(node, "escrow/" + market::party('r', batch.requester), batch.currency);
    // Of the mean price when tasks have prices of their own.
    const Int price = batch.slots == 0 ? batch.price_micros : batch.labour_micros / batch.slots;
    const auto hourly =
        mul_div(price, 3600, batch.estimate_s * books::micros_per_minor(*currency), Round::down);
    json.set("slots", Json(quote->slots));
    json.set("labour", record::amount_to_json(quote->labour));
    json.set("fee", record::amount_to_json(quote->fee));
    json.set("fee_bps", Json(fee_bps));
    json.set("reserve", record::amount_to_json(quote->reserve));
    json.set("total", record::amount_to_json(quote->total));
    json.set("available", record::amount_to_json(available));
    json.set("pay_per_hour", record::amount_to_json(hourly.value_or(0)));
    return json;
}

Json projects_json(Node& node, Int requester, Page page) {
    std::vector<market::ProjectRow> mine; // oldest first
    const auto read =
        pipeline::for_each_row<market::ProjectRow>(node.store, {}, 0, [&](const auto& p) {
            if (p.requester == requester && p.project < page.from) mine.push_back(p);
        });
    const bool more = mine.size() > page.limit;
    if (more) mine.erase(mine.begin(), mine.end() - static_cast<std::ptrdiff_t>(page.limit));
    Json json = Json::object({{"projects", Json(Json::Array{})}});
    if (!read || mine.empty()) return json;

    std::map<Int, Json::Array> batches;
    const auto also =
        pipeline::for_each_row<market::BatchRow>(node.store, {}, 0, [&](const auto& b) {
            if (b.requester == requester && b.project >= mine.front().project
                && b.project < page.from)
                batches[b.project].push_back(batch_json(node, b));
        });
    if (!also) return json;
    Json::Array projects;
    for (const auto& p : mine | std::views::reverse) {
        const auto document = node.content.project(p.project);
        Json one = Json::object({
            {"batches", Json(std::move(batches[p.project]))},
            {"contributors", Json(p.contributors)},
            {"description", Json(words(document, "description"))},
            {"project", Json(p.project)},
            {"title", Json(words(document, "title"))},
        });
        add_external(node, "project", p.project, one);
        projects.push_back(std::move(one));
    }
    json.set("projects", Json(std::move(projects)));
    if (more) json.set("next", Json(mine.front().project));
    return json;
}

std::vector<market::TaskMember> submitted_items(Node& node, Int batch) {
    std::vector<market::TaskMember> items;
    for_each_assignment(node, batch, [&](const auto& work) {
        if (work.state == static_cast<Int>(market::AssignmentState::submitted)) {
            items.push_back({work.task, work.member});
        }
    });
    return items;
}

std::string
submissions_text(Node& node, const market::BatchRow& batch, const SubmissionQuery& query) {
    Answers answers(node);
    store::Scan scan;
    scan.table = static_cast<std::uint8_t>(market::table_of<market::AssignmentRow>());
    scan.prefix.n[0] = batch.batch;
    scan.prefix_columns = 1;
    if (query.after_task != market::never) {
        scan.after = market::key_of<market::AssignmentRow>(
            batch.batch, query.after_task, query.after_member
        );
    }
    std::string text = "{\"submissions\":[";
    std::size_t count = 0;
    std::string next;
    while (count < query.limit) {
        const auto rows = node.store.scan(scan);
        if (!rows || rows->empty()) break;
        for (const auto& any : *rows) {
            const auto& work = std::get<market::AssignmentRow>(any);
            const bool accepted = work.state == static_cast<Int>(market::AssignmentState::accepted);
            const std::string_view name = accepted ? "accepted" : "submitted";
            if (!query.state.empty() && query.state != name) continue;
            if (count == query.limit) break;
            const auto task = node.content.task(batch.batch, work.task);
            if (count++ != 0) text += ',';
            Json json = Json::object({
                {"due", Json(work.due)},
                {"external", Json(task ? task->external : std::string{})},
                {"index", Json(work.submitted)},
                {"member", Json(work.member)},
                {"price_micros", Json(price_of(node, batch, work.task))},
                {"state", Json(name)},
                {"submitted", Json(answers.time_of(work.submitted))},
                {"task", Json(work.task)},
            });
            if (accepted) json.set("wage", record::amount_to_json(work.wage));
            text += json.encode();
            text.back() = ',';
            text += "\"answer\":" + answers.of(work.submitted, work.task);
            text += ",\"content\":" + (task ? task->content : std::string("null")) + '}';
            next = std::to_string(work.task) + '.' + std::to_string(work.member);
        }
        scan.after = market::row_key(rows->back());
        if (rows->size() < scan.limit) break;
    }
    text += ']';
    if (count == query.limit) text += ",\"next\":\"" + next + '"';
    return text + '}';
}

namespace {

template <class F>
void for_each_result(Node& node, const market::BatchRow& batch, F&& visit) {
    Answers answers(node);
    for_each_assignment(node, batch.batch, [&](const auto& work) {
        if (work.state != static_cast<Int>(market::AssignmentState::accepted)) return;
        const auto task = node.content.task(batch.batch, work.task);
        visit(
            work,
            task ? task->external : std::string{},
            answers.of(work.submitted, work.task),
            price_of(node, batch, work.task)
        );
    });
}

} // namespace

std::string results_jsonl(Node& node, const market::BatchRow& batch) {
    std::string text;
    for_each_result(
        node,
        batch,
        [&](const auto& work, const std::string& external, const std::string& answer, Int price) {
            text += "{\"external\":" + Json(external).encode()
                    + ",\"task\":" + std::to_string(work.task)
                    + ",\"member\":\"m:" + std::to_string(work.member) + "\",\"answer\":" + answer
                    + ",\"accepted_index\":" + std::to_string(work.decided)
                    + ",\"price_micros\":" + std::to_string(price) + "}\n";
        }
    );
    return text;
}

std::string results_csv(Node& node, const market::BatchRow& batch) {
    std::string text = "external,task,member,answer,accepted_index,price_micros,note\r\n";
    for_each_result(
        node,
        batch,
        [&](const auto& work, const std::string& external, const std::string& answer, Int price) {
            // The usual answer is {"value": ..., "note": ...}: a sheet wants each by itself.
            const auto json = nlohmann::json::parse(answer, nullptr, false);
            const auto text_of = [&json](const char* name) -> std::optional<std::string> {
                const auto found = json.is_object() ? json.find(name) : json.end();
                if (found == json.end() || !found->is_string()) return std::nullopt;
                return found->template get<std::string>();
            };
            text += api::csv_cell(external) + ',' + std::to_string(work.task)
                    + ",m:" + std::to_string(work.member) + ','
                    + api::csv_cell(text_of("value").value_or(answer)) + ','
                    + std::to_string(work.decided) + ',' + std::to_string(price) + ','
                    + api::csv_cell(text_of("note").value_or("")) + "\r\n";
        }
    );
    return text;
}

} // namespace handprint::routes
