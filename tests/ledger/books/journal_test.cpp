#include "ledger/books/journal.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace handprint;
using namespace handprint::books;

constexpr std::int64_t kMax = INT64_MAX;
constexpr std::int64_t kMin = INT64_MIN;
const Currency kKes = Currency::of("KES");
const Currency kEur = Currency::of("EUR");

Posting post(const std::string& account, std::int64_t amount, Currency currency = kKes) {
    return {AccountName::parse(account).value(), currency, amount};
}

using Postings = std::vector<Posting>;

const Postings kFunding = {post("bank/main", 1000), post("escrow/r:3", -1000)};

} // namespace

TEST_CASE("postings add to zero in every currency, however large") {
    CHECK(check_zero(Postings{}).has_value());
    CHECK(check_zero(kFunding).has_value());
    CHECK(!check_zero(Postings{post("bank/main", 1)}).has_value());
    CHECK(!check_zero(Postings{post("bank/main", 1), post("escrow/r:3", -1, kEur)}).has_value());
    // A sum of 64 bits would overflow on the way, one that wraps would be zero.
    CHECK(check_zero(Postings{
                         post("bank/a", kMax),
                         post("bank/b", kMax),
                         post("fee/coop", -kMax),
                         post("escrow/r:0", -kMax)
                     })
              .has_value());
    CHECK(!check_zero(Postings{post("bank/a", kMin), post("bank/b", kMin)}).has_value());
}

TEST_CASE("class sums are sorted and leave zeros out") {
    const auto sums = class_sums(Postings{
        post("payable/m:12", -700),
        post("payable/m:13", -300),
        post("hold/b:7", 1070),
        post("fee/coop", -70),
        post("bank/main", 5, kEur),
        post("bank/main", -5, kEur),
    });
    REQUIRE(sums.has_value());
    const std::vector<ClassSum> expected = {
        {AccountClass::fee, kKes, -70},
        {AccountClass::hold, kKes, 1070},
        {AccountClass::payable, kKes, -1000},
    };
    CHECK(*sums == expected);
    CHECK(check_zero(*sums).has_value());
    CHECK(!class_sums(Postings{post("bank/a", kMax), post("bank/b", 1)}).has_value());
}

TEST_CASE("a published list of sums has one order") {
    const ClassSum bank{AccountClass::bank, kKes, 5};
    const ClassSum bank_eur{AccountClass::bank, kEur, 5};
    const ClassSum hold{AccountClass::hold, kKes, -5};
    const ClassSum hold_eur{AccountClass::hold, kEur, -5};
    using Sums = std::vector<ClassSum>;
    CHECK(check_zero(Sums{bank_eur, bank, hold_eur, hold}).has_value());
    CHECK(!check_zero(Sums{bank, bank_eur, hold_eur, hold}).has_value());
    CHECK(!check_zero(Sums{hold, bank}).has_value());
    CHECK(!check_zero(Sums{bank, bank, hold, hold}).has_value());
    CHECK(!check_zero(Sums{{AccountClass::bank, kKes, 0}}).has_value());
}

TEST_CASE("balances grow by postings that are allowed") {
    Balances balances;
    REQUIRE(balances.apply(kFunding).has_value());
    REQUIRE(balances.apply(Postings{post("escrow/r:3", 770), post("hold/b:7", -770)}).has_value());
    CHECK(balances.balance(AccountName::parse("escrow/r:3").value(), kKes) == -230);
    CHECK(balances.balance(AccountName::parse("escrow/r:4").value(), kKes) == 0);
    CHECK(balances.totals().total(AccountClass::hold, kKes) == -770);
    CHECK(balances.totals().all().size() == 3);
}

TEST_CASE("a refused posting changes nothing") {
    Balances balances;
    REQUIRE(balances.apply(kFunding).has_value());
    const auto refuses = [&](const Postings& postings) {
        const auto before = balances.accounts();
        const auto totals = balances.totals().all();
        const bool refused = !balances.apply(postings).has_value();
        CHECK(balances.accounts() == before);
        CHECK(balances.totals().all() == totals);
        return refused;
    };
    CHECK(refuses({post("escrow/r:3", 1001), post("hold/b:7", -1001)}));
    // The class as a whole would do, the account does not.
    CHECK(refuses({post("escrow/r:4", 1), post("hold/b:7", -1)}));
    CHECK(refuses({post("bank/main", -1001), post("escrow/r:3", 1001)}));
    CHECK(refuses({post("fee/coop", 1), post("hold/b:7", -1)}));
    CHECK(refuses({post("bank/main", 1)}));
    CHECK(refuses({post("bank/main", kMax), post("escrow/r:3", -kMax)}));
}

TEST_CASE("a bank account may be overdrawn while the class is not, and exchange may be either") {
    Balances balances;
    REQUIRE(balances.apply(kFunding).has_value());
    CHECK(balances.apply(Postings{post("bank/main", -1500), post("bank/other", 1500)}).has_value());
    CHECK(balances
              .apply(Postings{
                  post("escrow/r:3", 100),
                  post("exchange/coop", -100),
                  post("bank/eur", 1, kEur),
                  post("payable/m:1", -1, kEur)
              })
              .has_value());
    CHECK(balances.apply(Postings{post("escrow/r:3", -200), post("exchange/coop", 200)}).has_value()
    );
}

TEST_CASE("totals of headers alone are checked by class") {
    ClassTotals totals;
    using Sums = std::vector<ClassSum>;
    const Sums funding = {{AccountClass::bank, kKes, 10}, {AccountClass::escrow, kKes, -10}};
    const Sums overdrawn = {{AccountClass::escrow, kKes, 11}, {AccountClass::hold, kKes, -11}};
    CHECK(totals.apply(funding).has_value());
    CHECK(!totals.apply(overdrawn).has_value());
    CHECK(!totals.apply(Sums{{AccountClass::bank, kKes, 10}}).has_value());
    CHECK(totals.all() == funding);
}
