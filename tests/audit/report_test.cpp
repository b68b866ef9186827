// What a report says of a finding, and how many of a kind it takes.

#include "node/audit/report.hpp"

#include <doctest/doctest.h>

namespace handprint::audit_test {

TEST_CASE("report: of each code a hundred findings are kept and the others counted") {
    audit::Report report;
    for (int i = 0; i < 100; ++i)
        report.add({.code = "row_differs"});
    CHECK(report.findings.size() == 100);
    CHECK(report.left_out.empty());
    report.add({.code = "row_differs"});
    report.add({.code = "row_missing"});
    CHECK(report.findings.size() == 101);
    CHECK(report.left_out.at("row_differs") == 1);
    audit::Report other;
    other.findings.push_back({.code = "row_differs"});
    other.left_out["row_differs"] = 5;
    other.figures.rows = 7;
    report.merge(std::move(other));
    CHECK(report.findings.size() == 101);
    CHECK(report.left_out.at("row_differs") == 7);
    CHECK(report.figures.rows == 7);
}

TEST_CASE("report: a finding says where it is as far as that is known") {
    using audit::text;
    audit::Finding finding{.what = "it is odd"};
    CHECK(text(finding) == "it is odd");
    finding.entry = 7;
    CHECK(text(finding) == "entry 7: it is odd");
    finding.file = "checkpoint";
    CHECK(text(finding) == "checkpoint, entry 7: it is odd");
    finding.table = "task";
    CHECK(text(finding) == "task: it is odd");
    finding.key = "batch=3,task=7";
    CHECK(text(finding) == "task(batch=3,task=7): it is odd");
    finding.column = "accepted";
    CHECK(text(finding) == "task(batch=3,task=7).accepted: it is odd");
}

} // namespace handprint::audit_test
