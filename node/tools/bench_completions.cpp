#include "ledger/base/base64.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/json.hpp"
#include "node/client/key_file.hpp"
#include "node/tools/bench.hpp"
#include "node/tools/bench_market.hpp"
#include "node/tools/complaint.hpp"
#include "node/tools/completions_phase.hpp"
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

Reading read_node(client::ApiClient& api, pid_t node) {
    Reading reading;
    reading.cpu = cpu_by_thread(node);
    reading.written = bytes_written(node);
    if (const auto text = api.call("GET", "/metrics")) reading.metrics = parse_metrics(*text);
    return reading;
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

void Bench::report(bool audit_good) const {
    const double raw = mean(raw_);
    std::printf("%s\n", machine_name().c_str());
    std::printf("raw Ed25519 checks/s, all cores: %.0f (runs:", raw);
    for (const double run : raw_)
        std::printf(" %.0f", run);
    std::printf("), %.1f CPU us each\n", verify_us_);
    print_phase(singles_, raw, verify_us_);
    print_phase(bundles_, raw, verify_us_);
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
