#include "node/tools/replay_crowd.hpp"

#include "node/client/key_file.hpp"
#include "node/tools/complaint.hpp"
#include "node/tools/node_process.hpp"
#include "node/tools/paint.hpp"
#include "node/tools/replay.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

namespace handprint::tools {

namespace {

struct Check {
    std::string what;
    bool ok = false;
    std::string where; // the first place at which it does not hold
};

std::string cents(Int minor) {
    char text[32];
    const Int whole = minor < 0 ? -minor : minor;
    std::snprintf(
        text,
        sizeof text,
        "%s%lld.%02d",
        minor < 0 ? "-" : "",
        static_cast<long long>(whole / 100),
        static_cast<int>(whole % 100)
    );
    return text;
}

std::string percent(std::size_t part, std::size_t of) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f %%", of == 0 ? 0.0 : 100.0 * double(part) / double(of));
    return text;
}

std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

/// Every judgment of the recording came back, none twice, none changed.
Check same_judgments(const Crowd& crowd, const Observed& seen) {
    Check check{"every judgment came back as it was given, no task twice by one worker", true, {}};
    std::map<std::pair<std::size_t, std::string>, std::string> given;
    for (const auto& j : crowd.judgments)
        given[{j.task, j.worker}] = j.answer;
    std::set<std::pair<std::size_t, std::string>> met;
    for (const auto& j : seen.judgments) {
        const auto at = given.find({j.task, j.worker});
        const bool once = met.emplace(j.task, j.worker).second;
        if (at == given.end() || at->second != j.answer || !once) {
            check.ok = false;
            check.where = crowd.ids[j.task] + " by " + j.worker;
            return check;
        }
    }
    if (met.size() != given.size()) {
        check.ok = false;
        check.where = std::to_string(met.size()) + " of " + std::to_string(given.size());
    }
    return check;
}

/// A name that one side lacks has nothing there.
Check same_sums(const std::string& what, const Sums& expected, const Sums& seen) {
    Check check{what, true, {}};
    Sums wrong = seen;
    for (const auto& [name, amount] : expected)
        wrong[name] -= amount;
    for (const auto& [name, amount] : wrong) {
        if (amount == 0) continue;
        check.ok = false;
        const auto at = expected.find(name);
        const Int right = at == expected.end() ? 0 : at->second;
        check.where = name + ": " + cents(right + amount) + " instead of " + cents(right);
        return check;
    }
    return check;
}

/// Class by class, as the second opinion says they must be.
Sums expected_sums(const ExpectedMoney& money, const MoneyTerms& terms, const Observed& seen) {
    const Int paid = money.wage_total + money.share_total;
    return {
        {"bank", seen.funded + terms.income - seen.refunded - paid},
        {"escrow", -seen.held},
        {"fee", -money.fee - money.operations},
        {"equity", -money.transition},
        {"reserve", -money.reserve},
    };
}

std::vector<Check> judge(
    const ReplayOptions& options,
    const Crowd& crowd,
    const Replay& replay,
    const ExpectedMoney& money
) {
    const auto& seen = replay.observed();
    const auto& terms = replay.terms();
    std::vector<Check> checks;
    checks.push_back(same_judgments(crowd, seen));
    checks.push_back(
        {"the second opinion counts the same judgments",
         money.judgments == crowd.judgments.size(),
         std::to_string(money.judgments)}
    );
    checks.push_back(
        same_sums("wages of every worker are those of the recording", money.wages, seen.wages)
    );
    checks.push_back(same_sums(
        "shares of the income of every worker are those of the recording", money.shares, seen.shares
    ));
    auto paid = money.wages;
    for (const auto& [name, amount] : money.shares)
        paid[name] += amount;
    checks.push_back(
        same_sums("settled payments of every worker are those of the recording", paid, seen.settled)
    );
    const Int in = seen.funded + terms.income;
    const Int out = money.wage_total + money.share_total + money.fee + money.operations
                    + money.transition + money.reserve + seen.refunded + seen.held;
    checks.push_back(
        {"money in = wages + shares + fees + reserves + refund + held",
         in == out,
         cents(in) + " and " + cents(out)}
    );
    checks.push_back(same_sums(
        "what the ledger moved for the job is that of the recording, class by class",
        expected_sums(money, terms, seen),
        seen.job
    ));
    checks.push_back(
        same_sums("the node's running totals are those of its entries", seen.all, seen.said)
    );
    checks.push_back(
        {"every payslip verifies, with every promise kept",
         seen.payslips_good == seen.payslips
             && seen.promises_kept == seen.bundles + crowd.workers.size(),
         seen.bad_payslips.empty() ? std::to_string(seen.promises_kept) + " promises kept"
                                   : seen.bad_payslips.front()}
    );
    if (!options.truth.empty()) {
        const auto node = majority(crowd, seen.judgments);
        const auto recorded = majority(crowd, crowd.judgments);
        checks.push_back(
            {"the majority of the node's results is as often right as that of the recording",
             node.right == recorded.right && node.judged == recorded.judged,
             std::to_string(node.right) + " and " + std::to_string(recorded.right)}
        );
    }
    return checks;
}

void print_text(
    const Crowd& crowd,
    const Replay& replay,
    const ExpectedMoney& money,
    const std::vector<Check>& checks
) {
    const auto& seen = replay.observed();
    const auto& terms = replay.terms();
    std::printf("tasks                %zu\n", crowd.ids.size());
    std::printf("workers              %zu\n", crowd.workers.size());
    std::printf(
        "judgments            %zu in %zu signed bundles\n", seen.judgments.size(), seen.bundles
    );
    std::printf(
        "judgments per second %.0f (%.1f s)\n",
        double(crowd.judgments.size()) / seen.submit_seconds,
        seen.submit_seconds
    );
    std::printf(
        "money in   %14s KES funded + licence income\n", cents(seen.funded + terms.income).c_str()
    );
    std::printf("  wages    %14s\n", cents(money.wage_total).c_str());
    std::printf("  shares   %14s of the income\n", cents(money.share_total).c_str());
    std::printf("  fees     %14s\n", cents(money.fee + money.operations).c_str());
    std::printf("  reserves %14s\n", cents(money.transition + money.reserve).c_str());
    std::printf("  refund   %14s\n", cents(seen.refunded).c_str());
    std::printf("  held     %14s\n", cents(seen.held).c_str());
    std::printf(
        "payslips verified    %zu of %zu, %zu promises kept\n",
        seen.payslips_good,
        seen.payslips,
        seen.promises_kept
    );
    if (const auto vote = majority(crowd, seen.judgments); vote.judged != 0) {
        std::printf(
            "majority vote        %zu of %zu = %s\n",
            vote.right,
            vote.judged,
            percent(vote.right, vote.judged).c_str()
        );
        for (const auto& [answer, right] : vote.always) {
            std::printf(
                "  always \"%s\": %s\n", answer.c_str(), percent(right, vote.judged).c_str()
            );
        }
    }
    const Paint paint(STDOUT_FILENO, false);
    for (const auto& check : checks) {
        const auto verdict = paint.verdict(check.ok, check.ok ? "holds" : "FAILED");
        std::printf("%s%s  %s", verdict.c_str(), check.ok ? " " : "", check.what.c_str());
        std::printf("%s\n", check.ok ? "" : (": " + check.where).c_str());
    }
}

void print_json(
    const Crowd& crowd,
    const Replay& replay,
    const ExpectedMoney& money,
    const std::vector<Check>& checks
) {
    const auto& seen = replay.observed();
    const auto vote = majority(crowd, seen.judgments);
    Json::Array list;
    bool good = true;
    for (const auto& check : checks) {
        good = good && check.ok;
        Json item = Json::object({{"ok", Json(check.ok)}, {"what", Json(check.what)}});
        if (!check.ok) item.set("where", Json(check.where));
        list.push_back(std::move(item));
    }
    Json always = Json::object({});
    for (const auto& [answer, right] : vote.always)
        always.set(answer, Json(right));
    const auto text = [](Int minor) { return Json(std::to_string(minor)); };
    const Json json = Json::object({
        {"always_right", std::move(always)},
        {"bundles", Json(seen.bundles)},
        {"checks", Json(std::move(list))},
        {"judgments", Json(seen.judgments.size())},
        {"judgments_per_second", Json(Int(double(crowd.judgments.size()) / seen.submit_seconds))},
        {"majority_right", Json(vote.right)},
        {"money",
         Json::object({
             {"fees", text(money.fee + money.operations)},
             {"held", text(seen.held)},
             {"in", text(seen.funded + replay.terms().income)},
             {"refund", text(seen.refunded)},
             {"reserves", text(money.transition + money.reserve)},
             {"shares", text(money.share_total)},
             {"wages", text(money.wage_total)},
         })},
        {"ok", Json(good)},
        {"payslips", Json(seen.payslips)},
        {"payslips_verified", Json(seen.payslips_good)},
        {"promises_kept", Json(seen.promises_kept)},
        {"tasks", Json(crowd.ids.size())},
        {"workers", Json(crowd.workers.size())},
    });
    std::cout << json.encode() << std::endl;
}

/// A demo tells callers on its machine where the keys of its people are. Empty if it is none.
std::string delegate_of_demo(const client::Address& node) {
    const auto demo = client::ApiClient(node).json("GET", "/v1/demo");
    const std::string people = demo ? demo->text_of("people") : std::string();
    return people.empty() ? people : people + "/d-0.key";
}

Result<int> run(const ReplayOptions& options) {
    const auto crowd = load_crowd({options.items, options.answers, options.truth}, options.limit);
    if (!crowd) return unexpected(crowd.error());
    const ScratchDir scratch;
    NodeProcess node;
    std::string url = options.url;
    std::string delegate_file = options.delegate;
    std::string policy = options.policy.empty() ? std::string{} : file_text(options.policy);
    if (url.empty()) {
        if (auto ok = node.start(scratch.path() + "/node"); !ok) return unexpected(ok.error());
        url = node.url;
        delegate_file = node.delegate_file;
        policy = file_text(node.policy_file);
    }
    const auto address = client::parse_url(url);
    if (!address) return unexpected(address.error());
    if (delegate_file.empty()) {
        delegate_file = delegate_of_demo(*address);
        if (delegate_file.empty()) {
            return fail(
                "--url needs --delegate, who funds and pays out, unless the node is a demo on this "
                "machine"
            );
        }
    }
    const auto delegate = client::read_key_file(delegate_file);
    if (!delegate) return unexpected(delegate.error());
    Replay replay(options, *crowd, *address);
    if (auto ok = replay.play(delegate->key, delegate->party, policy); !ok)
        return unexpected(ok.error());

    std::map<std::string, bool> wanted;
    for (const auto& id : crowd->ids)
        wanted[id] = true;
    const auto money = expected_money(file_text(options.answers), replay.terms(), &wanted);
    const auto checks = judge(options, *crowd, replay, money);
    if (options.json) {
        print_json(*crowd, replay, money, checks);
    } else {
        print_text(*crowd, replay, money, checks);
    }
    for (const auto& check : checks) {
        if (!check.ok) return 1;
    }
    return 0;
}

} // namespace

int replay_crowd(const ReplayOptions& options) {
    const auto code = run(options);
    if (code) return *code;
    return complain("replay-crowd", code.error().what, options.json, 2);
}

} // namespace handprint::tools
