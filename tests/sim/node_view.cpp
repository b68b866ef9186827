// The node's rows in the model's words, and the tables made again from the entries.

#include "ledger/base/base64.hpp"
#include "ledger/record/coop_part.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/header.hpp"
#include "node/market/entry_seal.hpp"
#include "node/market/lists.hpp"
#include "node/pipeline/share_lists.hpp"
#include "node/store/state_digest.hpp"
#include "tests/sim/node.hpp"

namespace handprint::sim {

namespace {

std::string text(Int number) {
    return ' ' + std::to_string(number);
}

/// Adds what a row says; rows that the model does not know say nothing.
struct Viewer {
    View& out;
    const std::map<std::string, Int>& keys; // numbers of the keys by their text
    const std::map<std::string, Int>& references;
    const std::map<market::Key, market::Row>& rows;

    void operator()(const market::AccountRow& r) const {
        const auto slash = r.name.find('/');
        const std::string cls = r.name.substr(0, slash);
        const bool shared = cls == "bank" || cls == "fee" || cls == "equity" || cls == "reserve";
        const std::string owner = shared ? "" : r.name.substr(slash + 1);
        if (r.debits != r.credits) {
            out["balance " + cls + ' ' + owner + ' ' + r.currency] += r.debits - r.credits;
        }
    }

    void operator()(const market::BatchRow& r) const {
        const std::string name = "batch" + text(r.batch);
        out[name + " stage"] = r.state;
        out[name + " tasks"] = r.tasks;
        out[name + " submitted"] = r.submitted;
        out[name + " accepted"] = r.accepted;
        out[name + " fee"] = r.fee_posted;
    }

    void operator()(const market::TaskRow& r) const {
        if (r.submitted != 0) out["taken" + text(r.batch) + text(r.task)] = r.submitted;
        if (r.price_micros == 0 && r.overlap == 0 && r.expires == 0) return;
        out["price" + text(r.batch) + text(r.task)] = r.price_micros;
        out["wanted" + text(r.batch) + text(r.task)] = r.overlap;
        out["expires" + text(r.batch) + text(r.task)] = r.expires;
        out["ended" + text(r.batch) + text(r.task)] = r.ended;
    }

    void operator()(const market::AssignmentRow& r) const {
        const std::string place = text(r.batch) + text(r.task) + text(r.member);
        out["work" + place] = r.state;
        out["due" + place] = r.due;
    }

    void operator()(const market::EarningRow& r) const {
        out["earned" + text(r.batch) + text(r.member)] = r.posted;
        out["accepted" + text(r.batch) + text(r.member)] = r.accepted;
    }

    void operator()(const market::ClaimRow& r) const {
        for (const Int task : market::split_numbers(r.tasks)) {
            if (rows.contains(market::key_of<market::AssignmentRow>(r.batch, task, r.member)))
                continue; // handed in since it was claimed
            out["lease" + text(r.batch) + text(r.member) + text(task)] = r.until;
        }
    }

    void operator()(const market::SkillRow& r) const {
        out["skill" + text(r.member) + ' ' + r.domain] = r.level;
    }

    void operator()(const market::GrantRow& r) const {
        out["grant" + text(r.grant) + " spent"] = r.spent;
        out["grant" + text(r.grant) + " revoked"] = r.revoked == market::never ? 0 : 1;
    }

    void operator()(const market::CreditRow& r) const {
        out["points" + text(r.project) + text(r.member)] = r.points;
    }

    void operator()(const market::RefundRow& r) const {
        out["refund" + text(r.refund)] = r.amount;
        out["refund" + text(r.refund) + " state"] = r.state;
    }

    void operator()(const market::ReferenceRow& r) const {
        const std::string name = "transfer" + text(references.at(r.reference));
        out[name] = r.index;
        out[name + " payout"] = r.payout;
        out[name + " refund"] = r.refund;
    }

    void operator()(const market::PayoutItemRow& r) const {
        out["payout" + text(r.payout) + text(r.member)] = r.amount;
        out["payout" + text(r.payout) + text(r.member) + " state"] = r.state;
    }

    void operator()(const market::CoopRow& r) const {
        out["members"] = r.members;
        out["requesters"] = r.requesters;
        out["periods"] = r.periods;
        out["release stands"] = r.open_release;
        out["not covered"] = r.uncovered;
        out["not covered period"] = r.uncovered_period;
    }

    void operator()(const market::DistributionRow& r) const {
        const std::string name = "distribution" + text(r.distribution);
        out[name + " pool"] = r.pool;
        out[name + " paid"] = r.paid;
        out[name + " count"] = r.count;
        out[name + " listed"] = r.listed;
    }

    void operator()(const market::ProposalRow& r) const {
        const std::string name = "proposal" + text(r.proposal);
        out[name + " delegate"] = r.delegate;
        out[name + " from"] = r.from;
        out[name + " for " + r.party] = r.key.empty() ? market::never : keys.at(r.key);
    }

