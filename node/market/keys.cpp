// Which rows a request needs: those named in the request itself and those named in rows that are
// there; calling it again after a load, while it says so, ends after two rounds. Rows named by an
// ordinal or index that the command itself will be given are not loaded: they cannot exist
// (State::create).

#include "ledger/books/account.hpp"
#include "node/market/decide.hpp"
#include "node/market/external.hpp"
#include "node/market/lists.hpp"
#include "node/market/manifest.hpp"
#include "node/market/own_terms.hpp"
#include "node/market/parties.hpp"
#include "node/market/party_keys.hpp"
#include "node/market/reference.hpp"

#include <string>
#include <string_view>

namespace handprint::market {

namespace {

class Needs {
public:
    Needs(const Request& request, const State& state, std::vector<Key>& missing)
        : request_(request), state_(state), missing_(missing) {}

    [[nodiscard]] Named named() const noexcept { return named_; }

    void authority() {
        if (!request_.actor.empty()) {
            want<CommandRow>(request_.id.hex(), request_.actor);
        }
        if (!request_.key.empty()) want<KeyRow>(request_.key);
        if (request_.grant != never) want<GrantRow>(request_.grant);
    }

    void operator()(const Genesis& c) {
        for (const auto& rule : c.rules)
            want<RuleRow>(rule.name);
        for (const auto& key : c.delegates)
            want<KeyRow>(key);
    }

    void operator()(const EnrolMember& c) {
        want<KeyRow>(c.key);
        if (c.recovery) want<KeyRow>(*c.recovery);
    }

    void operator()(const AddKey& c) {
        want<KeyRow>(c.key);
        holder(request_.actor);
    }

    void operator()(const RevokeKey& c) {
        want<KeyRow>(c.key);
        holder(request_.actor);
    }

    void operator()(const ProposeReenrolment& c) {
        want<KeyRow>(c.key);
        if (c.member) want<MemberRow>(*c.member);
        if (c.requester) want<RequesterRow>(*c.requester);
    }

    void operator()(const ObjectReenrolment& c) {
        want<ProposalRow>(c.proposal);
        holder(request_.actor);
    }

    void operator()(const ReenrolMember& c) { enrol_anew<MemberRow>(c, c.member); }

    void operator()(const ReenrolRequester& c) { enrol_anew<RequesterRow>(c, c.requester); }

    void operator()(const RegisterRequester& c) {
        want<KeyRow>(c.key);
        if (c.recovery) want<KeyRow>(*c.recovery);
    }

    void operator()(const MakeGrant& c) { want<KeyRow>(c.key); }

    void operator()(const RevokeGrant& c) {
        want<GrantRow>(c.grant);
        if (const auto* grant = look<GrantRow>(c.grant)) want<KeyRow>(grant->key);
    }

    void operator()(const CreateProject& c) {
        want<ExternalRow>(external_name(request_.actor, "project", c.external));
    }

    void operator()(const CreateBatch& c) {
        want<ExternalRow>(external_name(request_.actor, "batch", c.external));
        want<ProjectRow>(c.project);
        want<RuleRow>("floor_minor_per_hour/" + c.currency);
    }

    void operator()(const ImportTasks& c) {
        import_of(c.batch);
        const auto* batch = look<BatchRow>(c.batch);
        if (batch != nullptr && c.least_micros)
            want<RuleRow>("floor_minor_per_hour/" + batch->currency);
    }

    void operator()(const ImportChunk& c) {
        want<BatchRow>(c.batch);
        want<ChunkRow>(c.batch, c.chunk);
        if (const auto* batch = look<BatchRow>(c.batch)) {
            const std::string requester = party('r', batch->requester);
            for (const Hash& hash : c.externals)
                want<ExternalRow>(external_name(requester, "task", hash));
            for (const OwnTerms& own : own_terms_of(c))
                want<TaskRow>(c.batch, own.task);
        }
    }

    void operator()(const ImportSeal& c) { import_of(c.batch); }

    void operator()(const EndTasks& c) {
        for (const Int task : c.tasks)
            want<TaskRow>(c.batch, task);
        batch_money(c.batch);
    }

    void operator()(const Publish& c) { batch_money(c.batch); }

    void operator()(const CloseBatch& c) {
        import_of(c.batch);
        batch_money(c.batch);
    }

    void operator()(const Fund& c) {
        want<ReferenceRow>(reference_name(c.reference));
        want<RequesterRow>(c.requester);
        money("bank/main", c.currency);
        money("escrow/" + party('r', c.requester), c.currency);
    }

