// How long the SQLite driver takes for batches like the market's. Prints figures; judges nothing.
//
//   bench_store [directory] [commands in a commit] [commands] [active members]
//
// A command is a submission that is accepted at once: 8 rows of its own (assignment, task, member,
// command, earning, credit, account, claim), an entry of 700 bytes and a part of 500. The rows that
// all commands touch are written once a commit. The store already holds 200,000 such commands.

#include "node/store/sqlite/sqlite_store.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

using namespace handprint;
using namespace handprint::store;
using namespace handprint::market;

namespace {

using Clock = std::chrono::steady_clock;

double micros_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

/// Of the processor, so that figures from a busy machine can be compared.
double processor_micros() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

struct Times {
    std::vector<double> commits; // each, by the clock on the wall
    double processor = 0;        // all together
};

constexpr Int open_batches = 40;
constexpr Int all_members = 20'000;

/// Makes the batches. Remembers nothing of rows: their values do not matter here, their keys do.
class Workload {
public:
    /// Commands come from members 0 .. active-1.
    Int active = all_members;

    Batch next(const Head& head, std::size_t commands) {
        Batch batch;
        batch.expected = batch.next = head;
        batch.next.size += static_cast<Int>(commands);
        batch.next.frontier.assign(20 * 32, 1);
        for (std::size_t i = 0; i < commands; ++i)
            add_command(batch, head.size + static_cast<Int>(i));
        for (Int b = 0; b < open_batches; ++b) {
            BatchRow row;
            row.batch = b;
            row.currency = "KES";
            row.submitted = head.size;
            rows_.insert_or_assign(row_key(row), row);
        }
        CoopRow coop;
        coop.members = all_members;
        rows_.insert_or_assign(row_key(coop), coop);
        for (const char* name : {"hold", "payable", "fee"}) {
            ClassRow row;
            row.name = name;
            row.currency = "KES";
            row.debits = head.size;
            rows_.insert_or_assign(row_key(row), row);
        }
        for (const auto& [key, row] : rows_)
            batch.upserts.push_back(row);
        rows_.clear();
        std::shuffle(batch.upserts.begin(), batch.upserts.end(), random_);
        return batch;
    }

    [[nodiscard]] std::vector<Key> keys(std::size_t commands) {
        std::vector<Key> out;
        for (std::size_t i = 0; i < commands; ++i) {
            const Int member = pick(active), b = pick(open_batches);
            const std::string party = "m:" + std::to_string(member);
            out.push_back(key_of<MemberRow>(member));
            out.push_back(key_of<TaskRow>(b, pick(std::max<Int>(next_task_[b], 1))));
            out.push_back(key_of<CommandRow>(hex_id(), party));
            out.push_back(key_of<EarningRow>(b, member));
            out.push_back(key_of<AccountRow>("payable/" + party, std::string("KES")));
        }
        return out;
    }

private:
    Int pick(Int below) { return std::uniform_int_distribution<Int>(0, below - 1)(random_); }

    std::string hex_id() {
        std::string out;
        while (out.size() < 32)
            out += "0123456789abcdef"[random_() % 16];
        return out;
    }

    template <class R>
    void put(const R& row) {
        rows_.insert_or_assign(row_key(row), row);
    }

    void add_command(Batch& batch, Int index) {
        const Int member = pick(active), b = pick(open_batches), task = next_task_[b]++;
        const std::string party = "m:" + std::to_string(member);
        AssignmentRow assignment;
        assignment.batch = b, assignment.task = task, assignment.member = member;
        assignment.state = 1 + index % 2, assignment.due = 1'700'000'000'000 + index;
        put(assignment);
        put(TaskRow{b, task, 1, 1});
        MemberRow row;
        row.member = member, row.counter = index, row.languages = "en,sw";
        row.valid_keys.assign(44, 'k');
        put(row);
        put(CommandRow{hex_id(), party, index});
        put(EarningRow{b, member, index, index, index});
        put(CreditRow{b / 4, member, index});
        put(AccountRow{"payable/" + party, "KES", index, index});
        ClaimRow claim;
        claim.member = member, claim.batch = b, claim.until = index,
        claim.tasks = "100,101,102,103";
        put(claim);
        batch.entries.push_back({index, std::string(350, 'h'), {}, std::string(350, 'c')});
        batch.parts.push_back({party, index, 1, "member", {}, std::string(500, 'p'), false});
    }

