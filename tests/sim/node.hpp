#pragma once

// The node under test: the real sequencer over a memory store, with a clock that can be held. What
// goes in and comes out is in the model's words.

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
    Node();
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    void found(
        const Rules& rules, const std::vector<std::string>& currencies, Int founders, Int delegates
    );
    /// As after a crash between two commits.
    void restart();

    [[nodiscard]] Int clock();
    void set_clock(Int now);
    /// Holds the sequencer before its next batch and gives the time of that batch.
    Int hold();
    /// Hands everything in at once, so that it is one batch, lets go and waits for the answers.
    std::vector<Reply> ask(const std::vector<Op>& ops, const std::vector<Int>& signers);
    /// An empty round.
    void go();

    void arm(Trouble trouble) { store_.arm(trouble); }

    [[nodiscard]] bool fired() const { return store_.fired(); }

    /// Tasks wait for their entry, as after an upload.
    void stage(Int batch, Int count, Int chunks);
    [[nodiscard]] Int size();
    [[nodiscard]] Int newest();
    /// The run under way, if any.
    [[nodiscard]] std::string under_way();
    /// What would be done next by who reads the tables anew, or why nothing is.
    [[nodiscard]] std::string next_step();
    [[nodiscard]] View view();
    /// The tables are those that the entries give; empty if so.
    [[nodiscard]] std::string refold();

private:
    struct Waiting;

    void start();
    [[nodiscard]] const KeyPair& key(Int number);
    [[nodiscard]] std::string key_text(Int number);
    [[nodiscard]] market::Command command(const Op& op);
    [[nodiscard]] Hash staged_root(Int batch, Int count, Int chunks);
    [[nodiscard]] pipeline::StagedChunk staged(Int batch, Int chunk, Int count, Int chunks);
    [[nodiscard]] std::string checkpoint(Checkpoint kind);
    [[nodiscard]] pipeline::Job job(const Op& op, Int signer);
    std::vector<Reply> hand_in(std::vector<pipeline::Job> jobs);

    DiskStore store_;
    std::uint64_t drawn_ = 0;
    pipeline::Vault vault_;
    std::map<Int, KeyPair> keys_;
    std::string policy_;
    std::unique_ptr<pipeline::Completions> completions_;
    std::unique_ptr<pipeline::Sequencer> sequencer_;

    std::mutex gate_;
    std::condition_variable moved_;
    bool held_ = false, waiting_ = false;
    Int now_ = 1'795'280'000'000;
    std::map<std::pair<std::string, Int>, market::Request>
        requests_; // sent before: the same bytes again
};

} // namespace handprint::sim
