#pragma once

// The node under test: the real sequencer over a memory store. It stands before its next batch, at
// the reading of the clock, until it is let through once, so that what a batch holds follows from
// the calls alone. A batch is decided before the one before it has landed, or after, as the node
// was made; its answers come with the look in which it lands. What goes in and comes out is in the
// model's words.

#include "node/pipeline/sequencer.hpp"
#include "tests/sim/disk_store.hpp"
#include "tests/sim/model.hpp"

#include <array>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

namespace handprint::sim {

struct Reply {
    bool unavailable = false;
    bool refused = false;
    std::string code; // of a refusal
    Outcome outcome;
    Int time = 0;
    Hash leaf{};
};

/// What was handed in together; the replies come with the looks.
struct Asked {
    std::vector<Reply> replies;
    std::size_t left = 0; // to come
};

constexpr const char* origin = "sim.example/log";

[[nodiscard]] Hash hash_of(Int number);

/// Numbers of the keys that are there from the start; founders have 0, 1, ...
enum KeyNumbers : Int {
    first_delegate_key = 1000,
    clock_key = 2000,
    log_key,
    promise_key,
    strange_key
};

class Node {
public:
    explicit Node(bool overlap);
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    void found(
        const Rules& rules, const std::vector<std::string>& currencies, Int founders, Int delegates
    );
    /// Stops, or ends without writing another byte, and starts again.
    void restart(bool crash);

    [[nodiscard]] Int clock();
    void set_clock(Int now);
    /// The time of the batch that it stands before.
    [[nodiscard]] Int next_time();
    /// One batch; then it stands before the next, which holds what was handed in before this look.
    /// No commit is under way then, though the last may not have landed.
    void look();
    /// Hands in for the batch after the next look.
    [[nodiscard]] std::shared_ptr<Asked>
    ask(const std::vector<Op>& ops, const std::vector<Int>& signers);

    /// What the sequencer complained of since the last call.
    [[nodiscard]] std::vector<std::string> warnings();

    void arm(Trouble trouble) { store_.arm(trouble); }

    void disarm() { store_.disarm(); }

    [[nodiscard]] bool fired() const { return store_.fired(); }

    /// Tasks wait for their entry, as after an upload.
    void stage(const Op& import);
    [[nodiscard]] Int size();
    [[nodiscard]] Int newest();
    [[nodiscard]] bool importing(Int batch);
    /// The run under way, if any: money first.
    [[nodiscard]] std::string under_way();
    /// What would be done next by who reads the tables anew, or why nothing is.
    [[nodiscard]] std::string next_step();
    [[nodiscard]] View view();
    /// The tables are those that the entries give; empty if so.
    [[nodiscard]] std::string refold();
    /// Every distribution's list is as outsiders check it; empty if so.
    [[nodiscard]] std::string check_lists();

private:
    void start();
    void end();
    void nudge();
    [[nodiscard]] Int pass_gate();
    [[nodiscard]] const KeyPair& key(Int number);
    [[nodiscard]] std::string key_text(Int number);
    [[nodiscard]] market::Command command(const Op& op);
    [[nodiscard]] Hash staged_root(Int batch, Int count, Int chunks);
    [[nodiscard]] pipeline::StagedChunk staged(Int batch, Int chunk, Int count, Int chunks);
    [[nodiscard]] std::string checkpoint(Checkpoint kind);
    [[nodiscard]] std::string checkpoint_of(Int size, Checkpoint kind);
    [[nodiscard]] pipeline::Job job(const Op& op, Int signer);
    [[nodiscard]] std::shared_ptr<Asked> hand_in(std::vector<pipeline::Job> jobs);

    bool overlap_;
    DiskStore store_;
    std::uint64_t commits_before_ = 0; // of this start
    std::uint64_t drawn_ = 0;
    pipeline::Vault vault_;
    std::map<Int, KeyPair> keys_;
    std::map<std::string, Int> references_; // numbers by their text in the tables
    std::string policy_;
    std::unique_ptr<pipeline::Completions> completions_;
    std::unique_ptr<pipeline::Sequencer> sequencer_;

    std::mutex gate_;
    std::condition_variable moved_;
    bool stands_ = false, let_through_ = false, free_ = false;
    Int now_ = 1'795'280'000'000;
    std::map<std::pair<std::string, Int>, market::Request>
        requests_; // sent before: the same bytes again
    std::vector<std::string> warnings_;
};

} // namespace handprint::sim
