#include "node/client/key_file.hpp"
#include "node/tools/bench.hpp"
#include "node/tools/bench_market.hpp"
#include "node/tools/complaint.hpp"
#include "node/tools/load.hpp"
#include "node/tools/machine.hpp"
#include "node/tools/node_process.hpp"
#include "node/tools/paint.hpp"
#include "node/tools/progress.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <span>
#include <thread>

namespace handprint::tools {

using record::Json;

namespace {

constexpr std::uint32_t most_us = 250'000; // what others may wait at the 99th percentile
constexpr Int each = 20;

struct Figures {
    std::uint32_t p50 = 0, p99 = 0, most = 0;
    std::size_t answered = 0;
};

Figures figures_of(LoadResult& load) {
    return {
        percentile(load.latencies_us, 0.50),
        percentile(load.latencies_us, 0.99),
        percentile(load.latencies_us, 1.0),
        load.answered
    };
}

Result<LoadResult> submit_until(
    const client::Address& node,
    std::span<const std::string> requests,
    std::size_t connections,
    const std::function<bool()>& go_on
) {
    LoadOptions options;
    options.connections = connections;
    options.go_on = [&](std::size_t) { return go_on(); };
    auto load = drive(node, requests, options);
    if (load && load->failed != 0) {
        return fail(std::to_string(load->failed) + " failed, the first: " + load->first_failure);
    }
    return load;
}

void show(const char* when, const Figures& f) {
    std::printf(
        "%-16s %7zu submissions: p50 %.1f ms, p99 %.1f ms, longest %.1f ms\n",
        when,
        f.answered,
        f.p50 / 1e3,
        f.p99 / 1e3,
        f.most / 1e3
    );
}

Json json_of(const Figures& f) {
    return Json::object({
        {"answered", Json(static_cast<Int>(f.answered))},
        {"longest_us", Json(static_cast<Int>(f.most))},
        {"p50_us", Json(static_cast<Int>(f.p50))},
        {"p99_us", Json(static_cast<Int>(f.p99))},
    });
}

Result<int> measure(const ImportOptions& options) {
    const ScratchDir scratch(options.data);
    if (scratch.path().empty()) return fail("cannot make a directory in " + options.data);
    if (auto ok = on_real_disk(scratch.path()); !ok) return unexpected(ok.error());
    NodeProcess node;
    if (auto ok = node.start(scratch.path() + "/node"); !ok) return unexpected(ok.error());
    const auto address = client::parse_url(node.url);
    const auto delegate = client::read_key_file(node.delegate_file);
    if (!address) return unexpected(address.error());
    if (!delegate) return unexpected(delegate.error());
    BenchMarket market(*address, options.connections);
    Progress progress("", 5, options.json);
    progress.step("enrolling members");
    if (auto ok = market.enrol(options.members); !ok) return unexpected(ok.error());
    progress.step("claiming");
    const auto batch = market.publish_and_claim(delegate->key, "others", each);
    if (!batch) return unexpected(batch.error());
    progress.step("signing");
    const auto requests = market.singles(*batch);
    const auto quiet_part = std::span(requests).first(requests.size() / 4);
    progress.step("submitting alone");
    auto quiet = submit_until(*address, quiet_part, options.connections, [] { return true; });
    if (!quiet) return unexpected(quiet.error());

    progress.step("submitting while importing");
    std::atomic<bool> over{false};
    Result<Int> large = fail("not begun");
    double seconds = 0;
    std::thread importing([&] {
        const auto start = std::chrono::steady_clock::now();
        large = market.import_draft("large", options.rows);
        seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        over = true;
    });
    auto busy = submit_until(
        *address,
        std::span(requests).subspan(quiet_part.size()),
        options.connections,
        [&] { return !over.load(); }
    );
    importing.join();
    progress.finish();
    if (!busy) return unexpected(busy.error());
    if (!large) return unexpected(large.error());
    const bool outlasted = busy->answered < requests.size() - quiet_part.size();
    const Figures before = figures_of(*quiet), during = figures_of(*busy);
    const bool good = during.p99 <= most_us;
    if (options.json) {
        const auto memory = static_cast<Int>(peak_memory(node.pid()));
        std::cout << Json::object({
                                      {"before", json_of(before)},
                                      {"during", json_of(during)},
                                      {"machine", Json(machine_name())},
                                      {"peak_memory", Json(memory)},
                                      {"ratio_permille", Json(Int{during.p99} * 1000 / most_us)},
                                      {"rows", Json(static_cast<Int>(options.rows))},
                                      {"seconds_ms", Json(static_cast<Int>(seconds * 1000))},
                                  })
                         .encode()
                  << '\n';
    } else {
        std::printf("%s\n", machine_name().c_str());
        show("nothing else", before);
        show("while importing", during);
        std::printf(
            "import of %zu rows: %.1f s, %.0f rows/s%s; peak memory of the node %.0f MB\n",
            options.rows,
            seconds,
            static_cast<double>(options.rows) / seconds,
            outlasted ? "" : " (it outlasted the others' work)",
            static_cast<double>(peak_memory(node.pid())) / 1e6
        );
        std::printf(
            "p99 of the others / %u ms: ratio %.2f, %s\n",
            most_us / 1000,
            static_cast<double>(during.p99) / most_us,
            Paint(STDOUT_FILENO, false)
                .verdict(good, good ? "within the limit" : "over the limit")
                .c_str()
        );
    }
    return good ? 0 : 1;
}

} // namespace

int bench_import(const ImportOptions& options) {
    const auto code = measure(options);
    if (code) return *code;
    return complain("bench import", code.error().what, options.json);
}

} // namespace handprint::tools
