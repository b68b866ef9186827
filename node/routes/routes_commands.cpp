// The one door for everything that a person signs.

#include "ledger/base/base64.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/dsse.hpp"
#include "node/market/json_codec.hpp"
#include "node/pipeline/intake.hpp"
#include "node/routes/answers.hpp"
#include "node/routes/content.hpp"

#include <algorithm>

namespace handprint::routes {

namespace {

using pipeline::Job;

Unexpected<market::Refusal> bad(std::string code, std::string field, std::string detail) {
    return unexpected(market::Refusal{
        market::Family::invalid, std::move(code), std::move(detail), std::move(field)
    });
}

std::optional<record::Salt> salt_of(const Json* json) {
    if (json == nullptr || json->as_string() == nullptr) return std::nullopt;
    const auto salt = base64_to_array<32>(json->text());
    if (!salt) return std::nullopt;
    return *salt;
}

Result<void, market::Refusal>
attach_answers(const Node& node, const market::Submit& submit, const Json* given, Job& job) {
    const auto* items = given == nullptr ? nullptr : given->as_array();
    if (items == nullptr || items->size() != submit.answers.size()) {
        return bad(
            "answers_missing", "attachments.answers", "One answer for each that is signed for."
        );
    }
    const auto form = node.content.form(submit.batch);
    for (std::size_t i = 0; i < items->size(); ++i) {
        const Json& item = (*items)[i];
        const std::string field = "attachments.answers[" + std::to_string(i) + ']';
        const auto salt = salt_of(item.find("salt"));
        const auto odd = item.as_object() == nullptr
                             ? std::nullopt
                             : unknown_member(item, {"content", "salt", "task"});
        if (odd) return bad("bad_argument", field + '.' + *odd, *odd + " is not known");
        const Json* content = item.find("content");
        const Json* task = item.find("task");
        if (!salt || content == nullptr || content->as_string() == nullptr || task == nullptr
            || task->as_integer() == nullptr) {
            return bad("bad_answer", field, "An answer has task, salt and content.");
        }
        const auto bytes = base64_decode(content->text());
        const auto& signed_for = submit.answers[i];
        if (!bytes || task->integer() != signed_for.task
            || std::cmp_not_equal(bytes->size(), signed_for.length)
            || record::commit(*salt, ByteView(*bytes)) != signed_for.hash) {
            return bad("answer_differs", field, "This is not the answer that was signed for.");
        }
        // What has been handed in is paid, so nothing comes in that a requester could not use.
        auto fault = form ? form->answer_fault(signed_for.type, as_text(*bytes)) : std::nullopt;
        if (fault) return bad(std::move(fault->code), field, std::move(fault->detail));
    }
    job.attachments.push_back({"answers", "", node.vault.encrypt(as_bytes(given->encode()))});
    return {};
}

Result<void, market::Refusal>
attach_terms(const Node& node, const market::CreateBatch& batch, const Json* terms, Job& job) {
    if (terms == nullptr || terms->as_object() == nullptr) {
        return bad("terms_missing", "attachments.terms", "The terms that members agree to.");
    }
    const std::string text = terms->encode();
    if (text.size() > 32 * 1024) return bad("too_large", "attachments.terms", "At most 32 KiB.");
    if (record::terms_hash(text) != batch.terms) {
        return bad("terms_differ", "attachments.terms", "Their hash is not the signed one.");
    }
    // Every number of the command stands in the terms, unchanged.
    const Json args = market::args_to_json(market::Command(batch));
    for (const auto& member : args.members()) {
        if (member.key == "terms" || member.key == "external") continue;
        const Json* shown = terms->find(member.key);
        if (shown == nullptr || !(*shown == member.value)) {
            return bad(
                "terms_differ", "attachments.terms." + member.key, "The terms say something else."
            );
        }
    }
    if (auto form = api::TaskForm::read(*terms, "attachments.terms.", node.domains); !form) {
        auto& fault = form.error();
        return bad(std::move(fault.code), std::move(fault.field), std::move(fault.detail));
    }
    job.notes.push_back({"terms", "#", to_bytes(as_bytes(text))});
    return {};
}

Result<void, market::Refusal>
attach_project(const market::CreateProject& project, const Json& attachments, Job& job) {
    const Json* document = attachments.find("document");
    const auto salt = salt_of(attachments.find("salt"));
    if (document == nullptr || !salt) {
        return bad("document_missing", "attachments.document", "Document and salt.");
    }
    const std::string text = document->encode();
    if (text.size() > 32 * 1024) return bad("too_large", "attachments.document", "At most 32 KiB.");
    if (record::commit(*salt, text) != project.document) {
        return bad("document_differs", "attachments.document", "Its hash is not the signed one.");
    }
    if (!api::is_plain_text(document->text_of("title"), 200)) {
        return bad("bad_text", "attachments.document.title", "1 to 200 printable bytes.");
    }
    job.notes.push_back({"project", "#", Content::project_note(*document, *salt)});
    return {};
}

/// What does not come with a command of this kind.
std::optional<std::string> not_attached(const market::Command& command, const Json& attachments) {
    if (std::holds_alternative<market::Submit>(command))
        return unknown_member(attachments, {"answers"});
    if (std::holds_alternative<market::CreateBatch>(command))
        return unknown_member(attachments, {"terms"});
    if (std::holds_alternative<market::CreateProject>(command))
        return unknown_member(attachments, {"document", "salt"});
    if (std::holds_alternative<market::RegisterRequester>(command))
        return unknown_member(attachments, {"name"});
    return unknown_member(attachments, {});
}

Result<void, market::Refusal> attach(const Node& node, const Json* given, Job& job) {
    static const Json none = Json::object({});
    const Json& attachments = given == nullptr ? none : *given;
    const auto& command = job.request.command;
    if (attachments.as_object() == nullptr) {
        return bad("bad_argument", "attachments", "An object.");
    }
    if (const auto name = not_attached(command, attachments)) {
        return bad("bad_argument", "attachments." + *name, *name + " is not known");
    }
    if (const auto* submit = std::get_if<market::Submit>(&command)) {
        return attach_answers(node, *submit, attachments.find("answers"), job);
    }
    if (const auto* batch = std::get_if<market::CreateBatch>(&command)) {
        return attach_terms(node, *batch, attachments.find("terms"), job);
    }
    if (const auto* project = std::get_if<market::CreateProject>(&command)) {
        return attach_project(*project, attachments, job);
    }
    if (std::holds_alternative<market::ImportTasks>(command)) {
        return bad("use_the_door", "kind", "Upload tasks at POST /v1/batches/{b}/tasks.");
    }
    if (std::holds_alternative<market::RegisterRequester>(command)) {
        const Json* name = attachments.find("name");
        if (name == nullptr || name->as_string() == nullptr
            || !api::is_plain_text(name->text(), 200)) {
            return bad("bad_text", "attachments.name", "A name of 1 to 200 printable bytes.");
        }
        job.notes.push_back({"name", "r:#", to_bytes(as_bytes(name->text()))});
    }
    return {};
}

/// A job for what was signed, and the key that signed it if a party has it.
struct Taken {
    Job job;
    std::optional<market::KeyRow> signer;
};

Result<Taken, http::Response> read_command(const Node& node, const http::Request& request) {
    const auto body = read_body(request, {"attachments", "envelope"});
    if (!body) return unexpected(body.error());
    const Json* given = body->find("envelope");
    if (given == nullptr) {
        return unexpected(
            respond(api::bad_request("missing", "envelope", "The signed envelope is missing."))
        );
    }
    const auto envelope = record::envelope_from_json(*given);
    if (!envelope) {
        return unexpected(respond(api::bad_request("malformed", "envelope", envelope.error().what))
        );
    }
    auto taken = pipeline::take_in(*envelope, node.keys, node.origin);
    if (!taken) return unexpected(respond(taken.error()));
    if (taken->actor == "clock" || std::holds_alternative<market::Genesis>(taken->command)) {
        return unexpected(respond(market::Refusal{
            market::Family::denied, "key_unknown", "This kind does not come in here.", "kind"
        }));
    }
    // What is signed says the id; a header may repeat it.
    const auto said = request.headers.get("Idempotency-Key");
    if (!said.empty() && said != taken->id.hex()) {
        return unexpected(respond(
            api::bad_request("bad_id", "Idempotency-Key", "It is not the id of the signed command.")
        ));
    }
    auto signer = node.keys.of_key(taken->key);
    Job job;
    job.request = std::move(*taken);
    if (const auto ok = attach(node, body->find("attachments"), job); !ok) {
        return unexpected(respond(ok.error()));
    }
    return Taken{std::move(job), std::move(signer)};
}

/// Who signed pays from the bucket of its party, whatever actor it names; a newcomer has none yet.
std::optional<http::Response> charge(Node& node, const http::Request& request, const Taken& taken) {
    const auto now = http::Quotas::Clock::now();
    if (!taken.signer) return node.quotas.charge_address(request.peer, 1, now);
    http::Principal signer;
    signer.party = taken.signer->party;
    return node.quotas.charge(signer, 1, now);
}

void take_command(Node& node, http::Request request, http::Reply reply) {
    auto taken = read_command(node, request);
    if (!taken) {
        auto limited = node.quotas.charge_failure(request.peer, http::Quotas::Clock::now());
        return reply(limited ? std::move(*limited) : std::move(taken).error());
    }
    if (auto limited = charge(node, request, *taken)) return reply(std::move(*limited));
    run(node, std::move(taken->job), std::move(reply));
}

} // namespace

void add_command_routes(http::Router& router, Node& node) {
    router.add<http::auth::signed_body>(
        http::Method::post,
        "/v1/commands",
        [&node](http::Request request, http::Reply reply) {
            take_command(node, std::move(request), std::move(reply));
        },
        {.body_limit = 4UL * 1024 * 1024}
    );
}

} // namespace handprint::routes
