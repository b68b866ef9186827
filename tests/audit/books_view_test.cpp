// What a close and a payout are prepared from when they are decided again.

#include "node/audit/books_view.hpp"

#include <doctest/doctest.h>

namespace handprint::audit_test {

TEST_CASE("books: who is owed at least the minimum, and anything at all, is paid") {
    market::State state;
    state.whole();
    const auto account = [&state](const char* name, market::Int debits, market::Int credits) {
        state.put(market::AccountRow{name, "KES", debits, credits});
    };
    account("payable/m:0", 0, 99);
    account("payable/m:1", 50, 150);
    account("payable/m:2", 7, 7);
    account("payable/m:10", 0, 101);
    account("earned/m:3", 0, 1000);
    account("payable/r:4", 0, 1000);
    audit::BooksView books;
    books.follow(state);
    const auto paid = [&books](const char* currency, market::Int minimum) {
        std::vector<market::Int> out;
        for (const auto& one : books.payees(currency, minimum))
            out.push_back(one.member);
        return out;
    };
    CHECK(paid("KES", 100) == std::vector<market::Int>{1, 10});
    CHECK(paid("KES", 0) == std::vector<market::Int>{0, 1, 10});
    CHECK(paid("EUR", 0).empty());
}

} // namespace handprint::audit_test
