// What the model asks for as commands to the node, signed.

#include "ledger/base/base64.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/pipeline/intake.hpp"
#include "tests/sim/node.hpp"

#include <algorithm>

namespace handprint::sim {

namespace {

CommandId id_of(Int number) {
    CommandId id;
    const Hash hash = sha256(as_bytes("command " + std::to_string(number)));
    std::copy_n(hash.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

} // namespace

Hash hash_of(Int number) {
    return sha256(as_bytes("number " + std::to_string(number)));
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
            pipeline::sign_command(command(op), party_of(op), id_of(op.id), key(signer), origin);
        request.grant = op.grant;
        if (op.grant >= 0) request.request = hash_of(op.id);
        return request;
    };
    if (op.reuse) {
        job.request = make();
        return job;
    }
    auto& request = requests_[{party_of(op), op.id}];
    if (request.envelope.empty()) request = make();
    job.request = request;
    return job;
}

pipeline::StagedChunk Node::staged(Int batch, Int chunk, Int count, Int chunks) {
    pipeline::StagedChunk staged;
    staged.salt = hash_of(batch * 1000 + chunk);
    staged.count = count / chunks + (chunk < count % chunks ? 1 : 0);
    staged.commit = hash_of(-1 - batch * 1000 - chunk);
    for (Int i = 0; i < staged.count; ++i)
        staged.externals.push_back(hash_of(-1'000'000'000 - (batch * 1000 + chunk) * 1000 - i));
    return staged;
}

Hash Node::staged_root(Int batch, Int count, Int chunks) {
    std::vector<Hash> commits;
    for (Int i = 0; i < chunks; ++i)
        commits.push_back(staged(batch, i, count, chunks).commit);
    return record::MerkleList::of_commitments(commits).root();
}

std::string Node::checkpoint(Checkpoint kind) {
    Int size = 0, close = market::never;
    {
        const std::lock_guard lock(store_.disk().mutex);
        size = store_.disk().state.head.size;
        const auto& rows = store_.disk().state.rows;
        close = std::get<market::CoopRow>(rows.at(market::key_of<market::CoopRow>(1))).last_close;
    }
    return checkpoint_of(kind == Checkpoint::too_small ? std::max<Int>(close, 1) : size, kind);
}

std::string Node::checkpoint_of(Int size, Checkpoint kind) {
    std::vector<Hash> leaves;
    {
        const std::lock_guard lock(store_.disk().mutex);
        for (const auto& entry : store_.disk().state.entries) {
            if (entry.index < size) leaves.push_back(record::leaf_hash(entry.header));
        }
    }
    const merkle::Checkpoint at{
        origin, static_cast<std::uint64_t>(size), record::MerkleList(std::move(leaves)).root(), {}
    };
    const merkle::NoteSigner signer(
        origin, key(kind == Checkpoint::foreign ? Int{strange_key} : Int{log_key})
    );
    return merkle::sign_checkpoint(at, signer).value();
}

market::Command Node::command(const Op& op) {
    const market::Amount amount{op.amount};
    const Hash reference = op.reference == 0 ? Hash{} : hash_of(op.reference);
    references_[base64_encode(reference)] = op.reference;
    const auto recovery = [&] {
        return op.recovery < 0 ? std::nullopt : std::optional(key_text(op.recovery));
    };
    const bool of_member = op.about == 'm';
    switch (op.kind) {
    case Kind::enrol:
        return market::EnrolMember{key_text(op.key), op.words, recovery()};
    case Kind::register_requester:
        return market::RegisterRequester{key_text(op.key), recovery()};
    case Kind::add_key:
        return market::AddKey{key_text(op.key), op.external};
    case Kind::revoke_key:
        return market::RevokeKey{key_text(op.key)};
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
        return market::CreateProject{hash_of(op.id), sha256(as_bytes(op.external))};
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
        batch.external = sha256(as_bytes(op.external));
        batch.terms = hash_of(op.terms_seen);
        if (op.terms.qualifies_level != 0) {
            batch.qualifies = market::Qualifies{op.terms.qualifies_level, op.terms.qualifies_pass};
        }
        return batch;
    }
    case Kind::import_tasks: {
        std::optional<Int> least;
        for (const auto& [task, own] : op.own) {
            if (own.price != 0) least = std::min(own.price, least.value_or(own.price));
        }
        return market::ImportTasks{
            op.batch,
            op.chunks,
            op.count,
            op.chunks < 1 ? Hash{} : staged_root(op.batch, op.count, op.chunks),
            least
        };
    }
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
        for (const Int task : op.list) {
            submit.answers.push_back({hash_of(op.id + task), 3, task, "text/plain"});
            if (op.own.contains(task)) submit.answers.back().price_micros = op.own.at(task).price;
        }
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
        return market::Grade{op.batch, op.number, op.requester, hash_of(op.id), op.list};
    case Kind::propose_release:
        return market::ProposeRelease{};
    case Kind::release_payout:
        return market::ReleasePayout{op.currency, op.period, op.proposal};
    case Kind::record_checkpoint:
        return market::RecordCheckpoint{checkpoint_of(op.signed_at, op.checkpoint)};
    case Kind::propose_reenrolment:
        if (of_member) return market::ProposeReenrolment{key_text(op.key), op.lost};
        return market::ProposeReenrolment{key_text(op.key), {}, op.lost};
    case Kind::object_reenrolment:
        return market::ObjectReenrolment{op.proposal};
    case Kind::reenrol:
        if (of_member) return market::ReenrolMember{key_text(op.key), op.lost, op.proposal};
        return market::ReenrolRequester{key_text(op.key), op.proposal, op.lost};
    case Kind::set_rule:
        return market::SetRule{0, op.number, op.external};
    case Kind::claim:
    case Kind::release:
        break;
    }
    HP_CHECK(false, "claims are not signed");
}

} // namespace handprint::sim
