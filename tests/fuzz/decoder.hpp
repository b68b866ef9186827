#pragma once

// Every decoder of bytes from outside, under a name. The fuzzer feeds each with what it makes up,
// the replay test with the seeds and with what was once found. A decoder must refuse or accept
// without crash, leak or undefined behaviour; what it accepts must be written again as it was read.

#include "ledger/base/check.hpp"
#include "ledger/base/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::fuzz {

using Seeds = std::vector<std::string>;

struct Decoder {
    const char* name;
    void (*run)(std::string_view bytes);
    Seeds (*seeds)(); // from which the fuzzer starts; most are accepted
};

[[nodiscard]] std::span<const Decoder> base_decoders();
[[nodiscard]] std::span<const Decoder> form_decoders();
[[nodiscard]] std::span<const Decoder> http_decoders();
[[nodiscard]] std::span<const Decoder> import_decoders();
[[nodiscard]] std::span<const Decoder> market_decoders();
[[nodiscard]] std::span<const Decoder> merkle_decoders();
[[nodiscard]] std::span<const Decoder> node_decoders();
[[nodiscard]] std::span<const Decoder> record_decoders();
[[nodiscard]] std::span<const Decoder> tool_decoders();

/// All of them.
[[nodiscard]] std::vector<Decoder> decoders();

/// A file below the repository's root, where fuzzer and test run. Empty if it cannot be read.
[[nodiscard]] std::string read_file(const std::string& path);

/// Every string in the vectors of ledger/record, and what those that are base64 stand for: headers,
/// parts, positions, envelopes, notes and payloads are among them.
[[nodiscard]] Seeds strings_of_vectors();

/// Nothing, or what is not so: the fuzzer stops at it as at a crash.
inline void must(bool so, std::string_view what) {
    HP_CHECK(so, what);
}

/// Canonical: what was accepted is what would be written.
template <class Parse, class Write>
void canonical(Parse parse, Write write, std::string_view text) {
    const auto value = parse(text);
    if (value) must(write(*value) == text, "what is accepted is written as it was read");
}

/// Any layout: written once, it stays as it is.
template <class Parse, class Write>
void settles(Parse parse, Write write, std::string_view text) {
    const auto value = parse(text);
    if (!value) return;
    const std::string once = write(*value);
    const auto again = parse(once);
    must(again.has_value(), "what is written is read");
    must(write(*again) == once, "what is read again is written the same");
}

} // namespace handprint::fuzz
