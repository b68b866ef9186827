#include "ledger/record/fields.hpp"
#include "tests/vectors/mutations.hpp"

#include <algorithm>
#include <utility>

namespace handprint::vectors {

using namespace record;

namespace {

Twist header_twist(std::function<void(Header&)> change) {
    Twist twist;
    twist.header = std::move(change);
    return twist;
}

/// Whoever writes the log gives the member a key of their own, as if the member came anew. Alone
/// the entry is in order: it is signed by the key that it brings.
Twist second_enrolment() {
    Twist twist = header_twist([](Header& header) { header.kind = "enrol_member"; });
    twist.signer = key_pair(kStrangerKey);
    twist.command = [](CommandBody& command) {
        command.actor = Party::newcomer();
        command.args.set("key", to_json(key_pair(kStrangerKey).public_key()));
        command.kind = "enrol_member";
    };
    twist.parts = [](std::vector<MemberPart>& parts) {
        parts.front().keys = sorted_keys({key_pair(kStrangerKey).public_key()});
    };
    return twist;
}

void add_inclusion_mutations(Mutations& out) {
    const char* included = "entry_not_included";
    const Json& entries = out.base("payslip_good.json").at("entries");
    const Json& first = entries.items().at(0);
    const Json& second = entries.items().at(1);
    out.patch("entry with a shorter proof", included, {removal("/entries/0/proof/0")});
    out.patch(
        "entry with another's proof", included, {replace("/entries/0/proof", second.at("proof"))}
    );
    out.patch(
        "entry with another's header", included, {replace("/entries/0/header", second.at("header"))}
    );
    out.patch("entry at another index", included, {replace("/entries/1/index", 12)});
    out.patch("entry past the tree", included, {replace("/entries/1/index", 1'000'000)});

    const char* range = "entry_out_of_range";
    out.patch(
        "entries in another order",
        range,
        {replace("/entries/0", second), replace("/entries/1", first)}
    );
    out.patch("an entry twice", range, {add("/entries/1", first)});
    const World& world = out.honest();
    Payslip early = world.payslip(kBao, 2);
    early.entries.insert(early.entries.begin(), world.payslip(kBao, 1).entries.back());
    out.file("an entry of the period before", range, early);
    Payslip late = world.payslip(kBao, 2);
    late.entries.push_back(world.proven_entry(world.index_of("late accept"), 2));
    out.file("an entry after the close", range, late);
}

void add_header_mutations(Mutations& out) {
    const char* wrong = "header_wrong";
    const char* step = "second accept";
    out.twist("an entry of another format", wrong, step, header_twist([](Header& header) {
                  header.format = "handprint/entry/v2";
              }));
    out.twist("an entry that makes money", wrong, step, header_twist([](Header& header) {
                  header.sums.back().amount -= 1;
              }));
    out.twist("sums in another order", wrong, step, header_twist([](Header& header) {
                  std::ranges::reverse(header.sums);
              }));
    out.twist("a sum of zero", wrong, "bao submits again", header_twist([](Header& header) {
                  header.sums = {{books::AccountClass::bank, Currency::of("KES"), 0}};
              }));
    out.twist("a close that makes money", wrong, "second close", header_twist([](Header& header) {
                  header.sums = {{books::AccountClass::bank, Currency::of("KES"), 5}};
              }));
    out.twist("an opening that makes money", wrong, "first close", header_twist([](Header& header) {
                  header.sums = {{books::AccountClass::bank, Currency::of("KES"), 5}};
              }));
}

void add_part_mutations(Mutations& out) {
    const char* wrong = "part_not_committed";
    const Json& entries = out.base("payslip_good.json").at("entries");
    const std::string zeros(43, 'A');
    out.patch("part with another salt", wrong, {replace("/entries/0/part/salt", zeros + "=")});
    out.patch("part at another place", wrong, {replace("/entries/0/part/number", 0)});
    out.patch("part at no place", wrong, {replace("/entries/0/part/number", 99)});
    out.patch(
        "part of another entry",
        wrong,
        {replace("/entries/0/part", entries.items().at(1).at("part"))}
    );
    const std::string part = entries.items().at(0).at("part").at("bytes").text();
    Json richer = Json::parse(part).value();
    Json lines = richer.at("lines");
    lines = patched(lines, replace("/0/amount", "-1"));
    richer.set("lines", lines);
    out.patch(
        "part with another amount", wrong, {replace("/entries/0/part/bytes", richer.encode())}
    );
    // The bytes are those of a member's part, but committed to as somebody else's.
    Twist other_role;
    other_role.roles = [](std::vector<Part>& parts) { parts.back().role = Role::requester; };
    out.twist("part of another role", wrong, "bao submits again", other_role);
}

} // namespace

void add_entry_mutations(Mutations& out) {
    add_inclusion_mutations(out);
    add_header_mutations(out);
    add_part_mutations(out);
}

void add_chain_mutations(Mutations& out) {
    const char* gap = "chain_gap";
    const World& world = out.honest();
    out.patch("the first entry is missing", gap, {removal("/entries/0")});
    out.patch("an entry is missing", gap, {removal("/entries/3")});
    out.patch("the last entry is missing", gap, {removal("/entries/6")});
    out.patch("no entries", gap, {replace("/entries", Json::Array{})});
    Payslip amina = world.payslip(kBao, 2);
    amina.entries.front() = world.payslip(kAmina, 2).entries.front();
    out.file("a part of another member", gap, amina);
    out.twist("a counter left out", gap, "second accept", part_twist([](MemberPart& part) {
                  ++part.counter;
              }));
    Twist counter;
    counter.positions = [](std::vector<Position>& all) { ++all.at(kBao).chain.counter; };
    out.twist("a close with a larger counter", gap, "second close", counter);
    out.twist(
        "a first entry that is no enrolment",
        gap,
        "bao enrols",
        header_twist([](Header& header) { header.kind = "add_key"; }),
        kBao,
        1
    );
    out.twist(
        "a first entry that is genesis",
        gap,
        "bao enrols",
        header_twist([](Header& header) { header.kind = "genesis"; }),
        kBao,
        1
    );
    out.twist("a second enrolment", gap, "bao adds a key", second_enrolment());

    const char* broken = "chain_broken";
    out.twist(
        "another head before an entry", broken, "second accept", part_twist([](MemberPart& part) {
            part.previous[0] ^= 1U;
        })
    );
    Twist head;
    head.positions = [](std::vector<Position>& all) { all.at(kBao).chain.hash[0] ^= 1U; };
    out.twist("a close with another head", broken, "second close", head);
    out.twist("an opening with another head", broken, "first close", head);
    out.twist("a quiet period with another head", broken, "third close", head, kBao, 3);
}

} // namespace handprint::vectors
