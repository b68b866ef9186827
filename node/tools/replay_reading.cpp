// What the node says afterwards: payslips, results, sums.

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/record/member_part.hpp"
#include "ledger/record/payslip.hpp"
#include "node/tools/progress.hpp"
#include "node/tools/replay.hpp"

#include <algorithm>

namespace handprint::tools {

namespace {

/// The cells of one line of CSV.
std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back() += line[++i];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
    return cells;
}

} // namespace

void Replay::take_payslip(
    const ReplayWorker& worker, const std::string& file, const merkle::Policy& policy
) {
    ++observed_.payslips;
    const auto verdict = record::verify_payslip(file, policy, worker.api->promises());
    const auto payslip = record::parse_payslip(file);
    const std::string party = "m:" + std::to_string(verdict.member);
    if (!verdict.ok || !payslip || party != worker.signer.party || verdict.log != origin_) {
        observed_.bad_payslips.push_back(
            worker.name + " period " + std::to_string(verdict.period) + ": "
            + (verdict.ok ? std::string("of somebody else") : verdict.reason + ", " + verdict.detail
            )
        );
        return;
    }
    ++observed_.payslips_good;
    observed_.promises_kept += verdict.promises;
    for (const auto& entry : payslip->entries) {
        const auto part = record::parse_member_part(entry.part.opening.bytes);
        if (!part) continue; // verified above
        for (const auto& line : part->lines) {
            if (line.what == record::LineKind::wage) observed_.wages[worker.name] += line.amount;
            if (line.what == record::LineKind::share) observed_.shares[worker.name] += line.amount;
            if (line.what == record::LineKind::settled)
                observed_.settled[worker.name] -= line.amount;
        }
    }
}

Result<std::vector<Int>> Replay::periods_of(const ReplayWorker& worker) const {
    const auto listed = worker.api->json("GET", "/v1/me/payslips");
    if (!listed) return unexpected(listed.error());
    const Json* list = listed->find("payslips");
    if (list == nullptr || list->as_array() == nullptr) return fail("no list of payslips");
    std::vector<Int> periods;
    for (const Json& one : list->items()) {
        const Int close = one.integer_of("index", market::never);
        if (close > worker.enrolled && close <= last_close_)
            periods.push_back(one.integer_of("period", market::never));
    }
    return periods;
}

Result<void> Replay::read_payslips() {
    const auto policy = merkle::Policy::parse(policy_);
    if (!policy) return fail("policy: " + policy.error().what);
    Progress progress("payslips", workers_.size(), options_.json);
    for (const auto& worker : workers_) {
        const auto periods = periods_of(worker);
        if (!periods) return fail(worker.name + ": " + periods.error().what);
        for (const Int period : *periods) {
            const auto file = worker.api->payslip(period);
            if (!file) return fail(worker.name + ": " + file.error().what);
            take_payslip(worker, *file, *policy);
        }
        progress.add(1);
    }
    return {};
}

Int amount_in(const Json& json, std::string_view name) {
    return parse_i64(json.text_of(name)).value_or(0);
}

Result<Standing> Replay::standing() {
    // The node reads its sums before it counts its entries: that both are of one moment is known
    // when nothing has come between two answers.
    Int before = market::never;
    for (int attempt = 0; attempt < 100; ++attempt) {
        const auto ledger = api_.ledger();
        if (!ledger) return unexpected(ledger.error());
        if (ledger->sums.as_array() == nullptr) return fail("a ledger without sums");
        if (ledger->committed == before) {
            Standing out{{}, before};
            for (const Json& row : ledger->sums.items()) {
                if (row.text_of("currency") == job_currency)
                    out.sums[row.text_of("class")] = amount_in(row, "amount");
            }
            return out;
        }
        before = ledger->committed;
    }
    return fail("the ledger does not stand still: others work here");
}

Result<void> Replay::read_postings() {
    const auto end = standing();
    if (!end) return unexpected(end.error());
    observed_.said = end->sums;
    for (const auto& [name, amount] : start_.sums)
        observed_.said[name] -= amount;
    std::set<std::string> own{
        "escrow/" + requester_->party,
        "hold/b:" + std::to_string(batch_),
        "in_transit/refund:" + std::to_string(refund_),
        "suspense/share:" + std::to_string(distribution_),
    };
    for (const auto& worker : workers_) {
        own.insert("payable/" + worker.signer.party);
        own.insert("in_transit/" + worker.signer.party);
    }
    JobPostings postings(std::move(own), job_currency);
    for (Int at = start_.entries; at < end->entries;) {
        const auto page = workers_.front().api->json(
            "GET", "/v1/entries/coop?limit=1000&from=" + std::to_string(at)
        );
        if (!page) return unexpected(page.error());
        const Json* list = page->find("entries");
        if (list == nullptr || list->as_array() == nullptr || list->items().empty())
            return fail("entry " + std::to_string(at) + " is not given out");
        for (const Json& one : list->items()) {
            if (at == end->entries) break;
            const auto name = "entry " + std::to_string(at);
            if (one.integer_of("index", market::never) != at++) return fail(name + " is left out");
            const auto bytes = base64_decode(one.text_of("coop"));
            if (!bytes) return fail(name + ": " + bytes.error().what);
            const auto coop = Json::parse(as_text(*bytes));
            if (!coop) return fail(name + ": " + record::describe(coop.error()));
            if (auto ok = postings.take(*coop); !ok) return fail(name + ": " + ok.error().what);
        }
    }
    observed_.job = postings.job();
    observed_.all = postings.all();
    return {};
}

Result<void> Replay::read_back() {
    if (auto ok = read_results(); !ok) return ok;
    return read_postings();
}

Result<void> Replay::read_results() {
    const auto text =
        api_.call("GET", "/v1/batches/" + std::to_string(batch_) + "/results?format=csv");
    if (!text) return unexpected(text.error());
    std::map<std::string, std::string> names;
    for (const auto& worker : workers_)
        names[worker.signer.party] = worker.name;
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < crowd_.ids.size(); ++i)
        places[crowd_.ids[i]] = i;
    std::size_t at = text->find('\n');
    while (at != std::string::npos && at + 1 < text->size()) {
        const std::size_t start = at + 1;
        at = text->find('\n', start);
        std::string line = text->substr(start, std::min(at, text->size()) - start);
        if (line.ends_with('\r')) line.pop_back();
        // external,task,member,answer and more; a crowd leaves no notes, so a line is a row
        const auto cells = cells_of(line);
        const auto task = cells.empty() ? places.end() : places.find(cells[0]);
        if (cells.size() < 4 || task == places.end())
            return fail("a result of another job: " + line);
        observed_.judgments.push_back({task->second, names[cells[2]], cells[3]});
    }
    return {};
}

} // namespace handprint::tools
