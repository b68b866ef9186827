// Not a test: how fast an audit is, held against the bare rate of signature checks on all cores.
//   bench_audit [entries=20000]

#include "node/audit/report.hpp"
#include "node/audit/run_audit.hpp"
#include "node/store/sqlite/sqlite_store.hpp"
#include "tests/audit/quick_ledger.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <vector>

using namespace handprint;
using market::Int;
using quick::Ledger;

namespace {

using Clock = std::chrono::steady_clock;

/// Checks a second, with as many threads as the audit has.
double raw_rate(const Ledger& ledger, unsigned threads) {
    std::vector<std::thread> running;
    const auto start = Clock::now();
    for (unsigned t = 0; t < threads; ++t) {
        running.emplace_back([&, t] {
            for (std::size_t i = t; i < ledger.envelopes.size(); i += threads) {
                if (!record::verify(ledger.envelopes[i], ledger.keys[i])) std::exit(1);
            }
        });
    }
    for (auto& thread : running)
        thread.join();
    const std::chrono::duration<double> took = Clock::now() - start;
    return static_cast<double>(ledger.envelopes.size()) / took.count();
}

} // namespace

int main(int count, char** arguments) {
    const Int entries = count > 1 ? std::atoll(arguments[1]) : 20'000;
    const auto dir = std::filesystem::temp_directory_path() / "handprint-bench-audit";
    std::filesystem::remove_all(dir);
    std::filesystem::create_directories(dir);
    store::SqliteOptions where;
    where.path = (dir / "ledger.db").string();
    where.durable = false;
    auto store = store::SqliteStore::create(where).value();
    Ledger ledger(*store);
    constexpr int members = 20;
    quick::fill(ledger, entries, members);
    const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    for (int round = 0; round < 3; ++round) {
        const double raw = raw_rate(ledger, threads);
        audit::Options options;
        options.threads = threads;
        const auto report = audit::audit_store(*store, options).value();
        const auto& f = report.figures;
        const double seconds = static_cast<double>(f.replay_milliseconds) / 1000;
        const double rate = static_cast<double>(f.signatures) / seconds;
        std::printf("%s", audit::report_text(report).c_str());
        std::printf(
            "raw %.0f/s on %u threads, audit %.0f/s (replay %.2f s): %.2f\n",
            raw,
            threads,
            rate,
            seconds,
            rate / raw
        );
    }
    std::filesystem::remove_all(dir);
    return 0;
}
