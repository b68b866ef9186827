#pragma once

// `handprint audit`: a data directory in, sentences or JSON out.

#include "ledger/record/json.hpp"
#include "node/audit/report.hpp"

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace handprint::audit {

/// How people are shown what is found, and how far it got.
struct Shown {
    /// The words that carry the verdict, marked as good or bad; empty: as they are.
    std::function<std::string(bool good, std::string_view text)> verdict = {};
    std::function<void(Int done, Int total)> progress = {}; // entries
};

/// Audits <data_dir>/ledger.db and every file around it. Without keys/data.key, or with another,
/// what is sealed stays closed. `threads` 0: one for each core.
/// Returns 0 if all is well, 1 if there are findings, 2 if it could not be audited.
int run_audit(
    const std::string& data_dir,
    bool json,
    unsigned threads,
    std::ostream& out,
    const Shown& shown = {}
);

/// Says why it could not be audited. Returns 2.
int could_not(const std::string& why, bool json, std::ostream& out);

/// The same in words or JSON for a report in hand.
[[nodiscard]] std::string report_text(const Report& report, const Shown& shown = {});
[[nodiscard]] record::Json report_json(const Report& report);

} // namespace handprint::audit
