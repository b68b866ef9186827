// Tasks with a price, a number of answers or an expiry of their own: what is held, signed, paid and
// given back. The figures are worked out by hand.

#include "ledger/base/base64.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/market/external.hpp"
#include "node/market/json_codec.hpp"
#include "node/market/lists.hpp"
#include "node/market/own_terms.hpp"
#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::market_test {

namespace {

using Own = std::vector<OwnTerms>;

/// Price 2.505 KES, 2 answers each; 30 s at 300 KES an hour ask for at least 2.50.
Int draft(Rig& rig) {
    rig.must(terms(0, "batch " + std::to_string(rig.index)), "r:0");
    return rig.state.get<CoopRow>(1).batches - 1;
}

Hash one_chunk() {
    return record::MerkleList::of_commitments(std::vector<Hash>{Hash{5}}).root();
}

ImportChunk chunk(Int batch, Int tasks, Own own) {
    ImportChunk command{batch, 0, tasks, Hash{5}, task_names(batch, 0, tasks)};
    if (!own.empty()) command.overrides = std::move(own);
    return command;
}

Int sealed(Rig& rig, Int tasks, const Own& own, Int least = 2'500'000) {
    const Int batch = draft(rig);
    rig.must(ImportTasks{batch, 1, tasks, one_chunk(), least}, "r:0");
    rig.must(chunk(batch, tasks, own), "clock");
    rig.must(ImportSeal{batch}, "clock");
    return batch;
}

Int open(Rig& rig, Int tasks, const Own& own, Int least = 2'500'000) {
    const Int batch = sealed(rig, tasks, own, least);
    rig.must(Publish{batch}, "r:0");
    return batch;
}

/// As long as that of a signed command is.
std::string envelope_of(const ImportChunk& command) {
    const std::string body = args_to_json(command).encode() + std::string(200, ' ');
    return R"({"payload":")" + base64_encode(as_bytes(body)) + std::string(200, 'x') + R"("})";
}

/// Signs the prices that the tasks have.
Submit signed_for(const Rig& rig, Int batch, const std::vector<Int>& tasks) {
    Submit submit = rig.answers(batch, tasks);
    for (AnswerRef& answer : submit.answers) {
        const auto* task = rig.state.find<TaskRow>(batch, answer.task);
        if (task != nullptr && task->price_micros != 0) answer.price_micros = task->price_micros;
    }
    return submit;
}

} // namespace

TEST_CASE("a task may have a price of its own, and all that is paid for it follows") {
    Rig rig;
    const Int escrow = rig.owed("escrow/r:0");
    // 2 answers at 2.505, 2 at 4.00, 2 at 3.333333: 19.676666; the fee on it is 1.9676666.
    const Int batch = open(rig, 3, {{1, 4'000'000, 0, 0}, {2, 3'333'333, 0, 0}});
    const auto& row = rig.state.get<BatchRow>(batch);
    CHECK(row.slots == 6);
    CHECK(row.labour_micros == 19'676'666);
    CHECK(row.uneven_slots == 4); // all but those at 4.00
    CHECK(row.own_terms == 2);
    const std::string hold = "hold/b:" + std::to_string(batch);
    CHECK(rig.owed(hold) == 1968 + 197 + 4);
    CHECK(rig.owed("escrow/r:0") == escrow - 2169);

    rig.must(signed_for(rig, batch, {0, 1, 2}), "m:0");
    rig.must(Accept{batch, {{0, 0}}}, "r:0");
    CHECK(rig.owed("payable/m:0") == 251); // ceil(250.5)
    rig.must(Accept{batch, {{2, 0}}}, "r:0");
    CHECK(rig.owed("payable/m:0") == 584); // ceil(250.5 + 333.3333)
    rig.must(Accept{batch, {{1, 0}}}, "r:0");
    CHECK(rig.owed("payable/m:0") == 984); // ceil(983.8333)
    CHECK(rig.owed("fee/coop") == 99);     // ceil(98.38333)
    const auto& earned = rig.state.get<EarningRow>(batch, 0);
    CHECK(earned.total_micros == 9'838'333);
    CHECK(earned.posted == 984);
    CHECK(rig.owed(hold) == 2169 - 984 - 99);

    rig.must(CloseBatch{batch}, "r:0");
    CHECK(rig.owed(hold) == 0);
    CHECK(rig.owed("escrow/r:0") == escrow - 984 - 99);
}

