#include "node/app/hand_signed.hpp"

#include "ledger/record/json.hpp"
#include "node/client/fill_in.hpp"

#include <iostream>

namespace handprint::app {

using record::Json;

const std::vector<HandSigned>& hand_signed() {
    static const std::vector<HandSigned> all = {
        {"fund", "d", "Money of a requester has come in at the bank", {}},
        {"income", "d", "A licence fee has come in for a project: share it out", {}},
        {"surplus", "d", "Share out part of the fees by the credit points of a project", {}},
        {"close_period", "d", "Close the pay period", {}},
        {"payout", "d", "Pay out what the newest close says", {"checkpoint"}},
        {"settle", "d", "The bank has carried out a payout, some of its items, or a refund", {}},
        {"return", "d", "Payments of a payout, or a refund, came back", {}},
        {"set_rule", "d", "Enact a rule; at once unless `from` is given", {"from"}},
        {"confirm_clock", "d", "The node's clock is right", {"time"}},
        {"propose_release", "d", "Propose a payout without a quorum of witnesses", {}},
        {"release_without_quorum", "d", "Release the payout that another delegate proposed", {}},
        {"record_checkpoint",
         "d",
         "Set the newest cosigned checkpoint into the ledger",
         {"checkpoint"}},
        {"propose_reenrolment", "d", "Propose a new key for who has lost every key", {}},
        {"reenrol_member", "d", "Enrol the member anew, as another delegate proposed", {}},
        {"reenrol_requester", "d", "Enrol the requester anew, as another delegate proposed", {}},
        {"register_requester", "new", "Become a requester; also takes name=TEXT", {"key"}},
        {"refund", "r", "Send escrow back to the requester", {}},
        {"publish", "r", "Publish a batch", {}},
        {"close_batch", "r", "Close a batch", {}},
        {"accept", "r", "Accept work, items=[[task,member],...]", {}},
        {"grant", "r", "Let an agent key act", {}},
        {"revoke_grant", "r", "End a grant", {}},
        {"enrol_member", "new", "Become a member", {"key"}},
        {"add_key", "mr", "Add a key, role=device or recovery", {}},
        {"revoke_key", "mr", "End a key", {}},
        {"object_reenrolment", "mr", "Object to a new key that a delegate proposed", {}},
    };
    return all;
}

const char* who_signs(std::string_view by) {
    if (by == "d") return "a delegate";
    if (by == "r") return "a requester";
    if (by == "mr") return "a member or a requester";
    return by == "m" ? "a member" : "somebody new";
}

void print_hand_signed(bool json) {
    if (json) {
        Json::Array kinds;
        for (const auto& one : hand_signed()) {
            kinds.push_back(Json::object(
                {{"fields", Json(client::usage_of(one.kind, one.filled))},
                 {"kind", Json(one.kind)},
                 {"signed_by", Json(who_signs(one.by))},
                 {"what", Json(one.what)}}
            ));
        }
        std::cout << Json::object({{"kinds", Json(std::move(kinds))}}).encode() << '\n';
        return;
    }
    for (const auto& one : hand_signed()) {
        std::cout << one.kind << "  (" << who_signs(one.by) << ")\n    " << one.what << "\n    "
                  << client::usage_of(one.kind, one.filled) << "\n";
    }
    std::cout
        << "\nThe reference at the bank stays with you: the ledger gets a salted hash of it, and "
           "takes each once.\nOf settle and return give payout, or refund; without items it is "
           "all that is in transit.\n";
}

} // namespace handprint::app
