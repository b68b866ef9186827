// Random commands in random order, most of them wrong: the books balance after each, and a refusal
// changes no byte.

#include "ledger/books/account.hpp"
#include "node/market/apply.hpp"
#include "node/market/entry_seal.hpp"
#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

namespace handprint::market_test {

namespace {

class Dice {
public:
    explicit Dice(std::uint32_t seed) : random_(seed) {}

    Int below(Int most) { return static_cast<Int>(random_()) % most; }

    std::string party(char kind, Int most) {
        return std::string{kind, ':'} + std::to_string(below(most));
    }

    std::string anybody() {
        switch (below(8)) {
        case 0:
            return "clock";
        case 1:
            return party('d', 2);
        case 2:
        case 3:
        case 4:
            return party('r', 2);
        default:
            return party('m', 4);
        }
    }

private:
    std::mt19937 random_;
};

/// A command and who should ask for it; now and then somebody else does.
std::pair<Command, std::string> draw(Dice& dice, const Rig& rig) {
    const auto& coop = rig.state.get<CoopRow>(1);
    const Int batch = dice.below(std::min<Int>(coop.batches + 1, 14)); // mostly open ones
    const auto* open = rig.state.find<BatchRow>(batch);
    // Some have been entered before.
    const auto transfer = [&] { return named("transfer " + std::to_string(dice.below(3000))); };
    const std::string owner = open == nullptr ? "r:0" : "r:" + std::to_string(open->requester);
    switch (dice.below(15)) {
    case 0: {
        auto made = terms(dice.below(2), "b" + std::to_string(dice.below(60)));
        made.price_micros += dice.below(3) * 333'333;
        made.overlap = 1 + dice.below(3);
        if (dice.below(5) == 0) made.qualifies = Qualifies{1 + dice.below(2), 1};
        return {made, "r:" + std::to_string(made.project)};
    }
    case 1:
        return {ImportTasks{batch, 1, 3, Hash{}}, owner};
    case 2:
        return {Publish{batch}, owner};
    case 3:
        return {CloseBatch{batch}, dice.below(4) == 0 ? owner : "m:0"};
    case 4:
        return {Fund{Amount{dice.below(5000)}, "KES", transfer(), dice.below(3)}, "d:0"};
    case 5:
        return {Refund{Amount{dice.below(4000)}, "KES"}, dice.party('r', 2)};
    case 6: {
        Settle settle;
        settle.refund = dice.below(coop.refunds + 1);
        settle.reference = transfer();
        if (dice.below(2) == 0) return {settle, "d:0"};
        Return back;
        back.refund = settle.refund;
        back.reference = settle.reference;
        return {back, "d:1"};
    }
    case 7:
        return {SetRule{0, dice.below(3000), "fee_bps"}, "d:0"};
    case 8: {
        const auto party = dice.below(2) == 0 ? dice.party('m', 4) : dice.party('r', 2);
        const auto some = key(100 + static_cast<int>(dice.below(60)));
        if (dice.below(3) == 0) return {RevokeKey{some}, party};
        return {AddKey{some, dice.below(4) == 0 ? "recovery" : "device"}, party};
    }
    case 9: {
        std::vector<Int> tasks;
        for (Int task = 0; task < 3; ++task) {
            if (dice.below(2) == 0) tasks.push_back(task);
        }
        Grade grade{batch, dice.below(3), dice.below(4), Hash{}, tasks};
        return {grade, "clock"};
    }
    case 10: {
        std::vector<TaskMember> items;
        for (Int i = 0; i <= dice.below(2); ++i)
            items.push_back({dice.below(3), dice.below(4)});
        if (dice.below(2) == 0) return {AutoAccept{batch, items}, "clock"};
        return {Accept{batch, items}, owner};
    }
    default: {
        Submit submit;
        submit.batch = batch;
        if (open != nullptr) submit.terms = open->terms;
        for (Int task = 0; task < 3; ++task) {
            if (dice.below(2) == 0) submit.answers.push_back({Hash{}, 1, task, "text/plain"});
        }
        return {submit, dice.party('m', 4)};
    }
    }
}

/// What must hold in any state.
void check_books(const State& state) {
    std::map<std::pair<std::string, std::string>, Int> classes;
    std::map<std::string, Int> sums;
    std::map<Int, Int> submitted, accepted, points, contributors;
    std::map<std::pair<Int, Int>, Int> wages;
    state.for_each([&](const Key&, const Row& row) {
        if (const auto* account = std::get_if<AccountRow>(&row)) {
            const Int balance = account->debits - account->credits;
            const auto slash = account->name.find('/');
            const auto parsed = books::parse_account_class(account->name.substr(0, slash));
            REQUIRE(parsed);
            classes[{account->name.substr(0, slash), account->currency}] += balance;
            sums[account->currency] += balance;
            if (books::guards_each_account(*parsed)) CHECK(books::is_allowed(*parsed, balance));
        } else if (const auto* work = std::get_if<AssignmentRow>(&row)) {
            ++submitted[work->batch];
            if (work->state == static_cast<Int>(AssignmentState::accepted)) {
                ++accepted[work->batch];
                wages[{work->batch, work->member}] += work->wage;
                CHECK(work->wage > 0);
            }
        } else if (const auto* credit = std::get_if<CreditRow>(&row)) {
            points[credit->project] += credit->points;
            ++contributors[credit->project];
        }
    });
    for (const auto& [currency, sum] : sums)
        CHECK(sum == 0);
    state.for_each([&](const Key&, const Row& row) {
        if (const auto* total = std::get_if<ClassRow>(&row)) {
            CHECK(total->debits - total->credits == classes[{total->name, total->currency}]);
        } else if (const auto* batch = std::get_if<BatchRow>(&row)) {
            CHECK(batch->submitted == submitted[batch->batch]);
            CHECK(batch->accepted == accepted[batch->batch]);
        } else if (const auto* task = std::get_if<TaskRow>(&row)) {
            CHECK(task->accepted <= task->submitted);
            CHECK(task->submitted <= state.get<BatchRow>(task->batch).overlap);
        } else if (const auto* earning = std::get_if<EarningRow>(&row)) {
            CHECK(earning->posted == wages[{earning->batch, earning->member}]);
        } else if (const auto* project = std::get_if<ProjectRow>(&row)) {
            CHECK(project->points == points[project->project]);
            CHECK(project->contributors == contributors[project->project]);
        }
    });
}

/// Imports are finished as the node would do it.
void step_imports(Rig& rig) {
    const Int batches = rig.state.get<CoopRow>(1).batches;
    for (Int b = 0; b < batches; ++b) {
        const auto batch = rig.state.get<BatchRow>(b);
        if (batch.state != static_cast<Int>(BatchState::importing)) continue;
        if (batch.chunks_done == 0)
            rig.must(ImportChunk{b, 0, 3, Hash{}, task_names(b, 0, 3)}, "clock");
        // The root that was asked for is not that of the chunk: such an import never ends.
        CHECK(rig.run(ImportSeal{b}, "clock") == "root_differs");
    }
}

} // namespace

TEST_CASE("random: twelve thousand commands in any order keep the books") {
    std::map<std::string, int> outcomes;
    int carried_out = 0;
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        Dice dice(seed);
        Rig rig;
        for (int i = 0; i < 12; ++i)
            (void)rig.batch(3, 1 + i % 3, i % 2);
        for (int i = 0; i < 2000; ++i) {
            auto [command, actor] = draw(dice, rig);
            if (dice.below(10) == 0) actor = dice.anybody();
            if (dice.below(20) == 0) rig.now += 61'000;
            const bool probe = i % 4 == 0;
            const Hash before = probe ? rig.digest() : Hash{};
            const std::string kind = kind_of(command);
            const std::string code = rig.run(std::move(command), actor);
            ++outcomes[kind + ' ' + (code.empty() ? "done" : code)];
            if (code.empty()) {
                ++carried_out;
            } else if (probe) {
                CHECK(rig.digest() == before);
            }
            if (i % 20 == 0) check_books(rig.state);
        }
        step_imports(rig);
        check_books(rig.state);

        // The same rows come from the entries alone.
        State folded;
        folded.whole();
        Int index = 0;
        for (const auto& sealed : rig.entries) {
            const auto& entry = sealed.entry;
            const auto coop = record::parse_coop_part(entry.parts.front().bytes);
            REQUIRE(coop);
            const auto fold_entry = read_fold_entry(entry.header, *coop);
            REQUIRE(fold_entry);
            REQUIRE(fold(folded, *fold_entry, index++, entry.leaf).empty());
        }
        const Hash lived = rig.digest();
        rig.state = std::move(folded);
        CHECK(rig.digest() == lived);
    }
    CHECK(carried_out > 1500);
    CHECK(outcomes.size() > 40);
    CHECK(outcomes["accept done"] > 10);
    CHECK(outcomes["submit done"] > 50);
    CHECK(outcomes["close_batch done"] > 5);
}

} // namespace handprint::market_test
