#include "node/audit/fits.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/books/pricing.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/record/fixed_names.hpp"
#include "node/market/decide.hpp"
#include "node/market/external.hpp"
#include "node/market/limits.hpp"
#include "node/market/own_terms.hpp"
#include "node/market/parties.hpp"
#include "node/market/party_keys.hpp"
#include "node/market/reference.hpp"

#include <set>

namespace handprint::audit {

namespace {

using namespace market;

/// Follows the events of one entry in their order: some rows are made by the event before.
class Fits {
public:
    Fits(const State& state, const FoldEntry& entry) : state_(state), entry_(entry) {}

    std::string find() {
        founded_ = state_.find<CoopRow>(1) != nullptr;
        for (const Event& event : entry_.events) {
            if (!founded_ && !std::holds_alternative<GenesisDone>(event)) no("there is no genesis");
            std::visit(*this, event);
        }
        if (entry_.events.empty()) no("an entry without events");
        if (entry_.kind == Genesis::kind) check_rules();
        for (const Posting& posting : entry_.postings)
            check(posting);
        return why_;
    }

    void operator()(const GenesisDone& e) {
        if (founded_) no("a second genesis");
        founded_ = true;
        if (const auto ok = record::check_fixed_names({e.formats, e.domains}); !ok)
            no(std::string(ok.error().field) + ": " + ok.error().what);
        policy(e.policy);
        for (const auto& currency : e.currencies) {
            if (!Currency::parse(currency)) no("not a currency: " + currency);
        }
    }

    void operator()(const RuleEnacted& e) {
        rules_.insert(e.name);
        if (e.value < 0 || e.value > limit_of_rule(e.name).most) no("not a value of " + e.name);
    }

    void operator()(const DelegateNamed& e) { new_key(e.key); }

    void operator()(const MemberEnrolled& e) {
        fresh<MemberRow>(e.member);
        for (const auto& key : e.keys)
            new_key(key.key);
    }

    void operator()(const KeyAdded& e) {
        new_key(e.key);
        holder(e.party);
    }

    void operator()(const KeyRevoked& e) {
        there<KeyRow>(e.key);
        holder(e.party);
    }

    void operator()(const ReenrolmentProposed& e) { holder(e.party); }

    void operator()(const ReenrolmentRefused& e) { holder(e.party); }

    void operator()(const Reenrolled& e) {
        holder(e.party);
        new_key(e.key);
    }

    void operator()(const RequesterRegistered& e) {
        fresh<RequesterRow>(e.requester);
        for (const auto& key : e.keys)
            new_key(key.key);
    }

    void operator()(const Granted& e) { new_key(e.key); }

    void operator()(const GrantRevoked& e) {
        if (const auto* grant = state_.find<GrantRow>(e.grant)) {
            there<KeyRow>(grant->key);
        } else {
            no("no such grant");
        }
    }

    void operator()(const ProjectCreated& e) {
        fresh<ProjectRow>(e.project);
        free_name(e.requester, "project", e.external);
    }

    void operator()(const BatchCreated& e) {
        fresh<BatchRow>(e.batch);
        there<ProjectRow>(e.project);
        free_name(e.requester, "batch", e.external);
        if (!Currency::parse(e.currency)) no("not a currency: " + e.currency);
        if (!books::credit_points(e.estimate_s, static_cast<int>(e.level))) no("no such level");
        if (e.price_micros < 1 || e.price_micros > most_price_micros) no("not a price");
        if (e.overlap < 1 || e.overlap > most_overlap) no("not a number of answers");
        time(e.lease_ms, "lease_max_ms");
        time(e.accept_ms, "accept_max_ms");
    }

    void operator()(const ImportOpened& e) { import_of(e.batch, BatchState::draft); }

