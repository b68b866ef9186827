// One command of a batch: what a decision becomes, and the answer to one that was carried out
// before.

#include "ledger/record/fields.hpp"
#include "node/market/apply.hpp"
#include "node/market/lists.hpp"
#include "node/pipeline/pending.hpp"

#include <algorithm>
#include <utility>

namespace handprint::pipeline {

namespace {

/// The hash of the foreign request that an agent's entry keeps.
Hash record_request(const std::string& coop_bytes) {
    const auto coop = record::parse_coop_part(coop_bytes);
    return coop && coop->mandate ? coop->mandate->request : Hash{};
}

} // namespace

void Sequencer::decide_claim(Job& job, Pending& pending, Int now) {
    Answer answer;
    const market::Context context{now, market::never, &claims_};
    Pending::ClaimChange change;
    if (const auto* claim = std::get_if<market::Claim>(&job.request.command)) {
        auto decided = market::decide_claim(state_, *claim, context);
        if (!decided) {
            stats_.refusals.fetch_add(1);
            answer.verdict = Verdict::refused;
            answer.refusal = decided.error();
            pending.refused.emplace_back(std::move(job.done), std::move(answer));
            return;
        }
        change = {claim->member, claim->batch, decided->until, decided->tasks};
        state_.put(market::ClaimRow{
            claim->member, claim->batch, decided->until, market::join(decided->tasks)
        });
        answer.claim = std::move(*decided);
    } else if (const auto* release = std::get_if<market::ReleaseClaim>(&job.request.command)) {
        change = {release->member, release->batch, 0, {}};
        state_.erase(market::key_of<market::ClaimRow>(release->member, release->batch));
    }
    claims_.set(change.member, change.batch, change.until, change.tasks);
    pending.claims.push_back(std::move(change));
    answer.verdict = Verdict::claimed;
    pending.answers.emplace_back(std::move(job.done), std::move(answer));
}

void Sequencer::take_entry(Job& job, market::Done done, Pending& pending, Int now) {
    const Int index = head_.size + static_cast<Int>(pending.entries.size());
    auto& entry = done.sealed.entry;
    pending.frontier->append(entry.leaf);
    store::EntryRecord record;
    record.index = index;
    record.header = std::move(entry.header_bytes);
    record.coop_salt = entry.parts.front().salt;
    record.coop = std::move(entry.parts.front().bytes);
    NewEntry news;
    for (std::size_t i = 1; i < entry.parts.size(); ++i) {
        auto& part = entry.parts[i];
        news.parties.push_back(done.sealed.parties[i]);
        pending.batch.parts.push_back(
            {done.sealed.parties[i],
             index,
             static_cast<Int>(i),
             std::string(record::name(part.role)),
             part.salt,
             std::move(part.bytes),
             false}
        );
    }
    pending.batch.entries.push_back(std::move(record));

    Answer answer;
    answer.verdict = Verdict::entry;
    answer.index = index;
    answer.leaf = entry.leaf;
    answer.time = now;
    answer.result = market::result_of(done.events, index);
    if (const auto* submit = std::get_if<market::Submit>(&job.request.command)) {
        // What was handed in is no longer held; the rest of the bundle stays claimed. The claim row
        // still says what was claimed: only with the last task it goes.
        const Int member = std::stoll(job.request.actor.substr(2));
        for (const auto& one : submit->answers)
            claims_.hand_in(member, submit->batch, one.task);
        Pending::ClaimChange change{member, submit->batch, 0, {}};
        if (const auto* left = claims_.held(member, submit->batch)) {
            change.until = left->until;
            change.tasks = left->tasks;
        } else {
            state_.erase(market::key_of<market::ClaimRow>(member, submit->batch));
        }
        pending.claims.push_back(std::move(change));
    }
    attach(job, pending, index, answer.result);
    news.index = index;
    news.time = now;
    news.kind = market::kind_of(job.request.command);
    news.by = job.request.actor;
    news.leaf = entry.leaf;
    news.events = std::move(done.events);
    pending.entries.push_back(std::move(news));
    pending.answers.emplace_back(std::move(job.done), std::move(answer));
}

void Sequencer::attach(Job& job, Pending& pending, Int index, const record::Json& result) {
    const auto id_of = [&](const std::string& id) {
        if (id.empty()) return padded(index);
        if (id.back() != '#') return id;
        for (const char* name : {"batch", "project", "member", "requester"}) {
            const auto* value = result.find(name);
            if (value != nullptr && value->as_integer() != nullptr) {
                return id.substr(0, id.size() - 1) + std::to_string(*value->as_integer());
            }
        }
        return id;
    };
    for (auto& attachment : job.attachments) {
        const Int number = ++blobs_;
        pending.batch.secrets.push_back(parts_.vault.seal_pointer(
            attachment.kind, id_of(attachment.id), number, attachment.blob.key
        ));
        pending.batch.blobs.push_back(
            {number, attachment.blob.address, std::move(attachment.blob.ciphertext)}
        );
    }
    for (auto& note : job.notes) {
        pending.batch.secrets.push_back(parts_.vault.seal(note.kind, id_of(note.id), note.plain));
    }
}

Answer Sequencer::again(const Job& job, Int index) {
    Answer answer;
    const auto entry = parts_.store.entry(index);
    auto parts = parts_.store.parts_at(index);
    if (!entry || !*entry || !parts) return answer;
    const auto& stored = **entry;
    for (const auto& part : *parts) {
        if (part.erased) continue;
        const auto json = record::Json::parse(part.bytes);
        const auto* evidence = json ? json->find("evidence") : nullptr;
        if (evidence == nullptr || evidence->is_null()) continue;
        const bool same = job.request.grant != market::never
                              ? record_request(stored.coop) == job.request.request
                              : evidence->encode() == job.request.envelope;
        if (!same) {
            answer.verdict = Verdict::refused;
            answer.refusal = {
                market::Family::conflict,
                "id_reused",
                "This command id was used for another command.",
                "command"
            };
            return answer;
        }
    }
    const auto coop = record::parse_coop_part(stored.coop);
    const auto header = record::parse_header(stored.header);
    if (!coop || !header) return answer;
    const auto fold = market::read_fold_entry(*header, *coop);
    if (!fold) return answer;
    answer.verdict = Verdict::entry;
    answer.index = index;
    answer.leaf = record::leaf_hash(stored.header);
    answer.time = header->time.ms;
    answer.result = market::result_of(fold->events, index);
    return answer;
}

} // namespace handprint::pipeline
