#include "ledger/books/pricing.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace {

using namespace handprint;
using namespace handprint::books;

const Currency kKes = Currency::of("KES");
const Currency kJpy = Currency::of("JPY");
const Currency kKwd = Currency::of("KWD");

std::vector<std::int64_t> wages(std::int64_t price_micros, Currency currency, int tasks) {
    Running running;
    std::vector<std::int64_t> out;
    for (int i = 0; i < tasks; ++i)
        out.push_back(add_wage(running, price_micros, currency).value());
    return out;
}

using Amounts = std::vector<std::int64_t>;

} // namespace

TEST_CASE("minor digits are those of ISO 4217") {
    CHECK(minor_digits(kKes) == 2);
    CHECK(minor_digits(kJpy) == 0);
    CHECK(minor_digits(Currency::of("UGX")) == 0);
    CHECK(minor_digits(kKwd) == 3);
    CHECK(minor_digits(Currency::of("ZZZ")) == 2);
    CHECK(micros_per_minor(kKes) == 10'000);
    CHECK(micros_per_minor(kJpy) == 1'000'000);
    CHECK(micros_per_minor(kKwd) == 1'000);
}

TEST_CASE("a price in whole minor units is paid as it is") {
    CHECK(wages(3'500'000, kKes, 3) == Amounts{350, 350, 350});
}

TEST_CASE("items of five seconds add up exactly, rounded up once") {
    // 120.00 an hour is 16.6666 cents for five seconds.
    const Amounts posted = wages(166'666, kKes, 720);
    CHECK(posted[0] == 17);
    CHECK(posted[1] == 17);
    CHECK(posted[2] == 16);
    std::int64_t sum = 0;
    for (const std::int64_t amount : posted)
        sum += amount;
    CHECK(sum == 12'000); // ceil(720 * 0.166666) in cents
}

TEST_CASE("currencies without and with three digits") {
    CHECK(wages(333'333, kJpy, 4) == Amounts{1, 0, 0, 1});
    CHECK(wages(1'500, kKwd, 4) == Amounts{2, 1, 2, 1});
}

TEST_CASE("a fee is cumulative over the batch") {
    Running fee;
    Amounts out;
    for (int i = 0; i < 6; ++i)
        out.push_back(add_fee(fee, 166'666, 1'000, kKes).value());
    CHECK(out == Amounts{2, 2, 1, 2, 2, 1}); // 1.66666 cents each
    CHECK(fee.posted == 10);
}

TEST_CASE("a total that does not fit changes nothing") {
    Running running{INT64_MAX - 5, 7};
    const Running before = running;
    CHECK(!add_wage(running, 6, kKes).has_value());
    CHECK(!add_wage(running, -1, kKes).has_value());
    CHECK(!add_fee(running, INT64_MAX, 10'000, kKes).has_value());
    CHECK(!add_fee(running, 1, -1, kKes).has_value());
    CHECK(running == before);
}

TEST_CASE("a hold covers labour, fee and rounding") {
    const auto held = [](std::int64_t price, std::int64_t slots, std::int64_t bps) {
        return quote(add_slots({}, price, slots, kKes).value(), bps, kKes);
    };
    CHECK(held(3'500'000, 300, 1'000).value() == Quote{300, 105'000, 10'500, 0, 115'500});
    CHECK(held(166'666, 1'000, 1'000).value() == Quote{1'000, 16'667, 1'667, 1'000, 19'334});
    CHECK(quote({}, 0, kKes).value() == Quote{});
    CHECK(!quote({-1, 0, 0}, 0, kKes).has_value());
    CHECK(!quote({1, 1, 0}, -1, kKes).has_value());
    // The labour fits in minor units, the running total of the fee would not.
    CHECK(quote({1, INT64_MAX / 1'000, 0}, 1'000, kKes).has_value());
    CHECK(!quote({1, INT64_MAX / 1'000 + 1, 0}, 1'000, kKes).has_value());
    // Each amount fits, their sum would not.
    CHECK(quote({INT64_MAX, 1, INT64_MAX - 1}, 0, kKes).value().total == INT64_MAX);
    CHECK(!quote({INT64_MAX, 1, INT64_MAX}, 0, kKes).has_value());
    CHECK(!quote({INT64_MAX, 1, INT64_MAX - 1}, 1, kKes).has_value());
}

TEST_CASE("slots of different prices add up, and can be taken away again") {
    // By hand: 3 answers at 2.50, 2 at 0.166666 and one at 0.12 are 7.953332.
    Labour labour = add_slots({}, 2'500'000, 3, kKes).value();
    labour = add_slots(labour, 166'666, 2, kKes).value();
    labour = add_slots(labour, 120'000, 1, kKes).value();
    CHECK(labour == Labour{6, 7'953'332, 2});
    // 795.3332 cents of labour, 79.53332 of fee, and a cent for each of the two uneven slots.
    CHECK(quote(labour, 1'000, kKes).value() == Quote{6, 796, 80, 2, 878});
    labour = add_slots(labour, 166'666, -2, kKes).value();
    CHECK(labour == Labour{4, 7'620'000, 0});
    CHECK(quote(labour, 1'000, kKes).value() == Quote{4, 762, 77, 0, 839});
    CHECK(!add_slots(labour, 120'000, -5, kKes).has_value());
    CHECK(!add_slots(labour, 166'666, -1, kKes).has_value());
    CHECK(!add_slots(labour, -1, 1, kKes).has_value());
    CHECK(!add_slots(labour, 1, INT64_MAX, kKes).has_value());
    CHECK(!add_slots(labour, INT64_MAX, 2, kKes).has_value());
}

TEST_CASE("however answers fall to members, the hold is enough") {
    // Every way in which up to five answers of these prices fall to up to three members.
    const std::int64_t prices[] = {1, 4'999, 10'000, 10'001, 166'666, 999'999};
    constexpr std::size_t kinds = std::size(prices);
    std::size_t worst = 0;
    for (std::size_t slots = 1; slots <= 5; ++slots) {
        std::size_t ways = 1;
        for (std::size_t i = 0; i < slots; ++i)
            ways *= kinds * 3;
        // Five answers of six prices and three members are too many to try all: each seventh.
        for (std::size_t way = 0; way < ways; way += slots == 5 ? 7 : 1) {
            Labour labour;
            std::size_t rest = way;
            Running members[3], fee;
            std::int64_t posted = 0;
            for (std::size_t i = 0; i < slots; ++i, rest /= kinds * 3) {
                const std::int64_t price = prices[rest % kinds];
                labour = add_slots(labour, price, 1, kKes).value();
                posted += add_wage(members[rest / kinds % 3], price, kKes).value();
                posted += add_fee(fee, price, 1'000, kKes).value();
            }
            const Quote held = quote(labour, 1'000, kKes).value();
            if (posted > held.total || posted < held.labour) ++worst;
        }
    }
    CHECK(worst == 0);
}

TEST_CASE("large batches of many prices are held for too, whatever the currency") {
    std::mt19937_64 random(11);
    for (int round = 0; round < 300; ++round) {
        const auto bps = static_cast<std::int64_t>(random() % 3'000);
        const Currency currency = round % 3 == 0 ? kKes : round % 3 == 1 ? kJpy : kKwd;
        std::vector<std::int64_t> prices(1 + random() % 120);
        Labour labour;
        for (auto& price : prices) {
            price = static_cast<std::int64_t>(random() % 5'000'000);
            labour = add_slots(labour, price, 1, currency).value();
        }
        const Quote held = quote(labour, bps, currency).value();
        std::vector<Running> members(1 + random() % 20);
        Running fee;
        std::int64_t posted = 0;
        for (const std::int64_t price : prices) {
            posted += add_wage(members[random() % members.size()], price, currency).value();
            posted += add_fee(fee, price, bps, currency).value();
        }
        CHECK(posted <= held.total);
        CHECK(posted >= held.labour);
    }
}

TEST_CASE("credit points grow with time and skill") {
    CHECK(credit_points(60, 1).value() == 600'000);
    CHECK(credit_points(60, 3).value() == 60 * 135 * 100);
    CHECK(credit_points(5, 5).value() == 100'000);
    CHECK(credit_points(0, 2).value() == 0);
    CHECK(credit_points(60, 0).value() == credit_points(60, 1).value()); // open to all
    CHECK(!credit_points(60, -1).has_value());
    CHECK(!credit_points(60, 6).has_value());
    CHECK(!credit_points(-1, 1).has_value());
    CHECK(!credit_points(INT64_MAX, 1).has_value());
}
