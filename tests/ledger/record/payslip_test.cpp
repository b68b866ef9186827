#include "ledger/record/payslip.hpp"
#include "tests/vectors/scenario.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace handprint;
using namespace handprint::record;
using namespace handprint::vectors;

merkle::Policy test_policy() {
    return merkle::Policy::parse(World::policy()).value();
}

} // namespace

TEST_CASE("honest payslips are good") {
    const World world = scenario();
    const merkle::Policy policy = test_policy();
    for (const GoodPayslip& good : good_payslips(world)) {
        CAPTURE(good.file);
        const std::string file = encode(world.payslip(good.member, good.period));
        const PayslipVerdict verdict = verify_payslip(file, policy, good.promises);
        CHECK(verdict.reason == "");
        CHECK(verdict.detail == "");
        CHECK(verdict.ok);
        CHECK(verdict.member == good.member);
        CHECK(verdict.period == good.period);
        CHECK(verdict.size == world.entries().size());
        CHECK(verdict.witnesses.size() == 3);
    }
}

TEST_CASE("a verdict says what the period did") {
    const World world = scenario();
    const auto good = good_payslips(world).front();
    const PayslipVerdict verdict =
        verify_payslip(encode(world.payslip(kBao, 2)), test_policy(), good.promises);
    REQUIRE(verdict.ok);
    CHECK(verdict.entries == 7);
    CHECK(verdict.lines == 6);
    CHECK(verdict.signatures == 3);
    CHECK(verdict.promises == 3);
    const Currency kes = Currency::of("KES");
    REQUIRE(verdict.totals.size() == 2);
    CHECK(verdict.totals[0] == PayslipTotal{books::AccountClass::in_transit, kes, 0, 0, 0});
    CHECK(
        verdict.totals[1]
        == PayslipTotal{books::AccountClass::payable, kes, 699, 235'403 + 701 - 699, 236'104 - 699 + 699}
    );
}

TEST_CASE("lines may leave 64 bits on the way to a sum that fits") {
    constexpr std::int64_t kMost = INT64_MAX;
    const auto twisted = [](std::vector<std::int64_t> amounts) {
        Twist twist;
        twist.parts = [amounts = std::move(amounts)](std::vector<MemberPart>& parts) {
            for (MemberPart& part : parts) {
                if (part.member != kBao) continue;
                const Line line = part.lines.front();
                for (const std::int64_t amount : amounts) {
                    part.lines.push_back(line);
                    part.lines.back().amount = amount;
                }
            }
        };
        const World world = scenario({{"second accept", twist}});
        return verify_payslip(encode(world.payslip(kBao, 2)), test_policy()).reason;
    };
    CHECK(twisted({kMost, kMost, -kMost, -kMost}) == "");
    CHECK(twisted({-kMost, -kMost, kMost, kMost}) == "");
    CHECK(twisted({kMost, kMost, 2}) == "balance_mismatch"); // as if it wrapped around to nothing
}

TEST_CASE("a payslip file comes back as it was and is written one way") {
    const Payslip payslip = scenario().payslip(kBao, 2);
    const std::string file = encode(payslip);
    CHECK(parse_payslip(file).value() == payslip);
    CHECK(encode(parse_payslip("\n " + file + " ").value()) == file);
}

TEST_CASE("a payslip of 5,000 lines") {
    World world;
    world.genesis("genesis");
    world.enrol("enrol", kAminaKey);
    world.fund("fund", 10'000'000);
    world.publish("publish", 0, 9'000'000);
    for (std::uint64_t round = 0; round < 1'000; ++round) {
        const std::string name = std::to_string(round);
        std::vector<std::uint64_t> tasks;
        std::vector<Wage> wages;
        for (std::uint64_t task = round * 5; task < round * 5 + 5; ++task) {
            tasks.push_back(task);
            wages.push_back({task, 0, 700});
        }
        world.submit("submit " + name, 0, kAminaKey, 0, tasks);
        world.accept("accept " + name, 0, wages, 350);
    }
    world.close_period("close", key_pair(kPromiseKey));
    const std::string file = encode(world.payslip(0, 1));
    const auto start = std::chrono::steady_clock::now();
    const PayslipVerdict verdict = verify_payslip(file, test_policy());
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    CHECK(verdict.reason == "");
    CHECK(verdict.lines == 5'000);
    CHECK(verdict.signatures == 1'001);
    CHECK(file.size() < 4'500U * 1024); // docs/benchmarks.md says how large; a phone fetches it
    MESSAGE(
        verdict.lines << " lines in " << verdict.entries << " entries: " << file.size() / 1024
                      << " KiB, verified in " << took.count() << " ms"
    );
}
