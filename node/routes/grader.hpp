#pragma once

// Grades tests against known answers. It follows commits, reads what was handed in on a completion
// thread, and has the clock key sign the outcome; after a restart it finds what is still ungraded.

#include "node/pipeline/completions.hpp"
#include "node/pipeline/job.hpp"
#include "node/pipeline/sequencer.hpp"
#include "node/routes/content.hpp"

#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace handprint::routes {

class Grader final : public pipeline::Follower {
public:
    struct Parts {
        Content& content;
        const pipeline::Vault& vault;
        pipeline::Completions& completions;
        KeyPair clock_key;
        std::string origin;
    };

    explicit Grader(Parts parts) : parts_(std::move(parts)) {}

    /// The sequencer follows from its followers; it is given once it exists.
    void attach(pipeline::Sequencer& sequencer) { sequencer_ = &sequencer; }

    /// What was handed in before this start.
    void catch_up();

    void row(const market::Row& row) override;

    void claim(Int, Int, Int, const std::vector<Int>&) override {}

    void entries(const std::vector<pipeline::NewEntry>& entries) override;
    void forget() override;

private:
    struct Work {
        Int batch = 0, member = 0;
        std::map<Int, Int> tasks; // task -> index of the submit entry
    };

    void grade(const Work& work);

    Parts parts_;
    pipeline::Sequencer* sequencer_ = nullptr;
    std::mutex mutex_;
    std::set<Int> tests_;
    std::map<std::pair<Int, Int>, Work> waiting_; // read at start
};

} // namespace handprint::routes
