#include "golden_log.hpp"
#include "ledger/merkle/policy.hpp"

#include <doctest/doctest.h>

using namespace handprint;
using namespace handprint::merkle;
using namespace std::string_literals;

namespace {

std::string vkey(unsigned number, std::uint8_t type) {
    Seed seed{};
    seed[0] = static_cast<std::uint8_t>(number & 0xffU);
    seed[1] = static_cast<std::uint8_t>(number >> 8U);
    return VerifierKey::make(
               "key" + std::to_string(number), type, KeyPair::from_seed(seed).public_key()
    )
        .text();
}

std::string log_line(unsigned number) {
    return "log " + vkey(number, kEd25519) + "\n";
}

std::string witness_line(const std::string& name, unsigned number) {
    return "witness " + name + " " + vkey(number, kCosignatureV1) + "\n";
}

std::string error_of(const std::string& text) {
    const Result<Policy> policy = Policy::parse(text);
    return policy ? "accepted" : policy.error().what;
}

const std::string kXY = witness_line("X1", 1) + witness_line("X2", 2) + witness_line("X3", 3)
                        + "group X 2 X1 X2 X3\n" + witness_line("Y1", 4) + witness_line("Y2", 5)
                        + witness_line("Y3", 6) + "group Y any Y1 Y2 Y3\n";

} // namespace

TEST_CASE("the example of C2SP's tlog-policy") {
    const Policy policy =
        Policy::parse(log_line(0) + kXY + "group X-and-Y all X Y\nquorum X-and-Y\n").value();
    CHECK(policy.logs().size() == 1);
    CHECK(policy.witnesses().size() == 6);
    CHECK(policy.groups().size() == 3);
    for (unsigned bits = 0; bits < 64; ++bits) {
        std::vector<bool> cosigned(6);
        for (unsigned i = 0; i < 6; ++i) {
            cosigned[i] = (bits >> i & 1U) != 0;
        }
        const int x = cosigned[0] + cosigned[1] + cosigned[2];
        const bool y = cosigned[3] || cosigned[4] || cosigned[5];
        CHECK(policy.quorum_met(cosigned) == (x >= 2 && y));
    }
}

TEST_CASE("thresholds: any is 1, all is n, k is k") {
    const std::string three = witness_line("a", 1) + witness_line("b", 2) + witness_line("c", 3);
    const auto needed = [&](const std::string& k) {
        const Policy policy = Policy::parse(three + "group g " + k + " a b c\nquorum g\n").value();
        for (std::size_t n = 0; n <= 3; ++n) {
            std::vector<bool> cosigned(3);
            std::fill_n(cosigned.begin(), n, true);
            if (policy.quorum_met(cosigned)) return n;
        }
        return std::size_t{99};
    };
    CHECK(needed("any") == 1);
    CHECK(needed("all") == 3);
    CHECK(needed("1") == 1);
    CHECK(needed("2") == 2);
    CHECK(needed("3") == 3);
}

TEST_CASE("a quorum of one witness, of a group of groups, of none") {
    const Policy one =
        Policy::parse(witness_line("a", 1) + witness_line("b", 2) + "quorum b\n").value();
    CHECK(one.quorum_met({false, true}));
    CHECK_FALSE(one.quorum_met({true, false}));
    const Policy none = Policy::parse("quorum none\n").value();
    CHECK(none.quorum_met({}));
    CHECK(none.logs().empty());
    const Policy either =
        Policy::parse(kXY + "group top any X Y\ngroup unused all top\nquorum top\n").value();
    CHECK(either.quorum_met({false, false, false, false, true, false}));
    CHECK_FALSE(either.quorum_met({true, false, false, false, false, false}));
}

TEST_CASE("blank lines, comments, tabs, urls, opaque names") {
    const Policy policy =
        Policy::parse(
            "# caf\xc3\xa9\n\n \t \n  # indented\n\t log\t" + vkey(0, kEd25519)
            + "  https://log.example/ \n" + "witness \xff " + vkey(1, kCosignatureV1)
            + " https://w.example/add#x\nquorum \xff\n# end\n"
        )
            .value();
    CHECK(policy.logs()[0].url == "https://log.example/");
    CHECK(policy.witnesses()[0].name == "\xff");
    CHECK(policy.witnesses()[0].url == "https://w.example/add#x");
    CHECK(policy.quorum_met({true}));
}

