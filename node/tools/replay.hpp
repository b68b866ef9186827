#pragma once

// The steps of a replay and what is known after each. One object plays one job.

#include "ledger/merkle/policy.hpp"
#include "node/client/treasury.hpp"
#include "node/tools/crowd_files.hpp"
#include "node/tools/expected_money.hpp"
#include "node/tools/job_postings.hpp"
#include "node/tools/replay_crowd.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace handprint::tools {

using client::Int;
using record::Json;

inline constexpr const char* job_currency = "KES";
inline constexpr Int kept_in_escrow = 5'000; // stays with the requester: "held" at the end

struct ReplayWorker {
    std::string name;
    client::Signer signer;
    std::unique_ptr<client::ApiClient> api;
    std::vector<std::size_t> judgments; // not yet handed in, by place; in order of task
    Int enrolled = 0;                   // index of the entry
};

/// What was observed; the checks compare it with the recording.
struct Observed {
    std::vector<Judgment> judgments; // read back from the node
    Sums job;  // what the job moved, by the coop parts of the entries since its beginning
    Sums all;  // what all of those entries moved
    Sums said; // what the node says that they have changed
    Int funded = 0, refunded = 0, held = 0;
    std::map<std::string, Int> wages, shares, settled; // by worker, from verified payslips
    std::size_t payslips = 0, payslips_good = 0, promises_kept = 0;
    std::vector<std::string> bad_payslips;
    double submit_seconds = 0;
    std::size_t bundles = 0;
};

/// The running totals of a ledger, and over how many entries.
struct Standing {
    Sums sums;
    Int entries = 0;
};

/// An amount of the node's answer; 0 if it is none.
[[nodiscard]] Int amount_in(const Json& json, std::string_view name);

class Replay {
public:
    Replay(const ReplayOptions& options, const Crowd& crowd, const client::Address& node);

    /// Plays all of it; the Failure names the step.
    [[nodiscard]] Result<void>
    play(const KeyPair& delegate, const std::string& delegate_party, const std::string& policy);

    [[nodiscard]] const Observed& observed() const noexcept { return observed_; }

    [[nodiscard]] const MoneyTerms& terms() const noexcept { return terms_; }

private:
    using Step = Result<void> (Replay::*)();

    [[nodiscard]] Result<void> set_up();
    [[nodiscard]] Result<void> enrol();
    [[nodiscard]] Result<void> publish();
    [[nodiscard]] Result<void> work();
    [[nodiscard]] Result<void>
    hand_in(ReplayWorker& worker, const std::function<void(std::size_t)>& done);
    [[nodiscard]] Result<void> accept();
    [[nodiscard]] Result<void> share_income();
    /// The index of the entry.
    [[nodiscard]] Result<Int> close_period();
    [[nodiscard]] Result<void> pay_out();
    /// Settles what this job is paid by that payout.
    [[nodiscard]] Result<void> settle(Int payout);
    [[nodiscard]] Result<bool> is_paid(const ReplayWorker& worker) const;
    [[nodiscard]] Result<void> wait_until_paid();
    /// The closed periods, from enrolment to the end of the job, that have a payslip of the worker.
    [[nodiscard]] Result<std::vector<Int>> periods_of(const ReplayWorker& worker) const;
    [[nodiscard]] Result<void> read_payslips();
    void
    take_payslip(const ReplayWorker& worker, const std::string& file, const merkle::Policy& policy);
    [[nodiscard]] Result<void> read_back();
    [[nodiscard]] Result<void> read_results();
    [[nodiscard]] Result<void> read_postings();
    [[nodiscard]] Result<Standing> standing();
    [[nodiscard]] client::Treasury payday();
    /// Of a transfer at the bank; the number of the batch makes it that of this replay.
    [[nodiscard]] Hash reference(const std::string& what) const;

    const ReplayOptions& options_;
    const Crowd& crowd_;
    client::Address node_;
    MoneyTerms terms_;
    Observed observed_;
    std::string origin_, policy_;
    Hash salt_{};                // of references
    client::ApiClient api_;      // the requester's
    client::ApiClient treasury_; // the delegate's
    std::unique_ptr<client::Signer> delegate_, requester_;
    std::vector<ReplayWorker> workers_;
    Standing start_;
    Int project_ = 0, batch_ = 0, distribution_ = 0, refund_ = 0;
    Int last_close_ = 0; // index of the entry
};

} // namespace handprint::tools
