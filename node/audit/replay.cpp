#include "node/audit/replay.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/note.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/verdict.hpp"
#include "node/audit/fits.hpp"
#include "node/market/apply.hpp"
#include "node/market/lists.hpp"
#include "node/market/manifest.hpp"

#include <algorithm>
#include <utility>

namespace handprint::audit {

namespace {

using record::Json;

/// A newcomer's key stands in its own command.
std::string own_key(const market::Command& command) {
    if (const auto* c = std::get_if<market::EnrolMember>(&command)) return c->key;
    if (const auto* c = std::get_if<market::RegisterRequester>(&command)) return c->key;
    if (const auto* c = std::get_if<market::Genesis>(&command)) {
        return c->delegates.empty() ? std::string{} : c->delegates.front();
    }
    return {};
}

/// Which members of two coop parts are not the same: "events, postings".
std::string differing(const std::string& made, const std::string& stored) {
    const auto a = Json::parse(made);
    const auto b = Json::parse(stored);
    std::string out;
    if (!a || !b) return out;
    for (const char* name :
         {"by", "chain", "command", "events", "grant", "opens", "postings", "request"}) {
        const Json* left = a->find(name);
        const Json* right = b->find(name);
        const bool same = left == nullptr || right == nullptr ? left == right : *left == *right;
        if (same) continue;
        if (!out.empty()) out += ", ";
        out += name;
    }
    return out;
}

} // namespace

Replay::Replay(store::Store& store, const Options& options, Report& report)
    : store_(store), options_(options), report_(report) {
    state_.whole();
}

void Replay::fault(const ReadEntry& entry, const char* code, std::string what) {
    Finding finding;
    finding.code = code;
    finding.entry = entry.index;
    finding.what = entry.header.kind.empty() ? std::move(what) : entry.header.kind + ": " + what;
    report_.add(std::move(finding));
}

void Replay::take(ReadEntry& entry) {
    tree_.append(entry.leaf);
    for (auto& finding : entry.findings)
        report_.add(std::move(finding));
    if (entry.index != next_) {
        fault(entry, "entry_missing", "entry " + std::to_string(next_) + " is missing before it");
        stopped_ = true;
    }
    next_ = entry.index + 1;
    ++report_.figures.entries;
    report_.figures.parts += static_cast<Int>(entry.parts.size()) + 1;
    report_.figures.erased_parts += entry.erased;
    if (entry.verified) ++report_.figures.signatures;
    if (!entry.usable) {
        if (!stopped_) fault(entry, "fold_stopped", "nothing from here on could be folded");
        stopped_ = true;
    }
    if (entry.header.kind.empty()) return;
    check_header(entry);
    if (stopped_) return;
    follow_policy(entry);
    timers_.take(state_, entry.fold, entry.index, report_);
    if (!entry.has_evidence) {
        if (entry.erased == 0) fault(entry, "evidence_missing", "nobody signed this");
        ++report_.figures.not_decided_again;
    } else if (check_evidence(entry)) {
        prepare(entry);
        if (decide_again(entry)) {
            learn_keys(entry);
            return;
        }
    }
    if (!entry.has_evidence || !entry.verified) prepare(entry);
    fold_only(entry);
    learn_keys(entry);
}

void Replay::check_header(const ReadEntry& entry) {
    const Int time = entry.header.time.ms;
    if (time < time_) fault(entry, "time_goes_back", "it is earlier than the entry before");
    time_ = std::max(time_, time);
    done_.add(static_cast<std::uint64_t>(entry.index), entry.header);
    if (const auto ok = totals_.apply(entry.header.sums); !ok) {
        fault(entry, "class_wrong_side", ok.error().what);
    }
    if (stopped_) return;
    const auto* coop = state_.find<market::CoopRow>(1);
    const Int rules = coop == nullptr ? 0 : coop->rules;
    if (std::cmp_not_equal(entry.header.rules, rules)) {
        fault(entry, "rules_differ", "the header counts other rules than " + std::to_string(rules));
    }
}

void Replay::follow_policy(const ReadEntry& entry) {
    if (entry.header.kind == market::RotateLogKey::kind) {
        const auto* coop = state_.find<market::CoopRow>(1);
        if (coop != nullptr) former_.push_back({coop->policy, entry.index + 1, entry.index + 1});
    } else if (!former_.empty() && former_.back().most == entry.index && entry.fold.by == "clock") {
        ++former_.back().most;
    }
}

bool Replay::find_key(ReadEntry& entry) const {
    if (entry.verified) return true;
    const auto own = base64_to_array<32>(own_key(entry.request.command));
    const PublicKey* signer =
        own && record::verify(entry.envelope, *own)
            ? &*own
            : record::signer_among(entry.envelope, keys_.find(entry.envelope.keyid));
    if (signer == nullptr) return false;
    entry.request.key = base64_encode(*signer);
    entry.verified = true;
    return true;
}

bool Replay::check_evidence(ReadEntry& entry) {
    auto& request = entry.request;
    if (entry.kind.empty()) return false; // found to be malformed before
    const bool known = entry.verified;
    if (!find_key(entry)) {
        fault(entry, "signature_invalid", "no key of the ledger made this signature");
        return false;
    }
    if (!known) ++report_.figures.signatures;
    request.grant = entry.fold.grant;
    if (entry.kind != entry.header.kind || request.actor != entry.fold.by
        || request.id.hex() != entry.fold.command) {
        fault(
            entry, "evidence_differs", "kind, actor or command id are not those that were signed"
        );
    }
    const auto* coop = state_.find<market::CoopRow>(1);
    const auto* genesis = std::get_if<market::Genesis>(&request.command);
    const std::string& origin =
        coop != nullptr ? coop->origin : (genesis != nullptr ? genesis->origin : entry.log);
    if (entry.log != origin) fault(entry, "wrong_log", "signed for the log " + entry.log);
    if (request.seen_size != market::never) {
        const auto root = tree_.root(static_cast<std::uint64_t>(request.seen_size));
        if (request.seen_size > entry.index || !root || *root != request.seen_root) {
            fault(entry, "seen_differs", "the signer had seen another log");
        }
    }
    return true;
}

void Replay::prepare(ReadEntry& entry) {
    auto& prepared = entry.request.prepared;
    prepared = {};
    for (const auto& event : entry.fold.events) {
        if (std::holds_alternative<market::PeriodClosed>(event)) check_close(entry, prepared);
        const auto* opened = std::get_if<market::DistributionOpened>(&event);
        if (opened != nullptr) prepared.seed = opened->seed; // any will do
    }
    if (!entry.verified) return;
    const Int now = entry.header.time.ms;
    const auto* coop = state_.find<market::CoopRow>(1);
    if (coop == nullptr) return;
    if (const auto* income = std::get_if<market::Income>(&entry.request.command)) {
        books_.follow(state_);
        const auto parts = market::royalty_parts(state_, income->amount, now);
        prepared.shares =
            market::prepare_shares(books_.credits(income->project), parts.contributors);
    } else if (const auto* surplus = std::get_if<market::Surplus>(&entry.request.command)) {
        books_.follow(state_);
        prepared.shares = market::prepare_shares(books_.credits(surplus->project), surplus->amount);
    } else if (const auto* currency = market::payout_currency(entry.request.command)) {
        const Int minimum = market::rule(state_, "payout_minimum_minor", now);
        for (const auto& owed : owed_[*currency]) {
            if (owed.amount.minor >= minimum) prepared.payees.push_back(owed);
        }
    }
    if (const auto* payout = std::get_if<market::Payout>(&entry.request.command)) {
        check_checkpoint(entry, payout->checkpoint);
    } else if (const auto* record = std::get_if<market::RecordCheckpoint>(&entry.request.command)) {
        check_checkpoint(entry, record->checkpoint);
    }
}

void Replay::check_close(const ReadEntry& entry, market::Prepared& prepared) {
    const auto* coop = state_.find<market::CoopRow>(1);
    if (coop == nullptr) return;
    books_.follow(state_);
    const Int period = coop->periods + 1;
    const auto positions = books_.positions(period);
    owed_.clear();
    for (const auto& currency : market::split_words(coop->currencies))
        owed_[currency] = books_.payees(currency, 1);
    prepared.count = static_cast<Int>(positions.size());
    for (const auto& event : entry.fold.events) {
        const auto* closed = std::get_if<market::PeriodClosed>(&event);
        if (closed != nullptr) prepared.root = closed->root;
    }
    if (options_.vault == nullptr) {
        ++report_.figures.unopened_closes;
        return;
    }
    const auto bytes = options_.vault->read_blob(store_, "close", pipeline::padded(period));
    const auto list = bytes && *bytes ? pipeline::CloseList::decode(**bytes)
                                      : Result<pipeline::CloseList>(fail("it is missing"));
    if (!list) {
        const auto why = bytes ? list.error().what : bytes.error().what;
        return fault(
            entry, "close_list_unreadable", "the list of the close cannot be read: " + why
        );
    }
    if (list->root() != prepared.root) {
        fault(
            entry, "close_list_differs", "the stored list is not the one that the entry commits to"
        );
    }
    for (std::size_t i = 0; i < std::max(positions.size(), list->positions.size()); ++i) {
        if (i < positions.size() && i < list->positions.size()
            && list->positions[i].bytes == positions[i]) {
            continue;
        }
        fault(
            entry,
            "close_position_differs",
            "the position of member " + std::to_string(i) + " is not that of the ledger"
        );
    }
}

void Replay::check_checkpoint(const ReadEntry& entry, const std::string& text) {
    const auto note = merkle::parse_note(text);
    const auto checkpoint = note ? merkle::parse_checkpoint(note->text)
                                 : Result<merkle::Checkpoint>(unexpected(note.error()));
    if (!checkpoint) return; // refused when it is decided again
    const auto root = tree_.root(checkpoint->size);
    if (std::cmp_greater(checkpoint->size, entry.index) || !root || *root != checkpoint->root) {
        fault(entry, "checkpoint_differs", "it rests on a checkpoint of another log");
    }
    const auto* coop = state_.find<market::CoopRow>(1);
    const auto policy = merkle::Policy::parse(coop->policy);
    if (!policy) return;
    const auto verdict = merkle::verify_checkpoint(text, *policy);
    const auto seen = merkle::seen_by_quorum(*policy, verdict.witnesses);
    if (!verdict.accepted() || !seen) return;
    const auto size = static_cast<Int>(checkpoint->size);
    check_ahead(done_, size, static_cast<Int>(*seen) * 1000, report_);
}

void Replay::refused(const ReadEntry& entry, const market::Refusal& refusal) {
    const char* code = "decision_differs";
    if (refusal.family == market::Family::denied) code = "not_authorised";
    if (refusal.code == "not_due") code = "timer_early";
    if (refusal.code == "wait_not_over") code = "confirmed_early";
    if (refusal.code == "already_done") code = "command_repeated";
    fault(entry, code, "the rules refuse it, " + refusal.code + ": " + refusal.detail);
}

bool Replay::decide_again(const ReadEntry& entry) {
    const market::Context context{entry.header.time.ms, entry.index, nullptr};
    const auto draft = market::decide(state_, entry.request, context);
    if (!draft) {
        refused(entry, draft.error());
        return false;
    }
    state_.begin();
    market::apply(state_, draft->events, {entry.index, context.now, entry.request.grant});
    const auto opened = market::apply_postings(state_, draft->postings);
    const auto broken = market::broken_invariant(state_, draft->events, draft->postings);
    if (!broken.empty()) fault(entry, "decision_differs", "the rules refuse it: " + broken);
    if (!broken.empty() || !same_parts(entry, *draft, opened)) {
        state_.discard();
        return false;
    }
    state_.put(market::CommandRow{entry.request.id.hex(), entry.request.actor, entry.index});
    for (const auto& member : draft->members) {
        market::apply_link(state_, member.member, entry.leaf);
    }
    state_.keep();
    return true;
}

bool Replay::same_parts(
    const ReadEntry& entry, const market::Draft& draft, const std::vector<std::string>& opened
) {
    if (record::name(entry.header.authority) != draft.authority) {
        fault(entry, "authority_differs", "it acts by the right of " + draft.authority);
    }
    const auto made = market::entry_parts(state_, entry.request, draft, opened);
    if (!made) {
        fault(entry, "decision_differs", made.error().what);
        return false;
    }
    if (made->bytes.front() != entry.coop_bytes) {
        fault(
            entry,
            "decision_differs",
            "the rules give other " + differing(made->bytes.front(), entry.coop_bytes)
        );
        return false;
    }
    if (made->bytes.size() != entry.header.parts.size()) {
        fault(entry, "parts_differ", "the rules give parts to others");
        return true;
    }
    for (std::size_t i = 1; i < made->bytes.size(); ++i) {
        if (made->roles[i] != entry.header.parts[i].role) {
            fault(entry, "parts_differ", "part " + std::to_string(i) + " is of another role");
        }
    }
    for (const auto& part : entry.parts) {
        const auto number = static_cast<std::size_t>(part.number);
        if (part.erased || number >= made->bytes.size() || made->bytes[number] == part.bytes)
            continue;
        Finding finding;
        finding.code = "part_differs";
        finding.table = "part";
        finding.key = part_key(part);
        finding.column = "bytes";
        finding.entry = entry.index;
        finding.what = "the rules give this party another part";
        report_.add(std::move(finding));
    }
    return true;
}

void Replay::check_member_parts(const ReadEntry& entry) {
    for (const auto& part : entry.members) {
        const auto* row = state_.find<market::MemberRow>(static_cast<Int>(part.member));
        const Int counter = row == nullptr ? 0 : row->counter;
        const Hash head = row == nullptr ? Hash{} : row->head;
        if (std::cmp_not_equal(part.counter, counter + 1) || part.previous != head) {
            fault(
                entry,
                "chain_broken",
                "it does not extend the chain of member " + std::to_string(part.member)
            );
        }
        std::map<std::pair<std::string, std::string>, Int> sums; // lines less postings
        for (const auto& line : part.lines) {
            sums[{std::string(books::name(line.account)), line.currency.text()}] += line.amount;
        }
        const std::string owner = "/m:" + std::to_string(part.member);
        for (const auto& posting : entry.fold.postings) {
            if (!posting.account.ends_with(owner)) continue;
            const auto slash = posting.account.find('/');
            sums[{posting.account.substr(0, slash), posting.currency}] += posting.amount;
        }
        for (const auto& [account, sum] : sums) {
            if (sum == 0) continue;
            fault(
                entry,
                "lines_differ",
                "the lines of member " + std::to_string(part.member) + " are not its postings"
            );
        }
    }
}

void Replay::fold_only(const ReadEntry& entry) {
    check_member_parts(entry);
    std::string why = misfit(state_, entry.fold);
    if (why.empty()) why = market::fold(state_, entry.fold, entry.index, entry.leaf);
    if (why.empty()) return;
    fault(entry, "fold_stopped", "nothing from here on could be folded: " + why);
    stopped_ = true;
}

void Replay::learn_keys(const ReadEntry& entry) {
    const auto learn = [this](const std::string& text) {
        if (const auto key = base64_to_array<32>(text)) keys_.add(*key);
    };
    for (const auto& event : entry.fold.events) {
        if (const auto* e = std::get_if<market::GenesisDone>(&event)) learn(e->clock_key);
        if (const auto* e = std::get_if<market::DelegateNamed>(&event)) learn(e->key);
        if (const auto* e = std::get_if<market::KeyAdded>(&event)) learn(e->key);
        if (const auto* e = std::get_if<market::Reenrolled>(&event)) learn(e->key);
        if (const auto* e = std::get_if<market::RequesterRegistered>(&event)) {
            for (const auto& key : e->keys)
                learn(key.key);
        }
        if (const auto* e = std::get_if<market::Granted>(&event)) learn(e->key);
        if (const auto* e = std::get_if<market::MemberEnrolled>(&event)) {
            for (const auto& key : e->keys)
                learn(key.key);
        }
    }
}

} // namespace handprint::audit
