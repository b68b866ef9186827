#include "tests/sim/driver.hpp"

#include <algorithm>

namespace handprint::sim {

namespace {

constexpr Int founders = 3, delegate_count = 2;
constexpr Int beat_ms = 10'000;

const Rules& first_rules() {
    static const Rules rules{1000, 2000, 1000, 1000, {{"KES", 30'000}}, 600'000, 1'200'000, 0};
    return rules;
}

bool alone(Kind kind) {
    return kind == Kind::income || kind == Kind::surplus || kind == Kind::close_period
           || kind == Kind::payout || kind == Kind::release_payout || kind == Kind::confirm_clock;
}

bool reads(Trouble trouble) {
    return trouble == Trouble::load || trouble == Trouble::scan || trouble == Trouble::entries
           || trouble == Trouble::secrets;
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
    : random_(seed),
      rules_(first_rules()),
      model_(rules_, {"JPY", "KES", "KWD"}, delegate_count),
      node_(seed % 2 == 1) {
    node_.found(rules_, model_.currencies, founders, delegate_count);
    for (Int d = 0; d < delegate_count; ++d)
        model_.known_keys.insert(first_delegate_key + d);
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
    bool answered = false;
    auto wrong = attempt(ops, {}, Trouble::none, answered);
    return wrong.empty() ? settle(Trouble::none) : wrong;
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
    if (wrong.empty()) wrong = node_.check_lists();
    return wrong.empty() ? wrong : "after the last step: " + wrong;
}

std::string Driver::step() {
    if (chance(1)) restart();
    move_clock();
    if (auto wrong = settle(chance(8) ? any_trouble() : Trouble::none); !wrong.empty())
        return wrong;
    return burst(some(chance(30) ? 1 + below(6) : 1));
}

std::vector<Op> Driver::some(Int count) {
    std::vector<Op> ops;
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
        if (ops.back().kind == Kind::fund && chance(15)) {
            ops.push_back(ops.back()); // two delegates tell of one transfer
            ops.back().id = next_id_++;
            ops.back().actor = below(model_.delegates);
            ops.back().reuse = false;
        }
        if (alone(ops.back().kind)) return {ops.back()};
    }
    if (ops.size() > 1 && chance(50)) {
        for (std::size_t i = ops.size() - 1; i > 0; --i) {
            std::swap(ops[i], ops[static_cast<std::size_t>(below(static_cast<Int>(i) + 1))]);
        }
    }
    return ops;
}

Trouble Driver::any_trouble() {
    static constexpr Trouble troubles[] = {
        Trouble::fail,
        Trouble::persist,
        Trouble::lose,
        Trouble::load,
        Trouble::scan,
        Trouble::entries,
        Trouble::secrets
    };
    // Reading in vain after a lost commit waits for a tenth of a second.
    if (chance(2)) return Trouble::lose_and_reread;
    return troubles[below(static_cast<Int>(std::size(troubles)))];
}

void Driver::restart() {
    ++tally_.restarts;
    // How many steps of a run a node takes that is told to stop depends on how fast that is.
    node_.restart(chance(50) || !node_.under_way().empty());
    model_.started(node_.newest());
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
    } else if (const Int over = end_of_a_wait(); over > now && chance(50)) {
        to = over;
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
    constexpr int longest = 300; // looks; a run that has rested goes on well before
    int still = 0;
    for (int i = 0; i < longest; ++i) {
        read_clock();
        if (auto wrong = look(i == 0 ? first : Trouble::none); !wrong.empty()) return wrong;
        if (i == 0 && first != Trouble::none) continue;
        const auto run = node_.under_way();
        if (run.empty()) {
            auto wrong = compare_views();
            if (wrong.empty()) return {};
            if (++still > 20) return "the node's own work: " + wrong;
        } else if (i < 6 && chance(3)) { // later it would hide a run that stands still
            restart();
        } else if (run.starts_with("import") && chance(10)) {
            if (auto wrong = ask_meanwhile(); !wrong.empty()) return wrong;
        }
    }
    return "a run stands still: " + node_.under_way() + ", next: " + node_.next_step();
}

std::string Driver::ask_meanwhile() {
    auto ops = some(1 + below(2));
    // What is still imported is sealed in the model's eyes.
    std::erase_if(ops, [this](const Op& op) {
        const bool waits = op.kind == Kind::publish || op.kind == Kind::close_batch;
        return (waits && node_.importing(op.batch))
               || (op.kind == Kind::import_tasks && imports_another(op.batch));
    });
    stage(ops);
    bool answered = false;
    ++tally_.meanwhile;
    return ops.empty() ? ""
                       : attempt(ops, {}, chance(20) ? any_trouble() : Trouble::none, answered);
}

bool Driver::imports_another(Int batch) {
    const auto at = model_.batches.find(batch);
    if (at == model_.batches.end()) return false;
    return std::any_of(model_.batches.begin(), model_.batches.end(), [&](const auto& other) {
        return other.second.requester == at->second.requester && node_.importing(other.first);
    });
}

void Driver::stage(const std::vector<Op>& ops) {
    for (const Op& op : ops) {
        if (op.kind == Kind::import_tasks && op.chunks > 0) node_.stage(op);
    }
}

Int Driver::read_clock() {
    const Int now = node_.next_time();
    model_.clock_read(now);
    model_.tick(now);
    return now;
}

std::string Driver::look(Trouble trouble) {
    if (trouble != Trouble::none) node_.arm(trouble);
    node_.look();
    // What fails when the tables are read again may come with the look after.
    const bool comes = trouble == Trouble::lose_and_reread && node_.fired();
    if (!comes) node_.disarm();
    if (trouble != Trouble::none && node_.fired()) ++tally_.faults;
    for (const auto& warning : node_.warnings()) {
        const bool expected = warning.find("injected failure") != std::string::npos
                              || warning.find("the node's own grade was refused") == 0
                              || (trouble == Trouble::entries && warning.starts_with("entry "));
        if (!expected) return "the node complains: " + warning;
    }
    return {};
}

std::string Driver::burst(std::vector<Op> ops) {
    stage(ops);
    for (int i = 0; i < 20; ++i) {
        const Trouble trouble = i == 0 && chance(15) ? any_trouble() : Trouble::none;
        std::vector<Op> late;
        if (i == 0 && chance(20)) late = latecomers(ops);
        bool answered = false;
        if (auto wrong = attempt(ops, late, trouble, answered); !wrong.empty()) return wrong;
        // Everybody asks again with the same id, after the node has settled.
        if (auto wrong = settle(Trouble::none); !wrong.empty()) return wrong;
        if (answered) return {};
    }
    return "no answer after many attempts";
}

std::vector<Op> Driver::latecomers(const std::vector<Op>& first) {
    if (alone(first.front().kind)) return {}; // it may begin a run of money
    auto late = some(1 + below(3));
    if (alone(late.front().kind)) return {};
    std::erase_if(late, [&first](const Op& op) {
        return op.kind == Kind::import_tasks
               || (op.kind == Kind::publish
                   && std::any_of(first.begin(), first.end(), [&op](const Op& other) {
                          return other.kind == Kind::import_tasks && other.batch == op.batch;
                      }));
    });
    return late;
}

std::string Driver::attempt(
    const std::vector<Op>& ops, const std::vector<Op>& late, Trouble trouble, bool& answered
) {
    read_clock();
    const auto asked = node_.ask(ops, signers(ops));
    if (auto wrong = look(Trouble::none); !wrong.empty()) return wrong;
    const Int now = read_clock();
    const auto meanwhile = node_.ask(late, signers(late));
    const Int size = node_.size();
    if (auto wrong = look(trouble); !wrong.empty()) return wrong;
    const bool broke = trouble != Trouble::none && node_.fired();
    const bool lost = broke && !reads(trouble);
    const Int size_then = node_.size(), later = node_.next_time();
    model_.clock_read(later);
    if (auto wrong = look(Trouble::none); !wrong.empty()) return wrong;
    const Int size_later = node_.size();
    for (int i = 0; asked->left + meanwhile->left > 0; ++i) {
        if (i == 5) return "no answer in five looks";
        model_.clock_read(node_.next_time());
        if (auto wrong = look(Trouble::none); !wrong.empty()) return wrong;
    }
    const Done done = !lost ? Done::answered : trouble == Trouble::persist ? Done::all : Done::none;
    const auto wanted = carry_out(ops, *asked, now, size_then, done);
    model_.tick(later);
    const auto then = carry_out(late, *meanwhile, later, size_later, Done::answered);
    remember(ops);
    remember(late);
    answered = std::none_of(asked->replies.begin(), asked->replies.end(), [](const Reply& reply) {
        return reply.unavailable;
    });
    auto wrong = lost ? answered_in_vain(ops, *asked, size) : judge(ops, wanted, *asked, broke);
    if (!wrong.empty() || late.empty()) return wrong;
    ++tally_.meanwhile;
    wrong = judge(late, then, *meanwhile, broke);
    return wrong.empty() ? wrong : "right after it: " + wrong;
}

std::string
Driver::answered_in_vain(const std::vector<Op>& ops, const Asked& asked, Int size) const {
    for (std::size_t i = 0; i < ops.size(); ++i) {
        const Reply& reply = asked.replies[i];
        const bool before = reply.outcome.index >= 0 && reply.outcome.index < size;
        if (!reply.unavailable && !before)
            return std::string(name_of(ops[i].kind)) + " was answered though the commit failed";
    }
    return {};
}

std::string Driver::judge(
    const std::vector<Op>& ops, const std::vector<Outcome>& wanted, const Asked& asked, bool broke
) {
    // An answer that differs in kind shifts the indexes of all others: it comes first.
    for (const bool kind_only : {true, false}) {
        for (std::size_t i = 0; i < ops.size(); ++i) {
            const Reply& reply = asked.replies[i];
            if (broke && reply.unavailable) continue;
            if (kind_only && wanted[i].family == reply.outcome.family) continue;
            if (auto wrong = compare(ops[i], wanted[i], reply); !wrong.empty()) return wrong;
            note(ops[i], wanted[i]);
        }
    }
    return {};
}

std::vector<Outcome>
Driver::carry_out(const std::vector<Op>& ops, const Asked& asked, Int now, Int size, Done done) {
    // Entries of the node's own stand before those of the commands, however many they are.
    const auto all = [&](Model& model, Int index) {
        std::vector<Outcome> out(ops.size());
        for (std::size_t i = 0; i < ops.size(); ++i) {
            if (done == Done::none) continue;
            if (done == Done::answered && asked.replies[i].unavailable) continue;
            if (asked.replies[i].code == "closing") {
                out[i] = model.put_off(ops[i], now);
                continue;
            }
            out[i] = model.carry_out(ops[i], now, index);
            if (out[i].index == index) ++index;
        }
        return std::pair(std::move(out), index);
    };
    constexpr Int high = 1'000'000'000;
    Model trial = model_;
    const Int entries = all(trial, high).second - high;
    return all(model_, size - entries).first;
}

void Driver::remember(const std::vector<Op>& ops) {
    for (const Op& op : ops) {
        if (op.kind != Kind::claim && op.kind != Kind::release) sent_.push_back(op);
    }
    if (sent_.size() > 200) sent_.erase(sent_.begin(), sent_.begin() + 50);
}

std::vector<Int> Driver::signers(const std::vector<Op>& ops) const {
    std::vector<Int> out;
    for (const Op& op : ops)
        out.push_back(signer(op));
    return out;
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
    switch (party_of(op).front()) {
    case 'n':
        return op.key;
    case 'c':
        return clock_key;
    case 'd':
        return first_delegate_key + op.actor;
    default:
        return op.with;
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
