// Not a test: how fast an audit is, held against the bare rate of signature checks on all cores.
//   bench_audit [entries=20000]

#include "ledger/base/base64.hpp"
#include "ledger/merkle/note.hpp"
#include "ledger/merkle/tree.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/audit/report.hpp"
#include "node/audit/run_audit.hpp"
#include "node/market/carry_out.hpp"
#include "node/market/external.hpp"
#include "node/pipeline/intake.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <vector>

using namespace handprint;
using namespace handprint::market;

namespace {

constexpr const char* origin = "log.example/bench";
using Clock = std::chrono::steady_clock;

KeyPair key(int number) {
    Seed seed{};
    seed[0] = static_cast<std::uint8_t>(number);
    return KeyPair::from_seed(seed);
}

std::string text(int number) {
    return base64_encode(key(number).public_key());
}

class Ledger {
public:
    explicit Ledger(store::Store& store) : store_(store), head_(store.head().value()) {
        state_.whole();
    }

    void add(Command command, const std::string& actor, int signer) {
        CommandId id;
        const auto number = static_cast<std::uint64_t>(next_.size + 1);
        for (std::size_t i = 0; i < 8; ++i)
            id.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
        const auto request =
            pipeline::sign_command(std::move(command), actor, id, key(signer), origin);
        envelopes.push_back(record::parse_envelope(request.envelope).value());
        keys.push_back(key(signer).public_key());
        auto done = carry_out(state_, request, {++next_.time, next_.size, nullptr}, [] {
            return record::Salt{};
        });
        if (!done) std::printf("%s\n", done.error().code.c_str()), std::exit(1);
        auto& entry = done->sealed.entry;
        frontier_.append(entry.leaf);
        batch_.entries.push_back(
            {next_.size, entry.header_bytes, entry.parts[0].salt, entry.parts[0].bytes}
        );
        for (std::size_t i = 1; i < entry.parts.size(); ++i) {
            const auto& part = entry.parts[i];
            batch_.parts.push_back(
                {done->sealed.parties[i],
                 next_.size,
                 static_cast<Int>(i),
                 std::string(record::name(part.role)),
                 part.salt,
                 part.bytes,
                 false}
            );
        }
        ++next_.size;
        if (batch_.entries.size() == 1000) flush();
    }

    void flush() {
        next_.root = frontier_.root();
        next_.frontier.clear();
        for (const Hash& part : frontier_.parts())
            append(next_.frontier, part);
        batch_.expected = head_;
        batch_.next = next_;
        batch_.upserts = state_.take_changes().upserts;
        if (store_.commit(batch_).outcome != store::Outcome::committed) std::exit(1);
        head_ = next_;
        batch_ = {};
    }

    State state_;
    std::vector<record::Envelope> envelopes;
    std::vector<PublicKey> keys;

private:
    store::Store& store_;
    store::Head head_, next_ = head_;
    merkle::Frontier frontier_;
    store::Batch batch_;
};

void fill(Ledger& ledger, Int entries) {
    Genesis genesis;
    genesis.clock_key = text(1);
    genesis.promise_key = text(2);
    genesis.origin = origin;
    genesis.policy = "log " + merkle::NoteSigner(origin, key(3)).key().text() + "\nquorum none\n";
    genesis.currencies = {"KES"};
    genesis.delegates = {text(4)};
    ledger.add(genesis, "d:0", 4);
    constexpr int members = 20;
    for (int m = 0; m < members; ++m)
        ledger.add(EnrolMember{text(20 + m), {"en"}, {}}, "new", 20 + m);
    ledger.add(RegisterRequester{text(5)}, "new", 5);
    ledger.add(Fund{Amount{1'000'000'000'000}, "KES", Hash{}, 0}, "d:0", 4);
    ledger.add(CreateProject{Hash{}, Hash{}}, "r:0", 5);
    CreateBatch terms;
    terms.accept_ms = 1'000'000'000;
    terms.bundle_max = 1;
    terms.currency = "KES";
    terms.domain = "text";
    terms.estimate_s = 30;
    terms.language = "en";
    terms.lease_ms = 600'000;
    terms.price_micros = 2'500'000;
    ledger.add(terms, "r:0", 5);
    const Int tasks = std::min<Int>(entries, 1'000'000);
    const Int chunks = (tasks + most_chunk_tasks - 1) / most_chunk_tasks;
    const std::vector<Hash> commits(static_cast<std::size_t>(chunks), Hash{1});
    ledger.add(
        ImportTasks{0, chunks, tasks, record::MerkleList::of_commitments(commits).root()}, "r:0", 5
    );
    for (Int c = 0; c < chunks; ++c) {
        ImportChunk chunk{0, c, std::min(most_chunk_tasks, tasks - c * most_chunk_tasks), {1}, {}};
        for (Int i = 0; i < chunk.count; ++i)
            chunk.externals.push_back(sha256(as_bytes(std::to_string(c * most_chunk_tasks + i))));
        ledger.add(chunk, "clock", 1);
    }
    ledger.add(ImportSeal{0}, "clock", 1);
    ledger.add(Publish{0}, "r:0", 5);
    for (Int task = 0; task < tasks; ++task) {
        const int m = static_cast<int>(task % members);
        ledger.add(
            Submit{{{Hash{2}, 15, task, "application/json"}}, 0, Hash{}},
            "m:" + std::to_string(m),
            20 + m
        );
        if (task % 20 != 19) continue;
        Accept accept;
        for (Int t = task - 19; t <= task; ++t)
            accept.items.push_back({t, t % members});
        ledger.add(accept, "r:0", 5);
    }
    ledger.flush();
}

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
    fill(ledger, entries);
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
