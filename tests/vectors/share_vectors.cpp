#include "ledger/base/hex.hpp"
#include "ledger/record/fields.hpp"
#include "tests/vectors/mutations.hpp"

#include <utility>

namespace handprint::vectors {

using namespace record;

namespace {

const std::string kOtherSalt = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

Twist line_twist(std::function<void(Line&)> change) {
    Twist twist;
    twist.parts = [change = std::move(change)](std::vector<MemberPart>& parts) {
        for (MemberPart& part : parts) {
            if (part.member == kBao) change(part.lines.front());
        }
    };
    return twist;
}

Twist list_twist(std::function<void(std::vector<ListedShare>&)> change) {
    Twist twist;
    twist.list = std::move(change);
    return twist;
}

Twist event_twist(std::function<void(Json&)> change) {
    Twist twist;
    twist.coop = [change = std::move(change)](CoopPart& coop) { change(coop.events.front()); };
    return twist;
}

Twist event_twist(const char* key, Json value) {
    return event_twist([key, value = std::move(value)](Json& event) { event.set(key, value); });
}

/// The same number modulo L, and not its encoding.
Scalar plus_order(const Scalar& scalar) {
    const Bytes order =
        hex_decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value();
    Scalar out;
    unsigned carry = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        carry += unsigned{scalar.bytes[i]} + order[i];
        out.bytes[i] = static_cast<std::uint8_t>(carry);
        carry >>= 8U;
    }
    return out;
}

Scalar blind_of_bao() {
    Hash seed{};
    seed.fill(0x11);
    return books::blind_of(seed, kBao);
}

void add_shapes(Mutations& out) {
    const Json& share = out.base("payslip_good.json").at("shares").items().front();
    const char* malformed = "malformed";
    out.patch("no key shares", malformed, {removal("/shares")});
    out.patch("an unknown key in a share", malformed, {add("/shares/0/extra", 1)});
    out.patch("a share that is null", malformed, {replace("/shares/0", nullptr)});
    out.patch("a share with a ref out of range", malformed, {replace("/shares/0/list/0", 100'000)});
    out.patch(
        "a seal's header with a space",
        malformed,
        {replace("/shares/0/header", share.at("header").text() + " ")}
    );
    out.patch(
        "a seal's coop part with a space",
        malformed,
        {replace("/shares/0/coop/bytes", share.at("coop").at("bytes").text() + " ")}
    );
    const char* differ = "shares_differ";
    out.patch("a line of a share without its share", differ, {replace("/shares", Json::Array{})});
    out.patch("a share twice", differ, {add("/shares/0", share)});
    Payslip first = out.honest().payslip(kBao, 1);
    first.shares.push_back(out.honest().proven_share("seal", kBao));
    out.file("a share without a line", differ, first);
    out.twist("a share without a place", differ, "share", line_twist([](Line& line) {
                  line.position.reset();
              }));
    out.twist("a share without a blind", differ, "share", line_twist([](Line& line) {
                  line.blind.reset();
              }));
    out.twist("a share of no distribution", differ, "share", line_twist([](Line& line) {
                  line.distribution.reset();
              }));
    Twist negative;
    negative.parts = [](std::vector<MemberPart>& parts) {
        auto& lines = parts.at(kBao).lines;
        Line wage = lines.front();
        wage.what = LineKind::wage;
        wage.amount += 1;
        lines.front().amount = -1;
        lines.push_back(wage);
    };
    out.twist("a negative share", differ, "share", negative);
    Twist halves;
    halves.parts = [](std::vector<MemberPart>& parts) {
        auto& lines = parts.at(kBao).lines;
        lines.push_back(lines.front());
        lines.front().amount -= 1;
        lines.back().amount = 1;
    };
    out.twist("two shares of one distribution", differ, "share", halves);
}

void add_seals(Mutations& out) {
    const Json& base = out.base("payslip_good.json");
    const char* included = "seal_not_included";
    out.patch("a seal with a shorter proof", included, {removal("/shares/0/proof/0")});
    out.patch("a seal at another index", included, {replace("/shares/0/index", 3)});
    out.patch(
        "a seal with another's header",
        included,
        {replace("/shares/0/header", base.at("closing").at("header"))}
    );
    const char* no_seal = "seal_not_a_seal";
    out.patch("a seal with another salt", no_seal, {replace("/shares/0/coop/salt", kOtherSalt)});
    out.patch("a seal with another coop part", no_seal, {replace("/shares/0/coop/bytes", "{}")});
    const World& world = out.honest();
    Payslip close = world.payslip(kBao, 2);
    ProvenShare& wrong = close.shares.front();
    wrong.coop = close.closing.coop;
    wrong.header = close.closing.header;
    wrong.index = close.closing.index;
    wrong.proof = close.closing.proof;
    out.file("a seal that is a close", no_seal, close);
    World later = scenario();
    later.seal("late seal");
    Payslip late = later.payslip(kBao, 2);
    late.shares.front() = later.proven_share("late seal", kBao);
    out.file("a seal after the close", no_seal, late);
    Twist two_events;
    two_events.coop = [](CoopPart& coop) { coop.events.push_back(coop.events.front()); };
    out.twist("a seal with two events", no_seal, "seal", two_events);
    Twist sums;
    sums.header = [](Header& header) {
        header.sums = {{books::AccountClass::bank, Currency::of("KES"), 5}};
    };
    out.twist("a seal that makes money", no_seal, "seal", sums);
    Twist kind;
    kind.header = [](Header& header) { header.kind = "distribution_chunk"; };
    out.twist("a seal of another kind", no_seal, "seal", kind);
    out.twist("a seal of another distribution", no_seal, "seal", event_twist("distribution", 1));
    out.twist("a seal in another currency", no_seal, "seal", event_twist("currency", "UGX"));
    out.twist("a seal that is listed twice", no_seal, "seal", event_twist("listed", 2));
    out.twist("a seal with a pool that is a number", no_seal, "seal", event_twist("pool", 600'000));
    out.twist("a seal that says more", no_seal, "seal", event_twist("more", 1));
}

void add_places(Mutations& out) {
    const char* wrong = "share_not_committed";
    out.patch("a place with a shorter proof", wrong, {removal("/shares/0/list/0")});
    const World& world = out.honest();
    Payslip amina = world.payslip(kBao, 2);
    amina.shares.front() = world.proven_share("seal", kAmina);
    out.file("a place with another's proof", wrong, amina);
    out.twist("a share at another place", wrong, "share", line_twist([](Line& line) {
                  line.position = kCruz;
              }));
    out.twist("a share at no place", wrong, "share", line_twist([](Line& line) {
                  line.position = 1'000'000;
              }));
    out.twist("a share with another blind", wrong, "share", line_twist([](Line& line) {
                  line.blind.value()[0] ^= 1U;
              }));
    out.twist("a list with another amount", wrong, "seal", list_twist([](auto& list) {
                  list[kBao] = list_share({0, kBao, 235'402, blind_of_bao()});
              }));
    out.twist("a list in another order", wrong, "seal", list_twist([](auto& list) {
                  std::swap(list[kAmina], list[kBao]);
              }));
    // Two members with equal amounts, and one place for both.
    out.twist("a place of another member", wrong, "seal", list_twist([](auto& list) {
                  list[kBao] = list_share({0, kCruz, 235'403, blind_of_bao()});
              }));
    out.twist("a place of another distribution", wrong, "seal", list_twist([](auto& list) {
                  list[kBao] = list_share({1, kBao, 235'403, blind_of_bao()});
              }));
    out.twist("a list that ends before the share", wrong, "seal", event_twist("count", 1));
    out.twist("a list with another root", wrong, "seal", event_twist("root", kOtherSalt));
    out.twist("a share larger than the pool", wrong, "seal", event_twist("pool", "235402"));
    const Scalar large = plus_order(blind_of_bao());
    Twists both;
    both["share"] = line_twist([large](Line& line) { line.blind = large.bytes; });
    both["seal"] = list_twist([large](auto& list) {
        // As if the number were reduced first: the point is the same, the name is not.
        list[kBao].id = list_share({0, kBao, 0, large}).id;
    });
    out.file("a blind that is not below L", wrong, scenario(both).payslip(kBao, 2));
}

Json number(const Scalar& scalar) {
    return hex_encode(scalar.bytes);
}

Json point(const GroupPoint& point) {
    return hex_encode(point.bytes);
}

/// The file of a distribution and what the headers before its seal say.
Json distribution_row(const std::string& name, bool good, const World& world) {
    const ShareList list = world.share_list("seal");
    return Json::object(
        {{"count", 3},
         {"currency", "KES"},
         {"file", encode(list)},
         {"good", good},
         {"header", world.entries().at(list.index).header_bytes},
         {"index", list.index},
         {"name", name},
         {"opened", world.index_of("income")},
         {"pool", "600000"}}
    );
}

Json distribution_rows() {
    Json::Array out;
    const auto lie = [&out](const std::string& name, Twist twist) {
        out.push_back(distribution_row(name, false, scenario({{"seal", std::move(twist)}})));
    };
    out.push_back(distribution_row("an honest list", true, scenario()));
    lie("a share more than the pool has", list_twist([](auto& list) {
            list[kBao] = list_share({0, kBao, 235'404, blind_of_bao()});
        }));
    lie("a share twice", list_twist([](auto& list) { list[kBao] = list[kAmina]; }));
    lie("a commitment that is no point",
        list_twist([](auto& list) { list[kBao].commitment.bytes.fill(0xff); }));
    lie("a list that is too short", list_twist([](auto& list) { list.pop_back(); }));
    lie("another sum of blinds", event_twist("blinds", to_json(blind_of_bao().bytes)));
    lie("another pool", event_twist("pool", "599999"));
    lie("another currency", event_twist("currency", "UGX"));
    lie("another opening", event_twist("opened", 3));
    lie("another root", event_twist("root", kOtherSalt));
    return Json(std::move(out));
}

} // namespace

void add_share_mutations(Mutations& out) {
    add_shapes(out);
    add_seals(out);
    add_places(out);
}

Json pedersen_vectors() {
    Hash seed{};
    seed.fill(0x11);
    Json::Array shares;
    std::vector<ListedShare> list;
    Scalar blinds;
    std::int64_t total = 0;
    const std::vector<std::int64_t> amounts = {0, 1, 237'781, INT64_MAX - 237'782};
    for (std::size_t place = 0; place < amounts.size(); ++place) {
        const ShareOpening share{7, 3 * place, amounts[place], books::blind_of(seed, place)};
        list.push_back(list_share(share));
        blinds = blinds + share.blind;
        total += share.amount;
        shares.push_back(Json::object(
            {{"amount", std::to_string(share.amount)},
             {"blind", number(share.blind)},
             {"commitment", point(list.back().commitment)},
             {"distribution", share.distribution},
             {"id", hex_encode(list.back().id)},
             {"member", share.member},
             {"position", place}}
        ));
    }
    return Json::object(
        {{"blinds", number(blinds)},
         {"distributions", distribution_rows()},
         {"generator", point(books::pedersen_generator())},
         {"list", hex_encode(list_of(list).root())},
         {"seed", hex_encode(seed)},
         {"shares", Json(std::move(shares))},
         {"sum", point(books::commit_amount(total, blinds))},
         {"total", std::to_string(total)}}
    );
}

} // namespace handprint::vectors