    void operator()(const Submit& c) {
        want<BatchRow>(c.batch);
        const Int member = member_of_actor();
        want<ClaimRow>(member, c.batch);
        for (const AnswerRef& answer : c.answers) {
            want<TaskRow>(c.batch, answer.task);
            want<AssignmentRow>(c.batch, answer.task, member);
        }
    }

    void operator()(const Accept& c) { accepting(c.batch, c.items); }

    void operator()(const AutoAccept& c) { accepting(c.batch, c.items); }

    void operator()(const Grade& c) {
        std::vector<TaskMember> items;
        for (const Int task : c.tasks)
            items.push_back({task, c.member});
        accepting(c.batch, items);
        if (const auto* batch = look<BatchRow>(c.batch)) {
            want<SkillRow>(c.member, batch->domain);
        }
    }

    void operator()(const Refund& c) {
        money("escrow/" + request_.actor, c.currency);
        want<ClassRow>("in_transit", c.currency);
    }

    void operator()(const Income& c) {
        want<ReferenceRow>(reference_name(c.reference));
        want<ProjectRow>(c.project);
        for (const char* name : {"bank/main", "fee/coop", "equity/transition", "reserve/coop"}) {
            money(name, c.currency);
        }
        want<ClassRow>("suspense", c.currency);
    }

    void operator()(const Surplus& c) {
        want<ProjectRow>(c.project);
        money("fee/coop", c.currency);
        want<ClassRow>("suspense", c.currency);
    }

    void operator()(const DistributionChunk& c) {
        want<DistributionRow>(c.distribution);
        for (const ShareOf& row : c.rows)
            want<MemberRow>(row.member);
        if (const auto* run = look<DistributionRow>(c.distribution)) {
            money("suspense/share:" + std::to_string(c.distribution), run->currency);
            for (const ShareOf& row : c.rows) {
                want<CreditRow>(run->project, row.member);
                money("payable/" + party('m', row.member), run->currency);
            }
        }
    }

    void operator()(const DistributionSeal& c) { want<DistributionRow>(c.distribution); }

    void operator()(const ClosePeriod&) {}

    void operator()(const Payout& c) {
        if (const auto* coop = look<CoopRow>(1)) {
            want<ExternalRow>(payout_name(coop->periods, c.currency));
        }
    }

    void operator()(const ProposeRelease&) {}

    void operator()(const ReleasePayout& c) {
        want<ProposalRow>(c.proposal);
        if (const auto* coop = look<CoopRow>(1)) {
            want<ExternalRow>(payout_name(coop->periods, c.currency));
        }
    }

    void operator()(const RecordCheckpoint&) { signed_by_member(); }

    void operator()(const PayoutChunk& c) {
        want<PayoutRow>(c.payout);
        for (const PaidTo& row : c.rows) {
            want<MemberRow>(row.member);
            want<PayoutItemRow>(c.payout, row.member);
        }
        if (const auto* run = look<PayoutRow>(c.payout)) {
            for (const PaidTo& row : c.rows)
                member_money(row.member, run->currency);
        }
    }

    void operator()(const PayoutSeal& c) { want<PayoutRow>(c.payout); }

    void operator()(const Settle& c) { concluding(c); }

    void operator()(const Return& c) { concluding(c); }

    void operator()(const SetRule& c) { want<RuleRow>(c.name); }

    void operator()(const RotateLogKey&) {}

    void operator()(const ConfirmClock&) {}

    void operator()(const Claim& c) {
        want<BatchRow>(c.batch);
        want<MemberRow>(c.member);
        want<ClaimRow>(c.member, c.batch);
        for (const Int task : c.candidates) {
            want<TaskRow>(c.batch, task);
            want<AssignmentRow>(c.batch, task, c.member);
        }
        if (const auto* batch = look<BatchRow>(c.batch)) {
            want<SkillRow>(c.member, batch->domain);
        }
    }

    void operator()(const ReleaseClaim& c) { want<ClaimRow>(c.member, c.batch); }

private:
    template <class R, class... Parts>
    void want(const Parts&... parts) {
        if (!state_.knows_row<R>(parts...)) missing_.push_back(key_of<R>(parts...));
    }

    /// A row by which others are named.
    template <class R, class... Parts>
    const R* look(const Parts&... parts) {
        const R* row = state_.peek<R>(parts...);
        if (!state_.knows_row<R>(parts...)) {
            named_ = Named::more;
        } else if (row == nullptr && named_ == Named::all) {
            named_ = Named::unless_made;
        }
        return row;
    }

