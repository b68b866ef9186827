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
    Int steps = 0, entries = 0, refusals = 0, faults = 0, repeats = 0, restarts = 0, stalled = 0;
    std::map<std::string, Int> done, refused; // by kind
};

class Driver {
public:
    explicit Driver(std::uint64_t seed);

    /// Empty, or what differs and at which step.
    [[nodiscard]] std::string run(Int steps);

    [[nodiscard]] const Tally& tally() const { return tally_; }

private:
    /// So that there is somebody to work from the first step on.
    [[nodiscard]] std::string enrol_founders();
    [[nodiscard]] std::string step();
    void move_clock();
    [[nodiscard]] std::string settle(Trouble first);
    [[nodiscard]] std::string burst(std::vector<Op> ops);
    [[nodiscard]] std::string attempt(const std::vector<Op>& ops, Trouble trouble, bool& answered);
    [[nodiscard]] std::string compare(const Op& op, const Outcome& want, const Reply& got) const;
    [[nodiscard]] std::string compare_views();
    [[nodiscard]] Int signer(const Op& op) const;
    void note(const Op& op, const Outcome& outcome);

    // What to ask.
    [[nodiscard]] Int below(Int n) {
        return static_cast<Int>(random_() % static_cast<std::uint64_t>(n));
    }

    [[nodiscard]] bool chance(Int percent) { return below(100) < percent; }

    [[nodiscard]] Int batch_in(Stage stage);
    [[nodiscard]] Op any();
    [[nodiscard]] Op person();
    [[nodiscard]] Op project_or_batch();
    [[nodiscard]] Op on_batch(Kind kind, Stage stage);
    [[nodiscard]] Op claim();
    [[nodiscard]] Op submit();
    [[nodiscard]] Op accept();
    [[nodiscard]] Op money();
    [[nodiscard]] Op period();
    [[nodiscard]] Op mandate();
    [[nodiscard]] Op test_work();
    void by_agent(Op& op);
    void spoil(Op& op);

    std::mt19937_64 random_;
    Rules rules_;
    Model model_;
    Node node_;
    Tally tally_;
    Int next_id_ = 1;
    std::vector<Op> sent_; // for asking again
};

} // namespace handprint::sim
