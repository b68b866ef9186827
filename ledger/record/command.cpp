#include "ledger/record/command.hpp"

#include "ledger/record/fields.hpp"
#include "ledger/record/json_scan.hpp"

namespace handprint::record {

std::string encode(const CommandBody& command) {
    HP_CHECK(command.args.as_object() != nullptr, "the args of a command are an object");
    Json out;
    out.set("actor", command.actor.text());
    out.set("args", command.args);
    out.set("command", command.command.hex());
    out.set("kind", command.kind);
    out.set("log", command.log);
    if (command.seen) {
        out.set(
            "seen",
            Json::object({{"root", to_json(command.seen->root)}, {"size", command.seen->size}})
        );
    }
    return out.encode();
}

Result<CommandBody, CommandError> parse_command(std::string_view payload) {
    using Code = CommandError::Code;
    const auto json = Json::parse(payload);
    if (!json) return unexpected(CommandError{Code::not_canonical, describe(json.error())});

    Fields fields(*json, "command");
    CommandBody out;
    const auto actor = Party::parse(fields.string("actor"));
    out.args = fields.any("args");
    const auto id = CommandId::parse(fields.string("command"));
    out.kind = fields.string("kind");
    out.log = fields.string("log");
    if (!actor) fields.refuse("\"actor\" is not a party");
    if (!id) fields.refuse("\"command\" is not 32 hexadecimal digits");
    if (out.args.as_object() == nullptr) fields.refuse("\"args\" is not an object");
    if (fields.has("seen")) {
        Fields seen(fields.any("seen"), "seen");
        out.seen = Seen{seen.hash("root"), seen.natural("size")};
        if (const auto done = seen.finish(); !done) fields.refuse(done.error().what);
    }
    if (const auto done = fields.finish(); !done) {
        return unexpected(CommandError{Code::malformed, done.error().what});
    }
    out.actor = *actor;
    out.command = *id;
    return out;
}

std::optional<CommandText> scan_command(std::string_view payload) {
    JsonScan scan(payload);
    CommandText out;
    std::string_view actor;
    std::string_view id;
    const bool taken = scan.eat(R"({"actor":)") && scan.string(actor) && scan.eat(R"(,"args":)")
                       && scan.skip(out.args) && out.args.starts_with('{')
                       && scan.eat(R"(,"command":)") && scan.string(id) && scan.eat(R"(,"kind":)")
                       && scan.string(out.kind) && scan.eat(R"(,"log":)") && scan.string(out.log);
    if (!taken) return std::nullopt;
    if (scan.eat_if(R"(,"seen":{"root":)")) {
        auto& seen = out.seen.emplace();
        if (!scan.hash(seen.root) || !scan.eat(R"(,"size":)") || !scan.natural(seen.size)
            || !scan.eat("}")) {
            return std::nullopt;
        }
    }
    const auto party = Party::parse(actor);
    const auto command = CommandId::parse(id);
    if (!scan.eat("}") || !scan.done() || !party || !command) return std::nullopt;
    out.actor = *party;
    out.command = *command;
    return out;
}

} // namespace handprint::record
