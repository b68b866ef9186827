#include "tests/vectors/world.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/books/split.hpp"
#include "ledger/merkle/cosignature.hpp"
#include "ledger/merkle/tree.hpp"
#include "ledger/record/fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace handprint::vectors {

using namespace record;
using books::AccountName;
using books::Posting;

namespace {

constexpr std::uint8_t kDelegateKey = 200;
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

Posting post(const std::string& account, std::int64_t amount) {
    return {AccountName::parse(account).value(), kes(), amount};
}

std::string payable(std::uint64_t member) {
    return "payable/m:" + std::to_string(member);
}

std::string in_transit(std::uint64_t member) {
    return "in_transit/m:" + std::to_string(member);
}

Line line(books::AccountClass account, std::int64_t amount, LineKind what) {
    return {account, amount, kes(), what, {}, {}, {}, {}};
}

MemberPart part_for(std::uint64_t member) {
    MemberPart part;
    part.member = member;
    return part;
}

/// The part of `member` in the list, added if there is none yet.
MemberPart& part_of(std::vector<MemberPart>& parts, std::uint64_t member) {
    const auto at = std::ranges::find(parts, member, &MemberPart::member);
    return at != parts.end() ? *at : parts.emplace_back(part_for(member));
}

Json number_list(const std::vector<std::uint64_t>& numbers) {
    Json::Array out;
    for (const std::uint64_t number : numbers)
        out.emplace_back(number);
    return Json(std::move(out));
}

merkle::Cosigner witness(std::size_t number) {
    const auto seed = static_cast<std::uint8_t>(kFirstWitnessKey + number);
    return {kWitnesses[number], key_pair(seed)};
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
    command.command.bytes.fill(static_cast<std::uint8_t>(++commands_));
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
    coop.command.bytes.fill(static_cast<std::uint8_t>(commands_));
    coop.events = {std::move(draft.event)};
    coop.postings = draft.postings;
    for (MemberPart& part : draft.members) {
        Member& member = members_.at(part.member);
        part.counter = member.chain.counter + 1;
        part.previous = member.chain.hash;
        coop.chain.push_back({part.member, part.counter});
        if (!part.lines.empty() && !std::exchange(member.has_account, true)) {
            coop.opens.push_back(AccountName::parse(in_transit(part.member)).value());
            coop.opens.push_back(AccountName::parse(payable(part.member)).value());
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

void World::genesis(const std::string& step) {
    Draft draft{step, "genesis", Party::delegate(0), {}, {}, {}, {}, {}};
    draft.event = Json::object({{"origin", kOrigin}, {"type", "genesis"}});
    draft.evidence = signed_command(
        draft, Party::delegate(0), kDelegateKey, Json::object({{"origin", kOrigin}})
    );
    append(std::move(draft));
}

void World::enrol(const std::string& step, std::uint8_t key, std::optional<std::uint8_t> recovery) {
    const std::uint64_t member = members_.size();
    members_.emplace_back();
    touches_.emplace_back();
    Draft draft{step, "enrol_member", Party::newcomer(), {}, {}, {}, {}, {}};
    Json args;
    args.set("key", to_json(key_pair(key).public_key()));
    args.set("languages", Json::array({"en", "sw"}));
    std::vector<PublicKey> keys = {key_pair(key).public_key()};
    if (recovery) {
        keys.push_back(key_pair(*recovery).public_key());
        args.set("recovery", to_json(keys.back()));
    }
    MemberPart part = part_for(member);
    part.keys = sorted_keys(keys);
    part.evidence = signed_command(draft, Party::newcomer(), key, args);
    draft.members.push_back(std::move(part));
    draft.event = Json::object({{"member", member}, {"type", "member_enrolled"}});
    append(std::move(draft));
}

void World::change_keys(
    const std::string& step,
    const char* kind,
    std::uint64_t member,
    std::uint8_t signer,
    std::uint8_t key
) {
    const bool adds = std::string_view(kind) == "add_key";
    const PublicKey changed = key_pair(key).public_key();
    std::vector<PublicKey> keys = members_.at(member).keys;
    std::erase(keys, changed);
    if (adds) keys.push_back(changed);

    Draft draft{step, kind, Party::member(member), {}, {}, {}, {}, {}};
    Json args = Json::object({{"key", to_json(changed)}});
    if (adds) args.set("role", "device");
    MemberPart part = part_for(member);
    part.keys = sorted_keys(keys);
    part.evidence = signed_command(draft, draft.by, signer, args);
    draft.members.push_back(std::move(part));
    draft.event = Json::object(
        {{"key", to_json(changed)},
         {"party", draft.by.text()},
         {"type", adds ? "key_added" : "key_revoked"}}
    );
    append(std::move(draft));
}

void World::add_key(
    const std::string& step, std::uint64_t member, std::uint8_t signer, std::uint8_t key
) {
    change_keys(step, "add_key", member, signer, key);
}

void World::revoke_key(
    const std::string& step, std::uint64_t member, std::uint8_t signer, std::uint8_t key
) {
    change_keys(step, "revoke_key", member, signer, key);
}

void World::fund(const std::string& step, std::int64_t amount) {
    Draft draft{step, "fund", Party::delegate(0), {}, {}, {}, {}, {}};
    draft.postings = {post("bank/main", amount), post("escrow/r:0", -amount)};
    draft.event = Json::object({{"requester", 0}, {"type", "funded"}});
    append(std::move(draft));
}

void World::publish(const std::string& step, std::uint64_t batch, std::int64_t held) {
    Draft draft{step, "publish", Party::requester(0), {}, {}, {}, {}, {}};
    draft.postings = {post("escrow/r:0", held), post("hold/b:" + std::to_string(batch), -held)};
    draft.event = Json::object({{"batch", batch}, {"type", "batch_published"}});
    append(std::move(draft));
}

void World::submit(
    const std::string& step,
    std::uint64_t member,
    std::uint8_t signer,
    std::uint64_t batch,
    const std::vector<std::uint64_t>& tasks
) {
    Draft draft{step, "submit", Party::member(member), {}, {}, {}, {}, {}};
    Json::Array answers;
    for (const std::uint64_t task : tasks) {
        const std::string answer = R"({"value":"task )" + std::to_string(task) + R"("})";
        answers.push_back(Json::object(
            {{"hash", to_json(commit(next_salt(), answer))},
             {"length", answer.size()},
             {"task", task},
             {"type", "application/json"}}
        ));
    }
    Json args;
    args.set("answers", Json(answers));
    args.set("batch", batch);
    args.set("terms", to_json(terms_hash("{}")));
    MemberPart part = part_for(member);
    part.answers = Json(std::move(answers));
    part.evidence = signed_command(draft, draft.by, signer, std::move(args));
    draft.members.push_back(std::move(part));
    draft.event = Json::object(
        {{"batch", batch}, {"member", member}, {"tasks", number_list(tasks)}, {"type", "submitted"}}
    );
    append(std::move(draft));
}

void World::accept(
    const std::string& step, std::uint64_t batch, const std::vector<Wage>& wages, std::int64_t fee
) {
    Draft draft{step, "accept", Party::requester(0), {}, {}, {}, {}, {}};
    Json::Array items;
    std::map<std::uint64_t, std::int64_t> sums;
    std::int64_t held = fee;
    for (const Wage& wage : wages) {
        Line earned = line(books::AccountClass::payable, wage.amount, LineKind::wage);
        earned.batch = batch;
        earned.task = wage.task;
        part_of(draft.members, wage.member).lines.push_back(earned);
        sums[wage.member] += wage.amount;
        held += wage.amount;
        items.push_back(Json::array({wage.task, wage.member, amount_to_json(wage.amount)}));
    }
    draft.postings = {post("fee/coop", -fee), post("hold/b:" + std::to_string(batch), held)};
    for (const auto& [member, amount] : sums)
        draft.postings.push_back(post(payable(member), -amount));
    Json args = Json::object({{"batch", batch}, {"items", Json(items)}});
    draft.evidence = signed_command(draft, draft.by, 100, std::move(args));
    draft.event = Json::object(
        {{"batch", batch},
         {"fee", amount_to_json(fee)},
         {"items", Json(items)},
         {"type", "accepted"}}
    );
    append(std::move(draft));
}

void World::income(const std::string& step, std::int64_t contributors, std::int64_t fee) {
    Draft draft{step, "income", Party::delegate(0), {}, {}, {}, {}, {}};
    draft.postings = {
        post("bank/main", contributors + fee),
        post("fee/coop", -fee),
        post("suspense/p:0", -contributors)
    };
    draft.event = Json::object({{"project", 0}, {"type", "distribution_opened"}});
    suspense_ += contributors;
    append(std::move(draft));
}

void World::share(const std::string& step, const std::vector<std::uint64_t>& weights) {
    std::vector<books::Share> shares;
    for (std::size_t member = 0; member < weights.size(); ++member)
        shares.push_back({member, weights[member]});
    const auto amounts = books::split(suspense_, shares).value();
    Draft draft{step, "distribution_chunk", Party::clock(), Authority::clock, {}, {}, {}, {}};
    draft.postings = {post("suspense/p:0", suspense_)};
    for (std::size_t member = 0; member < amounts.size(); ++member) {
        draft.postings.push_back(post(payable(member), -amounts[member]));
        Line share = line(books::AccountClass::payable, amounts[member], LineKind::share);
        share.distribution = 0;
        part_of(draft.members, member).lines.push_back(share);
    }
    draft.event = Json::object({{"distribution", 0}, {"type", "distribution_chunk"}});
    suspense_ = 0;
    append(std::move(draft));
}

void World::payout(const std::string& step, const std::vector<std::uint64_t>& members) {
    Draft draft{step, "payout_chunk", Party::clock(), Authority::clock, {}, {}, {}, {}};
    for (const std::uint64_t member : members) {
        const std::int64_t amount = members_.at(member).payable;
        draft.postings.push_back(post(in_transit(member), -amount));
        draft.postings.push_back(post(payable(member), amount));
        MemberPart& part = part_of(draft.members, member);
        for (const bool out : {true, false}) {
            Line moved = out ? line(books::AccountClass::payable, -amount, LineKind::payout)
                             : line(books::AccountClass::in_transit, amount, LineKind::payout);
            moved.payout = 0;
            part.lines.push_back(moved);
        }
    }
    draft.event = Json::object({{"payout", 0}, {"type", "payout_chunk"}});
    append(std::move(draft));
}

void World::settle(const std::string& step, const std::vector<std::uint64_t>& members) {
    Draft draft{step, "settle", Party::delegate(0), {}, {}, {}, {}, {}};
    std::int64_t total = 0;
    for (const std::uint64_t member : members) {
        const std::int64_t amount = members_.at(member).in_transit;
        total += amount;
        draft.postings.push_back(post(in_transit(member), amount));
        Line moved = line(books::AccountClass::in_transit, -amount, LineKind::settled);
        moved.payout = 0;
        part_of(draft.members, member).lines.push_back(moved);
    }
    draft.postings.push_back(post("bank/main", -total));
    draft.event = Json::object({{"payout", 0}, {"type", "settled"}});
    draft.evidence = signed_command(
        draft,
        draft.by,
        kDelegateKey,
        Json::object({{"items", number_list(members)}, {"payout", 0}})
    );
    append(std::move(draft));
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
    return out;
}

Promise World::promise(const std::string& step) const {
    const std::uint64_t index = index_of(step);
    const Entry& entry = entries_.at(index);
    return {index, entry.leaf, kOrigin, entry.header.time + Duration(60'000)};
}

} // namespace handprint::vectors
