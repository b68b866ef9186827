#pragma once

// What the cooperative must do, written a second time from docs/ledger-format.md: plain structs and
// plain integers, and no header of ours. It is told what was asked and when, and says what the
// answer and every balance must be.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace handprint::sim {

using Int = std::int64_t;
__extension__ using Wide = __int128; // for exact products

enum class Family { ok, invalid, later, done, denied, conflict };

enum class Kind {
    enrol,
    register_requester,
    add_key,
    revoke_key,
    grant,
    revoke_grant,
    create_project,
    create_batch,
    import_tasks,
    publish,
    close_batch,
    fund,
    submit,
    accept,
    refund,
    income,
    surplus,
    close_period,
    payout,
    settle,
    give_back,
    set_fee,
    confirm_clock,
    grade,
    propose_release,
    release_payout,
    record_checkpoint,
    propose_reenrolment,
    object_reenrolment,
    reenrol,
    set_rule,
    claim,
    release
};

[[nodiscard]] const char* name_of(Kind kind);

struct Terms {
    Int price_micros = 1, overlap = 1, lease_ms = 0, accept_ms = 0, bundle_max = 1, level = 0;
    Int estimate_s = 1, qualifies_level = 0, qualifies_pass = 0;
    std::string currency, domain, language;
};

/// What one task has of its own; 0: what its batch has.
struct Own {
    Int price = 0, overlap = 0, expires = 0;
};

enum class Checkpoint { good, too_small, foreign };

/// One thing that somebody asks for. Every kind uses some of the fields.
struct Op {
    Kind kind = Kind::fund;
    Int id = 0;            // of the command: the same id again is the same command
    Int actor = -1;        // member, requester or delegate, as the kind has it
    Int grant = -1;        // the agent's mandate, if an agent asks
    Int key = 0;           // number of the key that somebody new brings
    bool stranger = false; // signed with a key that is not the actor's
    bool reuse = false;    // another amount under an id that was used
    Int batch = -1, project = -1, requester = -1, amount = 0, count = 0, chunks = 0, time = 0;
    Int signed_at = 0; // entries that the checkpoint of a payout covers
    Int cap = 0, payout = -1, refund = -1, number = 0, terms_seen = 0;
    Int reference = 0;              // of a transfer at the bank; 0: none is given
    std::string currency, external; // of a key: its role
    Terms terms;
    Checkpoint checkpoint = Checkpoint::good;
    char as = 'd';    // sort of party, where more than one sort may ask
    char about = 'm'; // sort of the party that is to be enrolled anew
    Int with = -1;    // the key of a member or requester that it is signed with
    Int lost = -1;    // number of the party that is to be enrolled anew
    Int proposal = -1, period = 0, recovery = -1;
    std::vector<std::string> words;         // languages, or kinds of a grant
    std::vector<Int> list;                  // tasks, members or batches
    std::vector<std::pair<Int, Int>> items; // task, member
    std::map<Int, Own> own;                 // of an import; of a submission the prices it names
};

/// Who asks, as the log names them: "new", "m:3", "r:1", "d:0" or "clock".
[[nodiscard]] std::string party_of(const Op& op);
[[nodiscard]] std::string party_name(char sort, Int number);

struct Wage {
    Int task = 0, member = 0, minor = 0;
    auto operator<=>(const Wage&) const = default;
};

/// What the answer must say.
struct Outcome {
    Family family = Family::ok;
    std::string why;
    Int index = -1;                     // of the entry; -1 without one
    std::map<std::string, Int> numbers; // by name, as in docs/http-api.md
    std::vector<Wage> wages;
    std::vector<Int> tasks; // a claim's
    Int until = 0;
};

/// A refusal.
[[nodiscard]] Outcome no(Family family, std::string why);

/// State by name; equal states have equal views. The adapter makes the same of the node's rows.
using View = std::map<std::string, Int>;

struct Earned {
    Int accepted = 0, total = 0, posted = 0;
};

struct Work {
    Int due = 0;
    bool accepted = false;
};

struct Lease {
    Int until = 0;
    std::vector<Int> tasks;
};

enum class Stage : Int { draft = 0, importing = 1, ready = 2, open = 3, closed = 4 };

