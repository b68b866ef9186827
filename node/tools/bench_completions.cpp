#include "ledger/base/base64.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/json.hpp"
#include "node/client/key_file.hpp"
#include "node/tools/bench.hpp"
#include "node/tools/bench_market.hpp"
#include "node/tools/complaint.hpp"
#include "node/tools/machine.hpp"
#include "node/tools/node_process.hpp"
#include "node/tools/paint.hpp"
#include "node/tools/progress.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>

namespace handprint::tools {

namespace {

using record::Json;

/// A node's counters and CPU at one moment.
struct Reading {
    std::map<std::string, double> cpu, metrics;
    std::uint64_t written = 0;
};

Reading read_node(client::ApiClient& api, pid_t node) {
    Reading reading;
    reading.cpu = cpu_by_thread(node);
    reading.written = bytes_written(node);
    if (const auto text = api.call("GET", "/metrics")) reading.metrics = parse_metrics(*text);
    return reading;
}

double change(
    const std::map<std::string, double>& before,
    const std::map<std::string, double>& after,
    const std::string& name
) {
    const auto a = before.find(name);
    const auto b = after.find(name);
    return (b == after.end() ? 0 : b->second) - (a == before.end() ? 0 : a->second);
}

/// One load and what the node did meanwhile.
struct Phase {
    std::string name;
    std::size_t tasks = 0;
    LoadResult load;
    Reading before, after;
    std::uint32_t p50 = 0, p99 = 0;

    [[nodiscard]] double per_second() const {
        return static_cast<double>(load.answered) / load.seconds;
    }

    [[nodiscard]] double tasks_per_second() const {
        return per_second() * static_cast<double>(tasks);
    }

    [[nodiscard]] double cpu_us(const std::string& thread) const {
        return change(before.cpu, after.cpu, thread) * 1e6 / static_cast<double>(load.answered);
    }

    [[nodiscard]] double metric(const std::string& counter) const {
        return change(before.metrics, after.metrics, counter);
    }
};

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

class Bench {
public:
    explicit Bench(const CompletionsOptions& options)
        : options_(options),
          progress_("", options.audit ? 7 : 6, options.json),
          scratch_(options.data),
          data_(scratch_.path() + "/node") {}

    Result<int> run();

private:
    Result<void> set_up();
    Result<void> measure(Phase& phase, std::vector<std::string> requests);
    Result<void> kill_under_load(std::vector<std::string> requests);
    Result<void> look_for_acknowledged();
    void say(const char* what);
    void report(bool audit_good) const;
    void report_json(bool audit_good) const;

