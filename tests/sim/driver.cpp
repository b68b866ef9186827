#include "tests/sim/driver.hpp"

#include <algorithm>

namespace handprint::sim {

namespace {

constexpr Int founders = 3, delegate_count = 2;
constexpr Int beat_ms = 10'000;

const Rules& first_rules() {
    static const Rules rules{1000, 2000, 1000, 1000, {{"KES", 30'000}}};
    return rules;
}

bool alone(Kind kind) {
    return kind == Kind::income || kind == Kind::surplus || kind == Kind::close_period
           || kind == Kind::payout || kind == Kind::confirm_clock;
}

std::string in_words(const Outcome& outcome) {
    static constexpr const char* families[] = {
        "yes", "invalid", "later", "done", "denied", "conflict"
    };
    std::string text = families[static_cast<int>(outcome.family)];
    if (!outcome.why.empty()) text += " (" + outcome.why + ')';
    text += " index " + std::to_string(outcome.index);
    for (const auto& [name, number] : outcome.numbers)
        text += ' ' + name + ' ' + std::to_string(number);
    for (const auto& w : outcome.wages) {
        text += " wage " + std::to_string(w.task) + '/' + std::to_string(w.member) + '='
                + std::to_string(w.minor);
    }
    for (const Int task : outcome.tasks)
        text += " task " + std::to_string(task);
    return text + " until " + std::to_string(outcome.until);
}

} // namespace

Driver::Driver(std::uint64_t seed)
    : random_(seed), rules_(first_rules()), model_(rules_, {"JPY", "KES", "KWD"}, delegate_count) {
    node_.found(rules_, model_.currencies, founders, delegate_count);
    model_.started(node_.clock()); // the node has read it when it founded
}

std::string Driver::enrol_founders() {
    std::vector<Op> ops;
    for (Int number = 0; number < founders; ++number) {
        Op op;
        op.kind = Kind::enrol;
        op.id = next_id_++;
        op.key = number;
        op.words = {"en"};
        ops.push_back(std::move(op));
    }
    return burst(std::move(ops));
}

std::string Driver::run(Int steps) {
    if (auto wrong = enrol_founders(); !wrong.empty()) return "founders: " + wrong;
    for (Int i = 0; i < steps; ++i) {
        auto wrong = step();
        if (wrong.empty()) wrong = compare_views();
        if (wrong.empty()) wrong = model_.broken();
        if (!wrong.empty()) return "step " + std::to_string(i) + ": " + wrong;
        ++tally_.steps;
    }
    auto wrong = node_.refold();
    return wrong.empty() ? wrong : "after the last step: " + wrong;
}

std::string Driver::step() {
    if (chance(1)) {
        ++tally_.restarts;
        const Int newest = node_.newest();
        node_.restart();
        model_.started(newest);
    }
    move_clock();
    const Trouble troubles[] = {Trouble::fail, Trouble::persist, Trouble::lose, Trouble::load};
    auto wrong = settle(chance(5) ? troubles[below(4)] : Trouble::none);
    if (!wrong.empty()) return wrong;
    std::vector<Op> ops;
    const Int count = chance(30) ? 1 + below(6) : 1;
    while (static_cast<Int>(ops.size()) < count) {
        if (!sent_.empty() && chance(8)) {
            ops.push_back(sent_[static_cast<std::size_t>(below(static_cast<Int>(sent_.size())))]);
            if (ops.back().kind == Kind::fund && chance(30)) {
                ops.back().reuse = true; // the id of one command on another
                ops.back().amount += 1;
            }
        } else {
            ops.push_back(any());
            if (chance(6)) spoil(ops.back());
        }
        if (chance(10)) ops.push_back(ops.back()); // the same twice in one batch
        if (alone(ops.back().kind)) ops = {ops.back()};
        if (alone(ops.back().kind)) break;
    }
    if (ops.size() > 1 && chance(50)) {
        for (std::size_t i = ops.size() - 1; i > 0; --i) {
            std::swap(ops[i], ops[static_cast<std::size_t>(below(static_cast<Int>(i) + 1))]);
        }
    }
    return burst(std::move(ops));
}

void Driver::move_clock() {
    const Int now = node_.clock();
    const Int next = (now / beat_ms + 1) * beat_ms;
    const Int what = below(100);
    Int to = next;
    if (what < 60) {
        to = next + beat_ms * below(3);
    } else if (what < 85) {
        to = next + beat_ms * below(50);
    } else if (what < 88) {
        to = next + 11 * 60'000 + beat_ms * below(200); // more than the timers trust
    } else if (what < 90) {
        to = now - beat_ms * below(5); // somebody sets it back
    } else if (const Int number = batch_in(Stage::open); number >= 0) {
        // To the very end of a lease, or just before it.
        for (const auto& [member, lease] : model_.batches.at(number).leases) {
            const Int end = lease.until - below(2);
            if (end > now && end < now + 8 * 60'000 && model_.quiet_around(end, 1000)) to = end;
        }
    }
    node_.set_clock(to);
}

std::string Driver::settle(Trouble first) {
    for (int i = 0; i < 1000; ++i) {
        if (i == 100) { // a run stands still although its next step is in the tables: start again
            ++tally_.stalled;
            const Int newest = node_.newest();
            node_.restart();
            model_.started(newest);
        }
        const Int now = node_.hold();
        model_.clock_read(now);
        model_.tick(now);
        node_.arm(i == 0 ? first : Trouble::none);
        node_.go();
        if (node_.fired()) ++tally_.faults;
        node_.arm(Trouble::none);
        if (i == 0 && first != Trouble::none) continue;
        if (node_.under_way().empty() && compare_views().empty()) return {};
        if (i > 20 && node_.under_way().empty()) return "the node's own work: " + compare_views();
    }
    return "a run does not end: " + node_.under_way() + ", next: " + node_.next_step();
}

std::string Driver::burst(std::vector<Op> ops) {
    for (const Op& op : ops) {
        if (op.kind == Kind::import_tasks && op.chunks > 0)
            node_.stage(op.batch, op.count, op.chunks);
    }
    for (int i = 0; i < 20; ++i) {
        const Trouble troubles[] = {Trouble::fail, Trouble::persist, Trouble::lose, Trouble::load};
        const Trouble trouble = i == 0 && chance(10) ? troubles[below(4)] : Trouble::none;
        bool answered = false;
        if (auto wrong = attempt(ops, trouble, answered); !wrong.empty()) return wrong;
        if (answered) {
            for (const Op& op : ops) {
                if (op.kind != Kind::claim && op.kind != Kind::release && !op.reuse
                    && op.kind != Kind::payout)
                    sent_.push_back(op);
            }
            if (sent_.size() > 200) sent_.erase(sent_.begin(), sent_.begin() + 50);
            return settle(Trouble::none);
        }
        // Everybody asks again with the same id, after the node has settled.
        if (auto wrong = settle(Trouble::none); !wrong.empty()) return wrong;
    }
    return "no answer after many attempts";
}

std::string Driver::attempt(const std::vector<Op>& ops, Trouble trouble, bool& answered) {
    std::vector<Int> signers;
    for (const Op& op : ops)
        signers.push_back(signer(op));
    const Int now = node_.hold();
    model_.clock_read(now);
    const Int size = node_.size();
    node_.arm(trouble);
    Model before = model_;
    const auto replies = node_.ask(ops, signers);
    const bool broke = node_.fired();
    node_.arm(Trouble::none);
    Int index = size;
    std::vector<Outcome> wanted;
    if (!broke || trouble == Trouble::persist) {
        for (const Op& op : ops) {
            wanted.push_back(model_.carry_out(op, now, index));
            if (wanted.back().index == index) ++index;
        }
    }
    answered = !broke;
    if (broke) {
        ++tally_.faults;
        for (std::size_t i = 0; i < ops.size(); ++i) {
            // Only what was carried out before the fault may be answered.
            if (replies[i].unavailable || replies[i].outcome.index < size) continue;
            return std::string(name_of(ops[i].kind)) + " was answered though the commit failed";
        }
        return {};
    }
    for (std::size_t i = 0; i < ops.size(); ++i) {
        if (auto wrong = compare(ops[i], wanted[i], replies[i]); !wrong.empty()) return wrong;
        note(ops[i], wanted[i]);
    }
    return {};
}

std::string Driver::compare(const Op& op, const Outcome& want, const Reply& got) const {
    const Outcome& is = got.outcome;
    const bool same = !got.unavailable && want.family == is.family && want.index == is.index
                      && want.numbers == is.numbers && want.wages == is.wages
                      && want.tasks == is.tasks && want.until == is.until;
    if (same) return {};
    return std::string(name_of(op.kind)) + " by " + std::to_string(op.actor) + " in batch "
           + std::to_string(op.batch) + ": the rules say " + in_words(want) + "; the node says "
           + (got.unavailable ? "unavailable" : in_words(is) + ' ' + got.code);
}

std::string Driver::compare_views() {
    const View want = model_.view();
    const View is = node_.view();
    if (want == is) return {};
    std::string text = "the tables differ:";
    int shown = 0;
    const auto say =
        [&](const std::string& name, const std::string& first, const std::string& second) {
            if (++shown <= 8)
                text += "\n  " + name + ": the rules say " + first + ", the node " + second;
        };
    for (const auto& [name, value] : want) {
        const auto at = is.find(name);
        if (at == is.end()) {
            say(name, std::to_string(value), "nothing");
        } else if (at->second != value) {
            say(name, std::to_string(value), std::to_string(at->second));
        }
    }
    for (const auto& [name, value] : is) {
        if (!want.contains(name)) say(name, "nothing", std::to_string(value));
    }
    return text;
}

Int Driver::signer(const Op& op) const {
    if (op.stranger) return strange_key;
    if (op.grant >= 0)
        return model_.grants.contains(op.grant) ? model_.grants.at(op.grant).key : Int{strange_key};
    switch (op.kind) {
    case Kind::enrol:
    case Kind::register_requester:
        return op.key;
    case Kind::submit:
    case Kind::claim:
    case Kind::release:
        return model_.members.at(op.actor).key;
    case Kind::grade:
        return clock_key;
    case Kind::fund:
    case Kind::income:
    case Kind::surplus:
    case Kind::close_period:
    case Kind::payout:
    case Kind::settle:
    case Kind::give_back:
    case Kind::set_fee:
    case Kind::confirm_clock:
        return first_delegate_key + op.actor;
    default:
        return model_.requesters.at(op.actor);
    }
}

void Driver::note(const Op& op, const Outcome& outcome) {
    if (outcome.family == Family::ok) {
        ++tally_.entries;
        ++tally_.done[name_of(op.kind)];
    } else {
        ++tally_.refusals;
        ++tally_.refused[std::string(name_of(op.kind)) + ": " + outcome.why];
    }
}

} // namespace handprint::sim
