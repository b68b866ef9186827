#include "node/app/reason_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace handprint::app {

namespace {

using Words = std::pair<std::string_view, std::string_view>;

constexpr auto reasons = std::to_array<Words>({
    {"malformed", "The file is damaged, or is not what it was said to be."},
    {"policy_malformed", "The trust policy cannot be read."},
    // the checkpoint
    {"checkpoint_malformed", "The signed checkpoint is damaged."},
    {"checkpoint_unknown_log", "The checkpoint is of a log that your policy does not name."},
    {"checkpoint_signature_invalid", "A signature under the checkpoint is wrong."},
    {"checkpoint_empty_root_wrong", "The checkpoint is of an empty log and has another root."},
    {"quorum_not_met", "Too few of the witnesses in your policy have signed."},
    {"wrong_log", "The file names another log than the one that signed."},
    // an entry
    {"entry_not_included", "An entry is not in the signed log."},
    {"entry_out_of_range", "An entry belongs to another period, or stands out of order."},
    {"header_wrong", "An entry does not balance."},
    {"part_not_committed", "A part was changed after it was entered."},
    // a payslip
    {"closing_not_included", "The end of the period is not in the signed log."},
    {"closing_not_a_close", "The end of the period is not a closing of the books."},
    {"closing_position_wrong", "The closing balance is not the one that was entered."},
    {"opening_missing", "The start of the period is missing."},
    {"opening_not_included", "The start of the period is not in the signed log."},
    {"opening_not_a_close", "The start of the period is not a closing of the books."},
    {"opening_position_wrong", "The opening balance is not the one that was entered."},
    {"chain_gap", "An entry of the member is missing."},
    {"chain_broken", "The entries of the member do not follow each other."},
    {"signature_invalid", "A signature of the member is wrong or missing."},
    {"keys_differ", "The keys at the end are not those that were entered."},
    {"balance_mismatch", "The lines do not add up to the closing balance."},
    {"shares_differ", "A share has no proof, or a proof no share."},
    {"seal_not_included", "A distribution is not in the signed log."},
    {"seal_not_a_seal", "What is to prove a share does not seal its distribution."},
    {"share_not_committed", "A share is not the one in the list of its distribution."},
    {"promise_invalid", "A promise is damaged, or was not signed by this cooperative."},
    {"promise_missing", "An entry that was promised is not in the payslip."},
    {"promise_broken", "An entry is not the one that was promised."},
    // a whole log
    {"tiles_wrong", "A file of the log is missing, or does not fit the others."},
    {"root_mismatch", "The entries are not those that were signed."},
    {"books_wrong", "An entry cannot be read, or somewhere more was paid out than there was."},
    {"time_ahead", "Something was done before its time, by a clock that is ahead of the witnesses."
    },
    {"distribution_missing", "The list of the shares of a distribution is not published."},
    {"distribution_wrong", "The shares of a distribution are not those of what was to be shared."},
});

} // namespace

std::string_view reason_in_words(std::string_view code) {
    const auto* const at = std::ranges::find(reasons, code, &Words::first);
    return at == reasons.end() ? std::string_view{} : at->second;
}

} // namespace handprint::app
