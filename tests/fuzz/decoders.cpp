// Every decoder of bytes from outside. The first byte names one; what it accepts must be written
// again as it was read, and read again to the same. FUZZ_ONLY keeps to one.

#include "api/import.hpp"
#include "ledger/base/base64.hpp"
#include "ledger/base/check.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/proof_file.hpp"
#include "ledger/merkle/tile.hpp"
#include "ledger/merkle/witness_request.hpp"
#include "ledger/record/command.hpp"
#include "ledger/record/coop_part.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/member_part.hpp"
#include "ledger/record/payslip.hpp"
#include "ledger/record/payslip_file.hpp"
#include "ledger/record/promise.hpp"
#include "ledger/record/receipt.hpp"

#include <cstdlib>

using namespace handprint; // NOLINT(google-build-using-namespace): one file, every decoder

namespace {

/// Canonical: what was accepted is what would be written.
template <class Parse>
void canonical(Parse parse, std::string_view text) {
    const auto value = parse(text);
    if (value) HP_CHECK(encode(*value) == text, "written as it was read");
}

/// Any layout: written once, it stays as it is.
template <class Parse, class Write>
void settles(Parse parse, Write write, std::string_view text) {
    const auto value = parse(text);
    if (!value) return;
    const std::string once = write(*value);
    const auto again = parse(once);
    HP_CHECK(again.has_value(), "what is written is read");
    HP_CHECK(write(*again) == once, "and stays as it is");
}

template <class Parse, class Format>
void inverse(Parse parse, Format format, std::string_view text) {
    const auto value = parse(text);
    if (!value) return;
    const auto back = format(*value);
    HP_CHECK(back.has_value() && *back == text, "the inverse");
}

const merkle::Policy& policy() {
    static const merkle::Policy made = [] {
        Seed seed{};
        seed.fill(1);
        const merkle::NoteSigner log("log.example/coop", KeyPair::from_seed(seed));
        return merkle::Policy::parse("log " + log.key().text() + "\nquorum none\n").value();
    }();
    return made;
}

void json(record::JsonMode mode, std::string_view text) {
    const auto value = record::Json::parse(text, mode);
    if (!value) return;
    const std::string once = value->encode();
    HP_CHECK(
        mode == record::JsonMode::lenient || once == text, "canonical bytes are those of encode()"
    );
    const auto again = record::Json::parse(once, record::JsonMode::canonical);
    HP_CHECK(again && *again == *value, "what is written is read");
}

void rows(std::string_view text) {
    (void)api::parse_jsonl(text, true);
    (void)api::parse_csv(text, true);
    std::size_t at = 0;
    const auto cells = api::csv_record(api::csv_cell(text), at);
    HP_CHECK(cells && cells->size() == 1, "a cell is one cell");
}

void bundles(std::string_view text) {
    if (text.empty()) return;
    const auto width = static_cast<unsigned>(static_cast<unsigned char>(text.front())) + 1;
    const auto file = as_bytes(text.substr(1));
    if (const auto hashes = merkle::decode_hashes(file, width)) {
        const auto back = merkle::encode_hashes(*hashes);
        HP_CHECK(
            std::equal(back.begin(), back.end(), file.begin(), file.end()), "hashes as they were"
        );
    }
    if (const auto entries = merkle::decode_entries(file, width)) {
        Bytes back;
        for (const auto& entry : *entries)
            HP_CHECK(merkle::append_entry(back, entry), "an entry fits");
        HP_CHECK(
            std::equal(back.begin(), back.end(), file.begin(), file.end()), "entries as they were"
        );
    }
}

void plain(std::string_view text) {
    if (const auto bytes = base64_decode(text)) HP_CHECK(base64_encode(*bytes) == text, "base64");
    if (const auto bytes = base64url_decode(text))
        HP_CHECK(base64url_encode(*bytes) == text, "base64url");
    if (const auto bytes = hex_decode(text)) HP_CHECK(hex_encode(*bytes) == text, "hex");
}

void decode(unsigned which, std::string_view text) {
    const auto envelope = [](std::string_view t) { return record::parse_envelope(t); };
    const auto envelope_text = [](const auto& e) { return record::to_json(e).encode(); };
    switch (which) {
    case 0:
        json(record::JsonMode::canonical, text);
        break;
    case 1:
        json(record::JsonMode::lenient, text);
        break;
    case 2:
        settles(envelope, envelope_text, text);
        break;
    case 3:
        canonical(record::parse_command, text);
        break;
    case 4:
        canonical(record::parse_header, text);
        break;
    case 5:
        canonical(record::parse_coop_part, text);
        break;
    case 6:
        canonical(record::parse_member_part, text);
        break;
    case 7:
        inverse(merkle::parse_note, merkle::format_note, text);
        break;
    case 8:
        (void)merkle::parse_checkpoint(text);
        break;
    case 9:
        (void)merkle::Policy::parse(text);
        break;
    case 10:
        inverse(merkle::parse_proof_file, merkle::format_proof_file, text);
        break;
    case 11:
        inverse(merkle::parse_add_checkpoint, merkle::format_add_checkpoint, text);
        break;
    case 12:
        if (const auto tile = merkle::parse_tile_path(text))
            HP_CHECK(merkle::tile_path(*tile) == text, "path");
        break;
    case 13:
        bundles(text);
        break;
    case 14:
        settles(record::parse_payslip, [](const auto& slip) { return record::encode(slip); }, text);
        (void)record::verify_payslip(text, policy(), {});
        break;
    case 15:
        inverse(
            record::parse_receipt, [](const auto& receipt) { return record::encode(receipt); }, text
        );
        (void)record::verify_receipt(text, policy());
        break;
    case 16:
        canonical(record::parse_promise, text);
        break;
    case 17:
        rows(text);
        break;
    default:
        plain(text);
        break;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const char* only = std::getenv("FUZZ_ONLY");
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (only != nullptr) {
        decode(static_cast<unsigned>(std::atoi(only)), text);
    } else {
        decode(data[0] % 19U, text.substr(1));
    }
    return 0;
}