    void operator()(const ImportChunked& e) {
        const auto* batch = import_of(e.batch, BatchState::importing);
        if (batch == nullptr) return;
        for (const Hash& external : e.externals)
            free_name(batch->requester, "task", external);
        for (const OwnTerms& own : own_terms_of(e)) {
            if (own.price_micros < 0 || own.price_micros > most_price_micros) no("not a price");
            if (own.overlap < 0 || own.overlap > most_overlap) no("not a number of answers");
            if (own.expires < 0 || own.expires > latest_expiry) no("not a time");
        }
        const bool few = e.count >= 1 && e.count <= most_chunk_tasks;
        if (!few || !with_tasks(*batch, labour_of(*batch), e.count, own_terms_of(e)))
            no("the sums of the batch do not fit");
    }

    void operator()(const ImportSealed& e) { import_of(e.batch, BatchState::importing); }

    void operator()(const TasksEnded& e) {
        const auto* batch = state_.find<BatchRow>(e.batch);
        if (batch == nullptr) return no("no such batch");
        auto labour = labour_of(*batch);
        for (const Int number : e.tasks) {
            const auto* task = state_.find<TaskRow>(e.batch, number);
            const auto rest = task == nullptr ? std::nullopt : without_rest(*batch, labour, *task);
            if (!rest) return no("no such task to end");
            labour = *rest;
        }
    }

    void operator()(const BatchPublished& e) {
        const auto* batch = batch_in(e.batch, BatchState::sealed);
        if (batch != nullptr) {
            const auto currency = Currency::parse(batch->currency);
            if (!currency || !books::quote(labour_of(*batch), e.fee_bps, *currency))
                no("the cost of the batch does not fit");
        }
        amount(e.held);
        grant();
    }

    void operator()(const BatchClosed& e) { there<BatchRow>(e.batch); }

    void operator()(const Funded& e) {
        amount(e.amount);
        transfer(e.reference);
    }

    void operator()(const RefundSent& e) {
        fresh<RefundRow>(e.refund);
        amount(e.amount);
        grant();
    }

    void operator()(const RefundSettled& e) {
        there<RefundRow>(e.refund);
        transfer(e.reference, never, e.refund);
    }

    void operator()(const RefundReturned& e) {
        there<RefundRow>(e.refund);
        transfer(e.reference, never, e.refund);
    }

    void operator()(const Submitted& e) { there<BatchRow>(e.batch); }

    void operator()(const Accepted& e) {
        if (const auto* batch = state_.find<BatchRow>(e.batch)) {
            there<ProjectRow>(batch->project);
        } else {
            no("no such batch");
        }
        std::set<TaskMember> seen;
        for (const Wage& item : e.items) {
            there<TaskRow>(e.batch, item.task);
            const auto* work = state_.find<AssignmentRow>(e.batch, item.task, item.member);
            const bool waits =
                work != nullptr && work->state == static_cast<Int>(AssignmentState::submitted);
            if (!waits || !seen.insert({item.task, item.member}).second)
                no("paid, and no such answer waits for it");
        }
    }

    void operator()(const Graded&) {}

    void operator()(const SkillGranted&) {}

    void operator()(const DistributionOpened& e) {
        fresh<DistributionRow>(e.distribution);
        amount(e.amount);
        if (e.reference) transfer(*e.reference);
        if (e.reference.has_value() != (e.source == "income")) no("income has a reference");
    }

    void operator()(const DistributionChunked& e) {
        there<DistributionRow>(e.distribution);
        for (const ShareOf& row : e.rows) {
            if (row.amount.minor < 0) no("a negative share");
        }
    }

    void operator()(const DistributionSealed& e) { there<DistributionRow>(e.distribution); }

    void operator()(const PeriodClosed& e) { fresh<PeriodRow>(e.period); }

    void operator()(const PayoutOpened& e) { fresh<PayoutRow>(e.payout); }

    void operator()(const PayoutChunked& e) { there<PayoutRow>(e.payout); }

    void operator()(const PayoutSealed& e) { there<PayoutRow>(e.payout); }

    void operator()(const Settled& e) {
        items(e.payout, e.items);
        transfer(e.reference, e.payout);
    }

    void operator()(const Returned& e) {
        items(e.payout, e.items);
        transfer(e.reference, e.payout);
    }

