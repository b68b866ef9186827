#include "node/market/entry_seal.hpp"

#include "ledger/record/dsse.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/member_part.hpp"
#include "node/market/apply.hpp"
#include "node/market/json_codec.hpp"
#include "node/market/json_text.hpp"
#include "node/market/lists.hpp"
#include "node/market/parties.hpp"

#include <algorithm>

namespace handprint::market {

namespace {

using record::Json;

Result<std::vector<books::Posting>> book_postings(const std::vector<Posting>& postings) {
    std::vector<books::Posting> out;
    out.reserve(postings.size());
    for (const Posting& posting : postings) {
        auto name = books::AccountName::parse(posting.account);
        const auto currency = Currency::parse(posting.currency);
        if (!name || !currency) return fail("not an account: " + posting.account);
        out.push_back({std::move(*name), *currency, posting.amount});
    }
    return out;
}

std::optional<std::uint64_t> natural(const std::optional<Int>& value) {
    if (!value) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

record::Line book_line(const Line& line) {
    const auto account = books::parse_account_class(line.account);
    const auto currency = Currency::parse(line.currency);
    const auto what = record::parse_line_kind(line.what);
    HP_CHECK(account && currency && what, "decide() writes known names");
    record::Line out{
        .account = *account,
        .amount = line.amount,
        .currency = *currency,
        .what = *what,
        .batch = natural(line.batch),
        .task = natural(line.task),
        .distribution = natural(line.distribution),
        .payout = natural(line.payout),
        .position = natural(line.position),
        .blind = line.blind
    };
    return out;
}

std::string member_bytes(const State& state, const MemberDraft& draft, std::string_view envelope) {
    const auto& row = state.get<MemberRow>(draft.member);
    record::MemberPart part;
    part.member = static_cast<std::uint64_t>(draft.member);
    part.counter = static_cast<std::uint64_t>(row.counter) + 1;
    part.previous = row.head;
    for (const Line& line : draft.lines)
        part.lines.push_back(book_line(line));
    if (draft.states_keys) part.keys = split_keys(row.valid_keys);
    std::string answers;
    if (!draft.answers.empty()) append_json(answers, draft.answers);
    return record::encode(part, draft.signed_here ? envelope : "null", answers);
}

/// All but the events.
Result<record::CoopPart> coop_part(
    const State& state,
    const Request& request,
    const Draft& draft,
    const std::vector<books::Posting>& postings,
    const std::vector<std::string>& opened
) {
    record::CoopPart coop;
    const auto by = record::Party::parse(draft.by);
    if (!by) return fail("not a party: " + draft.by);
    coop.by = *by;
    coop.command = request.id;
    for (const MemberDraft& member : draft.members) {
        const auto& row = state.get<MemberRow>(member.member);
        coop.chain.push_back(
            {static_cast<std::uint64_t>(member.member), static_cast<std::uint64_t>(row.counter) + 1}
        );
    }
    for (const std::string& name : opened) {
        auto parsed = books::AccountName::parse(name);
        if (!parsed) return fail("not an account: " + name);
        coop.opens.push_back(std::move(*parsed));
    }
    coop.postings = postings;
    if (request.grant != never) {
        coop.mandate =
            record::AgentMandate{static_cast<std::uint64_t>(request.grant), request.request};
    }
    return coop;
}

Result<EntryParts> parts_of(
    const State& state,
    const Request& request,
    const Draft& draft,
    const std::vector<books::Posting>& postings,
    const std::vector<std::string>& opened
) {
    const auto coop = coop_part(state, request, draft, postings, opened);
    if (!coop) return unexpected(coop.error());
    // Whoever made the request wrote the envelope out canonically; it is copied, never parsed
    // again.
    if (!request.envelope.starts_with('{')) return fail("no envelope");
    EntryParts out;
    const std::size_t count = draft.members.size() + 2;
    out.roles.reserve(count);
    out.bytes.reserve(count);
    out.parties.reserve(count);
    const auto add = [&out](record::Role role, std::string bytes, std::string party) {
        out.roles.push_back(role);
        out.bytes.push_back(std::move(bytes));
        out.parties.push_back(std::move(party));
    };
    std::string events = "[";
    for (const Event& event : draft.events) {
        if (events.size() > 1) events += ',';
        append_json(events, event);
    }
    add(record::Role::coop, record::encode(*coop, events += ']'), "");
    for (const MemberDraft& member : draft.members) {
        add(record::Role::member,
            member_bytes(state, member, request.envelope),
            party('m', member.member));
    }
    if (!draft.evidence_role.empty()) {
        const auto role = record::parse_role(draft.evidence_role);
        if (!role) return unexpected(role.error());
        // A requester that registers just now is known by the ordinal it was given.
        const bool fresh = draft.by == "new";
        const auto& number = state.get<CoopRow>(1).requesters;
        add(*role,
            R"({"evidence":)" + request.envelope + '}',
            fresh ? party('r', number - 1) : draft.by);
    }
    return out;
}

} // namespace

Result<EntryParts> entry_parts(
    const State& state,
    const Request& request,
    const Draft& draft,
    const std::vector<std::string>& opened
) {
    const auto postings = book_postings(draft.postings);
    if (!postings) return unexpected(postings.error());
    return parts_of(state, request, draft, *postings, opened);
}

Result<SealedEntry> seal_entry(
    const State& state,
    const Request& request,
    const Draft& draft,
    Int time,
    Int rules_before,
    const std::vector<std::string>& opened,
    const SaltSource& salt
) {
    const auto postings = book_postings(draft.postings);
    if (!postings) return unexpected(postings.error());
    auto made = parts_of(state, request, draft, *postings, opened);
    if (!made) return unexpected(made.error());
    std::vector<record::Part> parts;
    for (std::size_t i = 0; i < made->bytes.size(); ++i) {
        parts.push_back({made->roles[i], salt(), std::move(made->bytes[i])});
    }
    const auto authority = record::parse_authority(draft.authority);
    if (!authority) return unexpected(authority.error());
    auto entry = record::build_entry(
        {*authority, draft.kind, static_cast<std::uint64_t>(rules_before), Instant{time}},
        *postings,
        std::move(parts)
    );
    if (!entry) return unexpected(entry.error());
    return SealedEntry{std::move(*entry), std::move(made->parties)};
}

Result<FoldEntry> read_fold_entry(const record::Header& header, const record::CoopPart& coop) {
    FoldEntry out;
    out.kind = header.kind;
    out.by = coop.by.text();
    out.command = coop.command.hex();
    out.time = header.time.ms;
    if (coop.mandate) out.grant = static_cast<Int>(coop.mandate->grant);
    out.events.reserve(coop.events.size());
    for (const Json& json : coop.events) {
        auto event = event_from_json(json);
        if (!event) return unexpected(event.error());
        out.events.push_back(std::move(*event));
    }
    for (const auto& posting : coop.postings) {
        out.postings.push_back({posting.account.text(), posting.currency.text(), posting.amount});
    }
    out.chain = coop.chain;
    for (const auto& name : coop.opens)
        out.opens.push_back(name.text());
    return out;
}

std::optional<FoldEntry>
scan_fold_entry(const record::Header& header, const record::CoopText& coop) {
    auto read = read_fold_entry(header, coop.part);
    if (!read) return std::nullopt;
    std::optional<FoldEntry> out(std::move(*read));
    out->events.reserve(coop.events.size());
    for (const std::string_view text : coop.events) {
        auto event = scan_event(text);
        if (!event) return std::nullopt;
        out->events.push_back(std::move(*event));
    }
    return out;
}

std::string fold(State& state, const FoldEntry& entry, Int index, const Hash& leaf) {
    apply(state, entry.events, {index, entry.time, entry.grant});
    if (apply_postings(state, entry.postings) != entry.opens) return "opened accounts differ";
    if (auto broken = broken_invariant(state, entry.events, entry.postings); !broken.empty()) {
        return broken;
    }
    state.put(CommandRow{entry.command, entry.by, index});
    for (const auto& link : entry.chain) {
        const Int member = static_cast<Int>(link.member);
        const auto* row = state.find<MemberRow>(member);
        if (row == nullptr || std::cmp_not_equal(row->counter + 1, link.counter)) {
            return "a member's counter is out of step";
        }
        apply_link(state, member, leaf);
    }
    return {};
}

namespace {

struct ResultOf {
    Json& result;
    Int index;

