#include "ledger/record/share_list.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/merkle/tree.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/fields.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace handprint::record {

namespace {

constexpr std::string_view kFolder = "distribution/";

Result<ListedShare> share_from_json(const Json& json) {
    if (json.as_string() == nullptr) return fail("a share is a text");
    const auto bytes = base64_decode(json.text());
    if (!bytes || bytes->size() != sizeof(ListedShare)) return fail("a share has 64 bytes");
    ListedShare out;
    std::copy_n(bytes->begin(), out.id.size(), out.id.begin());
    std::copy_n(
        bytes->begin() + static_cast<std::ptrdiff_t>(out.id.size()),
        out.commitment.bytes.size(),
        out.commitment.bytes.begin()
    );
    return out;
}

/// What an entry moves in suspense, by currency.
std::vector<books::ClassSum> suspense_of(const Header& header) {
    std::vector<books::ClassSum> out;
    std::ranges::copy_if(header.sums, std::back_inserter(out), [](const books::ClassSum& sum) {
        return sum.account_class == books::AccountClass::suspense;
    });
    return out;
}

/// What is left of a pool after a chunk has paid out of it; less than nothing if that was wrong.
std::int64_t pay_from(std::int64_t pool, const PublicRun& run, const Header& chunk) {
    const auto moved = suspense_of(chunk);
    if (moved.empty()) return pool; // shares of zero
    const books::ClassSum& paid = moved.front();
    const bool fits = moved.size() == 1 && paid.currency == run.currency && paid.amount >= 0
                      && paid.amount <= pool;
    return fits ? pool - paid.amount : -1;
}

} // namespace

ListedShare list_share(const ShareOpening& share) {
    Bytes preimage = to_bytes(share.blind.bytes);
    put_u64(preimage, share.distribution);
    put_u64(preimage, share.member);
    return {tagged(kShareDomain, preimage), books::commit_amount(share.amount, share.blind)};
}

Bytes leaf_bytes(const ListedShare& share) {
    Bytes out = to_bytes(share.id);
    append(out, share.commitment.bytes);
    return out;
}

MerkleList list_of(std::span<const ListedShare> shares) {
    std::vector<Hash> leaves;
    leaves.reserve(shares.size());
    for (const ListedShare& share : shares)
        leaves.push_back(merkle::leaf_hash(leaf_bytes(share)));
    return MerkleList(std::move(leaves));
}

Result<SharesSealed> shares_sealed_from_json(const Json& json) {
    Fields fields(json, "distribution_sealed");
    if (fields.string("type") != "distribution_sealed") fields.refuse("another type of event");
    const Scalar blinds{fields.hash("blinds")};
    const std::uint64_t count = fields.natural("count");
    const auto currency = Currency::parse(fields.string("currency"));
    if (!currency) fields.refuse("\"currency\" is not a currency");
    const std::uint64_t distribution = fields.natural("distribution");
    const bool listed = fields.integer("listed", 0, 1) == 1;
    const std::uint64_t opened = fields.natural("opened");
    const std::int64_t pool = fields.amount("pool");
    const Hash root = fields.hash("root");
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    return SharesSealed{blinds, count, *currency, distribution, listed, opened, pool, root};
}

Result<SharesSealed> read_seal(const Header& header, const Opening& opening, const Json& coop) {
    if (const auto good = check_header(header); !good) return unexpected(good.error());
    if (header.kind != "distribution_seal") return fail("its kind is " + header.kind);
    if (!opens(header, 0, opening.salt, opening.bytes)) return fail("the coop part opens nothing");
    const Json* events = coop.find("events");
    const Json::Array* items = events == nullptr ? nullptr : events->as_array();
    if (items == nullptr || items->size() != 1) return fail("not exactly one event");
    return shares_sealed_from_json(items->front());
}

std::string share_list_path(std::uint64_t index) {
    return std::string(kFolder) + std::to_string(index);
}

