#include "ledger/books/account.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace handprint;
using namespace handprint::books;

TEST_CASE("class names and classes are one to one, in the same order") {
    std::string before;
    for (const AccountClass account_class : kAccountClasses) {
        CHECK(parse_account_class(name(account_class)).value() == account_class);
        CHECK(before < name(account_class));
        before = name(account_class);
    }
    CHECK(kAccountClasses.size() == 15);
    for (const char* text : {"", "Bank", "banks", "in transit", "zzz"}) {
        CHECK(!parse_account_class(text).has_value());
    }
}

TEST_CASE("each class has the side of the format") {
    using enum AccountClass;
    for (const AccountClass account_class : {bank, receivable, expenses, bank_charges})
        CHECK(normal_side(account_class) == Side::debit);
    CHECK(normal_side(exchange) == Side::either);
    CHECK(std::ranges::count(kAccountClasses, Side::credit, normal_side) == 10);
}

TEST_CASE("an account has one text") {
    for (const char* text : {"payable/m:12", "hold/b:7", "fee/coop", "bank/main-2.x_y"}) {
        CHECK(AccountName::parse(text).value().text() == text);
    }
    for (const char* text :
         {"payable", "payable/", "/m:1", "x/m:1", "payable/M:1", "payable/a b", "fee/a/b"}) {
        CHECK(!AccountName::parse(text).has_value());
    }
    CHECK(AccountName::parse("fee/" + std::string(64, 'a')).has_value());
    CHECK(!AccountName::parse("fee/" + std::string(65, 'a')).has_value());
}
