#include "node/audit/report.hpp"

#include <algorithm>
#include <utility>

namespace handprint::audit {

std::string text(const Finding& finding) {
    std::string out;
    if (!finding.file.empty()) out = finding.file;
    if (!finding.table.empty()) {
        out = finding.table;
        if (!finding.key.empty()) out += '(' + finding.key + ')';
        if (!finding.column.empty()) out += '.' + finding.column;
    } else if (finding.entry != never) {
        if (!out.empty()) out += ", ";
        out += "entry " + std::to_string(finding.entry);
    }
    if (!out.empty()) out += ": ";
    return out + finding.what;
}

bool Report::has(std::string_view code) const {
    return std::any_of(findings.begin(), findings.end(), [code](const Finding& f) {
        return f.code == code;
    });
}

void Report::add(Finding finding) {
    constexpr Int most_of_a_code = 100;
    const auto before = std::count_if(findings.begin(), findings.end(), [&](const Finding& f) {
        return f.code == finding.code;
    });
    if (before >= most_of_a_code) {
        ++left_out[finding.code];
    } else {
        findings.push_back(std::move(finding));
    }
}

void Report::add_file(const char* code, const std::string& file, std::string what) {
    Finding finding;
    finding.code = code;
    finding.file = file;
    finding.what = std::move(what);
    add(std::move(finding));
}

void Report::merge(Report other) {
    for (auto& finding : other.findings)
        add(std::move(finding));
    for (const auto& [code, count] : other.left_out)
        left_out[code] += count;
    for (const auto counter :
         {&Figures::tables,
          &Figures::rows,
          &Figures::secrets,
          &Figures::blobs,
          &Figures::erased_blobs,
          &Figures::files,
          &Figures::leftovers,
          &Figures::published}) {
        figures.*counter += other.figures.*counter;
    }
}

} // namespace handprint::audit
