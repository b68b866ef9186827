// Not a test: what a distribution over very many members costs, and whether each of its entries
// keeps to the bounds. Ends with 1 if one does not, or if the published list is not good.
//   bench_shares [members=12000]

#include "ledger/record/entry.hpp"
#include "ledger/record/share_list.hpp"
#include "node/files/files.hpp"
#include "node/market/lists.hpp"
#include "node/pipeline/intake.hpp"
#include "node/pipeline/publisher.hpp"
#include "node/pipeline/share_lists.hpp"
#include "node/store/sqlite/sqlite_store.hpp"
#include "tests/audit/quick_ledger.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <future>
#include <thread>

using namespace handprint;
using market::Int;

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Time on the clock, and of all processors: on a busy machine they differ.
struct Watch {
    Clock::time_point start = Clock::now();
    std::clock_t used = std::clock();

    [[nodiscard]] double ms() const {
        return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    }

    [[nodiscard]] double cpu_ms() const {
        return 1000.0 * static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC;
    }

    void say(const char* what) const {
        std::printf("%-28s%8.0f ms, CPU %.0f ms\n", what, ms(), cpu_ms());
    }
};

void check(bool good, const char* what) {
    if (good) return;
    std::printf("WRONG: %s\n", what);
    std::exit(1);
}

Int wall_clock() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch()
    )
        .count();
}

/// A node without doors over the ledger in the folder.
struct Node {
    explicit Node(const fs::path& dir, store::Store& s)
        : store(s), vault(pipeline::DataKey{}, [this](std::span<std::uint8_t> out) {
              for (auto& byte : out)
                  byte = static_cast<std::uint8_t>(
                      (drawn = drawn * 6364136223846793005ULL + 1) >> 56U
                  );
          }) {
        const merkle::NoteSigner log(quick::origin, quick::key(quick::log_key));
        const std::string policy = "log " + log.key().text() + "\nquorum none\n";
        fs::create_directories(dir / "log");
        check(
            files::write_whole((dir / "policy").string(), as_bytes(policy)).has_value(), "policy"
        );
        sequencer = std::make_unique<pipeline::Sequencer>(
            pipeline::Sequencer::Parts{
                store, vault, wall_clock, quick::key(quick::clock_key), completions, {}, {}, {}
            },
            pipeline::SequencerOptions{.origin = quick::origin}
        );
        check(sequencer->start().has_value(), "the sequencer starts");
        pipeline::PublisherOptions publishing;
        publishing.origin = quick::origin;
        publishing.interval_ms = 24 * 3600 * 1000;
        publishing.refresh_ms = 0;
        publisher = std::make_unique<pipeline::Publisher>(
            pipeline::Publisher::Parts{
                store,
                vault,
                *sequencer,
                log,
                merkle::Policy::parse(policy).value(),
                pipeline::PublishedFiles((dir / "log").string()),
                {},
                wall_clock
            },
            publishing
        );
        check(publisher->start().has_value(), "the publisher starts");
    }

    ~Node() {
        publisher->stop();
        sequencer->stop();
        completions.stop();
    }

    pipeline::Answer ask(market::Command command, const std::string& actor, int signer) {
        CommandId id;
        vault.fill(id.bytes);
        pipeline::Job job;
        job.request = pipeline::sign_command(
            std::move(command), actor, id, quick::key(signer), quick::origin
        );
        std::promise<pipeline::Answer> promise;
        job.done = [&promise](pipeline::Answer answer) { promise.set_value(std::move(answer)); };
        check(sequencer->submit(std::move(job)), "there is room");
        auto answer = promise.get_future().get();
        if (answer.verdict != pipeline::Verdict::entry)
            std::printf("%s\n", answer.refusal.code.c_str());
        check(answer.verdict == pipeline::Verdict::entry, "the command is carried out");
        return answer;
    }

    market::DistributionRow distribution() {
        const market::Key name = market::key_of<market::DistributionRow>(Int{0});
        return std::get<market::DistributionRow>(
            store.load(std::span(&name, 1)).value().front().value()
        );
    }

    store::Store& store;
    std::uint64_t drawn = 1;
    pipeline::Vault vault;
    pipeline::Completions completions{1};
    std::unique_ptr<pipeline::Sequencer> sequencer;
    std::unique_ptr<pipeline::Publisher> publisher;
};

