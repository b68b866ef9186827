#include "ledger/books/split.hpp"
#include "ledger/record/fields.hpp"
#include "tests/vectors/world.hpp"

#include <algorithm>
#include <utility>

namespace handprint::vectors {

using namespace record;
using books::AccountName;
using books::Posting;

namespace {

constexpr std::uint8_t kRequesterKey = 100;

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
    return {account, amount, kes(), what, {}, {}, {}, {}, {}, {}};
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

/// Of the blinds of the distribution.
Hash seed() {
    Hash out{};
    out.fill(0x11);
    return out;
}

} // namespace

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

void World::propose(const std::string& step, std::uint64_t member, std::uint8_t key) {
    const PublicKey fresh = key_pair(key).public_key();
    Json args = Json::object({{"key", to_json(fresh)}, {"member", member}});
    Draft draft{step, "propose_reenrolment", Party::delegate(0), {}, {}, {}, {}, {}};
    MemberPart told = part_for(member);
    told.evidence = signed_command(draft, draft.by, kDelegateKey, std::move(args));
    draft.members.push_back(std::move(told));
    draft.event = Json::object(
        {{"delegate", 0},
         {"from", 0},
         {"key", to_json(fresh)},
         {"party", Party::member(member).text()},
         {"type", "reenrolment_proposed"}}
    );
    append(std::move(draft));
}

void World::reenrol(
    const std::string& step, const std::string& notice, std::uint64_t member, std::uint8_t key
) {
    const PublicKey fresh = key_pair(key).public_key();
    Json args =
        Json::object({{"key", to_json(fresh)}, {"member", member}, {"proposal", steps_.at(notice)}}
        );
    Draft draft{step, "reenrol_member", Party::delegate(1), {}, {}, {}, {}, {}};
    MemberPart part = part_for(member);
    part.keys = {fresh};
    part.evidence = signed_command(draft, draft.by, kDelegateKey + 1, std::move(args));
    draft.members.push_back(std::move(part));
    draft.event = Json::object(
        {{"delegate", 1},
         {"key", to_json(fresh)},
         {"party", Party::member(member).text()},
         {"proposal", steps_.at(notice)},
         {"type", "reenrolled"}}
    );
    append(std::move(draft));
}

void World::object(
    const std::string& step, const std::string& notice, std::uint64_t member, std::uint8_t signer
) {
    const std::uint64_t proposal = steps_.at(notice);
    Draft draft{step, "object_reenrolment", Party::member(member), {}, {}, {}, {}, {}};
    MemberPart part = part_for(member);
    part.evidence = signed_command(draft, draft.by, signer, Json::object({{"proposal", proposal}}));
    draft.members.push_back(std::move(part));
    draft.event = Json::object(
        {{"party", draft.by.text()}, {"proposal", proposal}, {"type", "reenrolment_refused"}}
    );
    append(std::move(draft));
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
    draft.evidence = signed_command(draft, draft.by, kRequesterKey, std::move(args));
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
    income_ = entries_.size();
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
        share.position = member;
        const Scalar blind = books::blind_of(seed(), member);
        share.blind = blind.bytes;
        shares_.push_back({0, member, amounts[member], blind});
        part_of(draft.members, member).lines.push_back(share);
    }
    draft.event = Json::object({{"distribution", 0}, {"type", "distribution_chunk"}});
    suspense_ = 0;
    append(std::move(draft));
}

void World::seal(const std::string& step) {
    std::vector<ListedShare> list;
    Scalar blinds;
    std::int64_t pool = 0;
    for (const ShareOpening& share : shares_) {
        list.push_back(list_share(share));
        blinds = blinds + share.blind;
        pool += share.amount;
    }
    if (const auto& lie = twist(step).list) lie(list);
    Draft draft{step, "distribution_seal", Party::clock(), Authority::clock, {}, {}, {}, {}};
    draft.event = Json::object(
        {{"blinds", to_json(blinds.bytes)},
         {"count", list.size()},
         {"currency", "KES"},
         {"distribution", 0},
         {"listed", 1},
         {"opened", income_},
         {"pool", amount_to_json(pool)},
         {"root", to_json(list_of(list).root())},
         {"type", "distribution_sealed"}}
    );
    lists_[step] = std::move(list);
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

} // namespace handprint::vectors