    void number(const char* name, Int value) const { result.set(name, Json(value)); }

    void proposed(Int from) const {
        number("proposal", index);
        number("from", from);
    }

    void operator()(const MemberEnrolled& e) const { number("member", e.member); }

    void operator()(const ReenrolmentProposed& e) const { proposed(e.from); }

    void operator()(const RequesterRegistered& e) const { number("requester", e.requester); }

    void operator()(const Granted&) const { number("grant", index); }

    void operator()(const ProjectCreated& e) const { number("project", e.project); }

    void operator()(const BatchCreated& e) const { number("batch", e.batch); }

    void operator()(const BatchPublished& e) const {
        result.set("held", record::amount_to_json(e.held.minor));
    }

    void operator()(const BatchClosed& e) const {
        result.set("released", record::amount_to_json(e.released.minor));
    }

    void operator()(const Submitted& e) const { number("accepted_by", e.due); }

    void operator()(const Accepted& e) const {
        Json::Array wages;
        for (const Wage& item : e.items) {
            wages.push_back(Json::array(
                {Json(item.task), Json(item.member), record::amount_to_json(item.wage.minor)}
            ));
        }
        result.set("wages", Json(std::move(wages)));
    }

    void operator()(const RefundSent& e) const { number("refund", e.refund); }

    void operator()(const DistributionOpened& e) const { number("distribution", e.distribution); }

    void operator()(const PeriodClosed& e) const { number("period", e.period); }

    void operator()(const ReleaseProposed& e) const { proposed(e.from); }

    void operator()(const PayoutOpened& e) const {
        number("payout", e.payout);
        number("count", e.count);
        result.set("total", record::amount_to_json(e.total.minor));
    }

    template <class E>
    void operator()(const E&) const {}
};

} // namespace

Json result_of(const std::vector<Event>& events, Int index) {
    Json result = Json::object({});
    for (const Event& event : events)
        std::visit(ResultOf{result, index}, event);
    return result;
}

} // namespace handprint::market
