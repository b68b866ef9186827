#pragma once

// A small cooperative that runs in a data directory of its own: a real sequencer, publisher and two
// witnesses in this process. Keys, command ids, salts and times come from counters, so the same
// story told twice gives the same envelopes.

#include "ledger/base/crypto.hpp"
#include "ledger/merkle/policy.hpp"
#include "node/pipeline/payslips.hpp"
#include "node/pipeline/publisher.hpp"
#include "node/pipeline/sequencer.hpp"
#include "node/store/sqlite/sqlite_store.hpp"
#include "node/witness/service.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace handprint::audit_test {

using market::Int;
using market::never;

inline constexpr const char* origin = "log.example/coop";
/// What a second delegate waits for: short, for a longer leap of the clock stops the timers.
inline constexpr Int wait_ms = 60'000;

/// A directory that goes with the object.
class TempDir {
public:
    TempDir();
    explicit TempDir(const std::filesystem::path& above);
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir();

    [[nodiscard]] std::string in(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// The key pair of the seed of 32 bytes `number`.
[[nodiscard]] KeyPair key(std::uint8_t number);
[[nodiscard]] std::string key_text(std::uint8_t number);
/// The hash of the reference of a transfer at the bank, by a name that the test gives it.
[[nodiscard]] Hash transfer(std::string_view name);

/// Numbers of keys.
enum Keys : std::uint8_t {
    log_key = 1,
    promise_key,
    clock_key,
    data_key,
    witness_a,
    witness_b,
    next_log_key,
    delegate = 10,
    agent = 15,
    requester = 20,
    member = 30,
    recovery = 60,
    spare = 90,
    renewed = 102 // of requester 0 at the end of tell()
};

/// Two real witnesses. They outlive the log that they watch.
class Witnesses {
public:
    explicit Witnesses(const TempDir& dir);

    /// What the publisher is given.
    [[nodiscard]] pipeline::Cosigned
    ask(const std::string& note, Int size, const merkle::HashReader& hashes);
    /// What each says to one who takes it to know no log yet: status codes.
    [[nodiscard]] std::vector<int> ask_blindly(const std::string& note);
    /// Their lines of a policy, with a quorum of both.
    [[nodiscard]] std::string policy_lines() const;

    std::atomic<std::uint64_t> unix_seconds{0};
    std::atomic<std::uint64_t> ahead{0}; // by so many seconds is the clock of the second one fast
    std::vector<int> answers;            // status codes of the newest round
    std::vector<std::string> refusals;

private:
    std::vector<std::unique_ptr<witness::WitnessService>> services_;
    std::vector<merkle::VerifierKey> keys_;
    std::vector<std::uint64_t> known_;
};

/// What the world was told: that so many entries are committed, cosigned by all, or published, and
/// of which second the cosignatures are.
enum class Milestone { committed, cosigned, published, dated };

/// How what an import states of its tasks differs from the tasks that are stored.
enum class ImportLie { none, names_of_batches, names_swapped, task_left_out };

struct WorldOptions {
    ImportLie imports = ImportLie::none;
    bool quorum = true; // false: the publisher judges by a policy without witnesses
    bool memory = false;
    Int start = 1'795'280'000'000;
    std::uint8_t salt_seed = 0;         // other salts for the same story
    store::Store* store = nullptr;      // another store than one of its own
    std::uint64_t commands = 0;         // ids of commands go on from here
    bool durable = false;               // the store syncs, as a node's does
    int publish_every = 0;              // entries of the story; 0: when it says so
    Int interval_ms = 24 * 3600 * 1000; // of the publisher's own rounds
    bool open_books = false;            // short lists of shares are published, too
    std::function<void(Milestone, Int)> told = {};
    /// Another way to open the database that is there, and the sequencer's to open it anew.
    std::function<std::unique_ptr<store::Store>(const store::SqliteOptions&)> open_store = {};
    std::function<Result<void>()> reopen = {};
    std::function<void(std::string_view)> warn = {}; // what the publisher says goes wrong
};

class World {
public:
    World(std::string data_dir, Witnesses& witnesses, WorldOptions options = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Hands a command in and waits for the answer. Ids are counted.
    pipeline::Answer
    run(market::Command command, const std::string& actor, std::uint8_t signer, Int grant = never);
    pipeline::Answer run(pipeline::Job job);
    /// The same, and it is an entry.
    pipeline::Answer entry(
        market::Command command, const std::string& actor, std::uint8_t signer, Int grant = never
    );
    [[nodiscard]] market::Request
    sign(market::Command command, const std::string& actor, std::uint8_t signer, Int grant = never);

    void advance(Int ms) { now_ += ms; }

    [[nodiscard]] Int now() const { return now_; }

    /// Waits until nothing is under way: imports, distributions, payouts, work that is due.
    void settle();
    /// A checkpoint for what there is; false without quorum.
    bool publish();
    /// Ends the threads; the store stays open.
    void stop();
    void close(); // the store too

    [[nodiscard]] market::Genesis genesis() const;
    void found();
    Int enrol(std::uint8_t number, bool with_recovery = false);
    /// Terms, tasks and known answers are stored as the routes do it.
    Int batch(
        market::CreateBatch terms,
        Int tasks,
        const std::string& actor,
        std::uint8_t signer,
        Int grant = never
    );
    /// Claims the tasks and hands in an answer for each.
    pipeline::Answer submit(Int member, std::uint8_t signer, Int batch, std::vector<Int> tasks);
    [[nodiscard]] std::string promise(const pipeline::Answer& answer) const;
    [[nodiscard]] Result<std::string> payslip(Int member, Int period);

    template <class R, class... Parts>
    [[nodiscard]] R row(const Parts&... parts) {
        const market::Key name = market::key_of<R>(parts...);
        return std::get<R>(store().load(std::span(&name, 1)).value().front().value());
    }

    /// Terms of their own of tasks of the batches that come; `false_terms` are what the ledger is
    /// told instead.
    std::vector<market::OwnTerms> own, false_terms;

    [[nodiscard]] store::Store& store() {
        return options_.store != nullptr ? *options_.store : *store_;
    }

    [[nodiscard]] const pipeline::Vault& vault() const { return vault_; }

    [[nodiscard]] pipeline::Sequencer& sequencer() { return *sequencer_; }

    [[nodiscard]] pipeline::Publisher& publisher() { return *publisher_; }

    [[nodiscard]] const std::string& policy() const { return policy_; }

    [[nodiscard]] const std::string& dir() const { return dir_; }

private:
    void tell(Milestone what, Int size) const;

    std::string dir_;
    Witnesses& witnesses_;
    WorldOptions options_;
    std::string policy_;
    std::atomic<Int> now_;
    std::uint64_t commands_;
    int unpublished_ = 0; // entries of the story, if they count
    std::mutex random_mutex_;
    std::uint64_t drawn_ = 0;
    pipeline::Vault vault_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<pipeline::Completions> completions_;
    std::unique_ptr<pipeline::Sequencer> sequencer_;
    std::unique_ptr<pipeline::Publisher> publisher_;
};

/// What becomes of the requester's acceptance in the story.
enum class Acceptance { honest, omitted, moved, back_dated };

/// Everything that a promise was given for, in a member's hands.
struct Story {
    std::vector<std::string> promises; // of member 0, for what it did in the first period
    Int accepted = never;              // index of the acceptance by the agent
    Int test = never, paid = never, open = never; // batches
    Int project = never, grant = never;
};

/// The first period of the life of a cooperative, up to its close.
Story tell_period(World& world, Acceptance acceptance = Acceptance::honest);
/// And a bit more, with a payout: every kind of command once.
Story tell(World& world);

/// Writes entries past the rules and past the sequencer, as an operator can who changes the
/// program: rows, parts, root and frontier all fit.
class Forger {
public:
    explicit Forger(World& world);

    /// The request is taken as it is: nobody checks its signature.
    void append(const market::Request& request, Int time);
    /// What the rules did not decide.
    void append(const market::Request& request, const market::Draft& draft, Int time);

    /// The rows, for lies to the rules.
    [[nodiscard]] market::State& state() { return state_; }

private:
    record::Salt salt();
    void commit(const market::SealedEntry& sealed, Int time);

    World& world_;
    market::State state_;
    store::Head head_;
};

/// Stops the node and sets an entry into its log as who can change the program would: the rules
/// refuse it, unless the row is what `lie` says.
template <class Row>
void forge(World& world, const market::Request& request, const Row& lie) {
    world.stop();
    Forger forger(world);
    forger.state().put(lie);
    forger.append(request, world.now() + 1000);
}

} // namespace handprint::audit_test