struct Batch {
    Int number = 0, project = 0, requester = 0, terms_hash = 0;
    Stage stage = Stage::draft;
    Terms terms;
    Int tasks = 0, submitted = 0, accepted = 0, fee_bps = 0, fee_total = 0, fee_posted = 0;
    std::map<Int, Own> own;                    // by task
    std::set<Int> ended;                       // tasks whose open slots went back
    std::map<Int, Int> taken;                  // task -> submissions
    std::map<std::pair<Int, Int>, Work> works; // task, member
    std::map<Int, Earned> earned;              // by member
    std::map<Int, Lease> leases;               // by member
    Int to_close = 0; // until then its requester waits for the leases, unless the node forgot

    [[nodiscard]] Own of(Int task) const; // with what it has of the batch
    [[nodiscard]] Int taken_of(Int task) const;
    /// What publishing holds for these slots; of a task that has ended, those that were filled.
    [[nodiscard]] Int hold(Int bps) const;
};

/// What a member or a requester signs with.
struct Keys {
    std::set<Int> devices;
    std::set<Int> recovery; // these cannot work
    Int answered = -1;      // proposals of before this index are over
};

struct Member {
    Keys keys;
    std::set<std::string> languages;
    std::map<std::string, Int> skills;
};

/// What one delegate has proposed and another may confirm from a time on.
struct Proposal {
    Kind act = Kind::release_payout; // what confirms it
    Int delegate = 0, made = 0, from = 0;
    std::string party; // who is to be enrolled anew
    Int key = -1;
};

struct Distribution {
    Int pool = 0, count = 0, listed = 0;
};

/// A step of what takes two, for who looks at the whole story afterwards.
struct Act {
    Kind kind = Kind::propose_release;
    Int index = 0, time = 0, delegate = -1, key = -1, proposal = -1, period = 0;
    Int size = 0;      // of a checkpoint
    std::string party; // whose keys it is about
};

struct Grant {
    Int requester = 0, key = 0, cap = 0, spent = 0, expires = 0;
    bool revoked = false;
    std::string currency;
    std::set<std::string> kinds;
    std::set<Int> batches;
};

struct Project {
    Int requester = 0;
    std::map<Int, Int> points; // by member
};

enum class Transit : Int { under_way = 1, settled = 2, returned = 3 };

struct RefundOf {
    Int requester = 0, amount = 0;
    std::string currency;
    Transit state = Transit::under_way;
};

/// A transfer at the bank: money came in, or it was of that payout or refund.
struct Transfer {
    Int index = 0, payout = -1, refund = -1; // index: of the entry that told of it first
};

struct PayoutOf {
    std::string currency;
    std::map<Int, std::pair<Int, Transit>> items; // by member
};

struct Rules {
    Int fee_bps = 0, operations_bps = 0, transition_bps = 0, reserve_bps = 0;
    std::map<std::string, Int> floor; // minor units an hour, by currency
    Int release_wait_ms = 0, reenrolment_wait_ms = 0, open_books = 0;
};

/// The money of the format's section 8.
[[nodiscard]] Int micros_per_minor(const std::string& currency);
[[nodiscard]] Int ceil_div(Wide value, Wide by);
[[nodiscard]] std::vector<Int> split(Int total, const std::vector<std::pair<Int, Int>>& weights);

class Model {
public:
    Model(Rules rules, std::vector<std::string> currencies, Int delegates);

    /// Decides and, if the answer is yes, does it. `index` is what the next entry gets.
    Outcome carry_out(const Op& op, Int now, Int index);
    /// The node's own work at that time: runs go on to their end, what is due is accepted.
    void tick(Int now);
    /// The node read its clock; a step of more than ten minutes stops the timers.
    void clock_read(Int now);
    /// The node was started; the clock is held against the newest entry.
    void started(Int newest);
    [[nodiscard]] bool timers_run();
    /// A claim that the node puts off because the batch is to be closed: right only when its
    /// requester asked for that, and the claim would have to wait or could be taken. The node keeps
    /// no table of who asked, so it may also take such a claim.
    [[nodiscard]] Outcome put_off(const Op& claim, Int now) const;
    /// Nothing falls due around that time.
    [[nodiscard]] bool quiet_around(Int now, Int slack) const;

    [[nodiscard]] View view() const;
    [[nodiscard]] Int
    balance(const std::string& cls, const std::string& owner, const std::string& currency) const;
    /// Debits and credits of everything add to zero, and no class has the wrong sign.
    [[nodiscard]] std::string broken() const;

