#include "ledger/merkle/policy.hpp"
#include "ledger/record/close.hpp"
#include "ledger/record/command.hpp"
#include "ledger/record/coop_part.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/member_part.hpp"
#include "ledger/record/payslip.hpp"
#include "ledger/record/payslip_file.hpp"
#include "ledger/record/postings.hpp"
#include "ledger/record/promise.hpp"
#include "ledger/record/receipt.hpp"
#include "ledger/record/share_list.hpp"
#include "tests/fuzz/decoder.hpp"

#include <array>

namespace handprint::fuzz {

namespace {

using namespace record;

const auto in_bytes = [](const auto& value) { return encode(value); };

/// Of canonical text, the value that `read` finds in it.
template <class Read>
auto from_text(Read read) {
    return [read](std::string_view text) -> decltype(read(Json())) {
        const auto json = Json::parse(text);
        if (!json) return fail(describe(json.error()));
        return read(*json);
    };
}

const merkle::Policy& policy() {
    static const merkle::Policy made =
        merkle::Policy::parse(read_file("tests/vectors/payslip_policy.txt")).value();
    return made;
}

void json(std::string_view text) {
    const auto value = Json::parse(text);
    const auto lenient = Json::parse(text, JsonMode::lenient);
    if (value) {
        must(value->encode() == text, "canonical bytes are those of encode()");
        must(lenient && *lenient == *value, "lenient reads what is canonical");
    }
    if (!lenient) return;
    const auto again = Json::parse(lenient->encode());
    must(again && *again == *lenient, "what is written is read");
}

void envelope(std::string_view text) {
    settles([](std::string_view t) { return parse_envelope(t); }, in_bytes, text);
    const auto strict = [](std::string_view t) { return parse_envelope(t, JsonMode::canonical); };
    const auto parsed = strict(text);
    const auto scanned = scan_envelope(text);
    must(!scanned || (parsed && *parsed == *scanned), "an envelope is scanned as it is parsed");
    if (!parsed) return;
    must(in_bytes(*parsed) == text, "a canonical envelope is written as it was read");
    (void)verify(*parsed, PublicKey{1});
    if (const auto promise = promise_in(*parsed))
        must(encode(*promise) == parsed->payload, "a promise is its payload");
}

void command(std::string_view text) {
    canonical(parse_command, in_bytes, text);
    const auto scanned = scan_command(text);
    if (!scanned) return;
    const auto parsed = parse_command(text);
    must(
        parsed && parsed->actor == scanned->actor && parsed->args.encode() == scanned->args
            && parsed->command == scanned->command && parsed->kind == scanned->kind
            && parsed->log == scanned->log && parsed->seen == scanned->seen,
        "a command is scanned as it is parsed"
    );
}

template <class Write, class T>
std::string written(Write write, const T& value) {
    std::string out;
    JsonWriter writer(out);
    write(writer, value);
    return out;
}

void header(std::string_view text) {
    canonical(parse_header_shape, in_bytes, text);
    const auto parsed = parse_header(text);
    if (!parsed) return;
    must(leaf_hash(text) == leaf_hash(encode(*parsed)), "one leaf");
    std::vector<Part> parts;
    for (const auto& part : parsed->parts)
        parts.push_back({part.role, {}, "{}"});
    (void)parse_entry(std::string(text), std::move(parts));
}

void coop_part(std::string_view text) {
    canonical(parse_coop_part, in_bytes, text);
    if (const auto scanned = scan_coop_part(text)) {
        std::string events = "[";
        for (const std::string_view event : scanned->events)
            events.append(events.size() > 1 ? "," : "").append(event);
        must(encode(scanned->part, events += ']') == text, "a coop part is written as scanned");
    }
    canonical(from_text(sum_from_json), [](const auto& s) { return written(write_sum, s); }, text);
    canonical(
        from_text(posting_from_json), [](const auto& p) { return written(write_posting, p); }, text
    );
}

/// An entry of one coop part, committed to and read again.
void entry(std::string_view text) {
    const auto part = parse_coop_part(text);
    if (!part) return;
    const EntryFacts facts{Authority::actor, "kind", 1, Instant{0}};
    const auto built = build_entry(facts, part->postings, {{Role::coop, {}, std::string(text)}});
    if (!built) return;
    const auto read = parse_entry(built->header_bytes, built->parts);
    must(read && *read == *built, "an entry is read as it was built");
}

void member_part(std::string_view text) {
    canonical(parse_member_part, in_bytes, text);
    if (const auto scanned = scan_member_part(text)) {
        must(parse_member_part(text).has_value(), "what is scanned can be parsed");
        must(
            encode(scanned->part, scanned->evidence, scanned->answers) == text,
            "a part is written as scanned"
        );
    }
    canonical(
        from_text(keys_from_json), [](const auto& k) { return keys_to_json(k).encode(); }, text
    );
}

void position(std::string_view text) {
    canonical(parse_position, in_bytes, text);
    canonical(
        from_text(period_closed_from_json), [](const auto& e) { return to_json(e).encode(); }, text
    );
}

void promise(std::string_view text) {
    canonical(parse_promise, in_bytes, text);
}

void held_promise(std::string_view text) {
    settles(parse_held_promise, in_bytes, text);
    const auto held = parse_held_promise(text);
    if (!held) return;
    const auto promise = promise_in(*held);
    must(!promise || held->index - promise->first < promise->count, "it is about its entry");
}

void payslip(std::string_view text) {
    settles(parse_payslip, in_bytes, text);
    const std::array promises = {std::string(text)};
    (void)verify_payslip(text, policy());
    static const std::string good = read_file("tests/vectors/payslip_good.json");
    (void)verify_payslip(good, policy(), promises);
}

void receipt(std::string_view text) {
    canonical(parse_receipt, [](const Receipt& value) { return encode(value).value(); }, text);
    (void)verify_receipt(text, policy());
}

/// The file that a node publishes for a distribution, and the path under which it is fetched.
void share_list(std::string_view text) {
    if (const auto index = parse_share_list_path(text))
        must(share_list_path(*index) == text, "a path is written one way");
    canonical(parse_share_list, in_bytes, text);
    const auto list = parse_share_list(text);
    if (!list) return;
    PublicRun run;
    run.sealed = list->index;
    run.count = list->shares.size();
    (void)check_share_list(text, run, Header{});
    (void)list_of(list->shares);
}

Seeds share_lists() {
    const auto amounts = {std::int64_t{0}, std::int64_t{237'781}};
    ShareList list;
    list.coop.bytes = "{}";
    list.index = 4711;
    for (const std::int64_t amount : amounts)
        list.shares.push_back(list_share({3, list.shares.size(), amount, Scalar{}}));
    return {encode(list), encode(ShareList{}), share_list_path(4711), "distribution/00"};
}

Seeds payslips() {
    Seeds seeds;
    for (const char* name : {"good", "first", "newcomer", "quiet"})
        seeds.push_back(read_file("tests/vectors/payslip_" + std::string(name) + ".json"));
    return seeds;
}

Seeds promises() {
    return {encode(Promise{3, 7, "log.example/coop", Instant{1'800'000'000'000}, Hash{1}})};
}

Seeds held_promises() {
    const std::array leaves = {Hash{1}, Hash{2}, Hash{3}};
    const PromisedEntries made(
        7, leaves, "log.example/coop", Instant{1'800'000'000'000}, KeyPair::from_seed(Seed{})
    );
    return {made.text_of(7), made.text_of(9)};
}

Seeds envelopes() {
    Seed seed{};
    const KeyPair key = KeyPair::from_seed(seed);
    Seeds seeds = strings_of_vectors();
    seeds.push_back(encode(sign(kCommandType, "{}", key)));
    const Promise made{3, 7, "log.example/coop", Instant{1'800'000'000'000}, Hash{1}};
    seeds.push_back(encode(sign(made, key)));
    return seeds;
}

/// The entries of a payslip that verifies, as receipts.
Seeds receipts() {
    const auto slip = parse_payslip(payslips().front()).value();
    Seeds seeds;
    for (const auto& each : slip.entries) {
        const Receipt made{each.header, {each.part}, each.index, each.proof, slip.checkpoint};
        seeds.push_back(encode(made).value());
    }
    return seeds;
}

constexpr std::array kDecoders = {
    Decoder{"json", json, strings_of_vectors},
    Decoder{"envelope", envelope, envelopes},
    Decoder{"command", command, strings_of_vectors},
    Decoder{"header", header, strings_of_vectors},
    Decoder{"coop_part", coop_part, strings_of_vectors},
    Decoder{"entry", entry, strings_of_vectors},
    Decoder{"member_part", member_part, strings_of_vectors},
    Decoder{"position", position, strings_of_vectors},
    Decoder{"promise", promise, promises},
    Decoder{"held_promise", held_promise, held_promises},
    Decoder{"payslip", payslip, payslips},
    Decoder{"receipt", receipt, receipts},
    Decoder{"share_list", share_list, share_lists},
};

} // namespace

std::span<const Decoder> record_decoders() {
    return kDecoders;
}

} // namespace handprint::fuzz
