#include "ledger/base/result.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>

using namespace handprint;

namespace {

enum class Cause { missing, broken };

Result<int> half(int n) {
    if (n % 2 != 0) return fail("odd");
    return n / 2;
}

} // namespace

static_assert(!std::is_convertible_v<Result<int>, bool>);
static_assert(!std::is_convertible_v<Result<void>, bool>);
static_assert(std::is_constructible_v<bool, Result<int>>);
static_assert(!std::is_constructible_v<Result<bool>, const char*>);
static_assert(!std::is_constructible_v<Result<bool>, int>);
static_assert(!std::is_constructible_v<Result<bool>, Result<int>>);
static_assert(!std::is_constructible_v<Result<int>, Failure>);

TEST_CASE("a Result holds a value or an error, never both") {
    const Result<int> good = 7;
    CHECK(good.has_value());
    CHECK(*good == 7);
    CHECK(good.value_or(1) == 7);

    const Result<int> bad = fail("why");
    CHECK_FALSE(bad.has_value());
    CHECK(bad.error().what == "why");
    CHECK(bad.value_or(1) == 1);
}

TEST_CASE("a value and an error of the same type stay apart") {
    const Result<std::string, std::string> good = std::string("x");
    const Result<std::string, std::string> bad = unexpected(std::string("x"));
    CHECK(good.has_value());
    CHECK_FALSE(bad.has_value());
}

TEST_CASE("and_then chains, stops at the first error and keeps it") {
    CHECK(half(12).and_then(half).value() == 3);
    CHECK(half(6).and_then(half).error().what == "odd");
    int calls = 0;
    const auto counted = [&](int n) {
        ++calls;
        return half(n);
    };
    CHECK_FALSE(half(7).and_then(counted).has_value());
    CHECK(calls == 0);
}

TEST_CASE("transform and transform_error each touch one side only") {
    CHECK(half(8).transform([](int n) { return std::to_string(n); }).value() == "4");
    CHECK(half(7).transform([](int n) { return n + 1; }).error().what == "odd");
    const auto broken = half(7).transform_error([](const Failure&) { return Cause::broken; });
    CHECK(broken.error() == Cause::broken);
    CHECK(half(8).transform_error([](const Failure&) { return Cause::broken; }).value() == 4);
    int seen = 0;
    const Result<void> done = half(8).transform([&](int n) { seen = n; });
    CHECK(done.has_value());
    CHECK(seen == 4);
}

TEST_CASE("a Result of a move-only value moves it out") {
    Result<std::unique_ptr<int>> owner = std::make_unique<int>(5);
    const std::unique_ptr<int> taken = std::move(owner).value();
    CHECK(*taken == 5);
    const Result<int> read = Result<std::unique_ptr<int>>(std::make_unique<int>(9))
                                 .transform([](std::unique_ptr<int> p) { return *p; });
    CHECK(*read == 9);
}

TEST_CASE("Result<void>") {
    const Result<void> good;
    CHECK(good.has_value());
    CHECK(good.and_then([] { return half(4); }).value() == 2);
    CHECK(good.transform([] { return 3; }).value() == 3);

    const Result<void, Cause> bad = unexpected(Cause::missing);
    CHECK_FALSE(bad.has_value());
    CHECK(bad.error() == Cause::missing);
    CHECK(bad.transform([] { return 3; }).error() == Cause::missing);
    CHECK(bad.transform_error([](Cause) { return 1; }).error() == 1);
}
