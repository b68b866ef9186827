#include "node/routes/acting.hpp"

#include "node/market/entry_seal.hpp"
#include "node/market/parties.hpp"
#include "node/pipeline/intake.hpp"
#include "node/routes/entries.hpp"
#include "node/routes/sessions.hpp"

namespace handprint::routes {

Result<Int, http::Response> requester_of(const http::Request& request) {
    const Int requester = market::ordinal_of(request.principal->party, 'r');
    if (requester == market::never) {
        return unexpected(respond(market::Refusal{
            market::Family::denied, "not_a_requester", "This is for requesters.", {}
        }));
    }
    return requester;
}

namespace {

Hash request_hash(const http::Request& request) {
    const std::string head = std::string(http::name(request.method)) + ' ' + request.path + '\n';
    return sha256({as_bytes(head), as_bytes(request.body)});
}

CommandId with_step(const CommandId& id, std::string_view step) {
    if (step.empty()) return id;
    const Hash mixed = sha256({ByteView(id.bytes), as_bytes(step)});
    CommandId out = id; // its time stays
    std::copy_n(mixed.begin(), 10, out.bytes.begin() + 6);
    return out;
}

} // namespace

market::Refusal id_reused() {
    return {
        market::Family::conflict,
        "id_reused",
        "This id was used for another request.",
        "Idempotency-Key"
    };
}

std::optional<DoneBefore>
done_before(Node& node, const http::Request& request, std::string_view step) {
    const auto given = CommandId::parse(request.headers.get("Idempotency-Key"));
    if (!given) return std::nullopt;
    const auto found =
        row<market::CommandRow>(node, with_step(*given, step).hex(), request.principal->party);
    if (!found) return std::nullopt;
    DoneBefore before;
    before.index = found->index;
    const auto entry = stored_entry(node, found->index);
    if (!entry) return std::nullopt;
    const auto coop = record::parse_coop_part(entry->coop);
    if (!coop) return std::nullopt;
    before.same = coop->mandate && coop->mandate->request == request_hash(request);
    const auto fold = market::read_fold_entry(entry->header, *coop);
    if (!fold) return before;
    for (const auto& event : fold->events) {
        if (const auto* paid = std::get_if<market::Accepted>(&event)) {
            for (const auto& item : paid->items)
                before.accepted.push_back({item.task, item.member});
        }
    }
    return before;
}

std::optional<market::Refusal> refusal_now(Node& node, const market::Request& request) {
    market::State state;
    std::vector<market::Key> missing;
    market::common_keys(state, missing);
    auto named = market::Named::more;
    for (int round = 0; round < 2 && named == market::Named::more; ++round) {
        named = market::keys_of(request, state, missing);
        auto rows = node.store.load(missing);
        if (!rows) return std::nullopt;
        for (std::size_t i = 0; i < missing.size(); ++i)
            state.load(std::move(missing[i]), std::move((*rows)[i]));
        missing.clear();
    }
    const market::Context context{node.clock(), node.sequencer.size()};
    const auto draft = market::decide(state, request, context);
    if (draft) return std::nullopt;
    return draft.error();
}

void run_flat(Node& node, pipeline::Job job, http::Reply reply) {
    run(node, std::move(job), std::move(reply), [&node](const pipeline::Answer& answer) {
        auto response = respond(node, answer);
        auto json = Json::parse(response.body);
        if (!json) return response;
        for (const auto& member : answer.result.members())
            json->set(member.key, member.value);
        response.body = json->encode();
        return response;
    });
}

Result<pipeline::Job, http::Response>
act(Node& node, const http::Request& request, market::Command command, std::string_view step) {
    if (const auto who = requester_of(request); !who) return unexpected(who.error());
    const auto mandate = node.sessions.mandate(*request.principal, market::kind_of(command));
    if (!mandate) return unexpected(respond(mandate.error()));
    CommandId id;
    const auto given = request.headers.get("Idempotency-Key");
    if (given.empty()) {
        id = node.vault.command_id(node.clock());
    } else {
        const auto parsed = CommandId::parse(given);
        if (!parsed) {
            return unexpected(
                respond(api::bad_request("bad_id", "Idempotency-Key", "32 lower-case hex digits."))
            );
        }
        id = *parsed;
    }
    id = with_step(id, step);
    pipeline::Job job;
    job.request = pipeline::sign_command(
        std::move(command), mandate->party, id, KeyPair::from_seed(mandate->agent), node.origin
    );
    job.request.grant = mandate->grant;
    job.request.request = request_hash(request);
    return job;
}

Result<market::BatchRow, http::Response> own_batch(Node& node, const http::Request& request) {
    const auto who = requester_of(request);
    if (!who) return unexpected(who.error());
    if (auto late = check_seq(node, request)) return unexpected(std::move(*late));
    const auto number = natural(request.param("b"));
    const auto batch = number ? row<market::BatchRow>(node, *number) : std::nullopt;
    if (!batch || batch->requester != *who) {
        return unexpected(respond(api::not_found("no_such_batch", "You have no such batch.")));
    }
    return *batch;
}

} // namespace handprint::routes
