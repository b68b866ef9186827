#include "tests/vectors/world.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/merkle/cosignature.hpp"
#include "ledger/merkle/tree.hpp"
#include "ledger/record/fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace handprint::vectors {

using namespace record;
using books::AccountName;

namespace {

constexpr std::uint8_t kLogKey = 220;
constexpr std::uint8_t kFirstWitnessKey = 230;
constexpr std::array<const char*, 3> kWitnesses = {
    "witness.example/union", "witness.example/university", "witness.example/sister"
};
constexpr std::int64_t kStart = 1'795'280'000'000;
constexpr std::uint64_t kCosigned = 1'795'290'000;

Currency kes() {
    return Currency::of("KES");
}

AccountName account_of(books::AccountClass account_class, std::uint64_t member) {
    return {account_class, "m:" + std::to_string(member)};
}

merkle::Cosigner witness(std::size_t number) {
    const auto seed = static_cast<std::uint8_t>(kFirstWitnessKey + number);
    return {kWitnesses[number], key_pair(seed)};
}

/// Another one for each of the first 65,536 commands.
CommandId command_id(std::uint64_t number) {
    CommandId id;
    id.bytes.fill(static_cast<std::uint8_t>(number));
    id.bytes.front() ^= static_cast<std::uint8_t>(number >> 8U);
    return id;
}

merkle::NoteSigner log_signer() {
    return {kOrigin, key_pair(kLogKey)};
}

} // namespace

KeyPair key_pair(std::uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return KeyPair::from_seed(seed);
}

World::World(Twists twists) : twists_(std::move(twists)) {}

Salt World::next_salt() {
    Bytes preimage = to_bytes(as_bytes("test salt "));
    put_u64(preimage, salts_++);
    return sha256(preimage);
}

const Twist& World::twist(const std::string& step) const {
    static const Twist kHonest;
    const auto at = twists_.find(step);
    return at == twists_.end() ? kHonest : at->second;
}

Json World::signed_command(const Draft& draft, Party actor, std::uint8_t signer, Json args) {
    const Twist& wrong = twist(draft.step);
    CommandBody command;
    command.actor = actor;
    command.args = std::move(args);
    command.command = command_id(++commands_);
    command.kind = draft.kind;
    command.log = kOrigin;
    if (wrong.command) wrong.command(command);
    std::string payload = encode(command);
    if (wrong.payload) wrong.payload(payload);
    Envelope envelope =
        sign(kCommandType, std::move(payload), wrong.signer.value_or(key_pair(signer)));
    if (wrong.envelope) wrong.envelope(envelope);
    return to_json(envelope);
}

