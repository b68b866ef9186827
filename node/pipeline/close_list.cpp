#include "node/pipeline/close_list.hpp"

#include "ledger/books/account.hpp"
#include "ledger/record/close.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/member_part.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/market/lists.hpp"

#include <algorithm>
#include <map>

namespace handprint::pipeline {

namespace {

using Balances = std::map<Int, std::vector<books::ClassSum>>; // by member

std::vector<Hash> commits(const std::vector<SealedPosition>& positions) {
    std::vector<Hash> out;
    out.reserve(positions.size());
    for (const auto& position : positions)
        out.push_back(record::commit(position.salt, position.bytes));
    return out;
}

/// "payable/m:12" -> 12
std::optional<Int> member_of(const std::string& account) {
    const std::size_t at = account.find("/m:");
    if (at == std::string::npos) return std::nullopt;
    return std::stoll(account.substr(at + 3));
}

Result<Balances> read_balances(store::Store& store) {
    Balances all;
    const auto read = for_each_row<market::AccountRow>(store, {}, 0, [&](const auto& row) {
        const auto member = member_of(row.name);
        if (!member) return;
        const auto account = books::parse_account_class(row.name.substr(0, row.name.find('/')));
        const auto currency = Currency::parse(row.currency);
        if (!account || !currency) return;
        all[*member].push_back({*account, *currency, row.credits - row.debits});
    });
    if (!read) return unexpected(read.error());
    return all;
}

/// Both classes for each currency the member has an account in, sorted.
std::vector<books::ClassSum> both_classes(const std::vector<books::ClassSum>& given) {
    std::map<std::pair<books::AccountClass, Currency>, std::int64_t> sums;
    for (const auto& sum : given) {
        sums.try_emplace({books::AccountClass::payable, sum.currency}, 0);
        sums.try_emplace({books::AccountClass::in_transit, sum.currency}, 0);
        sums[{sum.account_class, sum.currency}] = sum.amount;
    }
    std::vector<books::ClassSum> out;
    for (const auto& [key, amount] : sums)
        out.push_back({key.first, key.second, amount});
    return out;
}

} // namespace

Hash CloseList::root() const {
    return record::MerkleList::of_commitments(commits(positions)).root();
}

Result<std::vector<Hash>> CloseList::proof(Int member) const {
    const auto list = record::MerkleList::of_commitments(commits(positions));
    return list.prove(static_cast<std::uint64_t>(member));
}

Bytes CloseList::encode() const {
    Bytes out;
    put_u64(out, static_cast<std::uint64_t>(period));
    put_u64(out, positions.size());
    for (const auto& position : positions) {
        append(out, position.salt);
        put_u32(out, static_cast<std::uint32_t>(position.bytes.size()));
        append(out, as_bytes(position.bytes));
    }
    return out;
}

Result<CloseList> CloseList::decode(ByteView bytes) {
    CloseList list;
    const auto period = take_u64(bytes);
    const auto count = take_u64(bytes);
    if (!period || !count) return fail("a close list is cut short");
    list.period = static_cast<Int>(*period);
    for (std::uint64_t i = 0; i < *count; ++i) {
        const auto salt = take_bytes(bytes, 32);
        const auto size = take_u32(bytes);
        if (!salt || !size) return fail("a close list is cut short");
        const auto text = take_bytes(bytes, *size);
        if (!text) return fail("a close list is cut short");
        SealedPosition position;
        std::copy(salt->begin(), salt->end(), position.salt.begin());
        position.bytes = std::string(as_text(*text));
        list.positions.push_back(std::move(position));
    }
    if (!bytes.empty()) return fail("a close list has bytes left over");
    return list;
}

record::Position
position_of(const market::MemberRow& row, const std::vector<books::ClassSum>& sums, Int period) {
    record::Position position;
    position.balances = both_classes(sums);
    position.chain = {static_cast<std::uint64_t>(row.counter), row.head};
    position.keys = market::split_keys(row.valid_keys);
    position.member = static_cast<std::uint64_t>(row.member);
    position.period = static_cast<std::uint64_t>(period);
    return position;
}

Result<CloseList>
make_close_list(store::Store& store, const market::CoopRow& coop, const Vault& vault) {
    auto balances = read_balances(store);
    if (!balances) return unexpected(balances.error());
    CloseList list;
    list.period = coop.periods + 1;
    const auto read = for_each_row<market::MemberRow>(store, {}, 0, [&](const auto& row) {
        SealedPosition sealed;
        vault.fill(sealed.salt);
        sealed.bytes = record::encode(position_of(row, (*balances)[row.member], list.period));
        list.positions.push_back(std::move(sealed));
    });
    if (!read) return unexpected(read.error());
    if (std::cmp_not_equal(list.positions.size(), coop.members)) {
        return fail("the member table has gaps");
    }
    return list;
}

} // namespace handprint::pipeline