    const CompletionsOptions& options_;
    Progress progress_;
    ScratchDir scratch_;
    std::string data_;
    NodeProcess node_;
    std::unique_ptr<BenchMarket> market_;
    std::vector<double> raw_;
    double verify_us_ = 0;
    Phase singles_{"one by one", 1, {}, {}, {}, 0, 0}, bundles_{"bundles", 1, {}, {}, {}, 0, 0};
    BenchBatch first_, second_;
    std::vector<Acknowledged> acknowledged_;
    std::size_t killed_after_ = 0, lost_ = 0;
    double restart_seconds_ = 0;
    std::uint64_t memory_ = 0;
    std::string audit_text_;
};

void Bench::say(const char* what) {
    if (progress_.step(what) || options_.json) return;
    std::cerr << what << std::endl;
}

Result<void> Bench::set_up() {
    if (scratch_.path().empty()) return fail("cannot make a directory in " + options_.data);
    if (options_.keep) {
        scratch_.keep();
        std::cerr << "the node's directory: " << data_ << std::endl;
    }
    if (auto ok = on_real_disk(scratch_.path()); !ok) return ok;
    if (auto ok = node_.start(data_); !ok) return ok;
    const auto address = client::parse_url(node_.url);
    const auto delegate = client::read_key_file(node_.delegate_file);
    if (!address) return unexpected(address.error());
    if (!delegate) return unexpected(delegate.error());
    market_ = std::make_unique<BenchMarket>(*address, options_.connections);
    say("enrolling members");
    if (auto ok = market_->enrol(options_.members); !ok) return ok;
    say("claiming");
    auto first = market_->publish_and_claim(delegate->key, "one by one", options_.each);
    if (!first) return unexpected(first.error());
    first_ = *first;
    auto second = market_->publish_and_claim(delegate->key, "bundles", options_.each);
    if (!second) return unexpected(second.error());
    second_ = *second;
    return {};
}

Result<void> Bench::measure(Phase& phase, std::vector<std::string> requests) {
    const auto address = client::parse_url(node_.url);
    phase.before = read_node(market_->api(), node_.pid());
    LoadOptions load;
    load.connections = options_.connections;
    auto done = drive(*address, requests, load);
    if (!done) return unexpected(done.error());
    phase.after = read_node(market_->api(), node_.pid());
    phase.load = std::move(*done);
    if (phase.load.failed != 0) {
        return fail(
            std::to_string(phase.load.failed) + " failed, the first: " + phase.load.first_failure
        );
    }
    phase.p50 = percentile(phase.load.latencies_us, 0.50);
    phase.p99 = percentile(phase.load.latencies_us, 0.99);
    const auto& seen = phase.load.acknowledged;
    acknowledged_.insert(acknowledged_.end(), seen.begin(), seen.end());
    return {};
}

Result<void> Bench::kill_under_load(std::vector<std::string> requests) {
    const auto address = client::parse_url(node_.url);
    memory_ = peak_memory(node_.pid());
    LoadOptions load;
    load.connections = options_.connections;
    const std::size_t half = requests.size() / 2;
    load.go_on = [&](std::size_t answered) {
        if (answered < half) return true;
        node_.kill();
        return false;
    };
    auto done = drive(*address, requests, load);
    if (!done) return unexpected(done.error());
    node_.kill();
    killed_after_ = done->answered;
    acknowledged_.insert(acknowledged_.end(), done->acknowledged.begin(), done->acknowledged.end());
    return {};
}

Result<void> Bench::look_for_acknowledged() {
    const auto start = std::chrono::steady_clock::now();
    if (auto ok = node_.start(data_); !ok) return ok;
    restart_seconds_ =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto address = client::parse_url(node_.url);
    if (!address) return unexpected(address.error());
    client::ApiClient api(*address);
    std::map<Int, std::string> leaves; // of all entries
    for (Int from = 0;;) {
        const auto page = api.json("GET", "/v1/entries?limit=1000&from=" + std::to_string(from));
        if (!page) return unexpected(page.error());
        const auto& entries = page->at("entries").items();
        if (entries.empty()) break;
        for (const Json& entry : entries) {
            const Hash leaf = record::leaf_hash(entry.at("header").text());
            leaves[entry.at("index").integer()] = base64_encode(leaf);
        }
        from = entries.back().at("index").integer() + 1;
    }
    for (const auto& promised : acknowledged_) {
        const auto at = leaves.find(promised.index);
        if (at == leaves.end() || at->second != promised.leaf) ++lost_;
    }
    return {};
}

Result<int> Bench::run() {
    raw_.push_back(raw_verify_rate(options_.verify_seconds));
    verify_us_ = verify_cpu_us();
    if (auto ok = set_up(); !ok) return unexpected(ok.error());
    say("signing");
    auto one_by_one = market_->singles(first_);
    auto in_bundles = market_->bundles(second_);
    bundles_.tasks = static_cast<std::size_t>(options_.each);
    // The last part of the single ones is kept for the kill.
    const auto kept = static_cast<std::ptrdiff_t>(std::max<std::size_t>(one_by_one.size() / 20, 2));
    std::vector<std::string> last(
        std::make_move_iterator(one_by_one.end() - kept), std::make_move_iterator(one_by_one.end())
    );
    one_by_one.resize(one_by_one.size() - last.size());
    raw_.push_back(raw_verify_rate(options_.verify_seconds));
    say("submitting one by one");
    if (auto ok = measure(singles_, std::move(one_by_one)); !ok) return unexpected(ok.error());
    raw_.push_back(raw_verify_rate(options_.verify_seconds));
    say("submitting bundles");
    if (auto ok = measure(bundles_, std::move(in_bundles)); !ok) return unexpected(ok.error());
    raw_.push_back(raw_verify_rate(options_.verify_seconds));
    say("killing the node under load");
    if (auto ok = kill_under_load(std::move(last)); !ok) return unexpected(ok.error());
    if (auto ok = look_for_acknowledged(); !ok) return unexpected(ok.error());
    node_.stop();
    bool audit_good = true;
    if (options_.audit) {
        say("auditing");
        std::vector<std::string> words{"audit", "--data", data_};
        if (options_.json) words.emplace_back("--json"); // and so no bar
        const auto audit = run_self(words);
        audit_good = audit.code == 0;
        audit_text_ = audit.out;
    }
    progress_.finish();
    if (options_.json) {
        report_json(audit_good);
    } else {
        report(audit_good);
    }
    return lost_ == 0 && audit_good ? 0 : 1;
}

double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values)
        sum += value;
    return values.empty() ? 1 : sum / static_cast<double>(values.size());
}

