#include "ledger/merkle/key_change.hpp"
#include "ledger/merkle/policy.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace handprint;
using namespace handprint::merkle;

namespace {

NoteSigner signer(const std::string& name, std::uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return {name, KeyPair::from_seed(seed)};
}

const NoteSigner kOld = signer("log.example/a", 1), kNew = signer("log.example/a", 2);
const NoteSigner kOther = signer("log.example/b", 3);

std::string line_of(const NoteSigner& key) {
    return "log " + key.key().text();
}

std::string signed_by(std::string text, const NoteSigner& one, const NoteSigner& other) {
    Note note{std::move(text), {}};
    note.signatures = {one.sign(note.text), other.sign(note.text)};
    return format_note(note).value();
}

} // namespace

TEST_CASE("a change of a log's key is signed by both keys") {
    const auto note = sign_key_change(kOld, kNew).value();
    const auto change = read_key_change(note).value();
    CHECK(change.old_key == kOld.key());
    CHECK(change.new_key == kNew.key());
    CHECK_FALSE(sign_key_change(kOld, kOld));
    CHECK_FALSE(sign_key_change(kOld, kOther));

    const std::string text = parse_note(note)->text;
    CHECK(read_key_change(signed_by(text, kOld, kNew)));
    CHECK_FALSE(read_key_change(signed_by(text, kOld, kOld)));
    CHECK_FALSE(read_key_change(signed_by(text, kNew, kNew)));
    CHECK_FALSE(read_key_change(signed_by(text, kNew, kOther)));
    CHECK_FALSE(read_key_change(signed_by(text + "more\n", kOld, kNew)));
    CHECK_FALSE(read_key_change(signed_by(text.substr(1), kOld, kNew)));
    CHECK_FALSE(read_key_change("handprint/log-key/v1\n"));
    CHECK_FALSE(read_key_change(""));
}

TEST_CASE("a policy takes the new key and stays as it was otherwise") {
    const auto changed = [](const std::string& policy) {
        return with_log_key(policy, kNew.key()).value_or("refused");
    };
    const std::string rest = "quorum none\n";
    CHECK(
        changed("# ours\n\n" + line_of(kOld) + "\n" + rest)
        == "# ours\n\n" + line_of(kNew) + "\n" + rest
    );
    CHECK(
        changed(" log\t" + kOld.key().text() + "  https://log.example \n" + rest)
        == " log\t" + kNew.key().text() + "  https://log.example \n" + rest
    );
    // Both keys, as a reader may have it meanwhile, become one; another log stays.
    CHECK(
        changed(line_of(kOther) + "\n" + line_of(kOld) + "\n" + line_of(kNew) + "\n" + rest)
        == line_of(kOther) + "\n" + line_of(kNew) + "\n" + rest
    );
    CHECK(changed(line_of(kOther) + "\n" + rest) == "refused");
    CHECK(changed("") == "refused");
    CHECK(changed(line_of(kOld) + "\n") == "refused"); // no quorum: not a policy
}
