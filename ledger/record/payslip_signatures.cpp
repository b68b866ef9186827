#include "ledger/record/command.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/payslip_check.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace handprint::record {

namespace {

using Keys = std::vector<PublicKey>;

bool changes_keys(const std::string& kind) {
    return kind == "enrol_member" || kind == "add_key" || kind == "revoke_key";
}

/// The command of one entry of one member's chain.
Result<CommandBody> command_of(const ReadEntry& entry, const Keys& keys, const Payslip& payslip) {
    const auto envelope = envelope_from_json(entry.part.evidence);
    if (!envelope) return unexpected(envelope.error());
    if (envelope->payload_type != kCommandType) return fail("not the type of a command");
    if (!verify_any(*envelope, keys)) return fail("no key of the member verifies it");
    auto command = parse_command(envelope->payload);
    if (!command) return fail(command.error().what);
    if (command->log != payslip.log) return fail("for another log");
    if (command->kind != entry.header.kind) return fail("of another kind than the entry");
    const Party due =
        command->kind == "enrol_member" ? Party::newcomer() : Party::member(payslip.member);
    if (command->actor != due) return fail("of another actor");
    // What the member had seen was there before the entry, else there are two logs.
    if (command->seen && command->seen->size > entry.proven->index) {
        return fail("signed by who had seen a larger log");
    }
    return std::move(*command);
}

Result<PublicKey> key_argument(const CommandBody& command, std::string_view name) {
    const Json* key = command.args.find(name);
    if (key == nullptr) return fail("no argument \"" + std::string(name) + "\"");
    return hash_from_json(*key);
}

/// The keys that must be valid after a command that changes them.
Result<Keys> keys_after(const CommandBody& command, Keys keys) {
    const auto key = key_argument(command, "key");
    if (!key) return unexpected(key.error());
    if (command.kind == "revoke_key") {
        std::erase(keys, *key);
        return keys;
    }
    if (command.kind == "enrol_member") {
        keys.clear();
        if (command.args.find("recovery") != nullptr) {
            const auto recovery = key_argument(command, "recovery");
            if (!recovery) return unexpected(recovery.error());
            keys.push_back(*recovery);
        }
    }
    keys.push_back(*key);
    return sorted_keys(std::move(keys));
}

/// Where the walk along the entries has come to.
struct Walk {
    Keys keys;                                            // valid now
    std::set<std::pair<std::string, CommandId>> commands; // signed so far, by actor
};

/// The answers of the part are those that the member signed.
bool has_answers_of(const ReadEntry& entry, const CommandBody& command) {
    if (!entry.part.answers) return true;
    const Json* answers = command.args.find("answers");
    return answers != nullptr && *answers == *entry.part.answers;
}

/// Judges one entry and moves the walk past it.
Result<void> step(const ReadEntry& entry, const Payslip& payslip, Walk& walk) {
    const std::string& kind = entry.header.kind;
    const bool changes = changes_keys(kind);
    if (changes != entry.part.keys.has_value()) return fail("keys where none belong, or none");
    if ((kind == "submit") != entry.part.answers.has_value()) {
        return fail("answers where none belong, or none");
    }
    if (entry.part.evidence.is_null()) {
        if (changes || kind == "submit") return fail("nothing is signed");
        return {};
    }
    const Keys& valid = kind == "enrol_member" ? *entry.part.keys : walk.keys;
    const auto command = command_of(entry, valid, payslip);
    if (!command) return unexpected(command.error());
    // Else a key that was revoked comes back by the command that once added it.
    if (!walk.commands.emplace(command->actor.text(), command->command).second) {
        return fail("a command for the second time");
    }
    if (!has_answers_of(entry, *command)) return fail("other answers than were signed");
    if (!changes) return {};
    auto after = keys_after(*command, std::move(walk.keys));
    if (!after) return unexpected(after.error());
    if (*after != *entry.part.keys) return fail("its keys do not follow from the command");
    walk.keys = std::move(*after);
    return {};
}

} // namespace

PayslipCheck check_signatures(const ReadPayslip& slip, PayslipVerdict& verdict) {
    Walk walk{slip.start().keys, {}};
    for (std::size_t i = 0; i < slip.entries.size(); ++i) {
        const auto done = step(slip.entries[i], *slip.payslip, walk);
        if (!done) {
            return PayslipFault{"signature_invalid", name_of(slip, i) + ": " + done.error().what};
        }
    }
    verdict.signatures = walk.commands.size();
    if (walk.keys == slip.closing.position->keys) return {};
    return PayslipFault{"keys_differ", "the close says other keys than the entries"};
}

} // namespace handprint::record
