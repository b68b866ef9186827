#include "tests/sim/node.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/merkle/note.hpp"
#include "ledger/record/fixed_names.hpp"
#include "node/pipeline/intake.hpp"

#include <algorithm>
#include <future>
#include <utility>

namespace handprint::sim {

namespace {

Family family_of(market::Family family) {
    switch (family) {
    case market::Family::invalid:
        return Family::invalid;
    case market::Family::later:
        return Family::later;
    case market::Family::done:
        return Family::done;
    case market::Family::denied:
        return Family::denied;
    case market::Family::conflict:
        return Family::conflict;
    }
    return Family::ok;
}

Reply reply_of(const pipeline::Answer& answer) {
    Reply reply;
    reply.time = answer.time;
    reply.leaf = answer.leaf;
    reply.outcome.index = answer.index;
    switch (answer.verdict) {
    case pipeline::Verdict::unavailable:
        reply.unavailable = true;
        return reply;
    case pipeline::Verdict::refused:
        reply.refused = true;
        reply.code = answer.refusal.code;
        reply.outcome.family = family_of(answer.refusal.family);
        return reply;
    case pipeline::Verdict::claimed:
        reply.outcome.tasks = answer.claim.tasks;
        reply.outcome.until = answer.claim.until;
        return reply;
    default:
        break;
    }
    const auto* members = answer.result.as_object();
    if (members == nullptr) return reply;
    for (const auto& member : *members) {
        if (const auto* number = member.value.as_integer()) {
            reply.outcome.numbers[member.key] = *number;
        } else if (const auto* text = member.value.as_string()) {
            reply.outcome.numbers[member.key] = parse_i64(*text).value();
        } else if (const auto* rows = member.value.as_array()) {
            for (const auto& row : *rows) {
                if (row.as_array() == nullptr || row.as_array()->size() != 3) continue;
                const auto& cells = *row.as_array();
                reply.outcome.wages.push_back(
                    {cells[0].integer(), cells[1].integer(), parse_i64(cells[2].text()).value()}
                );
            }
        }
    }
    return reply;
}

} // namespace

Node::Node(bool overlap)
    : overlap_(overlap), vault_(pipeline::DataKey{7}, [this](std::span<std::uint8_t> out) {
          for (auto& byte : out) {
              drawn_ = drawn_ * 6364136223846793005ULL + 1442695040888963407ULL;
              byte = static_cast<std::uint8_t>(drawn_ >> 56U);
          }
      }) {
    const merkle::NoteSigner log(origin, key(log_key));
    policy_ = "log " + log.key().text() + "\nquorum none\n";
    start();
}

Node::~Node() {
    end();
}

Int Node::pass_gate() {
    std::unique_lock lock(gate_);
    if (!free_) {
        stands_ = true;
        moved_.notify_all();
        moved_.wait(lock, [this] { return let_through_ || free_; });
        let_through_ = false;
    }
    return now_;
}

void Node::start() {
    completions_ = std::make_unique<pipeline::Completions>(1);
    pipeline::SequencerOptions options;
    options.origin = origin;
    options.rows_most = 400; // small, so that rows are dropped and read again
    options.overlap = overlap_;
    commits_before_ = store_.commits();
    free_ = let_through_ = stands_ = false;
    sequencer_ = std::make_unique<pipeline::Sequencer>(
        pipeline::Sequencer::Parts{
            store_,
            vault_,
            [this] { return pass_gate(); },
            key(clock_key),
            *completions_,
            {},
            [this]() -> Result<void> {
                store_.reopen();
                return {};
            },
            [this](std::string_view what) { warnings_.emplace_back(what); }
        },
        options
    );
    nudge();
    HP_CHECK(sequencer_->start().has_value(), "the node starts");
    std::unique_lock lock(gate_);
    moved_.wait(lock, [this] { return stands_; });
}

void Node::end() {
    {
        const std::lock_guard lock(gate_);
        free_ = true;
    }
    moved_.notify_all();
    sequencer_->stop();
    completions_->stop();
}

void Node::restart(bool crash) {
    store_.cut(crash);
    end();
    store_.cut(false);
    store_.reopen();
    start();
}

void Node::nudge() {
    pipeline::Job job; // there is nothing to do in it, but the sequencer does not wait for more
    job.only_store = true;
    HP_CHECK(sequencer_->submit(std::move(job)), "there is room");
}

void Node::look() {
    nudge();
    {
        std::unique_lock lock(gate_);
        let_through_ = true;
        stands_ = false;
        moved_.notify_all();
        moved_.wait(lock, [this] { return stands_; });
    }
    store_.wait_for_commits(commits_before_ + sequencer_->stats().begun.load());
    std::promise<void> told; // after all answers of the look, as there is one completion thread
    completions_->post({[&told] { told.set_value(); }});
    told.get_future().wait();
}

Int Node::next_time() {
    return std::max(clock(), newest() + 1);
}

std::vector<std::string> Node::warnings() {
    return std::exchange(warnings_, {});
}

const KeyPair& Node::key(Int number) {
    const auto known = keys_.find(number);
    if (known != keys_.end()) return known->second;
    Seed seed{};
    const Hash hash = hash_of(number);
    std::copy(hash.begin(), hash.end(), seed.begin());
    return keys_.emplace(number, KeyPair::from_seed(seed)).first->second;
}

std::string Node::key_text(Int number) {
    return base64_encode(key(number).public_key());
}

Int Node::clock() {
    const std::lock_guard lock(gate_);
    return now_;
}

void Node::set_clock(Int now) {
    const std::lock_guard lock(gate_);
    now_ = now;
}

std::shared_ptr<Asked> Node::hand_in(std::vector<pipeline::Job> jobs) {
    auto asked = std::make_shared<Asked>();
    asked->replies.resize(jobs.size());
    asked->left = jobs.size();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        jobs[i].done = [asked, i](const pipeline::Answer& answer) {
            asked->replies[i] = reply_of(answer);
            --asked->left;
        };
        HP_CHECK(sequencer_->submit(std::move(jobs[i])), "there is room");
    }
    return asked;
}

