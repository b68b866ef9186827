#include "node/app/init_command.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/money.hpp"
#include "ledger/base/utf8.hpp"
#include "node/app/running_node.hpp"
#include "node/client/key_file.hpp"
#include "node/files/files.hpp"

#include <array>
#include <filesystem>
#include <set>

namespace handprint::app {

namespace fs = std::filesystem;

namespace {

Unexpected<Failure> wrong(const char* option, const std::string& value, const std::string& what) {
    return fail(std::string(option) + ' ' + value + ": " + what);
}

Result<std::vector<PublicKey>>
read_keys(const char* option, const std::vector<std::string>& texts, std::set<std::string>& seen) {
    std::vector<PublicKey> keys;
    for (const auto& text : texts) {
        const auto key = base64_to_array<32>(text);
        if (!key) return wrong(option, text, "a public key is 32 bytes in padded base64");
        if (!seen.insert(text).second) return wrong(option, text, "the key is given twice");
        keys.push_back(*key);
    }
    return keys;
}

/// The lines of the file, once they make a policy beside a log of that name.
Result<std::string> read_witnesses(const InitOptions& o) {
    if (o.witnesses.empty()) return std::string("quorum none\n");
    auto lines = read_text(o.witnesses);
    if (!lines) return wrong("--witnesses", o.witnesses, lines.error().what);
    if (!is_utf8(*lines)) return wrong("--witnesses", o.witnesses, "not UTF-8");
    const merkle::NoteSigner made_up(o.origin, client::new_key());
    const auto policy = merkle::Policy::parse("log " + made_up.key().text() + '\n' + *lines);
    // Its first line is ours.
    if (!policy)
        return wrong("--witnesses", o.witnesses, "below a log line, " + policy.error().what);
    return lines;
}

/// What a founding makes in the data directory; the tables may have a journal beside them.
constexpr std::array made_here{
    "keys", "policy", "ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db-journal"
};

Result<void> check_places(const InitOptions& o) {
    std::error_code error;
    if (fs::exists(NodeFiles(o.data).database(), error))
        return wrong("--data", o.data, "there is a ledger already");
    if (fs::exists(o.data, error) && !fs::is_directory(o.data, error))
        return wrong("--data", o.data, "it is no directory");
    for (const char* name : made_here) {
        if (fs::exists(fs::path(o.data) / name, error)) {
            return wrong(
                "--data",
                o.data,
                "there is already a file that a ledger is to have: " + std::string(name)
            );
        }
    }
    return {};
}

/// Takes away what was made unless it is told to leave it.
class Undo {
public:
    explicit Undo(const InitOptions& o) : options_(o), made_dir_(!fs::exists(o.data)) {}

    ~Undo() {
        if (done_) return;
        std::error_code error;
        if (made_key_) fs::remove(options_.delegate, error);
        if (made_dir_) {
            fs::remove_all(options_.data, error);
            return;
        }
        for (const char* name : made_here)
            fs::remove_all(fs::path(options_.data) / name, error);
    }

    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;

    void made_key() { made_key_ = true; }

    void keep() { done_ = true; }

private:
    const InitOptions& options_;
    bool made_dir_;
    bool made_key_ = false;
    bool done_ = false;
};

} // namespace

Result<void> init(const InitOptions& o) {
    if (!merkle::is_key_name(o.origin)) {
        return wrong("--origin", o.origin, "a name of a log has no spaces and no +");
    }
    std::set<std::string> currencies;
    for (const auto& text : o.currencies) {
        if (!Currency::parse(text)) return wrong("--currency", text, "three letters A-Z");
        if (!currencies.insert(text).second) return wrong("--currency", text, "it is given twice");
    }
    std::set<std::string> seen;
    if (auto keys = read_keys("--founder-key", o.founders, seen); !keys)
        return unexpected(keys.error());
    auto delegates = read_keys("--delegate", o.delegates, seen);
    if (!delegates) return unexpected(delegates.error());
    auto policy = read_witnesses(o);
    if (!policy) return unexpected(policy.error());
    if (auto ok = check_places(o); !ok) return ok;

    Undo undo(o);
    if (auto made = files::make_directories(o.data); !made)
        return wrong("--data", o.data, made.error().what);
    const KeyPair first = client::new_key();
    if (auto ok = client::write_key_file(o.delegate, "d:0", first); !ok)
        return wrong("--delegate-key", o.delegate, ok.error().what);
    undo.made_key();
    delegates->insert(delegates->begin(), first.public_key());
    const auto founded = found(
        NodeFiles(o.data),
        {.origin = o.origin,
         .currencies = o.currencies,
         .witness_policy = std::move(*policy),
         .delegates = std::move(*delegates),
         .first_delegate = first,
         .rules = {},
         .founders = o.founders}
    );
    if (!founded) return wrong("--data", o.data, founded.error().what);
    undo.keep();
    return {};
}

} // namespace handprint::app
