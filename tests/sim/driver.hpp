#pragma once

// One run: what is asked follows from the seed alone. Every answer and, after every step, every
// balance is held against the model.

#include "tests/sim/model.hpp"
#include "tests/sim/node.hpp"

#include <random>
#include <string>
#include <vector>

namespace handprint::sim {

struct Tally {
    Int steps = 0, entries = 0, refusals = 0, faults = 0, restarts = 0, meanwhile = 0;
    std::map<std::string, Int> done, refused; // by kind
};

class Driver {
public:
    explicit Driver(std::uint64_t seed);

    /// Empty, or what differs and at which step.
    [[nodiscard]] std::string run(Int steps);

    [[nodiscard]] const Tally& tally() const { return tally_; }

private:
    /// What of a batch came into the tables.
    enum class Done { all, none, answered };

    /// So that there is somebody to work from the first step on.
    [[nodiscard]] std::string enrol_founders();
    [[nodiscard]] std::string step();
    void move_clock();
    void restart();
    [[nodiscard]] std::string settle(Trouble first);
    [[nodiscard]] std::string ask_meanwhile();
    /// Whether the node still imports a batch of the same requester.
    [[nodiscard]] bool imports_another(Int batch);
    void stage(const std::vector<Op>& ops);
    Int read_clock();
    [[nodiscard]] std::string look(Trouble trouble);
    [[nodiscard]] std::string burst(std::vector<Op> ops);
    [[nodiscard]] std::string attempt(
        const std::vector<Op>& ops, const std::vector<Op>& late, Trouble trouble, bool& answered
    );
    [[nodiscard]] std::vector<Outcome>
    carry_out(const std::vector<Op>& ops, const Asked& asked, Int now, Int size, Done done);
    /// Of a batch that was not committed, only what was carried out before may be answered.
    [[nodiscard]] std::string
    answered_in_vain(const std::vector<Op>& ops, const Asked& asked, Int size) const;
    [[nodiscard]] std::string judge(
        const std::vector<Op>& ops,
        const std::vector<Outcome>& wanted,
        const Asked& asked,
        bool broke
    );
    void remember(const std::vector<Op>& ops);
    [[nodiscard]] std::string compare(const Op& op, const Outcome& want, const Reply& got) const;
    [[nodiscard]] std::string compare_views();
    [[nodiscard]] Int signer(const Op& op) const;
    [[nodiscard]] std::vector<Int> signers(const std::vector<Op>& ops) const;
    void note(const Op& op, const Outcome& outcome);

    // What to ask.
    [[nodiscard]] Int below(Int n) {
        return static_cast<Int>(random_() % static_cast<std::uint64_t>(n));
    }

    [[nodiscard]] bool chance(Int percent) { return below(100) < percent; }

    [[nodiscard]] std::vector<Op> some(Int count);
    [[nodiscard]] std::vector<Op> latecomers(const std::vector<Op>& first);
    [[nodiscard]] Trouble any_trouble();
    [[nodiscard]] Int batch_in(Stage stage);
    [[nodiscard]] Op any();
    [[nodiscard]] Op person();
    [[nodiscard]] Op project_or_batch();
    [[nodiscard]] Op on_batch(Kind kind, Stage stage);
    [[nodiscard]] const std::map<Int, Own>& own_terms(Int batch, Int tasks);
    [[nodiscard]] Op claim();
    [[nodiscard]] Op submit();
    [[nodiscard]] Op accept();
    [[nodiscard]] Op money();
    /// A new one of the bank, or one that was told of before.
    [[nodiscard]] Int reference(const Op& op);
    [[nodiscard]] Op period();
    [[nodiscard]] Op mandate();
    [[nodiscard]] Op test_work();
    [[nodiscard]] Op by_two();
    [[nodiscard]] Op release();
    [[nodiscard]] Op new_key();
    [[nodiscard]] Op confirm_key();
    [[nodiscard]] Op own_key();
    [[nodiscard]] Int anybody(char sort);
    /// Which one a member or requester signs with; -1 for others.
    [[nodiscard]] Int a_key_of(const std::string& party);
    [[nodiscard]] Int a_proposal(Kind act);
    /// When a proposal may be confirmed, or just before it; 0 when nothing is near.
    [[nodiscard]] Int end_of_a_wait();
    void by_agent(Op& op);
    void spoil(Op& op);

    std::mt19937_64 random_;
    Rules rules_;
    Model model_;
    Node node_;
    Tally tally_;
    Int next_id_ = 1;
    std::map<Int, std::map<Int, Own>> own_; // of a batch by task: staged twice, it is the same
    std::vector<Op> sent_;                  // for asking again
};

} // namespace handprint::sim
