#include "node/app/metrics.hpp"

#include "node/app/log_line.hpp"
#include "node/files/sync_count.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <spdlog/spdlog.h>

#include <map>
#include <mutex>

namespace handprint::app {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

class Metrics::Impl {
public:
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests = BuildCounter()
                                                            .Name("handprint_http_requests_total")
                                                            .Help("Requests by route and status")
                                                            .Register(registry);
    prometheus::Family<prometheus::Histogram>& seconds = BuildHistogram()
                                                             .Name("handprint_http_seconds")
                                                             .Help("Time to answer, by route")
                                                             .Register(registry);
    prometheus::Family<prometheus::Gauge>& open =
        BuildGauge().Name("handprint_http_connections").Help("Open connections").Register(registry);
    prometheus::Family<prometheus::Counter>& refused =
        BuildCounter()
            .Name("handprint_http_connections_refused_total")
            .Help("Connections turned away")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& not_believed =
        BuildCounter()
            .Name("handprint_witness_not_believed_total")
            .Help("Claims of a witness that the log has another history, without a proof")
            .Register(registry);
    prometheus::Gauge& connections = open.Add({});

    // Looked up once for each route and status, then by key.
    std::mutex mutex;
    std::map<std::pair<std::string, int>, prometheus::Counter*> counters;
    std::map<std::string, prometheus::Histogram*> times;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}

Metrics::~Metrics() = default;

void Metrics::exchange(const http::Exchange& done) {
    const std::string route = done.route.empty() ? "other" : std::string(done.route);
    prometheus::Counter* counter = nullptr;
    prometheus::Histogram* times = nullptr;
    {
        const std::lock_guard lock(impl_->mutex);
        auto& slot = impl_->counters[{route, done.status}];
        if (slot == nullptr) {
            slot =
                &impl_->requests.Add({{"route", route}, {"status", std::to_string(done.status)}});
        }
        counter = slot;
        auto& time = impl_->times[route];
        if (time == nullptr) {
            time = &impl_->seconds.Add(
                {{"route", route}},
                prometheus::Histogram::BucketBoundaries{0.001, 0.005, 0.02, 0.1, 0.25, 1, 5}
            );
        }
        times = time;
    }
    counter->Increment();
    times->Observe(std::chrono::duration<double>(done.taken).count());
    spdlog::debug(
        R"({{"at":"request","method":"{}","route":"{}","status":{},"us":{},"party":"{}"}})",
        http::name(done.method),
        route,
        done.status,
        std::chrono::duration_cast<std::chrono::microseconds>(done.taken).count(),
        done.party
    );
}

void Metrics::connection_opened() {
    impl_->connections.Increment();
}

void Metrics::connection_closed() {
    impl_->connections.Decrement();
}

void Metrics::connection_refused(std::string_view why) {
    impl_->refused.Add({{"why", std::string(why)}}).Increment();
}

void Metrics::witness_not_believed(const std::string& name) {
    impl_->not_believed.Add({{"witness", name}}).Increment();
}

void Metrics::handler_failed(std::string_view route, std::string_view what) {
    spdlog::error("{}", log_line("handler", {{"route", route}, {"what", what}}));
}

std::string Metrics::text(
    const pipeline::Sequencer& sequencer,
    const pipeline::Publisher& publisher,
    const http::Quotas& quotas
) const {
    std::string out = prometheus::TextSerializer().Serialize(impl_->registry.Collect());
    const auto& s = sequencer.stats();
    const auto published = publisher.published();
    const auto add = [&out](const char* name, const char* type, auto value) {
        out += std::string("# TYPE ") + name + ' ' + type + '\n' + name + ' '
               + std::to_string(value) + '\n';
    };
    add("handprint_log_size", "gauge", sequencer.size());
    add("handprint_published_size", "gauge", published.size);
    add("handprint_published_time_ms", "gauge", published.time);
    add("handprint_queue_length", "gauge", sequencer.queued());
    add("handprint_commits_total", "counter", s.commits.load());
    add("handprint_entries_total", "counter", s.entries.load());
    add("handprint_refusals_total", "counter", s.refusals.load());
    add("handprint_unavailable_total", "counter", s.unavailable.load());
    add("handprint_poisoned_total", "counter", s.poisoned.load());
    add("handprint_load_us_total", "counter", s.load_us.load());
    add("handprint_decide_us_total", "counter", s.decide_us.load());
    add("handprint_commit_us_total", "counter", s.commit_us.load());
    add("handprint_timers_stopped", "gauge", s.timers_stopped.load() ? 1 : 0);
    add("handprint_store_out_of_reach", "gauge", s.out_of_reach.load() ? 1 : 0);
    const auto& limited = quotas.refused();
    out += "# TYPE handprint_rate_limited_total counter\n";
    for (const auto& [by, count] :
         {std::pair("principal", limited.principals.load()),
          std::pair("address", limited.addresses.load()),
          std::pair("failure", limited.failures.load())}) {
        out += std::string("handprint_rate_limited_total{by=\"") + by + "\"} "
               + std::to_string(count) + '\n';
    }
    out += "# TYPE handprint_fsyncs_total counter\n";
    for (const auto& [of, what] :
         {std::pair("database", files::Synced::database), std::pair("other", files::Synced::other)
         }) {
        out += std::string("handprint_fsyncs_total{of=\"") + of + "\"} "
               + std::to_string(files::syncs(what)) + '\n';
    }
    out += "# TYPE handprint_batch_size_total counter\n";
    for (std::size_t i = 0; i < std::size(s.batch_sizes); ++i) {
        out += "handprint_batch_size_total{from=\"" + std::to_string(1UL << i) + "\"} "
               + std::to_string(s.batch_sizes[i].load()) + '\n';
    }
    return out;
}

} // namespace handprint::app
