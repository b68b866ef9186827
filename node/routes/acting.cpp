#include "node/routes/acting.hpp"

#include "node/market/area.hpp"
#include "node/pipeline/intake.hpp"
#include "node/routes/sessions.hpp"

namespace handprint::routes {

Result<Int, http::Response> requester_of(const http::Request& request) {
    const Int requester = market::area::ordinal_of(request.principal->party, 'r');
    if (requester == market::never) {
        return unexpected(respond(
            market::Refusal{market::Family::denied, "not_a_requester", "This is for requesters.", {}}
        ));
    }
    return requester;
}

Result<pipeline::Job, http::Response>
act(Node& node, const http::Request& request, market::Command command, std::string_view step) {
    if (const auto who = requester_of(request); !who) return unexpected(who.error());
    const auto mandate = node.sessions.mandate(*request.principal);
    if (!mandate) return unexpected(respond(mandate.error()));
    CommandId id;
    const auto given = request.headers.get("Idempotency-Key");
    if (given.empty()) {
        node.vault.fill(id.bytes);
    } else {
        const auto parsed = CommandId::parse(given);
        if (!parsed) {
            return unexpected(
                respond(api::bad_request("bad_id", "Idempotency-Key", "32 lower-case hex digits."))
            );
        }
        id = *parsed;
    }
    if (!step.empty()) {
        const Hash mixed = sha256({ByteView(id.bytes), as_bytes(step)});
        std::copy_n(mixed.begin(), id.bytes.size(), id.bytes.begin());
    }
    pipeline::Job job;
    job.request = pipeline::sign_command(
        std::move(command), mandate->party, id, KeyPair::from_seed(mandate->agent), node.origin
    );
    job.request.grant = mandate->grant;
    const std::string head = std::string(http::name(request.method)) + ' ' + request.path + '\n';
    job.request.request = sha256({as_bytes(head), as_bytes(request.body)});
    return job;
}

Result<market::BatchRow, http::Response>
own_batch(Node& node, const http::Request& request) {
    const auto who = requester_of(request);
    if (!who) return unexpected(who.error());
    if (auto late = wait_seq(node, request)) return unexpected(std::move(*late));
    const auto number = natural(request.param("b"));
    const auto batch = number ? row<market::BatchRow>(node, *number) : std::nullopt;
    if (!batch || batch->requester != *who) {
        return unexpected(respond(api::not_found("no_such_batch", "You have no such batch.")));
    }
    return *batch;
}

} // namespace handprint::routes