void World::append(Draft draft) {
    const Twist& wrong = twist(draft.step);
    const std::uint64_t index = entries_.size();
    CoopPart coop;
    coop.by = draft.by;
    coop.command = command_id(commands_);
    coop.events = {std::move(draft.event)};
    coop.postings = draft.postings;
    for (MemberPart& part : draft.members) {
        Member& member = members_.at(part.member);
        part.counter = member.chain.counter + 1;
        part.previous = member.chain.hash;
        coop.chain.push_back({part.member, part.counter});
        if (!part.lines.empty() && !std::exchange(member.has_account, true)) {
            coop.opens.push_back(account_of(books::AccountClass::in_transit, part.member));
            coop.opens.push_back(account_of(books::AccountClass::payable, part.member));
        }
        for (const Line& moved : part.lines) {
            const bool is_payable = moved.account == books::AccountClass::payable;
            (is_payable ? member.payable : member.in_transit) += moved.amount;
        }
        if (part.keys) member.keys = *part.keys;
    }
    if (wrong.coop) wrong.coop(coop);
    const std::vector<MemberPart> honest = draft.members;
    if (wrong.parts) wrong.parts(draft.members);

    std::vector<Part> parts = {{Role::coop, next_salt(), encode(coop)}};
    if (!draft.evidence.is_null()) {
        const Role role = draft.by.kind == PartyKind::requester ? Role::requester : Role::delegate;
        const Json private_part = Json::object({{"evidence", draft.evidence}});
        parts.push_back({role, next_salt(), private_part.encode()});
    }
    for (std::size_t i = 0; i < draft.members.size(); ++i) {
        touches_.at(honest[i].member).push_back({index, parts.size()});
        parts.push_back({Role::member, next_salt(), encode(draft.members[i])});
    }
    if (wrong.roles) wrong.roles(parts);

    const auto time = Instant(kStart + static_cast<std::int64_t>(index) * 60'000);
    const EntryFacts facts = {draft.authority, draft.kind, 9, time};
    Entry entry = build_entry(facts, draft.postings, std::move(parts)).value();
    if (wrong.header) {
        wrong.header(entry.header);
        entry.header_bytes = encode(entry.header);
        entry.leaf = leaf_hash(entry.header_bytes);
    }
    for (const MemberPart& part : honest) {
        Member& member = members_.at(part.member);
        member.chain = extend(part.member, member.chain, entry.leaf);
    }
    steps_[draft.step] = index;
    entries_.push_back(std::move(entry));
    tree_.reset();
}

Position World::position(std::uint64_t member, std::uint64_t period) const {
    const Member& state = members_.at(member);
    Position out;
    if (state.has_account) {
        out.balances = {
            {books::AccountClass::in_transit, kes(), state.in_transit},
            {books::AccountClass::payable, kes(), state.payable}
        };
    }
    out.chain = state.chain;
    out.keys = state.keys;
    out.member = member;
    out.period = period;
    return out;
}

void World::close_period(const std::string& step, const KeyPair& promise_key) {
    const Twist& wrong = twist(step);
    Close close;
    close.index = entries_.size();
    close.event.period = closes_.size() + 1;
    if (!closes_.empty()) close.event.previous = static_cast<std::int64_t>(closes_.back().index);
    close.event.count = members_.size();
    close.event.delegates = {
        key_pair(kDelegateKey).public_key(), key_pair(kDelegateKey + 1).public_key()
    };
    close.event.promise_key = promise_key.public_key();
    std::vector<Position> positions;
    for (std::uint64_t member = 0; member < members_.size(); ++member)
        positions.push_back(position(member, close.event.period));
    if (wrong.positions) wrong.positions(positions);
    for (const Position& here : positions) {
        Opening opening{encode(here), next_salt()};
        close.commitments.push_back(commit(opening.salt, opening.bytes));
        close.positions.push_back(std::move(opening));
    }
    close.event.root = MerkleList::of_commitments(close.commitments).root();
    Draft draft{step, "close_period", Party::clock(), Authority::clock, {}, {}, {}, {}};
    draft.event = to_json(close.event);
    closes_.push_back(std::move(close));
    append(std::move(draft));
}

const MerkleList& World::tree() const {
    if (!tree_) {
        std::vector<Hash> leaves;
        for (const Entry& entry : entries_)
            leaves.push_back(entry.leaf);
        tree_.emplace(std::move(leaves));
    }
    return *tree_;
}

std::string World::checkpoint() const {
    const merkle::Checkpoint checkpoint{kOrigin, entries_.size(), tree().root(), {}};
    const std::string note = merkle::sign_checkpoint(checkpoint, log_signer()).value();
    std::vector<merkle::NoteSignature> cosignatures;
    for (std::size_t i = 0; i < kWitnesses.size(); ++i)
        cosignatures.push_back(witness(i).cosign(checkpoint, kCosigned + i).value());
    return merkle::with_signatures(note, cosignatures).value();
}

std::string World::policy() {
    std::string out = "log " + log_signer().key().text() + "\n";
    std::string names;
    for (std::size_t i = 0; i < kWitnesses.size(); ++i) {
        const std::string name = "w" + std::to_string(i);
        out += "witness " + name + " " + witness(i).key().text() + "\n";
        names += " " + name;
    }
    return out + "group two-of-three 2" + names + "\nquorum two-of-three\n";
}

ProvenClose World::proven_close(std::uint64_t member, std::size_t period) const {
    const Close& close = closes_.at(period - 1);
    const Entry& entry = entries_.at(close.index);
    ProvenClose out;
    out.coop = {entry.parts.front().bytes, entry.parts.front().salt};
    out.header = entry.header_bytes;
    out.index = close.index;
    out.proof = tree().prove(close.index).value();
    if (member < close.positions.size()) {
        const auto list = MerkleList::of_commitments(close.commitments);
        out.position = ProvenPosition{close.positions[member], list.prove(member).value()};
    }
    return out;
}

ProvenEntry World::proven_entry(std::uint64_t index, std::uint64_t number) const {
    const Entry& entry = entries_.at(index);
    const Part& part = entry.parts.at(number);
    return {
        entry.header_bytes, index, {{part.bytes, part.salt}, number}, tree().prove(index).value()
    };
}

Payslip World::payslip(std::uint64_t member, std::size_t period) const {
    Payslip out;
    out.checkpoint = checkpoint();
    out.closing = proven_close(member, period);
    out.log = kOrigin;
    out.member = member;
    if (period > 1) out.opening = proven_close(member, period - 1);
    for (const Touch& touch : touches_.at(member)) {
        const bool after = !out.opening || touch.index > out.opening->index;
        if (after && touch.index < out.closing.index) {
            out.entries.push_back(proven_entry(touch.index, touch.number));
        }
    }
    for (const ProvenEntry& entry : out.entries) {
        const Json part = Json::parse(entry.part.opening.bytes).value();
        for (const Json& line : part.at("lines").items()) {
            if (line.at("what").text() == "share")
                out.shares.push_back(proven_share("seal", member));
        }
    }
    return out;
}

ProvenShare World::proven_share(const std::string& step, std::uint64_t member) const {
    const std::uint64_t index = index_of(step);
    const Entry& entry = entries_.at(index);
    return {
        {entry.parts.front().bytes, entry.parts.front().salt},
        entry.header_bytes,
        index,
        list_of(lists_.at(step)).prove(member).value(),
        tree().prove(index).value()
    };
}

ShareList World::share_list(const std::string& step) const {
    const ProvenShare seal = proven_share(step, 0);
    return {seal.coop, seal.index, lists_.at(step)};
}

HeldPromise World::promise(const std::string& step, const KeyPair& key) const {
    const std::uint64_t index = index_of(step);
    const std::uint64_t first = index - index % 3;
    std::vector<Hash> leaves;
    for (std::uint64_t i = first; i < std::min<std::uint64_t>(first + 3, entries_.size()); ++i)
        leaves.push_back(entries_[i].leaf);
    const Instant by = entries_[index].header.time + Duration(60'000);
    return parse_held_promise(PromisedEntries(first, leaves, kOrigin, by, key).text_of(index))
        .value();
}

} // namespace handprint::vectors
