// What one delegate has proposed and another may confirm: for delegates, and for who it is about.

#include "node/market/parties.hpp"
#include "node/market/party_keys.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/routes/answers.hpp"

namespace handprint::routes {

namespace auth = http::auth;

namespace {

bool stands(Node& node, const market::ProposalRow& proposal) {
    if (proposal.party.empty()) {
        const auto coop = row<market::CoopRow>(node, Int{1});
        return coop && coop->open_release == proposal.proposal;
    }
    bool open = false;
    (void)market::with_holder(proposal.party, [&]<class R>(std::type_identity<R>, Int number) {
        const auto holder = row<R>(node, number);
        open = holder && proposal.proposal > holder->answered;
    });
    return open;
}

/// A payout without a quorum concerns everybody, the keys of somebody that party.
bool concerns(const market::ProposalRow& proposal, const std::string& party) {
    return proposal.party.empty() || party == proposal.party
           || market::ordinal_of(party, 'd') != market::never;
}

http::Response proposals(Node& node, const http::Request& request) {
    if (auto late = check_seq(node, request)) return std::move(*late);
    Json::Array list;
    const auto read =
        pipeline::for_each_row<market::ProposalRow>(node.store, {}, 0, [&](const auto& proposal) {
            if (!concerns(proposal, request.principal->party) || !stands(node, proposal)) return;
            Json item = Json::object({
                {"act", Json(proposal.act)},
                {"delegate", Json(proposal.delegate)},
                {"from", Json(proposal.from)},
                {"proposal", Json(proposal.proposal)},
            });
            if (!proposal.party.empty()) {
                item.set("key", Json(proposal.key));
                item.set("party", Json(proposal.party));
            }
            list.push_back(std::move(item));
        });
    if (!read) return busy();
    return respond_json(Json::object({{"proposals", Json(std::move(list))}}));
}

} // namespace

void add_proposal_routes(http::Router& router, Node& node) {
    router.add<auth::session>(
        http::Method::get,
        "/v1/proposals",
        [&node](const http::Request& request) { return proposals(node, request); }
    );
}

} // namespace handprint::routes