    // For whoever thinks up what to ask next.
    std::map<Int, Member> members;
    std::map<Int, Keys> requesters;
    std::map<Int, Grant> grants; // by index of the entry
    std::map<Int, Project> projects;
    std::map<Int, Batch> batches;
    std::map<Int, RefundOf> refunds;
    std::map<Int, PayoutOf> payouts;
    std::map<Int, Transfer> transfers; // by reference
    std::map<Int, Proposal> proposals; // by index of the entry
    std::map<Int, Distribution> distributions;
    std::vector<std::string> currencies;
    Int periods = 0, delegates = 0;
    Int release_stands = -1;   // index of the proposal to pay out without a quorum
    std::set<Int> known_keys;  // of whomever, also those that are over
    std::set<Int> former_keys; // of members and requesters

    /// Null for any other party, and for one that is not there.
    [[nodiscard]] const Keys* keys_of(const std::string& party) const;

private:
    using Account = std::tuple<std::string, std::string, std::string>; // class, owner, currency

    Outcome decide(const Op& op, Int now, Int index);
    [[nodiscard]] Outcome may_act(const Op& op, Int now) const;
    [[nodiscard]] Outcome own_batch(const Op& op) const;
    [[nodiscard]] bool
    covered_by_grant(const Op& op, Int amount, const std::string& currency) const;
    void spend(const Op& op, Int amount);
    void
    post(const std::string& cls, const std::string& owner, const std::string& currency, Int amount);
    void move(const Account& from, const Account& to, Int amount);
    void end_tasks(Batch& batch, Int now);

    Outcome enrol(const Op& op);
    // Keys: model_keys.cpp.
    Outcome add_key(const Op& op);
    Outcome revoke_key(const Op& op);
    Keys& held(const std::string& party);
    [[nodiscard]] Outcome signs_with(const Op& op) const;
    void view_keys(View& out) const;
    Outcome grant(const Op& op, Int now, Int index);
    Outcome create_project(const Op& op);
    Outcome create_batch(const Op& op);
    Outcome import_tasks(const Op& op);
    Outcome publish(const Op& op);
    Outcome close_batch(const Op& op, Int now);
    Outcome submit(const Op& op, Int now);
    Outcome claim(const Op& op, Int now);
    Outcome accept(const Op& op);
    Outcome grade(const Op& op);
    Outcome pay(Batch& batch, const std::vector<std::pair<Int, Int>>& items);
    [[nodiscard]] Outcome may_refer(const Op& op) const;
    void refer(const Op& op, Int index);
    Outcome fund(const Op& op);
    Outcome refund(const Op& op);
    Outcome share_out(const Op& op);
    Outcome close_period(Int index);
    Outcome payout(const Op& op);
    Outcome open_payout(const std::string& currency);
    Outcome conclude(const Op& op);
    Outcome set_number(const Op& op, Int now);

    // What takes two delegates: model_two.cpp.
    Outcome by_two(const Op& op, Int now, Int index);
    Outcome propose_release(const Op& op, Int now, Int index);
    Outcome release_payout(const Op& op, Int now, Int index);
    Outcome record_checkpoint(const Op& op);
    Outcome propose_reenrolment(const Op& op, Int now, Int index);
    Outcome object_reenrolment(const Op& op, Int index);
    Outcome reenrol(const Op& op, Int now, Int index);
    Outcome set_rule(const Op& op);
    [[nodiscard]] Outcome may_confirm(const Op& op, Int now) const;
    void view_two(View& out) const;
    [[nodiscard]] std::string broken_by_two() const;
    [[nodiscard]] std::string broken_release(std::size_t at) const;
    [[nodiscard]] std::string broken_reenrolment(std::size_t at) const;

    Rules rules_;
    std::map<Account, Int> balances_; // positive: debit
    std::map<std::pair<std::string, Int>, std::pair<Outcome, Int>>
        carried_out_; // by actor and id; the amount tells two commands of one id apart
    std::set<std::string> externals_;
    std::set<std::pair<Int, std::string>> paid_out_;
    std::map<std::pair<Int, std::string>, Int> payable_at_close_;
    Int last_close_ = 0, uncovered_ = -1, uncovered_period_ = -1;
    Int least_release_wait_ = 0, least_reenrolment_wait_ = 0;
    std::vector<Act> acts_;
    Int last_clock_ = 0, jumped_to_ = 0, confirmed_ = 0;
};

} // namespace handprint::sim