TEST_CASE("attack: an answer is signed for its task's own price and for no other") {
    Rig rig;
    const Int batch = open(rig, 2, {{1, 4'000'000, 0, 0}});
    const auto submit = [&](Int task, std::optional<Int> price) {
        Rig fresh = rig;
        Submit command = fresh.answers(batch, {task});
        command.answers[0].price_micros = price;
        return fresh.run(command, "m:0");
    };
    CHECK(submit(1, 4'000'000).empty());
    CHECK(submit(1, std::nullopt) == "price_differs");
    CHECK(submit(1, 3'999'999) == "price_differs");
    CHECK(submit(1, 2'505'000) == "price_differs");
    CHECK(submit(1, 0) == "price_differs");
    CHECK(submit(0, std::nullopt).empty());
    CHECK(submit(0, 2'505'000) == "price_differs"); // the terms say it, and they are signed too
    CHECK(submit(0, 0) == "price_differs");
}

TEST_CASE("terms that a batch does not allow are refused, and nothing is half-done") {
    Rig rig;
    const Int batch = draft(rig);
    CHECK(rig.run(ImportTasks{batch, 1, 4, one_chunk(), 2'499'999}, "r:0") == "below_floor");
    rig.must(ImportTasks{batch, 1, 4, one_chunk(), 2'500'000}, "r:0");
    const auto with = [&](const Own& own) {
        Rig fresh = rig;
        return fresh.run(chunk(batch, 4, own), "clock");
    };
    CHECK(with({}).empty());
    CHECK(with({{0, 2'500'000, 0, 0}, {3, 0, 10'000, 1}}).empty());
    CHECK(with({{0, 2'499'999, 0, 0}}) == "bad_override"); // under the opening's lowest
    CHECK(with({{0, 1'000'000'000'001, 0, 0}}) == "bad_override");
    CHECK(with({{0, -1, 0, 0}}) == "bad_override");
    CHECK(with({{0, 0, 10'001, 0}}) == "bad_override");
    CHECK(with({{0, 0, -1, 0}}) == "bad_override");
    CHECK(with({{0, 0, 0, -1}}) == "bad_override");
    CHECK(with({{0, 0, 0, 253'402'300'800'000}}) == "bad_override");
    CHECK(with({{0, 0, 0, 0}}) == "bad_override");
    CHECK(with({{4, 3'000'000, 0, 0}}) == "bad_override");
    CHECK(with({{1, 3'000'000, 0, 0}, {1, 3'000'000, 0, 0}}) == "bad_override");
    CHECK(with({{2, 3'000'000, 0, 0}, {1, 3'000'000, 0, 0}}) == "bad_override");
    auto empty = chunk(batch, 4, {});
    empty.overrides.emplace();
    CHECK(rig.run(empty, "clock") == "bad_override");

    // Without a lowest price at the opening no task has one of its own.
    Rig other;
    const Int plain = draft(other);
    other.must(ImportTasks{plain, 1, 1, one_chunk()}, "r:0");
    CHECK(other.run(chunk(plain, 1, {{0, 5'000'000, 0, 0}}), "clock") == "bad_override");
    CHECK(other.run(chunk(plain, 1, {{0, 0, 3, 0}}), "clock").empty());
}

TEST_CASE("a test has the terms of its batch only") {
    Rig rig;
    auto made = terms(0, "a test");
    made.qualifies = Qualifies{1, 1};
    rig.must(made, "r:0");
    rig.must(ImportTasks{0, 1, 1, one_chunk(), 3'000'000}, "r:0");
    CHECK(rig.run(chunk(0, 1, {{0, 3'000'000, 0, 0}}), "clock") == "bad_override");
}

TEST_CASE("sums that do not fit are refused before anything is held") {
    Rig rig;
    const Int dear = 1'000'000'000'000;
    const Int batch = draft(rig);
    rig.must(ImportTasks{batch, 1, 2, one_chunk(), dear}, "r:0");
    // 10^12 micros for 10,000 answers fit; their fee in micros times basis points does not.
    rig.must(chunk(batch, 2, {{0, dear, 10'000, 0}}), "clock");
    rig.must(ImportSeal{batch}, "clock");
    CHECK(rig.run(Publish{batch}, "r:0") == "too_large");

    std::vector<OwnTerms> many;
    for (Int task = 0; task < most_chunk_tasks; ++task)
        many.push_back({task, dear, 10'000, 0});
    const Int second = draft(rig);
    const std::vector<Hash> commits(4, Hash{5});
    const auto root = record::MerkleList::of_commitments(commits).root();
    rig.must(ImportTasks{second, 4, 4 * most_chunk_tasks, root, dear}, "r:0");
    for (Int number = 0; number < 4; ++number) {
        auto command = chunk(second, most_chunk_tasks, many);
        command.chunk = number;
        command.externals = task_names(second, number, most_chunk_tasks);
        for (OwnTerms& own : *command.overrides)
            own.task += number * most_chunk_tasks;
        // 2.5 * 10^18 each: the fourth is too much for 64 bits.
        CHECK(rig.run(command, "clock") == (number == 3 ? "too_large" : ""));
    }
}

TEST_CASE("a chunk with terms for each of its tasks fits into an entry") {
    Rig rig;
    const Int batch = draft(rig);
    const Int first = 1'000'000 - most_chunk_tasks;
    auto row = rig.state.get<BatchRow>(batch);
    row.rows_done = first;
    row.tasks = 1'000'000;
    row.state = static_cast<Int>(BatchState::importing);
    row.chunks = 4000;
    row.least_micros = 1;
    rig.state.put(row);
    auto command = chunk(batch, most_chunk_tasks, {});
    command.overrides.emplace();
    for (Int task = first; task < 1'000'000; ++task)
        command.overrides->push_back({task, 1'000'000'000'000, 10, 253'402'300'799'999});
    auto made = rig.request(command, "clock");
    made.envelope = envelope_of(command);
    CHECK(rig.run(made).empty());
}

TEST_CASE("a task may want another number of answers") {
    Rig rig;
    const Int batch = open(rig, 3, {{1, 0, 1, 0}, {2, 4'000'000, 3, 0}});
    const auto& row = rig.state.get<BatchRow>(batch);
    // 2 and 1 answers at 2.505, 3 at 4.00
    CHECK(row.slots == 6);
    CHECK(row.labour_micros == 19'515'000);
    CHECK(row.uneven_slots == 3);
    CHECK(rig.owed("hold/b:" + std::to_string(batch)) == 1952 + 196 + 3);
    for (const char* member : {"m:0", "m:1"})
        rig.must(signed_for(rig, batch, {0}), member);
    CHECK(rig.run(signed_for(rig, batch, {0}), "m:2") == "task_full");
    rig.must(signed_for(rig, batch, {1}), "m:0");
    CHECK(rig.run(signed_for(rig, batch, {1}), "m:1") == "task_full");
    for (const char* member : {"m:0", "m:1", "m:2"})
        rig.must(signed_for(rig, batch, {2}), member);
    CHECK(rig.run(signed_for(rig, batch, {2}), "m:3") == "task_full");
}

TEST_CASE("claims know of each task how many answers it wants and when it expires") {
    Rig rig;
    ClaimBook book;
    for (const Int member : {0, 1, 2})
        rig.state.put(SkillRow{member, "text", 1, 0});
    const Int expires = rig.now + 100'000;
    const Int batch = open(rig, 3, {{1, 0, 1, 0}, {2, 0, 0, expires}});
    rig.claims = &book;
    const auto claim = [&](Int member, std::vector<Int> tasks) {
        const Claim wanted{member, batch, 4, std::move(tasks)};
        const auto answer = decide_claim(rig.state, wanted, {rig.now, rig.index, &book});
        if (!answer) return ClaimAnswer{};
        book.set(member, batch, answer->until, answer->tasks);
        rig.state.put(ClaimRow{member, batch, answer->until, join(answer->tasks)});
        return *answer;
    };
    CHECK(claim(0, {0, 1, 2}).tasks == std::vector<Int>{0, 1, 2});
    CHECK(claim(1, {0, 1, 2}).tasks == std::vector<Int>{0, 2}); // 1 wants one answer
    rig.now = expires - 1;
    const Int until = claim(0, {0, 1, 2}).until;
    CHECK(until == expires - 1 + 600'000);
    rig.now = expires;
    CHECK(claim(2, {0, 2}).tasks.empty());              // 0 is full, 2 expired
    CHECK(claim(0, {0, 1, 2}).tasks.size() == 3);       // what is in hand stays there
    CHECK(claim(0, {0, 1, 2}).until == until);          // but for no longer than was said
    CHECK(claim(0, {0, 1}).until == expires + 600'000); // others go on
    // A lease that began before is honoured.
    claim(1, {2});
    CHECK(rig.run(signed_for(rig, batch, {2}), "m:1").empty());
}

TEST_CASE("a claim keeps of what expired only what is in hand") {
    Rig rig;
    ClaimBook book;
    rig.state.put(SkillRow{0, "text", 1, 0});
    const Int expires = rig.now + 100'000;
    const Int until = expires + 1000;
    const Int batch = open(rig, 3, {{1, 0, 0, expires}, {2, 0, 0, expires}});
    rig.state.put(ClaimRow{0, batch, until, "0,1"});
    const auto claim = [&](Int now) {
        return decide_claim(rig.state, {0, batch, 4, {0, 1, 2}}, {now, rig.index, &book}).value();
    };
    CHECK(claim(expires - 1).tasks == std::vector<Int>{0, 1, 2});
    for (const Int now : {expires, until - 1}) {
        CHECK(claim(now).tasks == std::vector<Int>{0, 1});
        CHECK(claim(now).until == until);
    }
    // A lease that is over keeps nothing, though its row is still there.
    CHECK(claim(until).tasks == std::vector<Int>{0});
    CHECK(claim(until).until == until + 600'000);
}

TEST_CASE("who offers too little is told what would do, in the unit of the price too") {
    const auto said = [](Int needed) { return below_floor(needed, "price_micros").error.detail; };
    const std::string before =
        "The price is below the hourly floor; at this estimate it must be at least ";
    CHECK(said(2'500'000) == before + "2.50 (2500000 micros).");
    CHECK(said(7'005'000) == before + "7.005 (7005000 micros).");
    CHECK(said(12'000'000) == before + "12.00 (12000000 micros).");
    CHECK(said(1) == before + "0.000001 (1 micros).");
}

TEST_CASE("a currency without an hourly floor asks for a micro at least") {
    Rig rig;
    auto coop = rig.state.get<CoopRow>(1);
    coop.currencies += ",TZS";
    rig.state.put(coop);
    auto made = terms(0, "for next to nothing");
    made.currency = "TZS";
    made.price_micros = 1;
    rig.must(made, "r:0");
    const Int batch = rig.state.get<CoopRow>(1).batches - 1;
    CHECK(rig.run(ImportTasks{batch, 1, 1, one_chunk(), 0}, "r:0") == "below_floor");
    CHECK(rig.run(ImportTasks{batch, 1, 1, one_chunk(), 1}, "r:0").empty());
}

TEST_CASE("what is held for answers that never came goes back when the last lease is over") {
    Rig rig;
    const Int escrow = rig.owed("escrow/r:0");
    const Int expires = rig.now + 100'000;
    const Int batch = open(rig, 3, {{1, 4'000'000, 0, expires}, {2, 0, 0, expires}});
    const std::string hold = "hold/b:" + std::to_string(batch);
    // 4 answers at 2.505 and 2 at 4.00: 18.02, fee 1.802, 4 uneven.
    CHECK(rig.owed(hold) == 1802 + 181 + 4);
    rig.must(signed_for(rig, batch, {0, 1}), "m:0");

    const Int due = expires + 600'000;
    rig.now = due - 1;
    CHECK(rig.run(EndTasks{batch, {1, 2}}, "clock") == "not_due");
    Rig late = rig;
    CHECK(late.run(signed_for(rig, batch, {2}), "m:1").empty());
    rig.now = due;
    CHECK(rig.run(signed_for(rig, batch, {2}), "m:1") == "task_expired");
    CHECK(rig.run(EndTasks{batch, {0}}, "clock") == "nothing_left");
    CHECK(rig.run(EndTasks{batch, {2, 1}}, "clock") == "nothing_left");
    CHECK(rig.run(EndTasks{batch, {1, 1}}, "clock") == "nothing_left");
    CHECK(rig.run(EndTasks{batch, {}}, "clock") == "item_count");
    CHECK(rig.run(EndTasks{batch, {1, 2}}, "r:0") == "key_unknown");
    // 2 answers at 2.505 and one at 4.00 are left: 9.01, fee 0.901, 2 uneven.
    rig.must(EndTasks{batch, {1, 2}}, "clock");
    CHECK(rig.owed(hold) == 901 + 91 + 2);
    CHECK(rig.owed("escrow/r:0") == escrow - 994);
    CHECK(rig.state.get<BatchRow>(batch).slots == 3);
    CHECK(rig.run(EndTasks{batch, {1}}, "clock") == "nothing_left");

    // What was handed in is paid as ever, and the rest comes back to the cent.
    rig.must(AutoAccept{batch, {{0, 0}, {1, 0}}}, "clock");
    CHECK(rig.owed("payable/m:0") == 651); // ceil(650.5)
    CHECK(rig.owed("fee/coop") == 66);     // ceil(65.05)
    rig.must(CloseBatch{batch}, "r:0");
    CHECK(rig.owed(hold) == 0);
    CHECK(rig.owed("escrow/r:0") == escrow - 651 - 66);
    CHECK(rig.run(EndTasks{batch, {2}}, "clock") == "not_open");
}

TEST_CASE("however tasks fill up, expire and are paid, the hold is never short") {
    const Int prices[] = {0, 2'500'001, 3'333'333, 4'000'000};
    for (unsigned way = 0; way < 512; ++way) {
        Rig rig;
        const Int expires = rig.now + 10'000;
        Own own;
        for (Int task = 0; task < 3; ++task)
            own.push_back({task, prices[(way >> (2 * task)) % 4], 2, expires});
        const Int escrow = rig.owed("escrow/r:0");
        const Int batch = open(rig, 3, own);
        std::vector<TaskMember> done;
        for (Int task = 0; task < 3; ++task) {
            for (Int member = 0; member < ((way >> (6 + task)) % 2 == 0 ? 1 : 2); ++member) {
                rig.must(signed_for(rig, batch, {task}), "m:" + std::to_string(member));
                done.push_back({task, member});
            }
        }
        // Some are accepted before the end of the others, some after.
        const std::vector<TaskMember> early(done.begin(), done.begin() + way % 3);
        if (!early.empty()) rig.must(Accept{batch, early}, "r:0");
        rig.now = expires + 600'000;
        std::vector<Int> left;
        for (Int task = 0; task < 3; ++task) {
            if ((way >> (6 + task)) % 2 == 0) left.push_back(task);
        }
        if (!left.empty()) rig.must(EndTasks{batch, left}, "clock");
        rig.must(Accept{batch, {done.begin() + way % 3, done.end()}}, "r:0");
        const Int spent = rig.owed("payable/m:0") + rig.owed("payable/m:1") + rig.owed("fee/coop");
        rig.must(CloseBatch{batch}, "r:0");
        REQUIRE(rig.owed("hold/b:" + std::to_string(batch)) == 0);
        REQUIRE(rig.owed("escrow/r:0") == escrow - spent);
    }
}

} // namespace handprint::market_test
