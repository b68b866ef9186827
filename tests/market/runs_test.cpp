// Chunks and seals of imports, distributions and payouts: the clock's word is held against the
// ledger as anybody's is.

#include "ledger/record/merkle_list.hpp"
#include "node/market/manifest.hpp"
#include "tests/market/table.hpp"

#include <tuple>

namespace handprint::market_test {

namespace {

/// Members 0 and 1 have been paid for a task each, and a licence fee of 1000 is being shared out.
struct Shares {
    Rig rig;
    std::vector<ShareOf> rows;

    explicit Shares(const std::string& currency = "KES") {
        const Int open = rig.batch(2, 2);
        rig.must(rig.answers(open, {0, 1}), "m:0");
        rig.must(rig.answers(open, {0}), "m:1");
        rig.must(Accept{open, {{0, 0}, {1, 0}, {0, 1}}}, "r:0");
        rows = shares_of(Amount{1000});
        REQUIRE(open_run(currency, rows).empty());
    }

    [[nodiscard]] std::vector<ShareOf> shares_of(Amount amount) const {
        const auto parts = royalty_parts(rig.state, amount, rig.now);
        const std::vector<CreditRow> credits{
            rig.state.get<CreditRow>(Int{0}, Int{0}), rig.state.get<CreditRow>(Int{0}, Int{1})
        };
        return prepare_shares(credits, parts.contributors);
    }

    std::string open_run(const std::string& currency, const std::vector<ShareOf>& shares) {
        const auto paid = named("a fee, number " + std::to_string(rig.index));
        auto made = rig.request(Income{Amount{1000}, currency, 0, paid}, "d:0");
        made.prepared.shares = shares;
        return rig.run(std::move(made));
    }
};

/// Members 0 and 1 are owed money, and a payout of it is open.
struct Paying {
    Rig rig;
    std::vector<PaidTo> rows;