/// The run, with somebody who enrols all the while.
void share_out(Node& node, int members) {
    const Watch opening;
    node.ask(
        market::Income{market::Amount{1'000'000'007}, "KES", 0, Hash{2}}, "d:0", quick::delegate
    );
    opening.say("opening");
    const Watch run;
    double longest = 0;
    int others = 0;
    while (node.distribution().sealed == market::never) {
        const Watch asked;
        const int key = quick::member + members + others++;
        node.ask(market::EnrolMember{quick::text(key), {"en"}, {}}, "new", key);
        longest = std::max(longest, asked.ms());
    }
    run.say("chunks to seal");
    const auto row = node.distribution();
    std::printf(
        "of these                    %8lld chunks, CPU %.1f ms each\n",
        static_cast<long long>(row.chunks),
        run.cpu_ms() / static_cast<double>(row.chunks)
    );
    std::printf(
        "others meanwhile            %8d commands, the longest waits %.0f ms\n", others, longest
    );
    check(row.count == members && row.paid == row.pool && row.listed == 1, "everybody is paid");
}

std::size_t entries_of(const market::DistributionRow& row) {
    return static_cast<std::size_t>(row.sealed) - static_cast<std::size_t>(row.opened) + 1;
}

void check_bounds(Node& node) {
    const auto row = node.distribution();
    std::size_t largest = 0, rows_most = 0, header_most = 0;
    const auto entries = node.store.entries(row.opened, entries_of(row)).value();
    for (const auto& entry : entries) {
        std::size_t size = entry.header.size() + entry.coop.size();
        std::size_t members = 0;
        const auto parts = node.store.parts_at(entry.index).value();
        for (const auto& part : parts) {
            size += part.bytes.size();
            if (part.role == "member") ++members;
        }
        largest = std::max(largest, size);
        rows_most = std::max(rows_most, members);
        header_most = std::max(header_most, entry.header.size());
    }
    std::printf(
        "largest entry               %8zu bytes, its header at most %zu, %zu members\n",
        largest,
        header_most,
        rows_most
    );
    check(largest <= record::kMaxEntryBytes, "an entry is too large");
    check(std::cmp_less_equal(rows_most, market::chunk_rows), "a chunk has too many rows");
}

void check_list(Node& node, const fs::path& dir) {
    const Watch publishing;
    check(node.publisher->round(), "it is published");
    publishing.say("publication, all of the log");
    const auto row = node.distribution();
    const Watch making;
    const auto made = pipeline::make_share_list(node.store, row.sealed);
    check(made.has_value(), "the list is made again");
    making.say("making the list again");
    const auto path = dir / "log" / record::share_list_path(static_cast<std::uint64_t>(row.sealed));
    const auto file = files::read_whole(path.string());
    check(file.has_value(), "the list is published");
    check(as_text(*file) == record::encode(made->list), "the published list is the same");
    record::RunWatch watch;
    const auto entries = node.store.entries(row.opened, entries_of(row));
    for (const auto& entry : entries.value()) {
        const auto header = record::parse_header(entry.header).value();
        const auto run = watch.add(static_cast<std::uint64_t>(entry.index), header);
        if (!run) continue;
        const Watch checking;
        const auto seal = record::check_share_list(as_text(*file), *run, header);
        check(seal.has_value(), "the list is good");
        checking.say("checking the list");
        std::printf("its file                    %8zu bytes\n", file->size());
        return;
    }
    check(false, "the headers show the distribution");
}

} // namespace

int main(int count, char** arguments) {
    const int members = count > 1 ? std::atoi(arguments[1]) : 12'000;
    const auto dir = fs::temp_directory_path() / "handprint-bench-shares";
    fs::remove_all(dir);
    fs::create_directories(dir);
    store::SqliteOptions where;
    where.path = (dir / "ledger.db").string();
    const auto store = store::SqliteStore::create(where).value();
    {
        quick::Ledger ledger(*store);
        quick::fill(ledger, members, members);
    }
    std::printf("a distribution over %d members, in %s\n", members, dir.c_str());
    Node node(dir, *store);
    share_out(node, members);
    check_bounds(node);
    check_list(node, dir);
    return 0;
}
