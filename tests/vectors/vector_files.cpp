#include "tests/vectors/vector_files.hpp"

#include "ledger/record/payslip.hpp"
#include "tests/vectors/scenario.hpp"

namespace handprint::vectors {

using namespace record;

namespace {

Json expectation(const PayslipVerdict& verdict) {
    HP_CHECK(verdict.ok, verdict.reason);
    Json::Array totals;
    for (const PayslipTotal& total : verdict.totals) {
        totals.push_back(Json::object(
            {{"class", name(total.account_class)},
             {"closing", std::to_string(total.closing)},
             {"currency", total.currency.text()},
             {"lines", std::to_string(total.lines)},
             {"opening", std::to_string(total.opening)}}
        ));
    }
    Json::Array witnesses;
    for (const merkle::WitnessedBy& witness : verdict.witnesses)
        witnesses.push_back(Json::object({{"name", witness.witness}, {"time", witness.unix_seconds}}
        ));
    return Json::object(
        {{"entries", verdict.entries},
         {"lines", verdict.lines},
         {"member", verdict.member},
         {"period", verdict.period},
         {"promises", verdict.promises},
         {"signatures", verdict.signatures},
         {"size", verdict.size},
         {"totals", Json(std::move(totals))},
         {"witnesses", Json(std::move(witnesses))}}
    );
}

} // namespace

std::map<std::string, std::string> vector_files() {
    std::map<std::string, std::string> files;
    files["canonical_json.json"] = pretty(canonical_json_vectors());
    files["commit.json"] = pretty(commit_vectors());
    files["chain.json"] = pretty(chain_vectors());
    files["dsse.json"] = pretty(dsse_vectors());
    files["names.json"] = pretty(name_vectors());
    files["pedersen.json"] = pretty(pedersen_vectors());
    files["split.json"] = pretty(split_vectors());
    files["payslip_mutations.json"] = pretty(payslip_mutations());
    files["payslip_policy.txt"] = World::policy();

    const World world = scenario();
    const auto policy = merkle::Policy::parse(World::policy()).value();
    Json expected;
    for (const GoodPayslip& good : good_payslips(world)) {
        files[good.file] =
            pretty(Json::parse(encode(world.payslip(good.member, good.period))).value());
        Json::Array promises;
        for (const std::string& promise : good.promises)
            promises.push_back(Json::parse(promise).value());
        Json found = expectation(verify_payslip(files[good.file], policy, good.promises));
        expected.set(
            good.file,
            Json::object({{"promises", Json(std::move(promises))}, {"verdict", std::move(found)}})
        );
    }
    files["payslip_expected.json"] = pretty(expected);
    return files;
}

} // namespace handprint::vectors