    void operator()(const LogKeyRotated& e) { policy(e.policy); }

    void operator()(const ReleaseProposed&) {}

    void operator()(const ReleasedWithoutQuorum&) {}

    void operator()(const CheckpointRecorded&) {}

    void operator()(const ClockConfirmed&) {}

private:
    void no(std::string why) {
        if (why_.empty()) why_ = std::move(why);
    }

    template <class R, class... Parts>
    void there(const Parts&... parts) {
        if (state_.find<R>(parts...) == nullptr) no(std::string("a row is missing: ") + R::table);
    }

    template <class R, class... Parts>
    void fresh(const Parts&... parts) {
        if (state_.find<R>(parts...) != nullptr) no(std::string("given out twice: ") + R::table);
    }

    void free_name(Int requester, const char* kind, const Hash& hash) {
        fresh<ExternalRow>(external_name(party('r', requester), kind, hash));
    }

    void transfer(const Hash& reference, Int payout = never, Int refund = never) {
        const auto* before = state_.find<ReferenceRow>(reference_name(reference));
        const bool fits = before == nullptr || comes_again(*before, payout, refund);
        if (!fits || !transfers_.insert(reference).second) no("a transfer that was entered before");
    }

    void amount(Amount amount) {
        if (amount.minor < 0 || amount.minor > most_amount) no("not an amount");
    }

    void time(Int ms, const char* rule) {
        if (ms < 0 || ms > limit_of_rule(rule).most) no("not a time");
    }

    /// A batch goes through its states once, so what it may cost is checked at one place.
    const BatchRow* batch_in(Int number, BatchState state) {
        const auto* batch = state_.find<BatchRow>(number);
        if (batch == nullptr) {
            no("no such batch");
        } else if (batch->state != static_cast<Int>(state)) {
            no("the batch is in another state");
        }
        return batch;
    }

    const BatchRow* import_of(Int number, BatchState state) {
        const auto* batch = batch_in(number, state);
        if (batch != nullptr) there<RequesterRow>(batch->requester);
        return batch;
    }

    void new_key(const std::string& key) {
        if (!base64_to_array<32>(key)) no("not a key");
        if (state_.find<KeyRow>(key) != nullptr) no("a key that is registered already");
    }

    void policy(const std::string& text) {
        if (!merkle::Policy::parse(text)) no("the policy cannot be read");
    }

    void holder(const std::string& party) {
        const bool known = with_holder(party, [this]<class R>(std::type_identity<R>, Int number) {
            there<R>(number);
        });
        if (!known) no("neither a member nor a requester: " + party);
    }

    void grant() {
        if (entry_.grant != never) there<GrantRow>(entry_.grant);
    }

    void items(Int payout, const std::vector<PaidTo>& paid) {
        for (const PaidTo& item : paid)
            there<PayoutItemRow>(payout, item.member);
    }

    void check_rules() {
        for (const auto& rule : default_rules()) {
            if (!rules_.contains(rule.name)) no("genesis leaves a rule out: " + rule.name);
        }
    }

    void check(const Posting& posting) {
        constexpr Int most = 4'000'000'000'000'000'000;
        constexpr Int most_at_once = 1'000'000'000'000'000'000;
        if (posting.amount > most_at_once || posting.amount < -most_at_once)
            no("an amount is too large");
        const auto* row = state_.find<AccountRow>(posting.account, posting.currency);
        if (row != nullptr && (row->debits > most || row->credits > most))
            no("an account overflows");
        const auto* sum = state_.find<ClassRow>(
            posting.account.substr(0, posting.account.find('/')), posting.currency
        );
        if (sum != nullptr && (sum->debits > most || sum->credits > most)) no("a class overflows");
    }

    const State& state_;
    const FoldEntry& entry_;
    bool founded_ = false;
    std::set<std::string> rules_;
    std::set<Hash> transfers_;
    std::string why_;
};

} // namespace

std::string misfit(const market::State& state, const market::FoldEntry& entry) {
    return Fits(state, entry).find();
}

} // namespace handprint::audit
