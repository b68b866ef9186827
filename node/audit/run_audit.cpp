#include "node/audit/run_audit.hpp"

#include "node/audit/data_files.hpp"
#include "node/audit/published.hpp"
#include "node/files/files.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <sodium/randombytes.h>

#include <filesystem>
#include <optional>
#include <ostream>
#include <thread>

namespace handprint::audit {

namespace {

namespace fs = std::filesystem;
using record::Json;

/// 1234567 -> "1,234,567"
std::string grouped(Int number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3 && digits[at - 4] != '-';) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

/// Nothing if there is no key, or none that can be read: the audit of the files says so.
std::optional<pipeline::Vault> open_vault(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error)) return std::nullopt;
    const auto key = files::read_seed(path);
    if (!key) return std::nullopt;
    return pipeline::Vault(*key, [](std::span<std::uint8_t> view) {
        randombytes_buf(view.data(), view.size());
    });
}

/// Whether another node, or the same one started anew, has written since `then`. Files may be of
/// later than what was read: `rotate-log-key` changes keys and policy.
Result<bool> was_taken_over(const store::SqliteOptions& where, const store::Head& then) {
    const auto store = store::SqliteStore::open(where);
    if (!store) return unexpected(store.error());
    const auto now = (*store)->head();
    if (!now) return unexpected(now.error());
    return now->epoch != then.epoch;
}

Json finding_json(const Finding& finding) {
    Json json = Json::object({{"code", Json(finding.code)}, {"what", Json(finding.what)}});
    for (const auto& [name, value] :
         {std::pair{"table", &finding.table},
          std::pair{"key", &finding.key},
          std::pair{"column", &finding.column},
          std::pair{"file", &finding.file}}) {
        if (!value->empty()) json.set(name, Json(*value));
    }
    if (finding.entry != never) json.set("entry", Json(finding.entry));
    json.set("text", Json(text(finding)));
    return json;
}

} // namespace

int could_not(const std::string& why, bool json, std::ostream& out) {
    if (json) {
        out << Json::object({{"clean", Json(false)}, {"error", Json(why)}}).encode() << '\n';
    } else {
        out << "audit: could not be done: " << why << '\n';
    }
    return 2;
}

std::string report_text(const Report& report, const Shown& shown) {
    const auto verdict = [&shown](bool good, std::string_view words) {
        return shown.verdict ? shown.verdict(good, words) : std::string(words);
    };
    const Figures& f = report.figures;
    std::string out;
    for (const auto& finding : report.findings)
        out += text(finding) + "  " + verdict(false, '[' + finding.code + ']') + '\n';
    for (const auto& [code, count] : report.left_out) {
        out += "and " + grouped(count) + " more of " + code + '\n';
    }
    out += "audit: " + verdict(report.clean(), report.clean() ? "clean" : "NOT clean") + ", ";
    if (!report.clean()) out += grouped(static_cast<Int>(report.findings.size())) + " findings, ";
    out += grouped(f.entries) + " entries, " + grouped(f.signatures) + " signatures, "
           + grouped(f.tables) + " tables with " + grouped(f.rows) + " rows, " + grouped(f.secrets)
           + " sealed values, " + grouped(f.blobs) + " blobs, " + grouped(f.files)
           + " published files up to entry " + grouped(f.published) + ", " + grouped(f.milliseconds)
           + " ms\n";
    if (f.erased_parts + f.erased_blobs != 0) {
        out += "erased: " + grouped(f.erased_parts) + " parts, " + grouped(f.erased_blobs)
               + " blobs; " + grouped(f.not_decided_again) + " entries could only be folded\n";
    }
    if (f.unopened_closes != 0) {
        out += "without the data key " + grouped(f.unopened_closes)
               + " lists of closes and all sealed values stayed closed\n";
    }
    return out;
}

Json report_json(const Report& report) {
    const Figures& f = report.figures;
    Json::Array findings;
    for (const auto& finding : report.findings)
        findings.push_back(finding_json(finding));
    Json left_out = Json::object({});
    for (const auto& [code, count] : report.left_out)
        left_out.set(code, Json(count));
    return Json::object({
        {"clean", Json(report.clean())},
        {"figures",
         Json::object({
             {"blobs", Json(f.blobs)},
             {"entries", Json(f.entries)},
             {"erased_blobs", Json(f.erased_blobs)},
             {"erased_parts", Json(f.erased_parts)},
             {"files", Json(f.files)},
             {"leftovers", Json(f.leftovers)},
             {"milliseconds", Json(f.milliseconds)},
             {"not_decided_again", Json(f.not_decided_again)},
             {"parts", Json(f.parts)},
             {"published", Json(f.published)},
             {"replay_milliseconds", Json(f.replay_milliseconds)},
             {"rows", Json(f.rows)},
             {"secrets", Json(f.secrets)},
             {"signatures", Json(f.signatures)},
             {"tables", Json(f.tables)},
             {"unopened_closes", Json(f.unopened_closes)},
         })},
        {"findings", Json(std::move(findings))},
        {"left_out", std::move(left_out)},
    });
}

int run_audit(
    const std::string& data_dir, bool json, unsigned threads, std::ostream& out, const Shown& shown
) {
    const auto vault = open_vault(data_dir + "/keys/data.key");
    store::SqliteOptions where;
    where.path = data_dir + "/ledger.db";
    where.reader_cache_pages = 1'000; // nearly all is read in its order
    where.one_snapshot = true;        // a node may be at work
    where.busy_ms = 30'000;           // between two of its batches
    if (vault) where.mac_key = vault->mac_key();
    // SQLite does not say of which file it speaks.
    const auto of_tables = [&](const std::string& what) {
        const bool says = what.find(data_dir + "/") != std::string::npos;
        return could_not(says ? what : where.path + ": " + what, json, out);
    };
    Options options;
    options.log_dir = data_dir + "/log";
    // What is published is in the tables before.
    auto listed = list_log_files(options.log_dir);
    if (!listed) return could_not(listed.error().what, json, out);
    options.log_files = std::move(*listed);
    auto store = store::SqliteStore::open(where);
    if (!store) return of_tables(store.error().what);
    const auto fits = vault ? opens_any(**store, *vault) : Result<bool>(false);
    if (!fits) return of_tables(fits.error().what);
    options.vault = *fits ? &*vault : nullptr;
    options.data_dir = data_dir;
    options.threads = threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
    options.progress = shown.progress;
    const auto head = (*store)->head();
    if (!head) return of_tables(head.error().what);
    const auto report = audit_store(**store, options);
    if (!report) return of_tables(report.error().what);
    if (!report->clean()) {
        const auto taken_over = was_taken_over(where, *head);
        if (!taken_over) return of_tables(taken_over.error().what);
        if (*taken_over) return of_tables("a node was started meanwhile: audit again");
    }
    if (json) {
        out << report_json(*report).encode() << '\n';
    } else {
        out << report_text(*report, shown);
    }
    return report->clean() ? 0 : 1;
}

} // namespace handprint::audit
