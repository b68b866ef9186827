// What the node says afterwards: payslips, results, sums.

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

Result<void> Replay::read_payslips() {
    const auto policy = merkle::Policy::parse(policy_);
    if (!policy) return fail("policy: " + policy.error().what);
    Progress progress("payslips", workers_.size() * periods_.size(), options_.json);
    for (const auto& worker : workers_) {
        for (const Int period : periods_) {
            const auto file = worker.api->payslip(period);
            if (!file) return fail(worker.name + ": " + file.error().what);
            take_payslip(worker, *file, *policy);
            progress.add(1);
        }
    }
    return {};
}

Result<void> Replay::read_back() {
    auto after = sums();
    if (!after) return unexpected(after.error());
    observed_.after = std::move(*after);
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