    std::mt19937_64 random_{7};
    std::map<Key, Row> rows_;
    std::map<Int, Int> next_task_;
};

Head run(
    Store& store, Workload& work, Head head, std::size_t commits, std::size_t commands, Times& times
) {
    for (std::size_t i = 0; i < commits; ++i) {
        const Batch batch = work.next(head, commands);
        const auto start = Clock::now();
        const double before = processor_micros();
        const CommitResult done = store.commit(batch);
        times.processor += processor_micros() - before;
        times.commits.push_back(micros_since(start));
        if (done.outcome != Outcome::committed) {
            std::fprintf(stderr, "commit: %s\n", done.why.c_str());
            std::exit(1);
        }
        head = batch.next;
    }
    return head;
}

std::string argument(int argc, char** argv, int at, const char* otherwise) {
    return at < argc ? argv[at] : otherwise;
}

} // namespace

int main(int argc, char** argv) {
    const std::filesystem::path directory = argument(argc, argv, 1, "/tmp/bench-store");
    const auto commands = std::stoul(argument(argc, argv, 2, "256"));
    const auto total = std::stoul(argument(argc, argv, 3, "51200"));
    const auto active = std::stol(argument(argc, argv, 4, "2000"));
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    SqliteOptions options;
    options.path = (directory / "store.db").string();
    const auto knob = [](const char* name, auto& value) {
        if (const char* text = std::getenv(name)) {
            value = static_cast<std::remove_reference_t<decltype(value)>>(std::atoll(text));
        }
    };
    knob("CACHE_PAGES", options.cache_pages);
    knob("CHECKPOINT_PAGES", options.checkpoint_pages);
    knob("PAGE_SIZE", options.page_size);
    knob("MMAP_BYTES", options.mmap_bytes);
    knob("DURABLE", options.durable);
    auto opened = SqliteStore::create(options);
    if (!opened) {
        std::fprintf(stderr, "%s\n", opened.error().what.c_str());
        return 1;
    }
    Store& store = **opened;
    Workload work;
    Times before, measured;
    Head head = run(store, work, store.head().value(), 100, 2000, before);

    work.active = active;
    head = run(store, work, head, std::max<std::size_t>(total / commands, 1), commands, measured);
    std::vector<double>& times = measured.commits;
    double sum = 0;
    for (const double time : times)
        sum += time;
    std::sort(times.begin(), times.end());
    std::printf(
        "commit  %5lu commands: %6.1f us a command (processor %.1f), median %6.2f ms, p99 %6.2f "
        "ms, most %6.2f ms\n",
        commands,
        sum / static_cast<double>(times.size() * commands),
        measured.processor / static_cast<double>(times.size() * commands),
        times[times.size() / 2] / 1000,
        times[times.size() * 99 / 100] / 1000,
        times.back() / 1000
    );

    std::size_t rows = 0;
    double loading = 0;
    for (int i = 0; i < 40; ++i) {
        const auto keys = work.keys(commands);
        const auto start = Clock::now();
        rows += store.load(keys).value().size();
        loading += micros_since(start);
    }
    std::printf(
        "load    %5lu keys:     %6.1f us a command of 5 keys\n",
        rows / 40,
        loading / (40.0 * static_cast<double>(commands))
    );
    const auto start = Clock::now();
    const bool hashed = store.digest().has_value();
    std::printf(
        "digest  %s: %.0f ms\n", hashed ? "of all rows" : "FAILED", micros_since(start) / 1000
    );
    std::printf(
        "file    %.1f MB\n", static_cast<double>(std::filesystem::file_size(options.path)) / 1e6
    );
    opened.value().reset();
    std::filesystem::remove_all(directory);
    return 0;
}