std::shared_ptr<Asked> Node::ask(const std::vector<Op>& ops, const std::vector<Int>& signers) {
    std::vector<pipeline::Job> jobs;
    for (std::size_t i = 0; i < ops.size(); ++i)
        jobs.push_back(job(ops[i], signers[i]));
    return hand_in(std::move(jobs));
}

void Node::found(
    const Rules& rules, const std::vector<std::string>& currencies, Int founders, Int delegates
) {
    market::Genesis genesis;
    genesis.clock_key = key_text(clock_key);
    genesis.promise_key = key_text(promise_key);
    genesis.origin = origin;
    genesis.policy = policy_;
    genesis.currencies = currencies;
    genesis.formats = record::fixed_names().formats;
    genesis.domains = record::fixed_names().domains;
    for (Int d = 0; d < delegates; ++d)
        genesis.delegates.push_back(key_text(first_delegate_key + d));
    for (Int m = 0; m < founders; ++m)
        genesis.founders.push_back(key_text(m));
    const Int shared = rules.operations_bps + rules.reserve_bps + rules.transition_bps;
    genesis.rules = {
        {"fee_bps", rules.fee_bps},
        {"royalty_contributors_bps", 10'000 - shared},
        {"royalty_operations_bps", rules.operations_bps},
        {"royalty_reserve_bps", rules.reserve_bps},
        {"royalty_transition_bps", rules.transition_bps}
    };
    genesis.rules.push_back({"release_wait_ms", rules.release_wait_ms});
    genesis.rules.push_back({"reenrolment_wait_ms", rules.reenrolment_wait_ms});
    for (const auto& [currency, floor] : rules.floor) {
        genesis.rules.push_back({"floor_minor_per_hour/" + currency, floor});
    }
    std::vector<pipeline::Job> jobs(1);
    CommandId id;
    id.bytes.fill(0xff);
    jobs[0].request = pipeline::sign_command(genesis, "d:0", id, key(first_delegate_key), origin);
    const auto asked = hand_in(std::move(jobs));
    while (asked->left > 0)
        look();
    HP_CHECK(asked->replies[0].outcome.index == 0, "the cooperative is founded");
}

void Node::stage(const Op& import) {
    std::vector<pipeline::Job> jobs(1);
    jobs[0].only_store = true;
    Int first = 0;
    for (Int i = 0; i < import.chunks; ++i) {
        auto chunk = staged(import.batch, i, import.count, import.chunks);
        for (const auto& [task, own] : import.own) {
            if (task >= first && task < first + chunk.count)
                chunk.own.push_back({task, own.price, own.overlap, own.expires});
        }
        first += chunk.count;
        jobs[0].notes.push_back(
            {"staged", pipeline::chunk_id(import.batch, i), pipeline::encode(chunk)}
        );
    }
    const auto asked = hand_in(std::move(jobs));
    while (asked->left > 0)
        look();
}

} // namespace handprint::sim