std::optional<std::uint64_t> parse_share_list_path(std::string_view path) {
    if (!path.starts_with(kFolder)) return {};
    const auto index = parse_u64(path.substr(kFolder.size()));
    if (!index || share_list_path(*index) != path) return {};
    return *index;
}

std::string encode(const ShareList& list) {
    Json::Array shares;
    shares.reserve(list.shares.size());
    for (const ListedShare& share : list.shares)
        shares.emplace_back(base64_encode(leaf_bytes(share)));
    Json coop;
    coop.set("bytes", list.coop.bytes);
    coop.set("salt", to_json(list.coop.salt));
    Json out;
    out.set("coop", std::move(coop));
    out.set("format", kShareListFormat);
    out.set("index", list.index);
    out.set("shares", Json(std::move(shares)));
    return out.encode();
}

Result<ShareList> parse_share_list(std::string_view file) {
    const auto json = Json::parse(file, JsonMode::canonical, kMaxShareListBytes);
    if (!json) return fail("share list: " + describe(json.error()));
    Fields fields(*json, "share list");
    ShareList out;
    if (fields.string("format") != kShareListFormat) fields.refuse("unknown format");
    out.index = fields.natural("index");
    const Json& coop = fields.any("coop");
    const Json::Array& shares = fields.array("shares");
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    Fields opening(coop, "coop");
    out.coop = {opening.string("bytes"), opening.hash("salt")};
    if (const auto done = opening.finish(); !done) return unexpected(done.error());
    out.shares.reserve(shares.size());
    for (const Json& item : shares) {
        const auto share = share_from_json(item);
        if (!share) return unexpected(share.error());
        out.shares.push_back(*share);
    }
    return out;
}

std::optional<PublicRun> RunWatch::add(std::uint64_t index, const Header& header) {
    if (header.kind == "income" || header.kind == "surplus") {
        const auto moved = suspense_of(header);
        open_ = PublicRun{index, 0, std::nullopt, 0, 0, false};
        if (moved.size() == 1 && moved.front().amount < 0 && moved.front().amount != INT64_MIN) {
            open_->currency = moved.front().currency;
            open_->pool = -moved.front().amount;
        }
        left_ = open_->pool;
    } else if (header.kind == "distribution_chunk" && open_) {
        open_->count += static_cast<std::uint64_t>(
            std::ranges::count(header.parts, Role::member, &PartCommitment::role)
        );
        left_ = pay_from(left_, *open_, header);
    } else if (header.kind == "distribution_seal") {
        PublicRun run = std::exchange(open_, std::nullopt).value_or(PublicRun{});
        run.sealed = index;
        run.paid_out = run.pool > 0 && left_ == 0;
        return run;
    }
    return {};
}

Result<SharesSealed>
check_share_list(std::string_view file, const PublicRun& run, const Header& seal) {
    const auto list = parse_share_list(file);
    if (!list) return unexpected(list.error());
    if (list->index != run.sealed) return fail("of another entry");
    const auto coop = Json::parse(list->coop.bytes, JsonMode::canonical, kMaxEntryBytes);
    if (!coop) return fail("coop part: " + describe(coop.error()));
    auto event = read_seal(seal, list->coop, *coop);
    if (!event) return unexpected(event.error());
    if (event->opened != run.opened || run.currency != event->currency || event->pool != run.pool
        || event->count != run.count) {
        return fail("the seal and the headers tell of different distributions");
    }
    if (list->shares.size() != event->count) return fail("not as many shares as the seal says");
    if (list_of(list->shares).root() != event->root) {
        return fail("the list is not the one that the seal commits to");
    }
    std::set<Hash> ids;
    std::vector<GroupPoint> commitments;
    for (const ListedShare& share : list->shares) {
        if (!ids.insert(share.id).second) return fail("a share is in the list twice");
        if (!is_valid(share.commitment)) return fail("a commitment is no point");
        commitments.push_back(share.commitment);
    }
    if (!is_canonical(event->blinds) || !books::adds_up(commitments, event->pool, event->blinds)) {
        return fail("the shares do not add up to the pool");
    }
    return event;
}

} // namespace handprint::record
