#pragma once

// The steps of a replay and what is known after each. One object plays one job.

#include "ledger/merkle/policy.hpp"
#include "node/client/treasury.hpp"
#include "node/tools/crowd_files.hpp"
#include "node/tools/expected_money.hpp"
#include "node/tools/replay_crowd.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace handprint::tools {

using client::Int;
using record::Json;

/// Running totals of the ledger by account class, one currency, positive is debit.
using Sums = std::map<std::string, Int>;

struct ReplayWorker {
    std::string name;
    client::Signer signer;
    std::unique_ptr<client::ApiClient> api;
    std::vector<std::size_t> judgments; // not yet handed in, by place; in order of task
};

/// What was observed; the checks compare it with the recording.
struct Observed {
    std::vector<Judgment> judgments; // read back from the node
    Sums before, after;
    Int funded = 0, refunded = 0, held = 0;
    std::map<std::string, Int> wages, shares, settled; // by worker, from verified payslips
    std::size_t payslips = 0, payslips_good = 0, promises_kept = 0;
    std::vector<std::string> bad_payslips;
    double submit_seconds = 0;
    std::size_t bundles = 0;
};

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
    [[nodiscard]] Result<Int> close_period();
    [[nodiscard]] Result<void> pay_out();
    [[nodiscard]] Result<void> read_payslips();
    void
    take_payslip(const ReplayWorker& worker, const std::string& file, const merkle::Policy& policy);
    [[nodiscard]] Result<void> read_back();
    [[nodiscard]] Result<Sums> sums();
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
    std::vector<Int> periods_;
    Int project_ = 0, batch_ = 0;
};

} // namespace handprint::tools
