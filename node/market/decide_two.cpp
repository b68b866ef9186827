// What takes two delegates: one proposes it in an entry that everybody can see, and after the wait
// of the rules another confirms it, unless meanwhile it has been answered.

#include "node/market/area.hpp"
#include "node/market/manifest.hpp"
#include "node/market/party_keys.hpp"

namespace handprint::market::area {

namespace {

/// The proposal that a second delegate may confirm now.
Result<const ProposalRow*, Refusal> to_confirm(const Case& c, Int number) {
    if (auto ok = delegate_only(c); !ok) return unexpected(std::move(ok).error());
    const auto* proposal = c.state.find<ProposalRow>(number);
    if (proposal == nullptr || proposal->act != kind_of(c.request.command)) {
        return refuse(
            Family::conflict, "no_such_proposal", "Nobody has proposed this.", "proposal"
        );
    }
    if (party('d', proposal->delegate) == c.request.actor) {
        return refuse(
            Family::denied, "same_delegate", "Another delegate confirms what one has proposed."
        );
    }
    if (c.context.now < proposal->from) {
        return refuse(
            Family::later, "wait_not_over", "The time to wait is not over yet.", "proposal"
        );
    }
    return proposal;
}

/// Unless the party has objected since, or has been enrolled anew.
Result<void, Refusal> not_answered(const Case& c, const ProposalRow& proposal) {
    const auto holder = holder_of(c.state, proposal.party);
    if (holder && proposal.proposal > holder->answered) return {};
    return refuse(
        Family::conflict,
        "proposal_over",
        "Who it is about has objected since, or is enrolled anew.",
        "proposal"
    );
}

Unexpected<Refusal> not_covered() {
    return refuse(
        Family::later,
        "release_not_covered",
        "Record a cosigned checkpoint over the last payout without a quorum first."
    );
}

/// Whom a proposal is about, if there is such a party.
Result<std::string, Refusal> lost_party(const Case& c, const ProposeReenrolment& command) {
    if (command.member.has_value() == command.requester.has_value()) {
        return refuse(Family::invalid, "bad_argument", "Name a member or a requester.", "member");
    }
    const bool member = command.member.has_value();
    auto name = member ? party('m', *command.member) : party('r', *command.requester);
    if (holder_of(c.state, name)) return name;
    return member
               ? refuse(Family::conflict, "no_such_member", "No such member.", "member")
               : refuse(Family::conflict, "no_such_requester", "No such requester.", "requester");
}

/// `who` is enrolled anew with what another delegate proposed.
template <class C>
Decision enrol_anew(const Case& c, const C& command, const std::string& who) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto proposal = to_confirm(c, command.proposal);
    if (!proposal) return unexpected(proposal.error());
    if ((*proposal)->party != who || (*proposal)->key != command.key) {
        return refuse(
            Family::conflict, "proposal_differs", "Somebody or a key else was proposed.", "proposal"
        );
    }
    if (const auto ok = not_answered(c, **proposal); !ok) return unexpected(ok.error());
    if (const auto ok = free_key(c, command.key, "key"); !ok) return unexpected(ok.error());
    about_keys(*draft, who, true);
    draft->events.push_back(
        Reenrolled{ordinal_of(c.request.actor, 'd'), command.proposal, command.key, who}
    );
    return draft;
}

} // namespace

Decision decide(const Case& c, const ProposeRelease&) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (const auto ok = delegate_only(c); !ok) return unexpected(ok.error());
    if (c.coop().open_release != never) {
        return refuse(
            Family::conflict, "already_proposed", "A proposal stands; another delegate confirms it."
        );
    }
    if (c.coop().uncovered != never) return not_covered();
    draft->events.push_back(ReleaseProposed{
        ordinal_of(c.request.actor, 'd'),
        c.context.now + rule(c.state, "release_wait_ms", c.context.now)
    });
    return draft;
}

Decision decide(const Case& c, const ReleasePayout& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (const auto ok = to_confirm(c, command.proposal); !ok) return unexpected(ok.error());
    const CoopRow& coop = c.coop();
    if (coop.open_release != command.proposal) {
        return refuse(
            Family::conflict,
            "proposal_over",
            "The quorum has cosigned since: use a payout with its checkpoint.",
            "proposal"
        );
    }
    if (command.period != coop.periods) {
        return refuse(Family::conflict, "other_period", "Not the newest close.", "period");
    }
    // The currencies of one payday go together; the next payday needs a quorum in between.
    if (coop.uncovered != never && coop.uncovered_period != coop.periods) return not_covered();
    if (const auto ok = may_pay_out(c, command.currency); !ok) return unexpected(ok.error());
    if (const auto ok = open_payout(c, *draft, command.currency); !ok) {
        return unexpected(ok.error());
    }
    draft->events.push_back(
        ReleasedWithoutQuorum{ordinal_of(c.request.actor, 'd'), command.period, command.proposal}
    );
    return draft;
}

Decision decide(const Case& c, const RecordCheckpoint& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (c.request.actor == "new") {
        return refuse(Family::denied, "key_unknown", "The key that signed is of nobody here.");
    }
    const auto verdict = verify_cosigned(c.coop(), command.checkpoint);
    if (!verdict) return unexpected(verdict.error());
    const Int size = static_cast<Int>(verdict->checkpoint->size);
    if (!is_answered_by(c.coop(), size)) {
        return refuse(
            Family::later,
            "nothing_to_cover",
            "No proposal or payout without a quorum is under this checkpoint.",
            "checkpoint"
        );
    }
    if (const Int member = ordinal_of(c.request.actor, 'm'); member != never) {
        member_part(*draft, member).signed_here = true;
    }
    draft->events.push_back(CheckpointRecorded{verdict->checkpoint->root, size});
    return draft;
}

Decision decide(const Case& c, const ProposeReenrolment& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (const auto ok = delegate_only(c); !ok) return unexpected(ok.error());
    auto who = lost_party(c, command);
    if (!who) return unexpected(std::move(who).error());
    if (const auto ok = free_key(c, command.key, "key"); !ok) return unexpected(ok.error());
    about_keys(*draft, *who, false);
    draft->events.push_back(ReenrolmentProposed{
        ordinal_of(c.request.actor, 'd'),
        c.context.now + rule(c.state, "reenrolment_wait_ms", c.context.now),
        command.key,
        std::move(*who)
    });
    return draft;
}

Decision decide(const Case& c, const ObjectReenrolment& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (auto ok = holder_only(c); !ok) return unexpected(std::move(ok).error());
    const auto* proposal = c.state.find<ProposalRow>(command.proposal);
    if (proposal == nullptr || proposal->party != c.request.actor) {
        return refuse(
            Family::conflict, "no_such_proposal", "Nobody has proposed this.", "proposal"
        );
    }
    if (const auto ok = not_answered(c, *proposal); !ok) return unexpected(ok.error());
    about_keys(*draft, c.request.actor, false);
    draft->events.push_back(ReenrolmentRefused{c.request.actor, command.proposal});
    return draft;
}

Decision decide(const Case& c, const ReenrolMember& command) {
    return enrol_anew(c, command, party('m', command.member));
}

Decision decide(const Case& c, const ReenrolRequester& command) {
    return enrol_anew(c, command, party('r', command.requester));
}

} // namespace handprint::market::area

namespace handprint::market {

bool is_answered_by(const CoopRow& coop, Int size) {
    const auto covers = [size](Int index) { return index != never && size > index; };
    return covers(coop.open_release) || covers(coop.uncovered);
}

} // namespace handprint::market
