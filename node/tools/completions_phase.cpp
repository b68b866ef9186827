#include "node/tools/completions_phase.hpp"

#include "node/tools/machine.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace handprint::tools {

using record::Json;

namespace {

double change(
    const std::map<std::string, double>& before,
    const std::map<std::string, double>& after,
    const std::string& name
) {
    const auto a = before.find(name);
    const auto b = after.find(name);
    return (b == after.end() ? 0 : b->second) - (a == before.end() ? 0 : a->second);
}

/// CPU microseconds of a submission by stage. The checks of signatures run on the HTTP threads;
/// their cost is the yardstick's. The sequencer's CPU is split as its own clocks say; it also tells
/// those who follow the log, which counts as deciding.
std::vector<std::pair<std::string, double>> stages(const Phase& phase, double verify_us) {
    const double http = phase.cpu_us("handprint-http");
    const double sequencer = phase.cpu_us("hp-sequencer");
    const double load = phase.metric("handprint_load_us_total");
    const double decide = phase.metric("handprint_decide_us_total");
    const double all = std::max(load + decide, 1.0);
    return {
        {"verify", verify_us},
        {"transport and parse", std::max(http - verify_us, 0.0)}, // a tick of the clock is 10 ms
        {"load", sequencer * load / all},
        {"decide", sequencer * decide / all},
        {"commit", phase.cpu_us("hp-commit")},
        {"answer", phase.cpu_us("hp-answers")},
        {"publish", phase.cpu_us("hp-publisher")},
        {"all threads", phase.cpu_us("all")},
    };
}

struct Writes {
    double commits;
    double database; // fsyncs of the database
    double fsyncs;   // of all files

    explicit Writes(const Phase& phase)
        : commits(phase.metric("handprint_commits_total")),
          database(phase.metric("handprint_fsyncs_total{of=\"database\"}")),
          fsyncs(database + phase.metric("handprint_fsyncs_total{of=\"other\"}")) {}

    [[nodiscard]] double per_commit(double count) const { return count / std::max(commits, 1.0); }
};

/// A line for each size: how many commits, and a bar.
void print_sizes(const Phase& phase) {
    const auto sizes = commit_sizes(phase);
    std::uint64_t most = 1;
    for (const auto& [from, count] : sizes)
        most = std::max(most, count);
    std::printf("  commits by the commands in them:\n");
    for (const auto& [from, count] : sizes) {
        constexpr std::uint64_t width = 40;
        const auto range = from == 1 ? std::string("1")
                                     : std::to_string(from) + "-" + std::to_string(2 * from - 1);
        const std::string bar((count * width + most - 1) / most, '#');
        std::printf(
            "    %-12s %7llu  %s\n",
            range.c_str(),
            static_cast<unsigned long long>(count),
            bar.c_str()
        );
    }
}

} // namespace

double Phase::per_second() const {
    return static_cast<double>(load.answered) / load.seconds;
}

double Phase::tasks_per_second() const {
    return per_second() * static_cast<double>(tasks);
}

double Phase::cpu_us(const std::string& thread) const {
    return change(before.cpu, after.cpu, thread) * 1e6 / static_cast<double>(load.answered);
}

double Phase::metric(const std::string& counter) const {
    return change(before.metrics, after.metrics, counter);
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> commit_sizes(const Phase& phase) {
    constexpr std::string_view label = "handprint_batch_size_total{from=\"";
    std::vector<std::pair<std::uint64_t, std::uint64_t>> sizes;
    for (const auto& [name, value] : phase.after.metrics) {
        if (!name.starts_with(label)) continue;
        const auto count = static_cast<std::uint64_t>(phase.metric(name));
        if (count > 0)
            sizes.emplace_back(std::strtoull(name.c_str() + label.size(), nullptr, 10), count);
    }
    std::ranges::sort(sizes);
    return sizes;
}

void print_phase(const Phase& phase, double raw, double verify_us) {
    std::printf(
        "%s: %zu requests of %zu tasks in %.2f s\n",
        phase.name.c_str(),
        phase.load.answered,
        phase.tasks,
        phase.load.seconds
    );
    std::printf(
        "  submissions/s  %10.0f   ratio %.3f\n", phase.per_second(), phase.per_second() / raw
    );
    std::printf(
        "  tasks/s        %10.0f   ratio %.3f\n",
        phase.tasks_per_second(),
        phase.tasks_per_second() / raw
    );
    std::printf("  latency        p50 %.1f ms, p99 %.1f ms\n", phase.p50 / 1e3, phase.p99 / 1e3);
    std::printf("  CPU us of the node per submission:\n");
    for (const auto& [stage, us] : stages(phase, verify_us))
        std::printf("    %-20s %7.1f\n", stage.c_str(), us);
    const Writes writes(phase);
    const auto answered = static_cast<double>(phase.load.answered);
    std::printf(
        "  commits %.0f, %.1f submissions each; %.0f bytes written a submission\n",
        writes.commits,
        writes.per_commit(answered),
        static_cast<double>(phase.after.written - phase.before.written) / answered
    );
    std::printf(
        "  fsyncs %.0f, %.0f of the database: %.2f a commit, %.1f for 1,000 submissions\n",
        writes.fsyncs,
        writes.database,
        writes.per_commit(writes.database),
        writes.fsyncs * 1000 / answered
    );
    std::printf(
        "  of a commit's time, ms: load %.1f, decide %.1f, store %.1f\n",
        writes.per_commit(phase.metric("handprint_load_us_total") / 1e3),
        writes.per_commit(phase.metric("handprint_decide_us_total") / 1e3),
        writes.per_commit(phase.metric("handprint_commit_us_total") / 1e3)
    );
    print_sizes(phase);
}

record::Json phase_json(const Phase& phase, double raw, double verify_us) {
    const auto thousandths = [](double value) {
        return Json(static_cast<std::int64_t>(value * 1000));
    };
    const auto whole = [](double value) { return Json(static_cast<std::int64_t>(value)); };
    Json cpu = Json::object({});
    for (const auto& [stage, us] : stages(phase, verify_us))
        cpu.set(stage, thousandths(us));
    Json sizes = Json::object({});
    for (const auto& [from, count] : commit_sizes(phase))
        sizes.set(std::to_string(from), Json(count));
    const Writes writes(phase);
    const auto answered = static_cast<double>(phase.load.answered);
    return Json::object({
        {"commits", whole(writes.commits)},
        {"commits_from_size", std::move(sizes)},
        {"cpu_ns", std::move(cpu)},
        {"fsyncs", whole(writes.fsyncs)},
        {"fsyncs_of_database", whole(writes.database)},
        {"fsyncs_per_1000_submissions", Json(ratio_text(writes.fsyncs * 1000 / answered))},
        {"fsyncs_per_commit", Json(ratio_text(writes.per_commit(writes.database)))},
        {"p50_us", Json(phase.p50)},
        {"p99_us", Json(phase.p99)},
        {"ratio", Json(ratio_text(phase.per_second() / raw))},
        {"seconds_thousandths", thousandths(phase.load.seconds)},
        {"submissions", Json(phase.load.answered)},
        {"submissions_per_second", whole(phase.per_second())},
        {"task_ratio", Json(ratio_text(phase.tasks_per_second() / raw))},
        {"tasks_per_second", whole(phase.tasks_per_second())},
    });
}

} // namespace handprint::tools