    void holder(const std::string& party) {
        (void)with_holder(party, [this]<class R>(std::type_identity<R>, Int number) {
            want<R>(number);
        });
    }

    template <class R, class C>
    void enrol_anew(const C& c, Int number) {
        want<ProposalRow>(c.proposal);
        want<KeyRow>(c.key);
        want<R>(number);
        if (const auto* row = look<R>(number)) {
            for (const auto& key : split_words(row->valid_keys))
                want<KeyRow>(key);
        }
    }

    Int member_of_actor() {
        const Int member = ordinal_of(request_.actor, 'm');
        want<MemberRow>(member);
        return member;
    }

    /// For what any party may sign: a member's chain grows by it.
    void signed_by_member() {
        if (ordinal_of(request_.actor, 'm') != never) member_of_actor();
    }

    void money(const std::string& account, const std::string& currency) {
        want<AccountRow>(account, currency);
        want<ClassRow>(account.substr(0, account.find('/')), currency);
    }

    void member_money(Int member, const std::string& currency) {
        const std::string owner = party('m', member);
        money("payable/" + owner, currency);
        money("in_transit/" + owner, currency);
    }

    void import_of(Int number) {
        want<BatchRow>(number);
        if (const auto* batch = look<BatchRow>(number)) want<RequesterRow>(batch->requester);
    }

    void batch_money(Int number) {
        want<BatchRow>(number);
        if (const auto* batch = look<BatchRow>(number)) {
            money("escrow/" + party('r', batch->requester), batch->currency);
            money("hold/" + party('b', number), batch->currency);
        }
    }

    void accepting(Int number, const std::vector<TaskMember>& items) {
        want<BatchRow>(number);
        for (const TaskMember& item : items) {
            want<AssignmentRow>(number, item.task, item.member);
            want<TaskRow>(number, item.task);
            want<EarningRow>(number, item.member);
            want<MemberRow>(item.member);
        }
        open_distribution();
        const auto* batch = look<BatchRow>(number);
        if (batch == nullptr) return;
        want<ProjectRow>(batch->project);
        money("hold/" + party('b', number), batch->currency);
        money("fee/coop", batch->currency);
        for (const TaskMember& item : items) {
            want<CreditRow>(batch->project, item.member);
            money("payable/" + party('m', item.member), batch->currency);
        }
    }

    void open_distribution() {
        const auto* coop = look<CoopRow>(1);
        if (coop != nullptr && coop->open_distribution != never) {
            want<DistributionRow>(coop->open_distribution);
        }
    }

    /// Of a Settle or a Return.
    template <class Transfer>
    void concluding(const Transfer& c) {
        want<ReferenceRow>(reference_name(c.reference));
        if (c.refund) {
            want<RefundRow>(*c.refund);
            if (const auto* row = look<RefundRow>(*c.refund)) {
                money("in_transit/refund:" + std::to_string(*c.refund), row->currency);
                money("bank/main", row->currency);
                money("escrow/" + party('r', row->requester), row->currency);
            } else if (const auto* coop = look<CoopRow>(1)) {
                // The refund may be made by a command before this one in the same batch, which
                // knows of all rows but the bank's: loaded now, they cost no round of their own.
                for (std::size_t at = 0; at < coop->currencies.size(); at += 4) {
                    money("bank/main", coop->currencies.substr(at, 3));
                }
            }
        }
        if (!c.payout || !c.items) return;
        want<PayoutRow>(*c.payout);
        for (const Int member : *c.items) {
            want<PayoutItemRow>(*c.payout, member);
            want<MemberRow>(member);
        }
        if (const auto* run = look<PayoutRow>(*c.payout)) {
            money("bank/main", run->currency);
            for (const Int member : *c.items)
                member_money(member, run->currency);
        }
    }

    const Request& request_;
    const State& state_;
    std::vector<Key>& missing_;
    Named named_ = Named::all;
};

} // namespace

void common_keys(const State& state, std::vector<Key>& missing) {
    if (!state.knows_row<CoopRow>(1)) missing.push_back(key_of<CoopRow>(1));
    for (const RuleValue& rule : default_rules()) {
        if (!state.knows_row<RuleRow>(rule.name)) missing.push_back(key_of<RuleRow>(rule.name));
    }
}

Named keys_of(const Request& request, const State& state, std::vector<Key>& missing) {
    Needs needs(request, state, missing);
    needs.authority();
    std::visit(needs, request.command);
    return needs.named();
}

} // namespace handprint::market