TEST_CASE("errors name the line") {
    const std::string a = witness_line("a", 1);
    const std::string b = witness_line("b", 2);

    struct Case {
        std::string text;
        std::string error;
    };

    for (const Case& t : {
             Case{"", "policy: no quorum line"},
             Case{a, "policy: no quorum line"},
             Case{"quorum none", "line 1: does not end in a newline"},
             Case{"quorum none\nquorum none\n", "line 2: a second quorum line"},
             Case{
                 "quorum none\n\n# x\nbogus\n",
                 "line 4: begins with none of log, witness, group, quorum"
             },
             Case{"Quorum none\n", "line 1: begins with none of log, witness, group, quorum"},
             Case{"quorum\n", "line 1: want: quorum <name|none>"},
             Case{"quorum none none\n", "line 1: want: quorum <name|none>"},
             Case{"quorum a\n" + a, "line 1: not defined on an earlier line: a"},
             Case{a + a, "line 2: the same public key a second time"},
             Case{a + witness_line("a", 2), "line 2: defined a second time: a"},
             Case{witness_line("none", 1), "line 1: the name none is reserved"},
             Case{a + "group none any a\n", "line 2: the name none is reserved"},
             Case{a + "group g any none\n", "line 2: not defined on an earlier line: none"},
             Case{a + "group a any a\n", "line 2: defined a second time: a"},
             Case{a + "group g any g\n", "line 2: not defined on an earlier line: g"},
             Case{a + "group g any b\n" + b, "line 2: not defined on an earlier line: b"},
             Case{a + "group g any a a\n", "line 2: already a member of a group: a"},
             Case{
                 a + b + "group g any a b\ngroup h any a\n",
                 "line 4: already a member of a group: a"
             },
             Case{a + "group g any\n", "line 2: want: group <name> <k|any|all> <member>..."},
             Case{
                 a + "group g 0 a\n",
                 "line 2: a threshold is at least 1 and at most the number of members"
             },
             Case{
                 a + "group g 2 a\n",
                 "line 2: a threshold is at least 1 and at most the number of members"
             },
             Case{a + "group g 01 a\n", "line 2: a threshold is any, all or a decimal number"},
             Case{a + "group g Any a\n", "line 2: a threshold is any, all or a decimal number"},
             Case{a + "group g -1 a\n", "line 2: a threshold is any, all or a decimal number"},
             Case{log_line(0) + log_line(0), "line 2: the same public key a second time"},
             Case{"log\n", "line 1: want: log <vkey> [<url>]"},
             Case{"log x y z\n", "line 1: want: log <vkey> [<url>]"},
             Case{"log x\n", "line 1: key: no '+' after the name"},
             Case{"witness a\n", "line 1: want: witness <name> <vkey> [<url>]"},
             Case{
                 "log " + vkey(1, kCosignatureV1) + "\n",
                 "line 1: not a key for this role: wrong signature type"
             },
             Case{
                 "witness a " + vkey(1, kEd25519) + "\n",
                 "line 1: not a key for this role: wrong signature type"
             },
             Case{
                 "log " + vkey(1, kEd25519) + "\n" + a, "line 2: the same public key a second time"
             },
             Case{"quorum none\r\n", "line 1: control character"},
             Case{"quorum none\n#\x7f\n", "line 2: control character"},
             Case{"quorum none\n\x01\n"s, "line 2: control character"},
             Case{"quorum none\n#\0\n"s, "line 2: control character"},
         }) {
        CAPTURE(t.text);
        CHECK(error_of(t.text) == t.error);
    }
}

TEST_CASE("limits: 256 of a sort") {
    std::string logs;
    std::string witnesses;
    std::string groups;
    for (unsigned i = 0; i < 256; ++i) {
        const std::string number = std::to_string(i);
        logs += log_line(1000 + i);
        witnesses += witness_line("w" + number, 2000 + i);
        groups += "group g" + number + " any w" + number + "\n";
    }
    const std::string quorum = "quorum none\n";
    const Policy policy = Policy::parse(logs + witnesses + groups + "quorum g255\n").value();
    std::vector<bool> cosigned(256);
    CHECK_FALSE(policy.quorum_met(cosigned));
    cosigned[255] = true;
    CHECK(policy.quorum_met(cosigned));
    CHECK(error_of(logs + log_line(1) + quorum) == "line 257: too many logs");
    CHECK(error_of(witnesses + witness_line("x", 1) + quorum) == "line 257: too many witnesses");
    CHECK(error_of(witnesses + witness_line("x", 1)) == "line 257: too many witnesses");
    CHECK(error_of(std::string(kMaxPolicyBytes + 1, '\n')) == "policy: too long");
    CHECK(error_of(std::string(kMaxPolicyBytes - quorum.size(), '\n') + quorum) == "accepted");
}
