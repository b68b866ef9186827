#include "node/client/signer.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/command.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/fields.hpp"
#include "node/market/json_codec.hpp"

#include <sodium/randombytes.h>

#include <array>
#include <chrono>

namespace handprint::client {

using record::Json;

market::Int now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

CommandId new_id() {
    std::array<std::uint8_t, 10> random{};
    randombytes_buf(random.data(), random.size());
    return CommandId::at(now_ms(), random);
}

Json Signer::sign(const market::Command& command) const {
    const auto actor = record::Party::parse(party);
    HP_CHECK(actor.has_value(), "a signer has a party");
    const record::CommandBody body{
        *actor,
        market::args_to_json(command),
        new_id(),
        market::kind_of(command),
        origin,
        std::nullopt
    };
    return record::to_json(record::sign(record::kCommandType, encode(body), key));
}

std::string Signer::body(const market::Command& command, Json attachments) const {
    Json json = Json::object({{"envelope", sign(command)}});
    if (!attachments.is_null()) json.set("attachments", std::move(attachments));
    return json.encode();
}

std::string Signer::challenge_body() const {
    return R"({"key":")" + key_text() + R"("})";
}

std::string Signer::session_body(const std::string& challenge, market::Int now) const {
    const Json payload = Json::object({
        {"challenge", Json(challenge)},
        {"log", Json(origin)},
        {"time", Json(now)},
    });
    const auto envelope = record::sign(record::kSessionType, payload.encode(), key);
    return R"({"envelope":)" + record::encode(envelope) + '}';
}

std::string Signer::key_text() const {
    return base64_encode(key.public_key());
}

SaltedAnswer salted_answer(market::Int task, std::string_view content, std::string type) {
    record::Salt salt{};
    randombytes_buf(salt.data(), salt.size());
    SaltedAnswer made;
    made.ref.hash = record::commit(salt, content);
    made.ref.length = static_cast<market::Int>(content.size());
    made.ref.task = task;
    made.ref.type = std::move(type);
    made.attachment = Json::object({
        {"content", Json(base64_encode(as_bytes(content)))},
        {"salt", Json(base64_encode(salt))},
        {"task", Json(task)},
    });
    return made;
}

std::vector<std::string> program_kinds() {
    return {
        "accept",
        "close_batch",
        "create_batch",
        "create_project",
        "import_tasks",
        "publish",
        "refund"
    };
}

} // namespace handprint::client
