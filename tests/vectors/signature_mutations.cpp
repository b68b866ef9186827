#include "ledger/record/fields.hpp"
#include "tests/vectors/mutations.hpp"

#include <utility>

namespace handprint::vectors {

using namespace record;

namespace {

constexpr const char* kInvalid = "signature_invalid";
constexpr const char* kStep = "bao submits again";

Twist signed_by(std::uint8_t key) {
    Twist twist;
    twist.signer = key_pair(key);
    return twist;
}

Twist command_twist(std::function<void(CommandBody&)> change) {
    Twist twist;
    twist.command = std::move(change);
    return twist;
}

/// Of what the command says, whether it is a command or not.
Twist body_twist(std::function<void(Json&)> change) {
    Twist twist;
    twist.payload = [change = std::move(change)](std::string& payload) {
        Json body = Json::parse(payload).value();
        change(body);
        payload = body.encode();
    };
    return twist;
}

/// Adds a stranger's key to the keys that an entry says are valid.
void slip_key_in(MemberPart& part) {
    std::vector<PublicKey> keys = part.keys.value();
    keys.push_back(key_pair(kStrangerKey).public_key());
    part.keys = sorted_keys(std::move(keys));
}

/// The id of the command of a step.
CommandId id_of(const World& world, const std::string& step) {
    const Entry& entry = world.entries().at(world.index_of(step));
    return parse_coop_part(entry.parts.front().bytes).value().command;
}

void add_answer_mutations(Mutations& out) {
    out.twist("other answers than were signed", kInvalid, kStep, part_twist([](MemberPart& part) {
                  part.answers = patched(*part.answers, replace("/0/task", 9));
              }));
    out.twist("no answers in a submission", kInvalid, kStep, part_twist([](MemberPart& part) {
                  part.answers.reset();
              }));
    out.twist("answers in a wage", kInvalid, "second accept", part_twist([](MemberPart& part) {
                  part.answers = Json(Json::Array{});
              }));
    out.twist("answers that are no list", "malformed", kStep, part_twist([](MemberPart& part) {
                  part.answers = Json(7);
              }));
}

void add_evidence_mutations(Mutations& out) {
    for (const char* step : {kStep, "bao adds a key", "bao revokes a key"}) {
        out.twist(
            std::string(step) + ", unsigned", kInvalid, step, part_twist([](MemberPart& part) {
                part.evidence = Json();
            })
        );
    }
    out.twist(
        "enrolment, unsigned",
        kInvalid,
        "bao enrols",
        part_twist([](MemberPart& part) { part.evidence = Json(); }),
        kBao,
        1
    );
    out.twist("evidence that is no envelope", kInvalid, kStep, part_twist([](MemberPart& part) {
                  part.evidence = Json::object({{"payload", "e30="}});
              }));
    out.twist(
        "evidence of a line that needs none",
        kInvalid,
        "second accept",
        part_twist([](MemberPart& part) { part.evidence = Json::object(Json::Object{}); })
    );
    Twist flipped;
    flipped.envelope = [](Envelope& envelope) { envelope.signature[40] ^= 1U; };
    out.twist("a flipped bit in a signature", kInvalid, kStep, flipped);
    Twist type;
    type.envelope = [](Envelope& envelope) {
        envelope = sign(kSessionType, envelope.payload, key_pair(kBaoNewKey));
    };
    out.twist("the payload type of a session", kInvalid, kStep, type);
}

/// Cruz is enrolled anew in period 4.
void add_reenrolment_mutations(Mutations& out) {
    const auto add = [&out](const char* name, const char* step, Twist twist) {
        out.twist(name, kInvalid, step, std::move(twist), kCruz, 4);
    };
    add("a notice signed by a stranger", "notice to cruz", signed_by(kStrangerKey));
    add("a notice about another member", "notice to cruz", command_twist([](CommandBody& command) {
            command.args.set("member", kBao);
        }));
    add("enrolled anew by a stranger", "cruz is back", signed_by(kStrangerKey));
    add("enrolled anew by the member's key", "cruz is back", signed_by(kCruzKey));
    Twist alone = signed_by(kDelegateKey);
    alone.command = [](CommandBody& command) { command.actor = Party::delegate(0); };
    add("enrolled anew by one delegate", "cruz is back", std::move(alone));
    add("enrolled anew without a proposal", "cruz is back", command_twist([](CommandBody& command) {
            command.args.set("proposal", 1000);
        }));
    add("enrolled anew with another key than was proposed",
        "notice to cruz",
        command_twist([](CommandBody& command) {
            command.args.set("key", to_json(key_pair(kStrangerKey).public_key()));
        }));
    Twist as_member = signed_by(kDelegateKey);
    as_member.command = [](CommandBody& command) { command.actor = Party::member(kAmina); };
    add("a notice by a delegate in the name of a member", "notice to cruz", std::move(as_member));
    Twist third = signed_by(kDelegateKey + 2);
    third.command = [](CommandBody& command) { command.actor = Party::delegate(2); };
    add("a notice by a delegate that is none", "notice to cruz", std::move(third));
    add("a notice by a list", "notice to cruz", body_twist([](Json& body) {
            body.set("actor", Json::array({}));
        }));
    add("enrolled anew on a text", "cruz is back", command_twist([](CommandBody& command) {
            command.args.set("proposal", "5");
        }));
    add("enrolled anew on a number below zero", "cruz is back", command_twist([](CommandBody& c) {
            c.args.set("proposal", -1);
        }));
    const auto lies = [](std::function<void(MemberPart&)> change) {
        Twist twist;
        twist.parts = [change = std::move(change)](std::vector<MemberPart>& parts) {
            change(parts.front());
        };
        return twist;
    };
    const auto unsigned_part = lies([](MemberPart& part) { part.evidence = Json(); });
    add("a notice, unsigned", "notice to cruz", unsigned_part);
    add("enrolled anew, unsigned", "cruz is back", unsigned_part);
    add("enrolled anew with a key that stays", "cruz is back", lies([](MemberPart& part) {
            std::vector<PublicKey> keys = part.keys.value();
            keys.push_back(key_pair(kCruzKey).public_key());
            part.keys = sorted_keys(std::move(keys));
        }));
    add("enrolled anew without keys", "cruz is back", lies([](MemberPart& part) {
            part.keys.reset();
        }));
    const auto then = [&out](const char* name, const std::function<void(World&)>& more) {
        out.file(name, kInvalid, scenario({}, more).payslip(kCruz, 4));
    };
    then("enrolled anew twice on one proposal", [](World& world) {
        world.reenrol("once more", "notice to cruz", kCruz, kCruzNewKey);
    });
    then("enrolled anew after an objection", [](World& world) {
        world.propose("another notice", kCruz, kCruzNewKey);
        world.object("cruz objects", "another notice", kCruz, kCruzNewKey);
        world.reenrol("once more", "another notice", kCruz, kCruzNewKey);
    });
    then("an objection signed by a stranger", [](World& world) {
        world.propose("another notice", kCruz, kCruzNewKey);
        world.object("cruz objects", "another notice", kCruz, kStrangerKey);
    });
}

void add_key_mutations(Mutations& out) {
    out.twist("signed by a stranger", kInvalid, kStep, signed_by(kStrangerKey));
    out.twist("signed by another member", kInvalid, kStep, signed_by(kAminaKey));
    out.twist("a key that vouches for itself", kInvalid, "bao adds a key", signed_by(kBaoNewKey));
    out.twist(
        "enrolment signed by a stranger", kInvalid, "bao enrols", signed_by(kStrangerKey), kBao, 1
    );
    out.twist("a key that is not in the opening", kInvalid, "first close", [] {
        Twist twist;
        twist.positions = [](std::vector<Position>& all) { all.at(kBao).keys.clear(); };
        return twist;
    }());
    out.twist("a key slipped in with another", kInvalid, "bao adds a key", part_twist(slip_key_in));
    out.twist(
        "a key slipped in with a revocation", kInvalid, "bao revokes a key", part_twist(slip_key_in)
    );
    out.twist(
        "a key slipped in at enrolment", kInvalid, "bao enrols", part_twist(slip_key_in), kBao, 1
    );
    out.twist(
        "a key that stays after its revocation",
        kInvalid,
        "bao revokes a key",
        part_twist([](MemberPart& part) {
            std::vector<PublicKey> keys = part.keys.value();
            keys.push_back(key_pair(kBaoKey).public_key());
            part.keys = sorted_keys(std::move(keys));
        })
    );
    out.twist(
        "no keys where they change", kInvalid, "bao adds a key", part_twist([](MemberPart& part) {
            part.keys.reset();
        })
    );
    out.twist(
        "no keys where one is revoked",
        kInvalid,
        "bao revokes a key",
        part_twist([](MemberPart& part) { part.keys.reset(); })
    );
    out.twist("keys in a submission", kInvalid, kStep, part_twist([](MemberPart& part) {
                  part.keys = sorted_keys({key_pair(kStrangerKey).public_key()});
              }));
}

void add_command_mutations(Mutations& out) {
    out.twist("a command for another log", kInvalid, kStep, command_twist([](CommandBody& command) {
                  command.log = "log.example/other";
              }));
    out.twist("a command of another kind", kInvalid, kStep, command_twist([](CommandBody& command) {
                  command.kind = "add_key";
              }));
    out.twist(
        "a command of another member", kInvalid, kStep, command_twist([](CommandBody& command) {
            command.actor = Party::member(kAmina);
        })
    );
    out.twist("a command of a newcomer", kInvalid, kStep, command_twist([](CommandBody& command) {
                  command.actor = Party::newcomer();
              }));
    out.twist(
        "an enrolment that is not of a newcomer",
        kInvalid,
        "bao enrols",
        command_twist([](CommandBody& command) { command.actor = Party::member(kBao); }),
        kBao,
        1
    );
    Twist spaced;
    spaced.payload = [](std::string& payload) { payload += " "; };
    out.twist("a command that is not canonical", kInvalid, kStep, spaced);
    // A revoked key would come back by the command that once added it.
    out.twist(
        "a command for the second time",
        kInvalid,
        "bao revokes a key",
        command_twist([id = id_of(out.honest(), "bao adds a key")](CommandBody& command) {
            command.command = id;
        })
    );
    out.twist(
        "a command that had seen a larger log", kInvalid, kStep, command_twist([](CommandBody& c) {
            c.seen = Seen{Hash{}, 1'000};
        })
    );
    out.twist(
        "a command that had seen its own entry",
        kInvalid,
        kStep,
        command_twist([size = out.honest().index_of(kStep) + 1](CommandBody& c) {
            c.seen = Seen{Hash{}, size};
        })
    );

    const struct {
        const char* name;
        const char* member;
        Json value;
    } odd[] = {
        {"a command with another id than one", "command", "ABCDEF"},
        {"a command with a number for an id", "command", 7},
        {"a command with a list of arguments", "args", Json::array({})},
        {"a command of a number", "actor", 1},
        {"a command of a list", "actor", Json::array({})},
        {"a command that had seen no root", "seen", Json::object({{"size", 1}})},
        {"a command that had seen a short root",
         "seen",
         Json::object({{"root", "AAAA"}, {"size", 1}})},
        {"a command that had seen a size below zero",
         "seen",
         Json::object({{"root", to_json(Hash{})}, {"size", -1}})},
        {"a command that says more", "more", 1},
    };

    for (const auto& one : odd) {
        out.twist(one.name, kInvalid, kStep, body_twist([&one](Json& body) {
                      body.set(one.member, one.value);
                  }));
    }
    out.twist("a submission without answers in it", kInvalid, kStep, body_twist([](Json& body) {
                  body.set("args", Json::object({{"batch", 0}}));
              }));
    Twist shapeless;
    shapeless.payload = [](std::string& payload) { payload = "{}"; };
    out.twist("a body that is no command", kInvalid, kStep, shapeless);
}

} // namespace

void add_signature_mutations(Mutations& out) {
    add_evidence_mutations(out);
    add_key_mutations(out);
    add_reenrolment_mutations(out);
    add_command_mutations(out);
    add_answer_mutations(out);
    Twist more;
    more.positions = [](std::vector<Position>& all) {
        std::vector<PublicKey> keys = all.at(kBao).keys;
        keys.push_back(key_pair(kStrangerKey).public_key());
        all.at(kBao).keys = sorted_keys(std::move(keys));
    };
    out.twist("a close with one more key", "keys_differ", "second close", more);
    out.twist("a quiet period with one more key", "keys_differ", "third close", more, kBao, 3);
    Twist none;
    none.positions = [](std::vector<Position>& all) { all.at(kBao).keys.clear(); };
    out.twist("a close without keys", "keys_differ", "second close", none);
}

void add_money_mutations(Mutations& out) {
    const char* mismatch = "balance_mismatch";
    const auto balance_twist = [](std::size_t which, std::int64_t by) {
        Twist twist;
        twist.positions = [=](std::vector<Position>& all) {
            all.at(kBao).balances.at(which).amount += by;
        };
        return twist;
    };
    out.twist("a close that owes one unit less", mismatch, "second close", balance_twist(1, -1));
    out.twist("a close with money in transit", mismatch, "second close", balance_twist(0, 1));
    out.twist("an opening that owed one unit more", mismatch, "first close", balance_twist(1, 1));
    out.twist(
        "a quiet period that loses a unit", mismatch, "third close", balance_twist(1, -1), kBao, 3
    );
    Twist forgotten;
    forgotten.positions = [](std::vector<Position>& all) { all.at(kBao).balances.clear(); };
    out.twist("a close that forgets the balances", mismatch, "second close", forgotten);
    out.twist(
        "a wage without its line", mismatch, "second accept", part_twist([](MemberPart& part) {
            part.lines.pop_back();
        })
    );
    out.twist(
        "a wage in another currency", mismatch, "second accept", part_twist([](MemberPart& part) {
            part.lines.back().currency = Currency::of("UGX");
        })
    );
}

} // namespace handprint::vectors
