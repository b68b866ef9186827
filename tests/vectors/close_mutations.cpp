#include "ledger/record/fields.hpp"
#include "tests/vectors/mutations.hpp"

#include <utility>

namespace handprint::vectors {

using namespace record;

namespace {

const std::string kOtherSalt = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

std::string with_last_digit(const std::string& header) {
    std::string out = header;
    char& digit = out[out.size() - 2]; // of the time
    digit = digit == '9' ? '8' : '9';
    return out;
}

/// Replaces the first event of the coop part.
Twist event_twist(std::function<void(Json&)> change) {
    Twist twist;
    twist.coop = [change = std::move(change)](CoopPart& coop) { change(coop.events.front()); };
    return twist;
}

void add_closing_mutations(Mutations& out) {
    const Json& base = out.base("payslip_good.json");
    const Json& closing = base.at("closing");
    const std::string header = closing.at("header").text();
    const auto index = static_cast<std::uint64_t>(closing.at("index").integer());
    const char* included = "closing_not_included";
    out.patch("closing at another index", included, {replace("/closing/index", index + 1)});
    out.patch("closing past the tree", included, {replace("/closing/index", 1'000'000)});
    out.patch("closing with a shorter proof", included, {removal("/closing/proof/0")});
    out.patch("closing with a longer proof", included, {add("/closing/proof/0", 0)});
    out.patch(
        "closing at another time", included, {replace("/closing/header", with_last_digit(header))}
    );

    const char* not_a_close = "closing_not_a_close";
    out.patch(
        "closing with another salt", not_a_close, {replace("/closing/coop/salt", kOtherSalt)}
    );
    out.patch(
        "closing with another coop part", not_a_close, {replace("/closing/coop/bytes", "{}")}
    );
    // A publish has a coop part and one event too.
    const std::uint64_t publish = out.honest().index_of("publish");
    const ProvenEntry entry = out.honest().proven_entry(publish, 0);
    Payslip other = out.honest().payslip(kBao, 2);
    other.closing.coop = entry.part.opening;
    other.closing.header = entry.header;
    other.closing.index = entry.index;
    other.closing.proof = entry.proof;
    out.file("closing that is another kind of entry", not_a_close, other);
    Twist two_events;
    two_events.coop = [](CoopPart& coop) { coop.events.push_back(coop.events.front()); };
    out.twist("a close with two events", not_a_close, "second close", two_events);
    out.twist(
        "a close with another event", not_a_close, "second close", event_twist([](Json& event) {
            event.set("type", "period_opened");
        })
    );

    const struct {
        const char* name;
        const char* member;
        Json value;
    } odd[] = {
        {"a close of period 0", "period", 0},
        {"a close of a period that is a text", "period", "2"},
        {"a close of fewer than none", "count", -1},
        {"a close of a text", "count", "3"},
        {"a close after an entry below all", "previous", -2},
        {"a close after a text", "previous", "8"},
        {"a close with a short root", "root", "AAAA"},
        {"a close with a short key for promises", "promise_key", "AAAA"},
        {"a close with delegates that are no list", "delegates", 2},
        {"a close that says more", "more", 1},
    };

    for (const auto& one : odd) {
        out.twist(one.name, not_a_close, "second close", event_twist([&one](Json& event) {
                      event.set(one.member, one.value);
                  }));
    }
    out.twist(
        "a close with a number for an event",
        not_a_close,
        "second close",
        event_twist([](Json& event) { event = Json(7); })
    );
    out.twist("a close without a count", not_a_close, "second close", event_twist([](Json& event) {
                  event = Json::object(
                      {{"delegates", event.at("delegates")},
                       {"period", event.at("period")},
                       {"previous", event.at("previous")},
                       {"promise_key", event.at("promise_key")},
                       {"root", event.at("root")},
                       {"type", event.at("type")}}
                  );
              }));
}

void add_closing_position_mutations(Mutations& out) {
    const char* wrong = "closing_position_wrong";
    out.patch("no closing position", wrong, {replace("/closing/position", nullptr)});
    out.patch("position with another salt", wrong, {replace("/closing/position/salt", kOtherSalt)});
    out.patch("position with a shorter proof", wrong, {removal("/closing/position/proof/0")});
    out.patch("another member", wrong, {replace("/member", 0)});
    out.patch("a member that the close does not know", wrong, {replace("/member", 3)});
    const std::string bytes =
        out.base("payslip_good.json").at("closing").at("position").at("bytes").text();
    Json richer = Json::parse(bytes).value();
    richer.set("counter", 1'000);
    out.patch("changed position", wrong, {replace("/closing/position/bytes", richer.encode())});
    Twist other_member;
    other_member.positions = [](std::vector<Position>& all) { all.at(kBao).member = kAmina; };
    out.twist("a position of another member", wrong, "second close", other_member);
    Twist other_period;
    other_period.positions = [](std::vector<Position>& all) { all.at(kBao).period = 3; };
    out.twist("a position of another period", wrong, "second close", other_period);
}

void add_opening_mutations(Mutations& out) {
    const Json& base = out.base("payslip_good.json");
    const Json& closing = base.at("closing");
    const std::string header = base.at("opening").at("header").text();
    out.patch("no opening", "opening_missing", {replace("/opening", nullptr)});
    out.patch(
        "an opening that is another close", "opening_missing", {replace("/opening", closing)}
    );
    out.patch(
        "an opening before the first period",
        "opening_missing",
        {add("/opening", out.base("payslip_first.json").at("closing"))},
        "payslip_first.json"
    );
    const char* included = "opening_not_included";
    out.patch("opening with a shorter proof", included, {removal("/opening/proof/0")});
    out.patch(
        "opening at another time", included, {replace("/opening/header", with_last_digit(header))}
    );
    const char* not_a_close = "opening_not_a_close";
    out.patch(
        "opening with another salt", not_a_close, {replace("/opening/coop/salt", kOtherSalt)}
    );
    out.patch(
        "opening with another coop part", not_a_close, {replace("/opening/coop/bytes", "{}")}
    );
    const std::uint64_t publish = out.honest().index_of("publish");
    out.twist(
        "an opening that is another kind of entry",
        "opening_missing",
        "second close",
        event_twist([publish](Json& event) { event.set("previous", publish); })
    );
    Twist no_close;
    no_close.header = [](Header& h) { h.kind = "close_batch"; };
    out.twist("an opening of another kind", not_a_close, "first close", no_close);

    const char* wrong = "opening_position_wrong";
    out.patch("no opening position", wrong, {replace("/opening/position", nullptr)});
    out.patch(
        "opening position with another salt", wrong, {replace("/opening/position/salt", kOtherSalt)}
    );
    out.patch(
        "opening position with another proof",
        wrong,
        {replace("/opening/position/proof", closing.at("position").at("proof"))}
    );
    Payslip newcomer = out.honest().payslip(kCruz, 2);
    newcomer.opening.value().position = out.honest().payslip(kBao, 2).opening.value().position;
    out.file("an opening position of before the enrolment", wrong, newcomer);
    // The positions agree with the event of their own close, only the numbers do not follow.
    Twist skipped = event_twist([](Json& event) { event.set("period", 3); });
    skipped.positions = [](std::vector<Position>& all) {
        for (Position& position : all)
            position.period = 3;
    };
    out.twist("a period left out", wrong, "second close", skipped);
}

} // namespace

void add_close_mutations(Mutations& out) {
    add_closing_mutations(out);
    add_closing_position_mutations(out);
    add_opening_mutations(out);
}

} // namespace handprint::vectors
