// handprint verify, audit, shares

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/books/split.hpp"
#include "ledger/merkle/verdict.hpp"
#include "ledger/record/payslip.hpp"
#include "ledger/record/payslip_file.hpp"
#include "ledger/record/receipt.hpp"
#include "node/app/check_log.hpp"
#include "node/app/commands.hpp"
#include "node/app/node_files.hpp"
#include "node/app/reason_words.hpp"
#include "node/app/whole_number.hpp"
#include "node/audit/run_audit.hpp"
#include "node/tools/complaint.hpp"
#include "node/tools/data_directory.hpp"
#include "node/tools/paint.hpp"
#include "node/tools/progress.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>

namespace handprint::app {

namespace fs = std::filesystem;

namespace {

using record::Json;
using tools::as_utf8;
using tools::refuse_words;

struct VerifyOptions {
    std::string file, policy, promises, promise_key;
    bool json = false;
};

void print_verdict(bool json, const Json& verdict, bool ok, const std::string& good) {
    const tools::Paint paint(STDOUT_FILENO, json);
    if (json) {
        std::cout << verdict.encode() << '\n';
    } else if (ok) {
        std::cout << paint.good("OK") << "  " << good << '\n';
    } else {
        std::cout << paint.bad("NOT GOOD") << "  " << verdict.at("reason").text() << ": "
                  << verdict.at("detail").text() << '\n';
        const auto words = reason_in_words(verdict.at("reason").text());
        if (!words.empty()) std::cout << "    " << words << '\n';
    }
}

/// "1 entry", "2 entries"
std::string counted(std::uint64_t count, const char* one, const char* more) {
    return std::to_string(count) + ' ' + (count == 1 ? one : more);
}

std::string witnesses_counted(const std::vector<merkle::WitnessedBy>& witnesses) {
    return counted(witnesses.size(), "witness", "witnesses");
}

/// The reader's policy, or the exit code once it is said what is wrong with it.
Result<merkle::Policy, int> load_policy(const VerifyOptions& o) {
    const auto text = read_text(o.policy, record::kMaxPayslipBytes);
    if (!text) return unexpected(refuse_words(text.error().what, o.json));
    auto policy = merkle::Policy::parse(*text);
    if (policy) return std::move(*policy);
    const Json verdict = Json::object(
        {{"detail", Json(as_utf8(policy.error().what))},
         {"ok", Json(false)},
         {"reason", Json("policy_malformed")}}
    );
    print_verdict(o.json, verdict, false, "");
    return unexpected(1);
}

struct Promises {
    std::vector<std::string> files, texts;
};

/// Every file in the folder is one promise; by name, so that the first that fails is always the
/// same.
Result<Promises> load_promises(const std::string& folder) {
    Promises promises;
    if (folder.empty()) return promises;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        promises.files.push_back(entry.path().string());
    if (error) return fail(folder + ": " + error.message());
    std::ranges::sort(promises.files);
    for (const auto& file : promises.files) {
        auto text = read_text(file, record::kMaxPayslipBytes);
        if (!text) return unexpected(text.error());
        promises.texts.push_back(std::move(*text));
    }
    return promises;
}

std::string since(std::uint64_t unix_seconds) {
    const auto text = format_rfc3339(Instant{static_cast<std::int64_t>(unix_seconds) * 1000});
    return text ? *text : std::string{};
}

Json witnesses_json(const std::vector<merkle::WitnessedBy>& witnesses) {
    Json::Array list;
    for (const auto& w : witnesses) {
        list.push_back(
            Json::object({{"name", Json(as_utf8(w.witness))}, {"time", Json(w.unix_seconds)}})
        );
    }
    return Json(std::move(list));
}

int verify_payslip_file(const VerifyOptions& o) {
    const auto policy = load_policy(o);
    if (!policy) return policy.error();
    const auto file = read_text(o.file, record::kMaxPayslipBytes);
    if (!file) return refuse_words(file.error().what, o.json);
    auto loaded = load_promises(o.promises);
    if (!loaded) return refuse_words(loaded.error().what, o.json);
    const Promises promises = std::move(*loaded);
    auto v = record::verify_payslip(*file, *policy, promises.texts);
    if (v.bad_promise) v.detail = promises.files[*v.bad_promise] + ": " + v.detail;
    Json::Array totals;
    std::string summary = "member " + std::to_string(v.member) + ", period "
                          + std::to_string(v.period) + ", " + counted(v.entries, "entry", "entries")
                          + ", " + counted(v.signatures, "signature", "signatures") + ", "
                          + witnesses_counted(v.witnesses);
    if (!o.promises.empty()) {
        summary += ", " + std::to_string(v.promises) + " of "
                   + std::to_string(promises.files.size())
                   + " promises are of this period and kept";
    }
    if (!v.witnesses.empty()) summary += " (" + since(v.witnesses.front().unix_seconds) + ")";
    for (const auto& t : v.totals) {
        totals.push_back(Json::object({
            {"class", Json(books::name(t.account_class))},
            {"closing", Json(std::to_string(t.closing))},
            {"currency", Json(t.currency.text())},
            {"lines", Json(std::to_string(t.lines))},
            {"opening", Json(std::to_string(t.opening))},
        }));
        summary += "\n    " + std::string(books::name(t.account_class)) + ' ' + t.currency.text()
                   + ": " + std::to_string(t.opening) + " -> " + std::to_string(t.closing)
                   + " minor units";
    }
    print_verdict(
        o.json,
        Json::object({
            {"detail", Json(v.detail)},
            {"entries", Json(v.entries)},
            {"lines", Json(v.lines)},
            {"member", Json(v.member)},
            {"ok", Json(v.ok)},
            {"period", Json(v.period)},
            {"promises", Json(v.promises)},
            {"reason", Json(v.reason)},
            {"signatures", Json(v.signatures)},
            {"totals", Json(std::move(totals))},
            {"witnesses", witnesses_json(v.witnesses)},
        }),
        v.ok,
        summary
    );
    return v.ok ? 0 : 1;
}

int verify_receipt_file(const VerifyOptions& o) {
    const auto promise_key = base64_to_array<32>(o.promise_key);
    if (!o.promises.empty() && !promise_key) {
        return refuse_words(
            "--promise-key: the base64 of a public key of 32 bytes is needed with --promises, "
            "since a "
            "receipt does not say who signs promises; GET /v1/ledger does, and each payslip",
            o.json
        );
    }
    const auto policy = load_policy(o);
    if (!policy) return policy.error();
    const auto file = read_text(o.file, record::kMaxPayslipBytes);
    if (!file) return refuse_words(file.error().what, o.json);
    const auto promises = load_promises(o.promises);
    if (!promises) return refuse_words(promises.error().what, o.json);
    auto v = o.promises.empty()
                 ? record::verify_receipt(*file, *policy)
                 : record::verify_receipt(*file, *policy, promises->texts, *promise_key);
    if (v.bad_promise) v.detail = promises->files[*v.bad_promise] + ": " + v.detail;
    const std::uint64_t index = v.receipt ? v.receipt->index : 0;
    std::string summary = "entry " + std::to_string(index)
                          + (v.header ? ", " + v.header->kind : std::string{}) + ", "
                          + witnesses_counted(v.checkpoint.witnesses);
    if (!o.promises.empty()) {
        summary += ", " + std::to_string(v.promises) + " of "
                   + std::to_string(promises->files.size())
                   + " promises are about this entry and kept";
    }
    print_verdict(
        o.json,
        Json::object({
            {"detail", Json(v.detail)},
            {"index", Json(index)},
            {"kind", Json(v.header ? v.header->kind : std::string{})},
            {"ok", Json(v.ok)},
            {"promises", Json(v.promises)},
            {"reason", Json(v.reason)},
            {"witnesses", witnesses_json(v.checkpoint.witnesses)},
        }),
        v.ok,
        summary
    );
    return v.ok ? 0 : 1;
}

int verify_log(const VerifyOptions& o) {
    const auto policy = load_policy(o);
    if (!policy) return policy.error();
    const auto log = [&] {
        tools::Progress progress("files of the log", 0, o.json);
        return check_log(o.file, *policy, [&](std::uint64_t done, std::uint64_t total) {
            progress.reach(done, total);
        });
    }();
    if (!log) return refuse_words(log.error().what, o.json);
    Json::Array sums;
    std::string summary = counted(log->size, "entry", "entries") + ", "
                          + witnesses_counted(log->witnesses) + ", "
                          + counted(log->distributions, "distribution", "distributions") + ", "
                          + std::to_string(log->lists) + " of them listed\n    "
                          + age_text(*log, wall_clock_ms() / 1000);
    for (const auto& sum : log->sums) {
        sums.push_back(Json::array(
            {Json(books::name(sum.account_class)),
             Json(sum.currency.text()),
             Json(std::to_string(sum.amount))}
        ));
        summary += "\n    " + std::string(books::name(sum.account_class)) + ' '
                   + sum.currency.text() + ": " + std::to_string(sum.amount) + " minor units";
    }
    if (!log->sums.empty()) {
        summary +=
            "\n    What is held or was spent (such as bank) is positive, what is owed or kept "
            "for somebody\n    is negative; all sums of a currency add up to 0.";
    }
    print_verdict(
        o.json,
        Json::object({
            {"detail", Json(log->detail)},
            {"distributions", Json(log->distributions)},
            {"lists", Json(log->lists)},
            {"ok", Json(log->reason.empty())},
            {"reason", Json(log->reason)},
            {"size", Json(log->size)},
            {"sums", Json(std::move(sums))},
            {"witnesses", witnesses_json(log->witnesses)},
        }),
        log->reason.empty(),
        summary
    );
    return log->reason.empty() ? 0 : 1;
}

int audit_directory(const std::string& data, unsigned threads, bool json) {
    const tools::Paint paint(STDOUT_FILENO, json);
    if (auto ok = tools::has_ledger(data); !ok)
        return audit::could_not(as_utf8(ok.error().what), json, std::cout);
    std::ostringstream out; // after the bar
    int code = 0;
    {
        tools::Progress progress("entries", 0, json);
        audit::Shown shown;
        shown.verdict = [&](bool good, std::string_view text) { return paint.verdict(good, text); };
        shown.progress = [&](market::Int done, market::Int total) {
            progress.reach(static_cast<std::size_t>(done), static_cast<std::size_t>(total));
        };
        code = audit::run_audit(data, json, threads, out, shown);
    }
    std::cout << out.str();
    return code;
}

int shares(std::int64_t pool, std::string_view points, bool json) {
    std::vector<books::Share> weights;
    bool any = false;
    for (;;) {
        const std::size_t comma = std::min(points.find(','), points.size());
        const std::string text(points.substr(0, comma));
        const auto value = parse_u64(text);
        if (!value) return refuse_words("--points: not a whole number: \"" + text + '"', json);
        any = any || *value > 0;
        weights.push_back({weights.size(), *value});
        if (comma == points.size()) break;
        points.remove_prefix(comma + 1);
    }
    if (!any) return refuse_words("--points: all are 0", json);
    const auto parts = books::split(pool, weights);
    if (!parts) return refuse_words("--pool, --points: " + parts.error().what, json);
    std::string line;
    Json::Array list;
    for (const auto part : *parts) {
        line += (line.empty() ? "" : ",") + std::to_string(part);
        list.emplace_back(std::to_string(part));
    }
    if (json) line = Json::object({{"shares", Json(std::move(list))}}).encode();
    std::cout << line << '\n';
    return 0;
}

void add_verify(
    CLI::App& verify,
    const char* name,
    const char* what,
    const char* help,
    int (*run)(const VerifyOptions&),
    int& code
) {
    auto o = std::make_shared<VerifyOptions>();
    auto* sub = verify.add_subcommand(name, help);
    sub->add_option(what, o->file, "What to check")->required();
    sub->add_option("--policy", o->policy, "Your own trust policy (tlog-policy)")->required();
    if (std::string_view(name) != "log") {
        sub->add_option("--promises", o->promises, "Directory of promises that you were given");
    }
    if (std::string_view(name) == "receipt") {
        sub->add_option(
            "--promise-key",
            o->promise_key,
            "Who signs them: `promise_key` of GET /v1/ledger or of a payslip, in base64"
        );
    }
    sub->add_flag("--json", o->json, "Print the verdict as JSON");
    sub->callback([o, run, &code] { code = run(*o); });
}

} // namespace

void add_check_commands(CLI::App& app, int& code) {
    auto* verify =
        app.add_subcommand("verify", "Check a payslip or a receipt, offline, or a whole log");
    verify->require_subcommand(1);
    add_verify(
        *verify,
        "payslip",
        "FILE",
        "Check a member's payslip and that it is complete",
        verify_payslip_file,
        code
    );
    add_verify(
        *verify, "receipt", "FILE", "Check a .tlog-proof receipt", verify_receipt_file, code
    );
    add_verify(
        *verify,
        "log",
        "URL_OR_DIR",
        "Check every entry, tile, sum and distribution of a published log",
        verify_log,
        code
    );

    auto data = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    auto threads = std::make_shared<unsigned>(0);
    auto* a = app.add_subcommand(
        "audit", "Replay a whole ledger and compare every table, file and signature"
    );
    a->add_option("--data", *data, "Data directory")->required();
    a->add_option("--threads", *threads, "Threads (0: one for each core)")
        ->check(whole_number(0, 1024))
        ->capture_default_str();
    a->add_flag("--json", *json, "Print the report as JSON");
    a->callback([data, json, threads, &code] { code = audit_directory(*data, *threads, *json); });

    auto pool = std::make_shared<std::int64_t>(0);
    auto points = std::make_shared<std::string>();
    auto* s = app.add_subcommand("shares", "Divide a pool by credit points, exactly");
    s->add_option("--pool", *pool, "Minor units to divide")->required()->check(whole_number(0));
    s->add_option("--points", *points, "Points of each member, comma separated")->required();
    auto as_json = std::make_shared<bool>(false);
    s->add_flag("--json", *as_json, "Print the shares as JSON");
    s->callback([pool, points, as_json, &code] { code = shares(*pool, *points, *as_json); });
}

} // namespace handprint::app
