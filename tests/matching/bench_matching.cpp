// What a question to the index costs, for pools of growing size. Prints medians in microseconds:
// they must not grow with the pool.
//
//   bench_matching

#include "node/matching/open_work.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace handprint::matching;
namespace market = handprint::market;
using Clock = std::chrono::steady_clock;

/// Time on the processor, so that what else the machine does is left out.
double spent_us() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

constexpr Int members = 100'000;
constexpr int domains = 22;
constexpr Int now = 1'000'000;
constexpr int questions = 4'000;

struct Pool {
    Int batches, tasks; // tasks of each batch
};

std::string domain(Int number) {
    return "domain/" + std::to_string(number % domains);
}

void fill(OpenWork& work, const Pool& pool, std::mt19937_64& random) {
    const char* languages[] = {"en", "en,sw", "sw", "en,fr"};
    const char* spoken[] = {"en", "sw", "fr"};
    work.row(market::RuleRow{"floor_minor_per_hour/KES", 30'000, 0, market::never});
    for (Int member = 0; member < members; ++member) {
        market::MemberRow row;
        row.member = member;
        row.languages = languages[random() % 4];
        work.row(row);
        const auto skills = static_cast<Int>(random() % 6);
        for (Int i = 0; i < skills; ++i) {
            const auto level = 1 + static_cast<Int>(random() % 3);
            work.row(
                market::SkillRow{member, domain(static_cast<Int>(random() % domains)), level, 0}
            );
        }
    }
    for (Int batch = 0; batch < pool.batches; ++batch) {
        market::BatchRow row;
        row.batch = batch;
        row.state = static_cast<Int>(market::BatchState::open);
        row.currency = "KES";
        row.domain = domain(static_cast<Int>(random() % domains));
        row.language = spoken[random() % 3];
        row.estimate_s = 60;
        row.price_micros = (30'000 + static_cast<Int>(random() % 30'000)) * 10'000 / 60;
        row.level = 1 + static_cast<Int>(random() % 3);
        row.qualifies_level = random() % 10 == 0 ? row.level : 0;
        row.overlap = 3;
        row.tasks = pool.tasks;
        work.row(row);
    }
    // A third of the tasks are under way, and members hold some.
    for (Int i = 0; i < pool.batches * pool.tasks / 3; ++i) {
        const auto batch = static_cast<Int>(random() % static_cast<std::uint64_t>(pool.batches));
        const auto task = static_cast<Int>(random() % static_cast<std::uint64_t>(pool.tasks));
        const auto member = static_cast<Int>(random() % members);
        work.row(market::TaskRow{batch, task, 1, 0});
        market::AssignmentRow row;
        row.batch = batch;
        row.task = task;
        row.member = member;
        work.row(row);
    }
    for (Int i = 0; i < pool.batches; ++i) {
        const auto task = static_cast<Int>(random() % static_cast<std::uint64_t>(pool.tasks));
        work.claim(static_cast<Int>(random() % members), i, now + 60'000, {task});
    }
}

struct Figures {
    double median = 0, p99 = 0;
};

template <class Ask>
Figures measure(Ask&& ask) {
    std::vector<double> times;
    times.reserve(questions);
    for (int i = 0; i < questions; ++i) {
        const double start = spent_us();
        ask(i);
        times.push_back(spent_us() - start);
    }
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

void run(const Pool& pool) {
    std::mt19937_64 random(3);
    OpenWork work;
    const auto start = Clock::now();
    fill(work, pool, random);
    const auto filled = std::chrono::duration<double>(Clock::now() - start).count();
    std::size_t found = 0;
    const auto any = [&](Int bound) {
        return static_cast<Int>(random() % static_cast<std::uint64_t>(bound));
    };
    const auto offers = measure([&](int i) {
        found += work.offers({any(members)}, now, static_cast<std::uint64_t>(i), 20).size();
    });
    const auto nearly = measure([&](int i) {
        found += work.nearly({any(members)}, now, static_cast<std::uint64_t>(i), 20).size();
    });
    const auto candidates = measure([&](int i) {
        const auto seed = static_cast<std::uint64_t>(i);
        found += work.candidates(any(pool.batches), any(members), 20, now, seed).size();
    });
    const auto rows =
        measure([&](int) { work.row(market::TaskRow{any(pool.batches), any(pool.tasks), 2, 0}); });
    const auto claims = measure([&](int) {
        work.claim(any(members), any(pool.batches), now + 60'000, {any(pool.tasks)});
    });
    std::printf(
        "%9lld %8lld %9.1f %6.1f %9.1f %6.1f %9.1f %6.1f %9.2f %9.2f %8.2f %10zu\n",
        static_cast<long long>(pool.batches * pool.tasks),
        static_cast<long long>(pool.batches),
        offers.median,
        offers.p99,
        nearly.median,
        nearly.p99,
        candidates.median,
        candidates.p99,
        rows.median,
        claims.median,
        filled,
        found
    );
}

} // namespace

int main() {
    std::printf(
        "%lld members; medians and 99th percentiles in microseconds\n",
        static_cast<long long>(members)
    );
    std::printf(
        "%9s %8s %9s %6s %9s %6s %9s %6s %9s %9s %8s %10s\n",
        "tasks",
        "batches",
        "offers",
        "p99",
        "nearly",
        "p99",
        "candid.",
        "p99",
        "row",
        "claim",
        "fill s",
        "found"
    );
    for (const Pool& pool : {
             Pool{100, 100},
             Pool{1'000, 100},
             Pool{10'000, 100}, // batches of 100 tasks
             Pool{10'000, 1},
             Pool{10'000, 10}, // always 10,000 batches
             Pool{1, 1'000'000},
             Pool{100'000, 10} // extremes with a million tasks
         }) {
        run(pool);
    }
    return 0;
}
