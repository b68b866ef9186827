// Postings, what must hold after them, and the links of members' chains.

#include "ledger/books/account.hpp"
#include "ledger/books/journal.hpp"
#include "ledger/record/chain.hpp"
#include "node/market/apply.hpp"
#include "node/market/own_terms.hpp"

#include <algorithm>
#include <map>

namespace handprint::market {

namespace {

std::string class_of(const std::string& account) {
    return account.substr(0, account.find('/'));
}

template <class R>
void add_posting(State& state, const std::string& name, const std::string& currency, Int amount) {
    const auto* old = state.find<R>(name, currency);
    R row = old != nullptr ? *old : R{name, currency, 0, 0};
    (amount > 0 ? row.debits : row.credits) += amount > 0 ? amount : -amount;
    state.put(row);
}

/// Debits and credits only grow; none may come near the end of 64 bits, which one posting could
/// pass.
template <class R>
bool moved_too_much(const R& row) {
    constexpr Int most = 4'000'000'000'000'000'000;
    return row.debits > most || row.credits > most;
}

} // namespace

std::vector<std::string> apply_postings(State& state, std::span<const Posting> postings) {
    std::vector<std::string> opened;
    for (const Posting& posting : postings) {
        if (state.find<AccountRow>(posting.account, posting.currency) == nullptr
            && std::find(opened.begin(), opened.end(), posting.account) == opened.end()) {
            opened.push_back(posting.account);
        }
        add_posting<AccountRow>(state, posting.account, posting.currency, posting.amount);
        add_posting<ClassRow>(state, class_of(posting.account), posting.currency, posting.amount);
    }
    return opened;
}

std::string broken_invariant(
    const State& state, std::span<const Event> events, std::span<const Posting> postings
) {
    std::map<std::string, Int> sums;
    for (const Posting& posting : postings) {
        sums[posting.currency] += posting.amount;
        const std::string name = class_of(posting.account);
        const auto parsed = books::parse_account_class(name);
        if (!parsed) return "no such account class: " + name;
        const auto& account = state.get<AccountRow>(posting.account, posting.currency);
        if (books::guards_each_account(*parsed)
            && !books::is_allowed(*parsed, account.debits - account.credits)) {
            return "account on the wrong side: " + posting.account;
        }
        const auto& total = state.get<ClassRow>(name, posting.currency);
        if (moved_too_much(account) || moved_too_much(total)) {
            return "more has been moved than can be counted: " + posting.account;
        }
        if (!books::is_allowed(*parsed, total.debits - total.credits)) {
            return "class on the wrong side: " + name;
        }
    }
    for (const auto& [currency, sum] : sums) {
        if (sum != 0) return "postings do not add to zero in " + currency;
    }
    for (const Event& event : events) {
        if (const auto* done = std::get_if<Submitted>(&event)) {
            const auto& batch = state.get<BatchRow>(done->batch);
            for (const Int number : done->tasks) {
                const auto& task = state.get<TaskRow>(done->batch, number);
                if (task.submitted > terms_of(batch, &task).overlap) {
                    return "more answers than the task asks for";
                }
            }
        } else if (const auto* paid = std::get_if<Accepted>(&event)) {
            const auto& batch = state.get<BatchRow>(paid->batch);
            if (batch.accepted > batch.submitted) return "more accepted than submitted";
        }
    }
    return {};
}

void apply_link(State& state, Int member, const Hash& leaf) {
    auto row = state.get<MemberRow>(member);
    const record::ChainHead before{static_cast<std::uint64_t>(row.counter), row.head};
    const record::ChainHead after =
        record::extend(static_cast<std::uint64_t>(member), before, leaf);
    row.counter = static_cast<Int>(after.counter);
    row.head = after.hash;
    state.put(row);
}

} // namespace handprint::market