/// The label of a bucket, such as 16 of `handprint_batch_size_total{from="16"}`.
std::string size_of_batch(const std::string& metric) {
    const std::size_t from = metric.find('"') + 1;
    return metric.substr(from, metric.find('"', from) - from);
}

void report_phase(const Phase& phase, double raw, double verify_us) {
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
    const double commits = phase.metric("handprint_commits_total");
    std::printf(
        "  commits %.0f (one fsync each), %.1f submissions a commit, %.0f bytes written a "
        "submission\n",
        commits,
        static_cast<double>(phase.load.answered) / std::max(commits, 1.0),
        static_cast<double>(phase.after.written - phase.before.written)
            / static_cast<double>(phase.load.answered)
    );
    std::printf(
        "  of a commit's time, ms: load %.1f, decide %.1f, store %.1f\n",
        phase.metric("handprint_load_us_total") / 1e3 / std::max(commits, 1.0),
        phase.metric("handprint_decide_us_total") / 1e3 / std::max(commits, 1.0),
        phase.metric("handprint_commit_us_total") / 1e3 / std::max(commits, 1.0)
    );
    std::printf("  batches by their least size:");
    for (const auto& [name, value] : phase.after.metrics) {
        if (!name.starts_with("handprint_batch_size_total")) continue;
        const double count = phase.metric(name);
        if (count > 0) std::printf(" %s:%.0f", size_of_batch(name).c_str(), count);
    }
    std::printf("\n");
}

void Bench::report(bool audit_good) const {
    const double raw = mean(raw_);
    std::printf("%s\n", machine_name().c_str());
    std::printf("raw Ed25519 checks/s, all cores: %.0f (runs:", raw);
    for (const double run : raw_)
        std::printf(" %.0f", run);
    std::printf("), %.1f CPU us each\n", verify_us_);
    report_phase(singles_, raw, verify_us_);
    report_phase(bundles_, raw, verify_us_);
    std::printf("peak memory of the node: %.0f MB\n", static_cast<double>(memory_) / 1e6);
    std::printf(
        "killed after %zu more answers; up again in %.2f s; %zu acknowledged, %zu of them lost\n",
        killed_after_,
        restart_seconds_,
        acknowledged_.size(),
        lost_
    );
    if (!options_.audit) return;
    const Paint paint(STDOUT_FILENO, false);
    const auto verdict = paint.verdict(audit_good, audit_good ? "good" : "FAILED");
    std::printf("audit: %s\n%s", verdict.c_str(), audit_text_.c_str());
}

Json phase_json(const Phase& phase, double raw, double verify_us) {
    const auto thousandths = [](double value) { return Json(static_cast<Int>(value * 1000)); };
    const auto whole = [](double value) { return Json(static_cast<Int>(value)); };
    Json cpu = Json::object({});
    for (const auto& [stage, us] : stages(phase, verify_us))
        cpu.set(stage, thousandths(us));
    Json batches = Json::object({});
    for (const auto& [name, value] : phase.after.metrics) {
        if (!name.starts_with("handprint_batch_size_total") || phase.metric(name) <= 0) continue;
        batches.set(size_of_batch(name), whole(phase.metric(name)));
    }
    return Json::object({
        {"batches_from_size", std::move(batches)},
        {"commits", whole(phase.metric("handprint_commits_total"))},
        {"cpu_ns", std::move(cpu)},
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

void Bench::report_json(bool audit_good) const {
    const double raw = mean(raw_);
    Json json = Json::object({
        {"acknowledged", Json(acknowledged_.size())},
        {"bundles", phase_json(bundles_, raw, verify_us_)},
        {"lost", Json(lost_)},
        {"machine", Json(machine_name())},
        {"memory_bytes", Json(memory_)},
        {"ratio", Json(ratio_text(singles_.per_second() / raw))},
        {"raw_verify_per_second", Json(static_cast<Int>(raw))},
        {"restart_ms", Json(static_cast<Int>(restart_seconds_ * 1000))},
        {"singles", phase_json(singles_, raw, verify_us_)},
    });
    if (options_.audit) json.set("audit_good", Json(audit_good));
    std::cout << json.encode() << std::endl;
}

} // namespace

int bench_completions(const CompletionsOptions& options) {
    const auto code = Bench(options).run();
    if (code) return *code;
    return complain("bench completions", code.error().what, options.json, 2);
}

} // namespace handprint::tools
