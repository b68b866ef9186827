#include "tests/sim/node.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/pipeline/intake.hpp"

#include <algorithm>

namespace handprint::sim {

namespace {

constexpr const char* origin = "sim.example/log";

Hash hash_of(Int number) {
    return sha256(as_bytes("number " + std::to_string(number)));
}

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

std::string actor_of(const Op& op) {
    switch (op.kind) {
    case Kind::enrol:
    case Kind::register_requester:
        return "new";
    case Kind::submit:
        return "m:" + std::to_string(op.actor);
    case Kind::grade:
        return "clock";
    case Kind::fund:
    case Kind::income:
    case Kind::surplus:
    case Kind::close_period:
    case Kind::payout:
    case Kind::settle:
    case Kind::give_back:
    case Kind::set_fee:
    case Kind::confirm_clock:
        return "d:" + std::to_string(op.actor);
    default:
        return "r:" + std::to_string(op.actor);
    }
}

CommandId id_of(Int number) {
    CommandId id;
    const Hash hash = sha256(as_bytes("command " + std::to_string(number)));
    std::copy_n(hash.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

} // namespace

void DiskStore::reopen() {
    const auto hook = [this](store::Operation operation, std::uint64_t) {
        store::Decision decision;
        const Trouble trouble = armed_;
        const bool commit = operation == store::Operation::commit && trouble != Trouble::load;
        const bool load = operation == store::Operation::load && trouble == Trouble::load;
        if (trouble == Trouble::none || (!commit && !load)) return decision;
        armed_ = Trouble::none;
        fired_ = true;
        switch (trouble) {
        case Trouble::persist:
            decision.fault = store::Fault::fail_but_persist;
            break;
        case Trouble::lose:
            decision.fault = store::Fault::fail_and_not_persist;
            break;
        default:
            decision.fault = store::Fault::fail;
            break;
        }
        return decision;
    };
    inner_ = std::make_unique<store::MemoryStore>(hook, disk_);
}

Node::Node()
    : vault_(pipeline::DataKey{7}, [this](std::span<std::uint8_t> out) {
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
    sequencer_->stop();
    completions_->stop();
}

void Node::start() {
    completions_ = std::make_unique<pipeline::Completions>(1);
    pipeline::SequencerOptions options;
    options.origin = origin;
    options.rows_most = 400; // small, so that rows are dropped and read again
    const auto read_clock = [this] {
        std::unique_lock lock(gate_);
        waiting_ = held_;
        moved_.notify_all();
        moved_.wait(lock, [this] { return !held_; });
        waiting_ = false;
        return now_;
    };
    sequencer_ = std::make_unique<pipeline::Sequencer>(
        pipeline::Sequencer::Parts{
            store_,
            vault_,
            read_clock,
            key(clock_key),
            *completions_,
            {},
            [this]() -> Result<void> {
                store_.reopen();
                return {};
            },
            [](std::string_view what) { std::fprintf(stderr, "%s\n", std::string(what).c_str()); }
        },
        options
    );
    HP_CHECK(sequencer_->start().has_value(), "the node starts");
}

void Node::restart() {
    sequencer_->stop();
    completions_->stop();
    store_.reopen();
    start();
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

Int Node::hold() {
    {
        const std::lock_guard lock(gate_);
        held_ = true;
    }
    pipeline::Job nudge; // wakes the sequencer; there is nothing to do in it
    nudge.only_store = true;
    HP_CHECK(sequencer_->submit(std::move(nudge)), "there is room");
    {
        std::unique_lock lock(gate_);
        moved_.wait(lock, [this] { return waiting_; });
    }
    return std::max(clock(), newest() + 1);
}

std::vector<Reply> Node::hand_in(std::vector<pipeline::Job> jobs) {
    std::mutex mutex;
    std::condition_variable all;
    std::vector<Reply> replies(jobs.size());
    std::size_t left = jobs.size();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        jobs[i].done = [&, i](const pipeline::Answer& answer) {
            const std::lock_guard lock(mutex);
            replies[i] = reply_of(answer);
            if (--left == 0) all.notify_all();
        };
        HP_CHECK(sequencer_->submit(std::move(jobs[i])), "there is room");
    }
    {
        const std::lock_guard lock(gate_);
        held_ = false;
    }
    moved_.notify_all();
    std::unique_lock lock(mutex);
    all.wait(lock, [&] { return left == 0; });
    return replies;
}

void Node::go() {
    std::vector<pipeline::Job> jobs(1);
    jobs[0].only_store = true;
    (void)hand_in(std::move(jobs));
}

std::vector<Reply> Node::ask(const std::vector<Op>& ops, const std::vector<Int>& signers) {
    std::vector<pipeline::Job> jobs;
    for (std::size_t i = 0; i < ops.size(); ++i)
        jobs.push_back(job(ops[i], signers[i]));
    return hand_in(std::move(jobs));
}

pipeline::Job Node::job(const Op& op, Int signer) {
    pipeline::Job job;
    if (op.kind == Kind::claim) {
        job.request.command = market::Claim{op.actor, op.batch, op.count, op.list};
        return job;
    }
    if (op.kind == Kind::release) {
        job.request.command = market::ReleaseClaim{op.actor, op.batch};
        return job;
    }
    const auto make = [&] {
        auto request =
            pipeline::sign_command(command(op), actor_of(op), id_of(op.id), key(signer), origin);
        request.grant = op.grant;
        if (op.grant >= 0) request.request = hash_of(op.id);
        return request;
    };
    if (op.reuse) {
        job.request = make();
        return job;
    }
    auto& request = requests_[{actor_of(op), op.id}];
    if (request.envelope.empty()) request = make();
    job.request = request;
    return job;
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
    for (Int d = 0; d < delegates; ++d)
        genesis.delegates.push_back(key_text(first_delegate_key + d));
    for (Int m = 0; m < founders; ++m)
        genesis.founders.push_back(key_text(m));
    genesis.rules = {
        {"fee_bps", rules.fee_bps},
        {"royalty_operations_bps", rules.operations_bps},
        {"royalty_reserve_bps", rules.reserve_bps},
        {"royalty_transition_bps", rules.transition_bps}
    };
    for (const auto& [currency, floor] : rules.floor) {
        genesis.rules.push_back({"floor_minor_per_hour/" + currency, floor});
    }
    std::vector<pipeline::Job> jobs(1);
    jobs[0].request =
        pipeline::sign_command(genesis, "d:0", id_of(0), key(first_delegate_key), origin);
    const auto replies = hand_in(std::move(jobs));
    HP_CHECK(replies[0].outcome.index == 0, "the cooperative is founded");
}

pipeline::StagedChunk Node::staged(Int batch, Int chunk, Int count, Int chunks) {
    pipeline::StagedChunk staged;
    staged.salt = hash_of(batch * 1000 + chunk);
    staged.count = count / chunks + (chunk < count % chunks ? 1 : 0);
    staged.commit = hash_of(-1 - batch * 1000 - chunk);
    return staged;
}

Hash Node::staged_root(Int batch, Int count, Int chunks) {
    std::vector<Hash> commits;
    for (Int i = 0; i < chunks; ++i)
        commits.push_back(staged(batch, i, count, chunks).commit);
    return record::MerkleList::of_commitments(commits).root();
}

void Node::stage(Int batch, Int count, Int chunks) {
    std::vector<pipeline::Job> jobs(1);
    jobs[0].only_store = true;
    for (Int i = 0; i < chunks; ++i) {
        jobs[0].notes.push_back(
            {"staged",
             pipeline::chunk_id(batch, i),
             pipeline::encode(staged(batch, i, count, chunks))}
        );
    }
    (void)hand_in(std::move(jobs));
}

std::string Node::checkpoint(Checkpoint kind) {
    store::Head head;
    Int close = market::never;
    {
        const std::lock_guard lock(store_.disk().mutex);
        head = store_.disk().state.head;
        const auto& rows = store_.disk().state.rows;
        close = std::get<market::CoopRow>(rows.at(market::key_of<market::CoopRow>(1))).last_close;
    }
    merkle::Checkpoint at{origin, static_cast<std::uint64_t>(head.size), head.root, {}};
    if (kind == Checkpoint::too_small)
        at.size = static_cast<std::uint64_t>(std::max<Int>(close, 1));
    const merkle::NoteSigner signer(
        origin, key(kind == Checkpoint::foreign ? Int{strange_key} : Int{log_key})
    );
    return merkle::sign_checkpoint(at, signer).value();
}

market::Command Node::command(const Op& op) {
    const market::Amount amount{op.amount};
    const Hash reference = hash_of(op.id);
    switch (op.kind) {
    case Kind::enrol:
        return market::EnrolMember{key_text(op.key), op.words, {}};
    case Kind::register_requester:
        return market::RegisterRequester{key_text(op.key)};
    case Kind::grant: {
        market::MakeGrant grant{
            market::Amount{op.cap}, op.currency, key_text(op.key), op.time, op.words, {}
        };
        if (!op.list.empty()) grant.batches = op.list;
        return grant;
    }
    case Kind::revoke_grant:
        return market::RevokeGrant{op.number};
    case Kind::create_project:
        return market::CreateProject{reference, op.external};
    case Kind::create_batch: {
        market::CreateBatch batch;
        batch.accept_ms = op.terms.accept_ms;
        batch.bundle_max = op.terms.bundle_max;
        batch.estimate_s = op.terms.estimate_s;
        batch.lease_ms = op.terms.lease_ms;
        batch.level = op.terms.level;
        batch.overlap = op.terms.overlap;
        batch.price_micros = op.terms.price_micros;
        batch.project = op.project;
        batch.currency = op.terms.currency;
        batch.domain = op.terms.domain;
        batch.language = op.terms.language;
        batch.external = op.external;
        batch.terms = hash_of(op.terms_seen);
        if (op.terms.qualifies_level != 0) {
            batch.qualifies = market::Qualifies{op.terms.qualifies_level, op.terms.qualifies_pass};
        }
        return batch;
    }
    case Kind::import_tasks:
        return market::ImportTasks{
            op.batch,
            op.chunks,
            op.count,
            op.chunks < 1 ? Hash{} : staged_root(op.batch, op.count, op.chunks)
        };
    case Kind::publish:
        return market::Publish{op.batch};
    case Kind::close_batch:
        return market::CloseBatch{op.batch};
    case Kind::fund:
        return market::Fund{amount, op.currency, reference, op.requester};
    case Kind::submit: {
        market::Submit submit;
        submit.batch = op.batch;
        submit.terms = hash_of(op.terms_seen);
        for (const Int task : op.list)
            submit.answers.push_back({hash_of(op.id + task), 3, task, "text/plain"});
        return submit;
    }
    case Kind::accept: {
        market::Accept accept{op.batch, {}};
        for (const auto& [task, member] : op.items)
            accept.items.push_back({task, member});
        return accept;
    }
    case Kind::refund:
        return market::Refund{amount, op.currency};
    case Kind::income:
        return market::Income{amount, op.currency, op.project, reference};
    case Kind::surplus:
        return market::Surplus{amount, op.currency, op.project};
    case Kind::close_period:
        return market::ClosePeriod{};
    case Kind::payout:
        return market::Payout{checkpoint(op.checkpoint), op.currency};
    case Kind::settle:
    case Kind::give_back: {
        market::Settle settle;
        settle.reference = reference;
        if (op.refund >= 0) {
            settle.refund = op.refund;
        } else {
            settle.payout = op.payout;
            settle.items = op.list;
        }
        if (op.kind == Kind::settle) return settle;
        return market::Return{settle.items, settle.payout, settle.refund, settle.reference};
    }
    case Kind::set_fee:
        return market::SetRule{0, op.number, "fee_bps"};
    case Kind::confirm_clock:
        return market::ConfirmClock{op.time};
    case Kind::grade:
        return market::Grade{op.batch, op.number, op.requester, reference, op.list};
    case Kind::claim:
    case Kind::release:
        break;
    }
    HP_CHECK(false, "claims are not signed");
}

} // namespace handprint::sim
