// What a driver asks for: mostly what has a chance, sometimes what has none.

#include "tests/sim/driver.hpp"

#include <algorithm>

namespace handprint::sim {

namespace {

template <class Map>
Int pick(const Map& map, Int at) {
    auto it = map.begin();
    std::advance(it, at % static_cast<Int>(map.size()));
    return it->first;
}

} // namespace

Int Driver::batch_in(Stage stage) {
    std::vector<Int> found;
    for (const auto& [number, batch] : model_.batches) {
        if (batch.stage == stage) found.push_back(number);
    }
    return found.empty() ? -1
                         : found[static_cast<std::size_t>(below(static_cast<Int>(found.size())))];
}

Op Driver::any() {
    if (model_.requesters.size() < 2) {
        Op op;
        op.kind = Kind::register_requester;
        op.id = next_id_++;
        op.key = 10'000 + op.id;
        return op;
    }
    const Int open = batch_in(Stage::open);
    Int what = below(100);
    if (open < 0 && what >= 15 && what < 77)
        what = chance(70) ? 3 + below(12) : 85; // nothing to work on yet
    Op op;
    if (chance(4)) {
        op = own_key();
    } else if (chance(10)) {
        op = by_two();
    } else if (what < 3) {
        op = person();
    } else if (what < 9) {
        op = project_or_batch();
    } else if (what < 15) {
        const Int draft = batch_in(Stage::draft), ready = batch_in(Stage::ready);
        const bool import = draft >= 0 && (ready < 0 || chance(50));
        op = on_batch(
            import ? Kind::import_tasks : Kind::publish, import ? Stage::draft : Stage::ready
        );
    } else if (what < 38 && open >= 0) {
        op = claim();
    } else if (what < 62 && open >= 0) {
        op = submit();
    } else if (what < 74 && open >= 0) {
        op = accept();
    } else if (what < 77 && open >= 0) {
        const Stage unpublished = chance(50) ? Stage::ready : Stage::draft;
        op = on_batch(Kind::close_batch, chance(80) ? Stage::open : unpublished);
    } else if (what < 80) {
        op = mandate();
    } else if (what < 92) {
        op = money();
    } else {
        op = period();
    }
    op.id = next_id_++;
    if (op.key == 0) op.key = 10'000 + op.id;
    const bool joins = op.kind == Kind::enrol || op.kind == Kind::register_requester;
    if (joins && chance(50))
        op.recovery = chance(95) ? 500'000 + op.id : *model_.known_keys.begin();
    // A key may be over before it is asked again: what was signed stays signed with it.
    if (op.with < 0) op.with = a_key_of(party_of(op));
    return op;
}

Op Driver::person() {
    Op op;
    if (model_.requesters.size() < 4 && chance(30)) {
        op.kind = Kind::register_requester;
    } else {
        op.kind = Kind::enrol;
        op.words =
            chance(85) ? std::vector<std::string>{"en", "sw"} : std::vector<std::string>{"sw"};
    }
    return op;
}

Op Driver::project_or_batch() {
    Op op;
    op.actor = pick(model_.requesters, below(100));
    op.external = "n" + std::to_string(below(40));
    if (model_.projects.size() < 2 || (model_.projects.size() < 6 && chance(30))) {
        op.kind = Kind::create_project;
        by_agent(op);
        return op;
    }
    op.kind = Kind::create_batch;
    op.project = pick(model_.projects, below(100));
    if (chance(95)) op.actor = model_.projects.at(op.project).requester;
    op.terms_seen = 100 + next_id_;
    op.terms.currency = model_.currencies[static_cast<std::size_t>(below(3))];
    const Int unit = micros_per_minor(op.terms.currency);
    op.terms.estimate_s = 1 + below(60);
    op.terms.price_micros = chance(30) ? unit * (1 + below(900)) : 1 + below(unit * 700);
    op.terms.overlap = 1 + below(3);
    op.terms.lease_ms = 5000 + 10'000 * (1 + below(20));
    op.terms.accept_ms = 5000 + 10'000 * (1 + below(40));
    op.terms.bundle_max = 1 + below(5);
    op.terms.domain = chance(50) ? "text" : "speech";
    op.terms.language = chance(90) ? "en" : "sw";
    op.terms.level = chance(70) ? 0 : below(4);
    if (chance(15)) {
        op.terms.qualifies_level = 1 + below(3);
        op.terms.qualifies_pass = 1 + below(3);
        op.terms.bundle_max = 50; // handed in as a whole
        op.terms.overlap = 3 + below(5);
        op.terms.level = 0;
    }
    by_agent(op);
    return op;
}

Op Driver::on_batch(Kind kind, Stage stage) {
    Op op;
    op.kind = kind;
    op.batch = chance(95) ? batch_in(stage) : below(static_cast<Int>(model_.batches.size()) + 1);
    op.actor = pick(model_.requesters, below(100));
    if (model_.batches.contains(op.batch) && chance(96))
        op.actor = model_.batches.at(op.batch).requester;
    if (kind == Kind::import_tasks) {
        op.count = 1 + (op.batch * 7 + 3) % 12; // of the number: staged twice, it is the same
        op.chunks = (op.count + 2) / 3;
        op.own = own_terms(op.batch, op.count);
    }
    by_agent(op);
    return op;
}

const std::map<Int, Own>& Driver::own_terms(Int number, Int tasks) {
    const auto [at, fresh] = own_.try_emplace(number);
    const auto batch = model_.batches.find(number);
    if (!fresh || batch == model_.batches.end() || batch->second.terms.qualifies_level != 0)
        return at->second;
    constexpr Int begin = 1'795'280'000'000;
    for (Int task = 0; task < tasks && chance(70); ++task) {
        Own own;
        if (chance(50)) own.price = 5'000'000 + below(9) * 333'333; // above every floor
        if (chance(30)) own.overlap = 1 + below(4);
        if (chance(40)) own.expires = begin + below(4 * 3600 * 1000);
        if (own.price + own.overlap + own.expires != 0) at->second[task] = own;
    }
    return at->second;
}

Op Driver::claim() {
    if (chance(12)) return test_work();
    Op op;
    op.kind = chance(94) ? Kind::claim : Kind::release;
    op.batch = batch_in(chance(97) ? Stage::open : Stage::closed);
    op.actor = pick(model_.members, below(100));
    op.count = 1 + below(5);
    const auto batch = model_.batches.find(op.batch);
    const Int tasks = batch == model_.batches.end() ? 1 : std::max<Int>(batch->second.tasks, 1);
    if (batch != model_.batches.end() && batch->second.terms.qualifies_level != 0) {
        op.count = 50;
        for (Int t = 0; t < tasks; ++t)
            op.list.push_back(t);
        return op;
    }
    const Int first = below(tasks);
    for (Int i = 0; i < 6; ++i)
        op.list.push_back((first + i) % (tasks + (chance(3) ? 1 : 0)));
    if (op.list.size() > static_cast<std::size_t>(tasks))
        op.list.resize(static_cast<std::size_t>(tasks));
    return op;
}

Op Driver::submit() {
    Op op;
    op.kind = Kind::submit;
    op.batch = batch_in(Stage::open);
    const Batch& batch = model_.batches.at(op.batch);
    op.terms_seen = batch.terms_hash;
    op.actor = pick(model_.members, below(100));
    // Late ones too: a lease that is over may still stand in the tables.
    if (!batch.leases.empty() && chance(92)) {
        op.actor = pick(batch.leases, below(100));
        op.list = batch.leases.at(op.actor).tasks;
        if (batch.terms.qualifies_level == 0 && op.list.size() > 1 && chance(30))
            op.list.pop_back();
    } else {
        op.list = {below(std::max<Int>(batch.tasks, 1))};
    }
    for (const Int task : op.list) {
        const auto own = batch.own.find(task);
        const Int price = own == batch.own.end() ? 0 : own->second.price;
        if (price != 0) op.own[task].price = price;
        if (chance(2)) op.own[task].price += 1;
    }
    return op;
}

Op Driver::accept() {
    if (chance(25)) return test_work();
    Op op = on_batch(Kind::accept, Stage::open);
    const auto batch = model_.batches.find(op.batch);
    if (batch == model_.batches.end()) return op;
    for (const auto& [item, work] : batch->second.works) {
        if (!work.accepted ? chance(60) : chance(2)) op.items.push_back(item);
        if (op.items.size() >= 20) break;
    }
    if (op.items.size() > 1 && chance(30)) std::reverse(op.items.begin(), op.items.end());
    return op;
}

Op Driver::test_work() {
    Op op;
    op.kind = Kind::grade;
    op.batch = batch_in(Stage::open);
    op.requester = pick(model_.members, below(100)); // whose work is graded
    for (const auto& [number, batch] : model_.batches) {
        if (batch.terms.qualifies_level == 0 || batch.stage != Stage::open) continue;
        for (const auto& [item, work] : batch.works) {
            if (work.accepted) continue;
            op.batch = number;
            op.requester = item.second;
        }
    }
    for (Int t = 0; t < std::max<Int>(model_.batches.at(op.batch).tasks, 1); ++t)
        op.list.push_back(t);
    op.number = below(static_cast<Int>(op.list.size()) + 1);
    return op;
}

Int Driver::reference(const Op& op) {
    if (model_.transfers.empty() || chance(75)) return chance(98) ? 1'000'000 + next_id_ : 0;
    if (chance(50)) return pick(model_.transfers, below(1000));
    for (const auto& [number, row] : model_.transfers) {
        if (row.payout == op.payout && row.refund == op.refund) return number;
    }
    return pick(model_.transfers, below(1000));
}

Op Driver::money() {
    Op op;
    op.currency = model_.currencies[static_cast<std::size_t>(below(3))];
    op.amount = 1 + below(2'000'000);
    const Int what = below(10);
    if (what < 5) {
        op.kind = Kind::fund;
        op.actor = below(model_.delegates);
        op.requester = chance(95) ? pick(model_.requesters, below(100)) : 99;
        op.reference = reference(op);
        return op;
    }
    if (what < 7) {
        op.kind = Kind::refund;
        op.actor = pick(model_.requesters, below(100));
        op.amount = 1 + below(20'000);
        by_agent(op);
        return op;
    }
    op.kind = what == 7 ? Kind::income : what == 8 ? Kind::surplus : Kind::settle;
    op.actor = below(model_.delegates);
    if (op.kind != Kind::settle) {
        op.project =
            chance(90) && !model_.projects.empty() ? pick(model_.projects, below(100)) : below(9);
        op.amount = op.kind == Kind::surplus ? 1 + below(500) : 1 + below(30'000);
        if (op.kind == Kind::income) op.reference = reference(op);
        return op;
    }
    op.refund = below(static_cast<Int>(model_.refunds.size()) + 1);
    op.reference = reference(op);
    if (chance(40)) op.kind = Kind::give_back;
    return op;
}

Op Driver::period() {
    Op op;
    op.actor = below(model_.delegates);
    op.currency = model_.currencies[static_cast<std::size_t>(below(3))];
    const Int what = below(12);
    if (what < 2) {
        op.kind = Kind::close_period;
    } else if (what < 5) {
        op.kind = Kind::payout;
        op.signed_at = node_.size();
        op.checkpoint = chance(85)   ? Checkpoint::good
                        : chance(50) ? Checkpoint::foreign
                                     : Checkpoint::too_small;
    } else if (what < 8) {
        op.kind = chance(60) ? Kind::settle : Kind::give_back;
        op.payout = below(static_cast<Int>(model_.payouts.size()) + 1);
        op.reference = reference(op);
        if (model_.payouts.contains(op.payout)) {
            for (const auto& [member, item] : model_.payouts.at(op.payout).items) {
                if (item.second == Transit::under_way ? chance(60) : chance(3))
                    op.list.push_back(member);
            }
        } else {
            op.list = {0};
        }
    } else if (what < 9) {
        op.kind = Kind::set_fee;
        op.number = chance(90) ? below(3000) : 10'001;
    } else {
        op.kind = Kind::confirm_clock;
        op.time = node_.clock() + (chance(90) ? 0 : 600'000);
    }
    return op;
}

Op Driver::mandate() {
    Op op;
    op.actor = pick(model_.requesters, below(100));
    if (!model_.grants.empty() && chance(25)) {
        op.kind = Kind::revoke_grant;
        op.number = pick(model_.grants, below(100));
        if (chance(80)) op.actor = model_.grants.at(op.number).requester;
        return op;
    }
    op.kind = Kind::grant;
    op.cap = below(900'000);
    op.currency = model_.currencies[static_cast<std::size_t>(below(3))];
    op.time = node_.clock() + 600'000 * (below(100) - 2);
    for (const char* kind :
         {"accept",
          "close_batch",
          "create_batch",
          "create_project",
          "import_tasks",
          "publish",
          "refund"}) {
        if (chance(75)) op.words.emplace_back(kind);
    }
    if (chance(30) && !model_.batches.empty()) op.list = {pick(model_.batches, below(100))};
    return op;
}

void Driver::by_agent(Op& op) {
    if (!chance(35)) return;
    std::vector<Int> fitting;
    for (const auto& [number, grant] : model_.grants) {
        if (grant.requester == op.actor || chance(5)) fitting.push_back(number);
    }
    if (!fitting.empty())
        op.grant = fitting[static_cast<std::size_t>(below(static_cast<Int>(fitting.size())))];
}

void Driver::spoil(Op& op) {
    switch (below(4)) {
    case 0:
        op.stranger = op.kind != Kind::enrol && op.kind != Kind::register_requester && op.grant < 0
                      && op.kind != Kind::claim && op.kind != Kind::release;
        break;
    case 1:
        op.terms_seen += 1;
        break;
    case 2:
        if (!op.items.empty()) op.items.push_back(op.items.front());
        if (op.kind == Kind::submit && !op.list.empty()) op.list.push_back(op.list.front());
        break;
    default:
        if (op.kind == Kind::fund || op.kind == Kind::refund) op.amount = 0;
        if (op.kind == Kind::import_tasks) op.chunks = 0;
        break;
    }
}

} // namespace handprint::sim
