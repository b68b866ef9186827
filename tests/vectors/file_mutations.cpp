#include "ledger/merkle/checkpoint.hpp"
#include "tests/vectors/mutations.hpp"

#include <utility>

namespace handprint::vectors {

using namespace record;

namespace {

constexpr const char* kMalformed = "malformed";
const std::string kZeroHash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// `text` with the first `from` replaced.
std::string swapped(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    HP_CHECK(at != std::string::npos, "nothing to replace");
    return text.replace(at, from.size(), to);
}

void add_text_mutations(Mutations& out) {
    const Json& base = out.base("payslip_good.json");
    const std::string header = base.at("closing").at("header").text();
    const Json& entry = base.at("entries").items().front();
    const std::string part = entry.at("part").at("bytes").text();
    const std::string position = base.at("closing").at("position").at("bytes").text();
    const std::string coop = base.at("closing").at("coop").at("bytes").text();
    out.patch("header with a space", kMalformed, {replace("/closing/header", header + " ")});
    out.patch("header that is no JSON", kMalformed, {replace("/entries/0/header", "{")});
    out.patch(
        "header with an unknown key",
        kMalformed,
        {replace("/entries/0/header", swapped(header, "\"kind\"", "\"joke\":1,\"kind\""))}
    );
    out.patch(
        "header without time",
        kMalformed,
        {replace("/closing/header", header.substr(0, header.rfind(",\"time\"")) + "}")}
    );
    out.patch(
        "header with an amount that is a number",
        kMalformed,
        {replace(
            "/entries/0/header",
            swapped(entry.at("header").text(), "\"sums\":[", "\"sums\":[[\"fee\",\"KES\",-70],")
        )}
    );
    out.patch("part with a space", kMalformed, {replace("/entries/0/part/bytes", " " + part)});
    out.patch(
        "part without evidence",
        kMalformed,
        {replace("/entries/0/part/bytes", swapped(part, "\"evidence\":null,", ""))}
    );
    out.patch(
        "part with a line of an unknown sort",
        kMalformed,
        {replace("/entries/0/part/bytes", swapped(part, "\"payout\"}", "\"gift\"}"))}
    );

    const struct {
        const char* name;
        const char* from;
        const char* to;
    } odd[] = {
        {"part with counter 0", "\"counter\":4", "\"counter\":0"},
        {"part with a counter that is a text", "\"counter\":4", "\"counter\":\"4\""},
        {"part of a member below the first", "\"member\":1", "\"member\":-1"},
        {"part with a number for evidence", "\"evidence\":null", "\"evidence\":7"},
        {"part with a line of an unknown class", "\"payable\"", "\"purse\""},
        {"part with a line of a number for a class", "\"payable\"", "7"},
        {"part with a line of a number for a sort", "\"what\":\"payout\"", "\"what\":7"},
        {"part with a zero before an amount", "\"-699\"", "\"-0699\""},
        {"part with an amount that is a number", "\"-699\"", "-699"},
        {"part with an amount beyond 64 bits", "\"-699\"", "\"-9223372036854775809\""},
        {"part with a currency in small letters", "\"KES\"", "\"kes\""},
        {"part with a payout below the first", "\"payout\":0", "\"payout\":-1"},
    };

    for (const auto& one : odd) {
        out.patch(
            one.name,
            kMalformed,
            {replace("/entries/0/part/bytes", swapped(part, one.from, one.to))}
        );
    }
    out.patch("coop part with a space", kMalformed, {replace("/closing/coop/bytes", coop + " ")});
    out.patch(
        "position with keys out of order",
        kMalformed,
        {replace("/closing/position/bytes", swapped(position, "{\"balances\"", "{\"zbalances\""))}
    );
    out.patch(
        "position with balances out of order",
        kMalformed,
        {replace("/closing/position/bytes", swapped(position, "in_transit", "receivable"))}
    );
}

} // namespace

void add_file_mutations(Mutations& out) {
    out.text("nothing", kMalformed, "");
    out.text("no JSON", kMalformed, "{");
    out.text("an array", kMalformed, "[]");
    out.text("a key twice", kMalformed, R"({"format":"handprint/payslip/v1","format":"x"})");
    out.patch("another format", kMalformed, {replace("/format", "handprint/payslip/v2")});
    out.patch("no member", kMalformed, {removal("/member")});
    out.patch("an unknown key", kMalformed, {add("/extra", 1)});
    out.patch("an unknown key in a close", kMalformed, {add("/closing/extra", 1)});
    out.patch("an unknown key in an entry", kMalformed, {add("/entries/0/extra", 1)});
    out.patch("member as text", kMalformed, {replace("/member", "1")});
    out.patch("negative member", kMalformed, {replace("/member", -1)});
    out.patch("negative index", kMalformed, {replace("/entries/0/index", -1)});
    out.patch("no closing", kMalformed, {replace("/closing", nullptr)});
    out.patch("entries null", kMalformed, {replace("/entries", nullptr)});
    out.patch("ref out of range", kMalformed, {replace("/closing/proof/0", 100'000)});
    const std::size_t nodes = out.base("payslip_good.json").at("nodes").items().size();
    out.patch("ref just out of range", kMalformed, {replace("/closing/proof/0", nodes)});
    out.patch("a proof that is a text", kMalformed, {replace("/closing/proof", "0")});
    out.patch("negative place of a part", kMalformed, {replace("/entries/0/part/number", -1)});
    out.patch("negative index of a seal", kMalformed, {replace("/shares/0/index", -1)});
    out.patch("negative ref", kMalformed, {replace("/entries/0/proof/0", -1)});
    out.patch("node of 31 bytes", kMalformed, {replace("/nodes/0", std::string(40, 'A') + "AA==")});
    out.patch("node without padding", kMalformed, {replace("/nodes/0", std::string(43, 'A'))});
    out.patch(
        "node with loose bits", kMalformed, {replace("/nodes/0", std::string(42, 'A') + "B=")}
    );
    out.patch("short salt", kMalformed, {replace("/closing/coop/salt", "AAAA")});
    add_text_mutations(out);
}

void add_checkpoint_mutations(Mutations& out) {
    const std::string note = out.base("payslip_good.json").at("checkpoint").text();
    const std::size_t first = note.find("\n\n") + 2;
    const std::size_t second = note.find('\n', first) + 1;
    const std::size_t third = note.find('\n', second) + 1;
    const std::size_t fourth = note.find('\n', third) + 1;
    const std::string body = note.substr(0, first);
    const std::string log_line = note.substr(first, second - first);
    const auto checkpoint = [&](const char* name, const char* expected, const std::string& changed
                            ) { out.patch(name, expected, {replace("/checkpoint", changed)}); };
    checkpoint("no note", "checkpoint_malformed", "x");
    checkpoint("no signatures", "checkpoint_malformed", body.substr(0, body.size() - 1));
    checkpoint("size with a zero before", "checkpoint_malformed", swapped(note, "\n2", "\n02"));
    checkpoint(
        "another origin", "checkpoint_unknown_log", swapped(note, "log.example", "hog.example")
    );
    checkpoint("another size", "checkpoint_signature_invalid", swapped(note, "\n2", "\n3"));
    const std::string last_line = note.substr(fourth);
    const std::string before_last = note.substr(third, fourth - third);
    const std::size_t blob = before_last.rfind(' ') + 30;
    std::string forged = before_last;
    forged[blob] = forged[blob] == 'A' ? 'B' : 'A';
    checkpoint(
        "a cosignature with a changed letter",
        "checkpoint_signature_invalid",
        note.substr(0, third) + forged + last_line
    );
    checkpoint("without the log", "checkpoint_unknown_log", body + note.substr(second));
    checkpoint("one witness", "quorum_not_met", note.substr(0, third));
    checkpoint("no witness", "quorum_not_met", body + log_line);

    const std::string policy = World::policy();
    out.policy(
        "a policy with another log",
        "checkpoint_unknown_log",
        "log " + merkle::NoteSigner("other.example/handprint", key_pair(220)).key().text()
            + policy.substr(policy.find('\n'))
    );
    out.policy(
        "a policy that wants a witness who did not sign",
        "quorum_not_met",
        swapped(
            policy,
            "group two-of-three 2 w0 w1 w2",
            "witness w3 "
                + merkle::VerifierKey::make(
                      "witness.example/city", merkle::kCosignatureV1, key_pair(240).public_key()
                )
                      .text()
                + "\ngroup two-of-three all w0 w1 w3"
        )
    );
    checkpoint(
        "an empty tree with another root",
        "checkpoint_empty_root_wrong",
        // The signer refuses to write such a text, so it is signed as any text.
        [&] {
            const std::string text = std::string(kOrigin) + "\n0\n" + kZeroHash + "\n";
            const merkle::NoteSigner signer(kOrigin, key_pair(220));
            return text + "\n" + merkle::format_signature_line(signer.sign(text));
        }()
    );
    out.patch("a checkpoint that is a number", kMalformed, {replace("/checkpoint", 7)});
    out.patch("a log that is a number", kMalformed, {replace("/log", 7)});
    out.patch("file of another log", "wrong_log", {replace("/log", "log.example/other")});
}

} // namespace handprint::vectors
