// The model's state by name, and what must always hold of it.

#include "tests/sim/model.hpp"

namespace handprint::sim {

View Model::view() const {
    View out;
    const auto text = [](Int number) { return ' ' + std::to_string(number); };
    for (const auto& [account, amount] : balances_) {
        const auto& [cls, owner, currency] = account;
        if (amount != 0) out["balance " + cls + ' ' + owner + ' ' + currency] = amount;
    }
    for (const auto& [number, batch] : batches) {
        const std::string name = "batch" + text(number);
        out[name + " stage"] = static_cast<Int>(batch.stage);
        out[name + " tasks"] = batch.tasks;
        out[name + " submitted"] = batch.submitted;
        out[name + " accepted"] = batch.accepted;
        out[name + " fee"] = batch.fee_posted;
        for (const auto& [task, taken] : batch.taken)
            out["taken" + text(number) + text(task)] = taken;
        for (const auto& [task, own] : batch.own) {
            out["price" + text(number) + text(task)] = own.price;
            out["wanted" + text(number) + text(task)] = own.overlap;
            out["expires" + text(number) + text(task)] = own.expires;
            out["ended" + text(number) + text(task)] = batch.ended.contains(task) ? 1 : 0;
        }
        for (const auto& [item, work] : batch.works) {
            const std::string place = text(number) + text(item.first) + text(item.second);
            out["work" + place] = work.accepted ? 2 : 1;
            out["due" + place] = work.due;
        }
        for (const auto& [member, earned] : batch.earned) {
            out["earned" + text(number) + text(member)] = earned.posted;
            out["accepted" + text(number) + text(member)] = earned.accepted;
        }
        for (const auto& [member, lease] : batch.leases) {
            for (const Int task : lease.tasks) {
                out["lease" + text(number) + text(member) + text(task)] = lease.until;
            }
        }
    }
    for (const auto& [number, member] : members) {
        for (const auto& [domain, level] : member.skills) {
            if (level != 0) out["skill" + text(number) + ' ' + domain] = level;
        }
    }
    for (const auto& [number, grant] : grants) {
        out["grant" + text(number) + " spent"] = grant.spent;
        out["grant" + text(number) + " revoked"] = grant.revoked ? 1 : 0;
    }
    for (const auto& [number, project] : projects) {
        for (const auto& [member, points] : project.points) {
            out["points" + text(number) + text(member)] = points;
        }
    }
    for (const auto& [number, row] : refunds) {
        out["refund" + text(number)] = row.amount;
        out["refund" + text(number) + " state"] = static_cast<Int>(row.state);
    }
    for (const auto& [number, run] : payouts) {
        for (const auto& [member, item] : run.items) {
            out["payout" + text(number) + text(member)] = item.first;
            out["payout" + text(number) + text(member) + " state"] = static_cast<Int>(item.second);
        }
    }
    for (const auto& [reference, row] : transfers) {
        out["transfer" + text(reference)] = row.index;
        out["transfer" + text(reference) + " payout"] = row.payout;
        out["transfer" + text(reference) + " refund"] = row.refund;
    }
    out["members"] = static_cast<Int>(members.size());
    out["requesters"] = static_cast<Int>(requesters.size());
    out["periods"] = periods;
    view_keys(out);
    view_two(out);
    return out;
}

std::string Model::broken() const {
    std::map<std::string, Int> sums;
    for (const auto& [account, amount] : balances_) {
        const auto& [cls, owner, currency] = account;
        sums[currency] += amount;
        if (cls == "bank" ? amount < 0 : amount > 0) return "wrong sign: " + cls + ' ' + owner;
    }
    for (const auto& [currency, sum] : sums) {
        if (sum != 0) return "the books do not balance in " + currency;
    }
    for (const auto& [number, batch] : batches) {
        for (const auto& [task, taken] : batch.taken) {
            if (taken > batch.of(task).overlap) return "more answers than the task wants";
        }
    }
    return broken_by_two();
}

} // namespace handprint::sim
