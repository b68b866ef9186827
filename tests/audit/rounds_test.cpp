// A batch of commands costs at most two loads and one commit, however slow the store is.

#include "node/audit/report.hpp"
#include "node/audit/run_audit.hpp"
#include "node/store/memory/memory_store.hpp"
#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>

namespace handprint::audit_test {

namespace {

using namespace market;
using store::Operation;

/// All at once; the codes of the answers in the order of the jobs.
std::vector<std::string> burst(World& world, std::vector<Request> requests) {
    std::mutex mutex;
    std::condition_variable ready;
    std::vector<std::string> codes(requests.size());
    std::size_t answered = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        pipeline::Job job;
        job.request = std::move(requests[i]);
        job.done = [&, i](const pipeline::Answer& answer) {
            const std::lock_guard lock(mutex);
            codes[i] = answer.refusal.code;
            ++answered;
            ready.notify_all();
        };
        REQUIRE(world.sequencer().submit(std::move(job)));
    }
    std::unique_lock lock(mutex);
    ready.wait(lock, [&] { return answered == codes.size(); });
    return codes;
}

} // namespace

TEST_CASE("rounds: two loads and one commit a batch") {
    using namespace std::chrono_literals;
    TempDir dir;
    Witnesses witnesses(dir);
    std::atomic<bool> slow{false};
    store::MemoryStore store([&slow](Operation operation, std::uint64_t) -> store::Decision {
        const bool counts = operation == Operation::load || operation == Operation::commit;
        return {store::Fault::none, slow && counts ? 20ms : 0ms};
    });
    Int now = 0;
    Story story;
    {
        World first(dir.in("data"), witnesses, {.store = &store});
        story = tell_period(first);
        now = first.now();
    }
    // A new sequencer knows no row yet.
    World world(
        dir.in("data"), witnesses, {.start = now + 1000, .store = &store, .commands = 1000}
    );
    std::vector<Request> requests;
    for (int i = 0; i < 20; ++i) {
        const auto number = static_cast<std::uint8_t>(200 + i);
        requests.push_back(world.sign(Refund{Amount{1 + i}, "KES"}, "r:0", requester));
        requests.push_back(world.sign(AddKey{key_text(number), "device"}, "m:2", member + 2));
        requests.push_back(world.sign(
            CreateProject{Hash{}, sha256(as_bytes(std::to_string(i)))}, "r:1", agent, story.grant
        ));
        requests.push_back(world.sign(Accept{story.paid, {{i, 0}}}, "r:1", agent, story.grant));
        Settle settle;
        settle.refund = i;
        settle.reference = transfer("refund " + std::to_string(i));
        requests.push_back(world.sign(settle, "d:0", delegate));
    }
    const auto loads = store.count(Operation::load);
    const auto commits = store.count(Operation::commit);
    const auto before = world.sequencer().stats().batches.load();
    slow = true;
    const auto start = std::chrono::steady_clock::now();
    const auto codes = burst(world, std::move(requests));
    const auto took = std::chrono::steady_clock::now() - start;
    slow = false;
    const auto count = world.sequencer().stats().batches.load() - before;
    CHECK(count < 20); // of 100 commands
    CHECK(store.count(Operation::load) - loads <= 2 * count);
    CHECK(store.count(Operation::commit) - commits <= count);
    CHECK(took >= 40ms);
    MESSAGE(
        "100 commands in ",
        count,
        " batches, ",
        std::chrono::duration_cast<std::chrono::milliseconds>(took).count(),
        " ms"
    );
    CHECK(std::count(codes.begin(), codes.end(), "") >= 60);
    CHECK(std::count(codes.begin(), codes.end(), "not_open") == 20);

    world.stop();
    audit::Options options;
    options.vault = &world.vault();
    options.log_dir = world.dir() + "/log";
    const auto report = audit::audit_store(store, options);
    REQUIRE(report);
    INFO(audit::report_text(*report));
    CHECK(report->clean());
}

} // namespace handprint::audit_test
