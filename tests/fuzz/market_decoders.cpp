#include "ledger/merkle/checkpoint.hpp"
#include "ledger/record/command.hpp"
#include "ledger/record/coop_part.hpp"
#include "node/market/claims.hpp"
#include "node/market/entry_seal.hpp"
#include "node/market/json_codec.hpp"
#include "node/market/json_text.hpp"
#include "node/market/lists.hpp"
#include "node/market/manifest.hpp"
#include "node/market/reference.hpp"
#include "node/store/row_codec.hpp"
#include "tests/fuzz/decoder.hpp"
#include "tests/market/rig.hpp"

#include <array>

namespace handprint::fuzz {

namespace {

using namespace market;
using market_test::Rig;
using record::Json;

std::string written(const Command& command, std::string_view actor) {
    return encode(record::CommandBody{
        record::Party::parse(actor).value(),
        args_to_json(command),
        CommandId{},
        kind_of(command),
        "log.example/coop",
        std::nullopt
    });
}

void command_args(std::string_view text) {
    const auto body = record::parse_command(text);
    if (!body) return;
    const auto command = command_from_json(body->kind, body->args);
    if (command) must(args_to_json(*command) == body->args, "arguments are written as read");
    const std::string args = body->args.encode();
    const auto scanned = scan_command(body->kind, args);
    if (!scanned) return;
    std::string again;
    append_args(again, *scanned);
    must(command && again == args, "arguments are scanned as they are parsed");
}

void events(std::string_view text) {
    const auto json = Json::parse(text);
    if (!json) return;
    const auto event = event_from_json(*json);
    if (event) must(to_json(*event) == *json, "an event is written as it was read");
    const auto scanned = scan_event(text);
    if (!scanned) return;
    std::string again;
    append_json(again, *scanned);
    must(event && again == text, "an event is scanned as it is parsed");
}

void fold_entry(std::string_view text) {
    const auto coop = record::parse_coop_part(text);
    if (coop) (void)read_fold_entry(record::Header{}, *coop);
}

/// Members, money, and a batch with answers to it: something for a command to change.
const Rig& busy_rig() {
    static const Rig rig = [] {
        Rig made;
        (void)made.batch();
        must(made.run(made.answers(0, {0, 1}), "m:0").empty(), "answers");
        must(made.run(made.answers(0, {0, 2}), "m:1").empty(), "answers");
        must(made.run(Accept{0, {{0, 0}}}, "r:0").empty(), "work is accepted");
        return made;
    }();
    return rig;
}

/// Signed numbers of any size meet the rules: refused, and no byte is changed, or carried out, and
/// no invariant is broken (which would abort).
void decide(std::string_view text) {
    const auto body = record::parse_command(text);
    if (!body) return;
    auto command = command_from_json(body->kind, body->args);
    const std::string actor = body->actor.text();
    if (!command || body->actor.ordinal > 200) return; // keys of the rig are made from the ordinal
    static const Rig start = [] {
        Rig made = busy_rig();
        made.entries.clear();
        return made;
    }();
    static const Hash before = start.digest();
    Rig rig = start;
    const std::string code = rig.run(rig.request(std::move(*command), actor));
    must(code.empty() || rig.digest() == before, "a refused command changes no byte");
}

/// The tasks of a claim, and the cells that its check value is made of.
/// What a delegate copies off the bank's paper.
void reference(std::string_view text) {
    const auto plain = plain_reference(text);
    const auto hash = reference_hash(Hash{1}, text);
    must(plain.has_value() == hash.has_value(), "what can be made plain has a hash");
    if (!plain) return;
    must(!plain->empty() && plain->size() <= 128, "1 to 128 characters");
    must(plain_reference(*plain).value() == *plain, "what is plain stays as it is");
    must(reference_hash(Hash{1}, *plain).value() == *hash, "however it is copied");
}

void claim_row(std::string_view text) {
    const auto numbers = split_numbers(std::string(text));
    must(split_numbers(join(numbers)) == numbers, "numbers of a row");
    const auto cells = [text](std::size_t cut) {
        Bytes bytes;
        store::append_cell(bytes, text.substr(0, cut));
        store::append_cell(bytes, text.substr(cut));
        return bytes;
    };
    const std::size_t half = text.size() / 2;
    must(
        text.empty() || cells(half) != cells(half + 1), "no two lists of cells are the same bytes"
    );
    const store::MacKey key{1};
    const ClaimRow row{1, 2, 3, std::string(text)};
    const ClaimRow other{1, 2, 3, std::string(text) + '0'};
    must(store::row_mac(key, row) != store::row_mac(key, other), "a changed row is found");
}

const merkle::NoteSigner& log_signer() {
    static const merkle::NoteSigner signer("log.example/coop", KeyPair::from_seed(Seed{1}));
    return signer;
}

/// The checkpoint that a delegate shows for a payout.
void cover(std::string_view text) {
    CoopRow coop;
    coop.policy = "log " + log_signer().key().text() + "\nquorum none\n";
    coop.last_close = 3;
    const auto size = verify_cover(coop, std::string(text), 0);
    must(!size || *size > coop.last_close, "a cover covers the newest close");
}

template <std::size_t... I>
Seeds all_commands(std::index_sequence<I...>) {
    Seeds seeds;
    const auto add = [&]<class C>(C command) {
        if constexpr (makes_entry<C>) {
            for (const char* actor : {"d:0", "r:0", "m:2", "clock", "new"})
                seeds.push_back(written(Command(command), actor));
        }
    };
    (add(std::variant_alternative_t<I, Command>()), ...);
    return seeds;
}

Seeds commands() {
    Seeds seeds = all_commands(std::make_index_sequence<std::variant_size_v<Command>>());
    const Rig& rig = busy_rig();
    const auto add = [&seeds](Command command, std::string_view actor) {
        seeds.push_back(written(command, actor));
    };
    add(market_test::terms(0, "another"), "r:0");
    add(rig.answers(0, {1, 3}), "m:2");
    add(Accept{0, {{0, 1}, {1, 0}}}, "r:0");
    add(CloseBatch{0}, "r:0");
    add(Fund{Amount{5}, "KES", Hash{2}, 0}, "d:0");
    add(Refund{Amount{5}, "KES"}, "r:0");
    add(EnrolMember{market_test::key(77), {"en"}, {}}, "new");
    return seeds;
}

template <std::size_t... I>
Seeds all_events(std::index_sequence<I...>) {
    return {to_json(Event(std::variant_alternative_t<I, Event>())).encode()...};
}

Seeds event_seeds() {
    return all_events(std::make_index_sequence<std::variant_size_v<Event>>());
}

Seeds coop_parts() {
    Seeds seeds;
    for (const auto& sealed : busy_rig().entries)
        seeds.push_back(sealed.entry.parts.front().bytes);
    return seeds;
}

constexpr std::array kDecoders = {
    Decoder{"command_args", command_args, commands},
    Decoder{"event", events, event_seeds},
    Decoder{"fold_entry", fold_entry, coop_parts},
    Decoder{"decide", decide, commands},
    Decoder{
        "reference",
        reference,
        [] { return Seeds{" tt 4711-b ", std::string(128, 'x'), "\xC3\xA9", "\t"}; }
    },
    Decoder{"claim_row", claim_row, [] { return Seeds{"3,4,9", "", "0"}; }},
    Decoder{
        "cover",
        cover,
        [] {
            const merkle::Checkpoint checkpoint{"log.example/coop", 7, Hash{1}, {}};
            return Seeds{merkle::sign_checkpoint(checkpoint, log_signer()).value()};
        }
    },
};

} // namespace

std::span<const Decoder> market_decoders() {
    return kDecoders;
}

} // namespace handprint::fuzz
