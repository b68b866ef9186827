#pragma once

// Grades tests against known answers. It follows commits, reads what was handed in on a completion
// thread, and has the clock key sign the outcome. What could not be graded (a distribution is open,
// the commit failed, the queue is full, an answer cannot be read or is damaged) is tried again
// after the next commit; after a restart it finds what is still ungraded.

#include "node/pipeline/completions.hpp"
#include "node/pipeline/sequencer.hpp"
#include "node/routes/content.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handprint::routes {

class Grader final : public pipeline::Follower {
public:
    struct Parts {
        Content& content;
        const pipeline::Vault& vault;
        pipeline::Completions& completions;
        pipeline::Clock clock;
        KeyPair clock_key;
        std::string origin;
        std::function<void(std::string_view what)> warn{}; // once for each test; may be empty
    };

    explicit Grader(Parts parts) : parts_(std::move(parts)) {}

    /// How a job reaches the sequencer; false when it is not taken. Given once there is one.
    using Submit = std::function<bool(pipeline::Job)>;

    void attach(Submit submit) {
        const std::lock_guard lock(mutex_);
        submit_ = std::move(submit);
    }

    /// Grades what was handed in before this start.
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

    void wait(const Work& work);
    [[nodiscard]] std::vector<std::function<void()>> take_waiting();
    void grade(const Work& work);
    void give_grade(const Work& work);

    Parts parts_;
    Submit submit_;
    std::mutex mutex_;
    bool reading_ = true; // rows of the tables come, not those of a commit
    std::set<Int> tests_;
    std::map<std::pair<Int, Int>, Work> waiting_; // by batch and member
    std::set<std::pair<Int, Int>> told_;
};

} // namespace handprint::routes