    void operator()(const market::MemberRow& r) const {
        holder("m:" + std::to_string(r.member), r.answered, r.valid_keys);
    }

    void operator()(const market::RequesterRow& r) const {
        holder("r:" + std::to_string(r.requester), r.answered, r.valid_keys);
    }

    void holder(const std::string& party, Int answered, const std::string& valid) const {
        out["answered " + party] = answered;
        out["keys of " + party] = std::ssize(market::split_words(valid));
    }

    void operator()(const market::KeyRow& r) const {
        if (!r.party.starts_with("m:") && !r.party.starts_with("r:")) return;
        const std::string number = std::to_string(keys.at(r.key));
        const bool over = r.revoked != market::never;
        out[over ? "former key " + number : r.role + " of " + r.party + ' ' + number] = 1;
    }

    template <class R>
    void operator()(const R&) const {}
};

Hash digest(const std::map<market::Key, market::Row>& rows) {
    store::StateDigest digest;
    for (const auto& [key, row] : rows) {
        std::visit(
            [&](const auto& r) {
                if constexpr (market::is_fold_row<std::remove_cvref_t<decltype(r)>>) digest.add(r);
            },
            row
        );
    }
    return digest.finish();
}

} // namespace

Int Node::size() {
    const std::lock_guard lock(store_.disk().mutex);
    return store_.disk().state.head.size;
}

Int Node::newest() {
    const std::lock_guard lock(store_.disk().mutex);
    return store_.disk().state.head.time;
}

View Node::view() {
    View out;
    std::map<std::string, Int> numbers;
    for (const auto& [number, pair] : keys_)
        numbers[base64_encode(pair.public_key())] = number;
    const std::lock_guard lock(store_.disk().mutex);
    for (const auto& [key, row] : store_.disk().state.rows)
        std::visit(Viewer{out, numbers, references_, store_.disk().state.rows}, row);
    return out;
}

std::string Node::under_way() {
    const std::lock_guard lock(store_.disk().mutex);
    const auto& rows = store_.disk().state.rows;
    const auto& coop = std::get<market::CoopRow>(rows.at(market::key_of<market::CoopRow>(1)));
    if (coop.open_distribution != market::never)
        return "distribution" + text(coop.open_distribution);
    if (coop.open_payout != market::never) return "payout" + text(coop.open_payout);
    for (Int b = 0; b < coop.batches; ++b) {
        const auto& batch =
            std::get<market::BatchRow>(rows.at(market::key_of<market::BatchRow>(b)));
        if (batch.state != static_cast<Int>(market::BatchState::importing)) continue;
        return "import" + text(b) + " chunk" + text(batch.chunks_done) + " of" + text(batch.chunks);
    }
    return {};
}

bool Node::importing(Int batch) {
    const std::lock_guard lock(store_.disk().mutex);
    const auto& rows = store_.disk().state.rows;
    const auto row = rows.find(market::key_of<market::BatchRow>(batch));
    return row != rows.end()
           && std::get<market::BatchRow>(row->second).state
                  == static_cast<Int>(market::BatchState::importing);
}

std::string Node::next_step() {
    pipeline::Runs runs(store_, vault_);
    if (const auto ok = runs.rebuild(); !ok) return ok.error().what;
    const auto steps = runs.next();
    if (!steps) return steps.error().what;
    return steps->empty() ? "nothing to do" : market::kind_of(steps->front());
}

std::string Node::check_lists() {
    std::vector<std::string> headers;
    {
        const std::lock_guard lock(store_.disk().mutex);
        for (const auto& entry : store_.disk().state.entries)
            headers.push_back(entry.header);
    }
    record::RunWatch watch;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto header = record::parse_header(headers[i]).value();
        const auto run = watch.add(i, header);
        if (!run) continue;
        if (!run->paid_out) return "a pool is not paid out";
        const auto made = pipeline::make_share_list(store_, static_cast<Int>(i));
        if (!made) return made.error().what;
        const auto seal = record::check_share_list(record::encode(made->list), *run, header);
        if (!seal) return "a list of shares: " + seal.error().what;
    }
    return {};
}

std::string Node::refold() {
    const std::lock_guard lock(store_.disk().mutex);
    const auto& disk = store_.disk().state;
    market::State state;
    state.whole();
    for (const auto& entry : disk.entries) {
        const auto header = record::parse_header(entry.header);
        const auto coop = record::parse_coop_part(entry.coop);
        if (!header || !coop) return "an entry cannot be read";
        const auto folded = market::read_fold_entry(*header, *coop);
        if (!folded) return "an entry cannot be folded";
        auto wrong = market::fold(state, *folded, entry.index, record::leaf_hash(entry.header));
        if (!wrong.empty()) return wrong;
        (void)state.take_changes();
    }
    std::map<market::Key, market::Row> rows;
    state.for_each([&](const market::Key& key, const market::Row& row) { rows.emplace(key, row); });
    return digest(rows) == digest(disk.rows) ? ""
                                             : "the tables are not those that the entries give";
}

} // namespace handprint::sim
