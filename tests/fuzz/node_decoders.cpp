#include "ledger/base/base64.hpp"
#include "ledger/record/dsse.hpp"
#include "node/app/config.hpp"
#include "node/market/command.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/pipeline/intake.hpp"
#include "node/pipeline/runs.hpp"
#include "node/pipeline/vault.hpp"
#include "node/witness/logs.hpp"
#include "tests/fuzz/decoder.hpp"

#include <algorithm>
#include <array>

namespace handprint::fuzz {

namespace {

using namespace pipeline;

constexpr std::string_view kOrigin = "log.example/coop";

std::string text_of(const Bytes& bytes) {
    return std::string(as_text(bytes));
}

KeyPair key_pair() {
    Seed seed{};
    seed.fill(9);
    return KeyPair::from_seed(seed);
}

/// The same "random" bytes each time, so that a finding can be shown again.
Vault vault() {
    return {DataKey{1}, [](std::span<std::uint8_t> out) { std::ranges::fill(out, 7); }};
}

void close_list(std::string_view text) {
    canonical(
        [](std::string_view t) { return CloseList::decode(as_bytes(t)); },
        [](const CloseList& list) { return text_of(list.encode()); },
        text
    );
    const auto list = CloseList::decode(as_bytes(text));
    if (!list) return;
    (void)list->root();
    (void)list->proof(0);
    for (const auto& position : list->positions)
        (void)record::parse_position(position.bytes);
}

void staged_chunk(std::string_view text) {
    canonical(
        [](std::string_view t) { return decode_staged(as_bytes(t)); },
        [](const StagedChunk& chunk) { return text_of(encode(chunk)); },
        text
    );
}

void vault_blob(std::string_view text) {
    const Vault made = vault();
    const auto bytes = as_bytes(text);
    if (const auto plain = made.open("draft", "1", bytes))
        must(
            made.seal("draft", "1", *plain).sealed == to_bytes(bytes), "only what was sealed opens"
        );
    (void)Vault::decrypt(DataKey{7}, bytes);

    auto sealed = made.seal("draft", "1", bytes).sealed;
    const auto opened = made.open("draft", "1", sealed);
    must(opened && equal(*opened, bytes), "what was sealed opens");
    must(!made.open("draft", "2", sealed), "not under another id");
    const auto blob = made.encrypt(bytes);
    const auto plain = Vault::decrypt(blob.key, blob.ciphertext);
    must(plain && equal(*plain, bytes), "a blob opens under its key");
    sealed[text.size() % sealed.size()] ^= 1;
    must(!made.open("draft", "1", sealed), "a changed value does not open");
}

/// The door for signed commands, with one known key.
void intake(std::string_view text) {
    const auto envelope = record::parse_envelope(text);
    if (!envelope) return;
    static const KeyRing& keys = [&]() -> const KeyRing& {
        static KeyRing made;
        market::KeyRow row;
        row.key = base64_encode(key_pair().public_key());
        row.party = "m:0";
        made.add(row);
        return made;
    }();
    const auto taken = take_in(*envelope, keys, kOrigin);
    if (!taken) return;
    const auto again = record::parse_envelope(taken->envelope);
    must(again && *again == *envelope, "the evidence is the envelope");
}

void config(std::string_view text) {
    settles(app::parse_config, app::print_config, text);
}

void watched_logs(std::string_view text) {
    const auto write = [](const std::vector<witness::WatchedLog>& logs) {
        std::string out;
        for (const auto& log : logs) {
            if (log.keys.empty()) out += "retired " + log.origin + '\n';
            for (const auto& key : log.keys)
                out += "log " + key.text() + ' ' + log.origin + '\n';
        }
        return out;
    };
    settles(witness::parse_watched_logs, write, text);
}

Seeds close_lists() {
    CloseList list;
    list.period = 3;
    for (auto& text : strings_of_vectors()) {
        if (record::parse_position(text)) list.positions.push_back({Hash{4}, std::move(text)});
    }
    return {text_of(list.encode()), text_of(CloseList{}.encode())};
}

Seeds blobs() {
    const Vault made = vault();
    return {
        text_of(made.seal("draft", "1", as_bytes("an answer")).sealed),
        text_of(made.encrypt(as_bytes("answers")).ciphertext),
        ""
    };
}

Seeds signed_commands() {
    Seeds seeds;
    for (const auto& command :
         {market::Command(market::Accept{0, {{0, 1}}}),
          market::Command(market::EnrolMember{base64_encode(key_pair().public_key()), {"en"}, {}})
         }) {
        const auto made =
            sign_command(command, "m:0", CommandId{}, key_pair(), std::string(kOrigin));
        seeds.push_back(made.envelope);
    }
    return seeds;
}

Seeds log_lists() {
    const auto key =
        merkle::VerifierKey::make(std::string(kOrigin), merkle::kEd25519, key_pair().public_key());
    return {
        "# ours\nlog " + key.text() + "\nlog " + key.text() + "\tother.example\r\nretired old\n"
    };
}

constexpr std::array kDecoders = {
    Decoder{"close_list", close_list, close_lists},
    Decoder{
        "staged_chunk",
        staged_chunk,
        [] { return Seeds{text_of(encode(StagedChunk{Hash{1}, 2, Hash{2}, {Hash{3}, Hash{4}}}))}; }
    },
    Decoder{"vault_blob", vault_blob, blobs},
    Decoder{"intake", intake, signed_commands},
    Decoder{
        "config",
        config,
        [] {
            return Seeds{app::print_config({}), "# x\n port=0 \r\ntls_key=a\ntls_certificate = b"};
        }
    },
    Decoder{"watched_logs", watched_logs, log_lists},
};

} // namespace

std::span<const Decoder> node_decoders() {
    return kDecoders;
}

} // namespace handprint::fuzz