    Paying() {
        const Int open = rig.batch(2, 2);
        rig.must(rig.answers(open, {0, 1}), "m:0");
        rig.must(rig.answers(open, {0}), "m:1");
        rig.must(Accept{open, {{0, 0}, {1, 0}, {0, 1}}}, "r:0");
        rig.close();
        rows = {{0, Amount{rig.owed("payable/m:0")}}, {1, Amount{rig.owed("payable/m:1")}}};
        auto made = rig.request(Payout{Rig::checkpoint(rig.index), "KES"}, "d:0");
        made.prepared.payees = rows;
        REQUIRE(rig.run(std::move(made)).empty());
    }
};

template <class Row>
std::vector<Row> many(std::size_t count, const Row& row) {
    return std::vector<Row>(count, row);
}

} // namespace

TEST_CASE("runs: a chunk of shares is the next one, and of the ledger's own rows") {
    Shares start;
    const auto& rows = start.rows;
    REQUIRE(rows.size() == 2);
    const auto changed = [&rows](auto&& change) {
        auto copy = rows;
        change(copy);
        return DistributionChunk{0, 0, copy};
    };
    check(
        start.rig,
        {
            {"as opened", DistributionChunk{0, 0, rows}, "clock", ""},
            {"of no run", DistributionChunk{0, 1, rows}, "clock", "out_of_order"},
            {"the second first", DistributionChunk{1, 0, rows}, "clock", "out_of_order"},
            {"empty", DistributionChunk{0, 0, {}}, "clock", "item_count"},
            {"of 101", DistributionChunk{0, 0, many(101, rows[0])}, "clock", "item_count"},
            {"a row twice", DistributionChunk{0, 0, {rows[0], rows[0]}}, "clock", "row_differs"},
            {"out of order", DistributionChunk{0, 0, {rows[1], rows[0]}}, "clock", "row_differs"},
            {"who did no work", changed([](auto& r) { r[1].member = 2; }), "clock", "row_differs"},
            {"other points", changed([](auto& r) { ++r[0].points.value; }), "clock", "row_differs"},
            {"an amount below zero",
             changed([](auto& r) { r[0].amount.minor = -1; }),
             "clock",
             "row_differs"},
            {"a seal before its chunk", DistributionSeal{0}, "clock", "incomplete"},
            {"the seal of no run", DistributionSeal{1}, "clock", "incomplete"},
        }
    );
    Rig& rig = start.rig;
    rig.must(DistributionChunk{0, 0, rows}, "clock");
    CHECK(rig.owed("payable/m:0") >= rows[0].amount.minor);
    CHECK(rig.owed("suspense/share:0") == 0);
    check(
        rig,
        {
            {"again", DistributionChunk{0, 0, rows}, "clock", "out_of_order"},
            {"one too many", DistributionChunk{1, 0, rows}, "clock", "out_of_order"},
            {"sealed", DistributionSeal{0}, "clock", ""},
        }
    );
    rig.must(DistributionSeal{0}, "clock");
    CHECK(rig.run(DistributionSeal{0}, "clock") == "incomplete");
}

TEST_CASE("runs: shares that are not those of the opening are not sealed") {
    for (const auto& [what, first, second, code] : {
             std::tuple{"less than the pool", -1, 0, "incomplete"},
             std::tuple{"one has what is another's", -1, 1, "root_differs"},
         }) {
        Shares start;
        start.rows[0].amount.minor += first;
        start.rows[1].amount.minor += second;
        start.rig.must(DistributionChunk{0, 0, start.rows}, "clock");
        CHECK_MESSAGE(start.rig.run(DistributionSeal{0}, "clock") == code, what);
    }
    Shares one;
    one.rig.must(DistributionChunk{0, 0, {one.rows[0]}}, "clock");
    CHECK(one.rig.run(DistributionSeal{0}, "clock") == "incomplete");
}

TEST_CASE("runs: an opening names every contributor as the ledger has them") {
    Shares start;
    start.rig.must(DistributionChunk{0, 0, start.rows}, "clock");
    start.rig.must(DistributionSeal{0}, "clock");
    const auto good = start.shares_of(Amount{1000});
    const auto tried = [&start](const std::vector<ShareOf>& shares) {
        Shares copy = start;
        const Hash before = copy.rig.digest();
        auto code = copy.open_run("KES", shares);
        CHECK((copy.rig.digest() == before) == !code.empty());
        return code;
    };
    CHECK(tried(good).empty());
    CHECK(tried({good[0]}) == "stale_shares");
    auto fewer_points = good;
    --fewer_points[1].points.value;
    CHECK(tried(fewer_points) == "stale_shares");
    // As many points in all, but of one more person.
    auto split = good;
    split.push_back({2, Points{1}, Amount{0}});
    --split[0].points.value;
    CHECK(tried(split) == "stale_shares");
    // What rounding leaves is the contributors', unless the rules leave them nothing.
    const auto fee_of = [&start](Rig rig, Int amount) {
        auto made = rig.request(Income{Amount{amount}, "KES", 0, named("a small fee")}, "d:0");
        made.prepared.shares = start.shares_of(Amount{amount});
        return rig.run(std::move(made));
    };
    CHECK(fee_of(start.rig, 1).empty());
    start.rig.must(SetRule{0, 0, "royalty_contributors_bps"}, "d:0");
    start.rig.must(SetRule{0, 8000, "royalty_operations_bps"}, "d:0");
    CHECK(fee_of(start.rig, 10) == "too_small");
}

TEST_CASE("runs: nothing else is divided, closed or paid out while a run is open") {
    const auto refused = [](const Rig& rig) {
        check(
            rig,
            {
                {"a fee", Income{Amount{100}, "KES", 0, named("meanwhile")}, "d:0", "run_open"},
                {"a surplus", Surplus{Amount{1}, "KES", 0}, "d:0", "run_open"},
                {"a close", ClosePeriod{}, "d:0", "run_open"},
                {"a payout", Payout{Rig::checkpoint(rig.index), "KES"}, "d:0", "run_open"},
            }
        );
    };
    Shares shares;
    refused(shares.rig);
    const Rig open = shares.rig;
    CHECK(shares.rig.run(Accept{0, {{0, 2}}}, "r:0") == "run_open"); // it would change the points
    shares.rig.must(DistributionChunk{0, 0, shares.rows}, "clock");
    refused(shares.rig);
    Paying paying;
    refused(paying.rig);
    CHECK(paying.rig.run(Accept{0, {{0, 2}}}, "r:0") == "not_submitted");
    // Work in another project goes on.
    Rig other = open;
    const Int elsewhere = other.batch(1, 1, 1);
    other.must(other.answers(elsewhere, {0}), "m:2");
    CHECK(other.run(Accept{elsewhere, {{0, 2}}}, "r:1").empty());
}

TEST_CASE("runs: a chunk of a payout is the next one, and covered") {
    Paying start;
    const auto& rows = start.rows;
    const auto changed = [&rows](auto&& change) {
        auto copy = rows;
        change(copy);
        return PayoutChunk{0, 0, copy};
    };
    check(
        start.rig,
        {
            {"as opened", PayoutChunk{0, 0, rows}, "clock", ""},
            {"of no run", PayoutChunk{0, 1, rows}, "clock", "out_of_order"},
            {"the second first", PayoutChunk{1, 0, rows}, "clock", "out_of_order"},
            {"empty", PayoutChunk{0, 0, {}}, "clock", "item_count"},
            {"of 101", PayoutChunk{0, 0, many(101, rows[0])}, "clock", "item_count"},
            {"a row twice", PayoutChunk{0, 0, {rows[0], rows[0]}}, "clock", "row_differs"},
            {"out of order", PayoutChunk{0, 0, {rows[1], rows[0]}}, "clock", "row_differs"},
            {"nothing", changed([](auto& r) { r[0].amount.minor = 0; }), "clock", "row_differs"},
            {"more than is owed",
             changed([](auto& r) { ++r[0].amount.minor; }),
             "clock",
             "row_differs"},
            {"one cent", changed([](auto& r) { r[0].amount.minor = 1; }), "clock", ""},
            {"a seal before its chunk", PayoutSeal{0}, "clock", "incomplete"},
            {"the seal of no run", PayoutSeal{1}, "clock", "incomplete"},
        }
    );
    Rig& rig = start.rig;
    Rig less = rig;
    less.must(changed([](auto& r) { --r[0].amount.minor; }), "clock");
    CHECK(less.run(PayoutSeal{0}, "clock") == "incomplete");
    Rig one = rig;
    one.must(PayoutChunk{0, 0, {rows[0]}}, "clock");
    CHECK(one.run(PayoutSeal{0}, "clock") == "incomplete");
    rig.must(PayoutChunk{0, 0, rows}, "clock");
    check(
        rig,
        {
            {"again", PayoutChunk{0, 0, rows}, "clock", "out_of_order"},
            {"one too many", PayoutChunk{1, 0, rows}, "clock", "out_of_order"},
            {"sealed", PayoutSeal{0}, "clock", ""},
        }
    );
    rig.must(PayoutSeal{0}, "clock");
    CHECK(rig.run(PayoutSeal{0}, "clock") == "incomplete");
    CHECK(rig.owed("in_transit/m:0") == rows[0].amount.minor);
    CHECK(rig.owed("payable/m:0") == 0);
}

TEST_CASE("runs: a hundred members go into a chunk, and the next one into another") {
    Rig rig;
    for (Int member = 4; member <= 100; ++member) {
        auto enrol = rig.request(
            EnrolMember{key_of_party("m:" + std::to_string(member)), {"en"}, {}}, "new"
        );
        enrol.key = key_of_party("m:" + std::to_string(member));
        REQUIRE(rig.run(std::move(enrol)).empty());
    }
    const Int open = rig.batch(1, 101);
    for (Int member = 0; member <= 100; ++member) {
        rig.must(rig.answers(open, {0}), "m:" + std::to_string(member));
        rig.must(Accept{open, {{0, member}}}, "r:0");
    }
    std::vector<CreditRow> credits;
    for (Int member = 0; member <= 100; ++member)
        credits.push_back(rig.state.get<CreditRow>(Int{0}, member));
    auto shared = rig.request(Income{Amount{1000}, "KES", 0, named("a fee")}, "d:0");
    const auto rows =
        prepare_shares(credits, royalty_parts(rig.state, Amount{1000}, rig.now).contributors);
    shared.prepared.shares = rows;
    REQUIRE(rig.run(std::move(shared)).empty());
    CHECK(rig.state.get<DistributionRow>(Int{0}).chunks == 2);
    rig.must(DistributionChunk{0, 0, {rows.begin(), rows.end() - 1}}, "clock");
    CHECK(rig.run(DistributionSeal{0}, "clock") == "incomplete");
    rig.must(DistributionChunk{1, 0, {rows.back()}}, "clock");
    rig.must(DistributionSeal{0}, "clock");

    rig.close();
    std::vector<PaidTo> payees;
    std::vector<Int> members;
    for (Int member = 0; member <= 100; ++member) {
        payees.push_back({member, Amount{rig.owed("payable/m:" + std::to_string(member))}});
        members.push_back(member);
    }
    auto made = rig.request(Payout{Rig::checkpoint(rig.index), "KES"}, "d:0");
    made.prepared.payees = payees;
    REQUIRE(rig.run(std::move(made)).empty());
    const auto& row = rig.state.get<PayoutRow>(Int{0});
    CHECK(row.chunks == 2);
    CHECK(row.period == 1);
    CHECK(rig.state.get<CoopRow>(Int{1}).payouts == 1);
    rig.must(PayoutChunk{0, 0, {payees.begin(), payees.end() - 1}}, "clock");
    CHECK(rig.run(PayoutSeal{0}, "clock") == "incomplete");
    rig.must(PayoutChunk{1, 0, {payees.back()}}, "clock");
    rig.must(PayoutSeal{0}, "clock");
    Settle settle;
    settle.payout = 0;
    settle.reference = named("one transfer");
    settle.items = members;
    CHECK(rig.run(settle, "d:0") == "item_count");
    settle.items->pop_back();
    CHECK(rig.run(settle, "d:0").empty());
}

TEST_CASE("runs: the sum of a payout may be right and its rows not") {
    Paying start;
    start.rig.must(Refund{Amount{1}, "KES"}, "r:0"); // other money moves on meanwhile
    // Member 0 is sent more, out of a share that came after the opening, and member 1 less.
    const Int open = start.rig.batch(1, 1);
    start.rig.must(start.rig.answers(open, {0}), "m:0");
    start.rig.must(Accept{open, {{0, 0}}}, "r:0");
    ++start.rows[0].amount.minor;
    --start.rows[1].amount.minor;
    start.rig.must(PayoutChunk{0, 0, start.rows}, "clock");
    CHECK(start.rig.run(PayoutSeal{0}, "clock") == "root_differs");
}

TEST_CASE("runs: a payout needs a close, its own period, somebody to pay and a checkpoint") {
    Paying paid;
    Rig& rig = paid.rig;
    rig.must(PayoutChunk{0, 0, paid.rows}, "clock");
    rig.must(PayoutSeal{0}, "clock");
    const auto pay = [&rig](const std::string& checkpoint, const char* currency) {
        return rig.run(Payout{checkpoint, currency}, "d:0");
    };
    const std::string good = Rig::checkpoint(rig.index);
    CHECK(pay(good, "KES") == "already_paid_out");
    CHECK(pay(good, "USD") == "unknown_currency");
    CHECK(pay("", "EUR") == "checkpoint_malformed");
    CHECK(pay(good, "EUR") == "nothing_payable");
    CHECK(rig.run(Payout{good, "EUR"}, "m:0") == "not_a_delegate");
}

TEST_CASE("runs: a chunk of an import is the next one and no larger than what is missing") {
    Rig rig;
    rig.must(terms(0, "in two chunks"), "r:0");
    const Int batch = rig.state.get<CoopRow>(1).batches - 1;
    const std::vector<Hash> commits{Hash{5}, Hash{6}};
    const Hash root = record::MerkleList::of_commitments(commits).root();
    const auto chunk = [batch](Int number, Int count, Hash commit) {
        return ImportChunk{batch, number, count, commit, task_names(batch, number, count)};
    };
    check(
        rig,
        {
            {"no task", ImportTasks{batch, 1, 0, root}, "r:0", "out_of_range"},
            {"a million", ImportTasks{batch, 4000, 1'000'000, root}, "r:0", ""},
            {"and one", ImportTasks{batch, 4001, 1'000'001, root}, "r:0", "out_of_range"},
            {"a chunk each", ImportTasks{batch, 3, 3, root}, "r:0", ""},
            {"more chunks than tasks", ImportTasks{batch, 4, 3, root}, "r:0", "out_of_range"},
            {"chunks of 251", ImportTasks{batch, 1, 251, root}, "r:0", "out_of_range"},
            {"a chunk before the opening", chunk(0, 1, Hash{5}), "clock", "out_of_order"},
        }
    );
    rig.must(ImportTasks{batch, 2, 3, root}, "r:0");
    check(
        rig,
        {
            {"the first", chunk(0, 2, Hash{5}), "clock", ""},
            {"the second first", chunk(1, 1, Hash{6}), "clock", "out_of_order"},
            {"of nothing", chunk(0, 0, Hash{5}), "clock", "out_of_range"},
            {"of more tasks than there are", chunk(0, 4, Hash{5}), "clock", "out_of_range"},
            {"a seal before its chunks", ImportSeal{batch}, "clock", "incomplete"},
            {"published before its seal", Publish{batch}, "r:0", "not_ready"},
        }
    );
    rig.must(chunk(0, 2, Hash{5}), "clock");
    check(
        rig,
        {
            {"again", chunk(0, 1, Hash{5}), "clock", "out_of_order"},
            {"a seal with one missing", ImportSeal{batch}, "clock", "incomplete"},
            {"more than is missing", chunk(1, 2, Hash{6}), "clock", "out_of_range"},
        }
    );
    Rig other = rig;
    other.must(chunk(1, 1, Hash{7}), "clock");
    CHECK(other.run(ImportSeal{batch}, "clock") == "root_differs");
    rig.must(chunk(1, 1, Hash{6}), "clock");
    CHECK(rig.run(chunk(2, 1, Hash{7}), "clock") == "out_of_order");
    rig.must(ImportSeal{batch}, "clock");
    CHECK(rig.run(ImportSeal{batch}, "clock") == "incomplete");
}

TEST_CASE("runs: a chunk may be of 250 tasks, and chunks of an import hold all of its tasks") {
    Rig rig;
    rig.must(terms(0, "large"), "r:0");
    const Int batch = rig.state.get<CoopRow>(1).batches - 1;
    rig.must(ImportTasks{batch, 2, 300, Hash{}}, "r:0");
    const auto first = [batch](Int count) {
        return ImportChunk{batch, 0, count, Hash{5}, task_names(batch, 0, count)};
    };
    CHECK(rig.run(first(251), "clock") == "out_of_range");
    rig.must(first(1), "clock");
    rig.must(ImportChunk{batch, 1, 1, Hash{6}, task_names(batch, 1, 1)}, "clock");
    // Both chunks are there and 298 tasks are not.
    CHECK(rig.run(ImportSeal{batch}, "clock") == "incomplete");
}

} // namespace handprint::market_test
