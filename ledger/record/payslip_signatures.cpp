#include "ledger/record/command.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/payslip_check.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace handprint::record {

namespace {

using Keys = std::vector<PublicKey>;

bool changes_keys(const std::string& kind) {
    return kind == "enrol_member" || kind == "add_key" || kind == "revoke_key"
           || kind == "reenrol_member";
}

/// What delegates do to a member's keys.
bool is_of_delegate(const std::string& kind) {
    return kind == "propose_reenrolment" || kind == "reenrol_member";
}

/// Kinds that are worth nothing without a signature.
bool is_signed(const std::string& kind) {
    return changes_keys(kind) || is_of_delegate(kind) || kind == "submit"
           || kind == "object_reenrolment";
}

/// Whether the command of the entry is one of who may act here; `keys` are the member's.
Result<void> check_signer(
    const Envelope& envelope, const CommandBody& command, const Keys& keys, const ReadPayslip& slip
) {
    const std::uint64_t member = slip.payslip->member;
    if (is_of_delegate(command.kind)) {
        const Keys& delegates = slip.closing.event.delegates;
        const Party& actor = command.actor;
        if (actor.kind != PartyKind::delegate || actor.ordinal >= delegates.size())
            return fail("not of a delegate");
        if (!verify(envelope, delegates[static_cast<std::size_t>(actor.ordinal)]))
            return fail("not signed by that delegate");
        const Json* about = command.args.find("member");
        if (about == nullptr || *about != Json(member)) return fail("about another member");
        return {};
    }
    const bool newcomer = command.kind == "enrol_member";
    if (command.actor != (newcomer ? Party::newcomer() : Party::member(member)))
        return fail("of another actor");
    if (!verify_any(envelope, keys)) return fail("no key of the member verifies it");
    return {};
}

/// The command of one entry of one member's chain.
Result<CommandBody> command_of(const ReadEntry& entry, const Keys& keys, const ReadPayslip& slip) {
    const auto envelope = envelope_from_json(entry.part.evidence);
    if (!envelope) return unexpected(envelope.error());
    if (envelope->payload_type != kCommandType) return fail("not the type of a command");
    auto command = parse_command(envelope->payload);
    if (!command) return fail(command.error().what);
    if (command->log != slip.payslip->log) return fail("for another log");
    if (command->kind != entry.header.kind) return fail("of another kind than the entry");
    if (const auto ok = check_signer(*envelope, *command, keys, slip); !ok)
        return unexpected(ok.error());
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
    if (command.kind == "reenrol_member") keys.clear();
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

    struct Proposal {
        Party by;
        PublicKey key{};
    };

    std::map<std::uint64_t, Proposal> proposals; // of re-enrolments, in this file, by index
    std::int64_t answered = -1;                  // those of before this index are over
};

/// Another delegate confirms what one has proposed, and the member has not objected since. A
/// proposal of an earlier period is judged with the payslip of that period.
Result<void> check_confirmation(
    const CommandBody& command, const PublicKey& key, const ReadPayslip& slip, const Walk& walk
) {
    const Json* number = command.args.find("proposal");
    const std::int64_t* index = number == nullptr ? nullptr : number->as_integer();
    if (index == nullptr || *index < 0 || *index <= walk.answered)
        return fail("no proposal that stands");
    if (*index <= slip.closing.event.previous) return {};
    const auto at = walk.proposals.find(static_cast<std::uint64_t>(*index));
    if (at == walk.proposals.end()) return fail("nobody proposed it");
    if (at->second.by == command.actor || at->second.key != key)
        return fail("not what another delegate proposed");
    return {};
}

/// Proposals of re-enrolments, and what ends them.
Result<void> follow_proposals(
    const ReadEntry& entry, const CommandBody& command, const ReadPayslip& slip, Walk& walk
) {
    if (is_of_delegate(command.kind)) {
        const auto key = key_argument(command, "key");
        if (!key) return unexpected(key.error());
        if (command.kind == "propose_reenrolment") {
            walk.proposals[entry.proven->index] = {command.actor, *key};
            return {};
        }
        if (auto ok = check_confirmation(command, *key, slip, walk); !ok) return ok;
    } else if (command.kind != "object_reenrolment") {
        return {};
    }
    walk.answered = static_cast<std::int64_t>(entry.proven->index);
    return {};
}

/// The answers of the part are those that the member signed.
bool has_answers_of(const ReadEntry& entry, const CommandBody& command) {
    if (!entry.part.answers) return true;
    const Json* answers = command.args.find("answers");
    return answers != nullptr && *answers == *entry.part.answers;
}

/// Judges one entry and moves the walk past it.
Result<void> step(const ReadEntry& entry, const ReadPayslip& slip, Walk& walk) {
    const std::string& kind = entry.header.kind;
    const bool changes = changes_keys(kind);
    if (changes != entry.part.keys.has_value()) return fail("keys where none belong, or none");
    if ((kind == "submit") != entry.part.answers.has_value()) {
        return fail("answers where none belong, or none");
    }
    if (entry.part.evidence.is_null()) {
        if (is_signed(kind)) return fail("nothing is signed");
        return {};
    }
    const Keys& valid = kind == "enrol_member" ? *entry.part.keys : walk.keys;
    const auto command = command_of(entry, valid, slip);
    if (!command) return unexpected(command.error());
    // Else a key that was revoked comes back by the command that once added it.
    if (!walk.commands.emplace(command->actor.text(), command->command).second) {
        return fail("a command for the second time");
    }
    if (!has_answers_of(entry, *command)) return fail("other answers than were signed");
    if (auto ok = follow_proposals(entry, *command, slip, walk); !ok) return ok;
    if (!changes) return {};
    auto after = keys_after(*command, std::move(walk.keys));
    if (!after) return unexpected(after.error());
    if (*after != *entry.part.keys) return fail("its keys do not follow from the command");
    walk.keys = std::move(*after);
    return {};
}

} // namespace

PayslipCheck check_signatures(const ReadPayslip& slip, PayslipVerdict& verdict) {
    Walk walk;
    walk.keys = slip.start().keys;
    for (std::size_t i = 0; i < slip.entries.size(); ++i) {
        const auto done = step(slip.entries[i], slip, walk);
        if (!done) {
            return PayslipFault{"signature_invalid", name_of(slip, i) + ": " + done.error().what};
        }
    }
    verdict.signatures = walk.commands.size();
    if (walk.keys == slip.closing.position->keys) return {};
    return PayslipFault{"keys_differ", "the close says other keys than the entries"};
}

} // namespace handprint::record
