#include "node/audit/data_files.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/merkle/note.hpp"
#include "node/files/files.hpp"
#include "node/pipeline/log_files.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace handprint::audit {

namespace {

namespace fs = std::filesystem;

/// No file here is longer: a policy is the longest.
constexpr std::size_t most_bytes = merkle::kMaxPolicyBytes + 1024;

/// The one text of a file for what is in it.
struct Text {
    bool same = false; // what is in it is what the ledger names
    std::string text;  // as the program writes it
};

class DataFiles {
public:
    DataFiles(const Options& options, const Replay& replay, Report& report)
        : dir_(options.data_dir),
          vault_(options.vault),
          replay_(replay),
          coop_(replay.whole() ? replay.state().peek<market::CoopRow>(1) : nullptr),
          report_(report) {}

    Result<void> check() {
        std::error_code error;
        whole_ = fs::exists(dir_ + "/keys", error) || fs::exists(dir_ + "/lock", error);
        check_next_key();
        check_key("keys/log.key", &DataFiles::log_key);
        check_key("keys/clock.key", &DataFiles::clock_key);
        check_key("keys/promise.key", &DataFiles::promise_key);
        check_key("keys/data.key", &DataFiles::data_key);
        check_policies();
        for (const char* folder : {"keys", "policies"}) {
            if (auto ok = check_names(folder); !ok) return ok;
        }
        return {};
    }

private:
    using ReadKey = std::optional<Text> (DataFiles::*)(std::string_view text) const;

    void fault(const char* code, const std::string& file, std::string what) {
        report_.add_file(code, file, std::move(what));
    }

    /// Nothing if it is not there or cannot be read, which is told.
    std::optional<std::string> read(const std::string& name, const char* missing) {
        const std::string path = dir_ + '/' + name;
        std::error_code error;
        if (!fs::exists(path, error)) {
            const bool known = !error;
            if (known && !whole_) return std::nullopt;
            fault(
                known ? missing : "file_unreadable",
                name,
                known ? "it is not there" : error.message()
            );
            return std::nullopt;
        }
        const auto bytes = !fs::is_directory(path, error) ? files::read_whole(path, most_bytes)
                                                          : fail(path + " is a directory");
        if (bytes) return std::string(as_text(*bytes));
        fault("file_unreadable", name, bytes.error().what);
        return std::nullopt;
    }

    void check_key(const std::string& name, ReadKey of) {
        known_.insert(name);
        const auto text = read(name, "key_missing");
        if (!text || (coop_ == nullptr && of != &DataFiles::data_key)) return;
        const auto key = (this->*of)(*text);
        if (!key || !key->same) {
            fault("key_differs", name, key ? "it is not the ledger's" : "there is no key in it");
        } else if (key->text != *text) {
            fault("file_differs", name, "the key is right, but it is not written as it was");
        }
    }

    static std::optional<merkle::NoteSigner> signer_in(std::string_view text) {
        while (text.ends_with('\n'))
            text.remove_suffix(1);
        auto signer = merkle::NoteSigner::parse_private(text);
        if (!signer) return std::nullopt;
        return std::move(*signer);
    }

    static std::optional<Hash> seed_in(std::string_view text) {
        Hash seed{};
        if (text.ends_with('\n')) text.remove_suffix(1);
        if (!hex_decode_to(text, seed)) return std::nullopt;
        return seed;
    }

    static Text seed_text(bool same, const Hash& seed) { return {same, hex_encode(seed) + '\n'}; }

    std::optional<Text> log_key(std::string_view text) const {
        const auto signer = signer_in(text);
        if (!signer) return std::nullopt;
        const bool same = names(coop_->policy, signer->key())
                          || (changing_ && names(replay_.former().back().text, signer->key()));
        return Text{same, signer->private_text() + '\n'};
    }

    static bool names(const std::string& text, const merkle::VerifierKey& key) {
        const auto policy = merkle::Policy::parse(text);
        return policy && policy->names_log(key);
    }

    std::optional<Text> signs_as(std::string_view text, const std::string& known) const {
        const auto seed = seed_in(text);
        if (!seed) return std::nullopt;
        return seed_text(base64_encode(KeyPair::from_seed(*seed).public_key()) == known, *seed);
    }

    std::optional<Text> clock_key(std::string_view text) const {
        return signs_as(text, coop_->clock_key);
    }

    std::optional<Text> promise_key(std::string_view text) const {
        return signs_as(text, coop_->promise_key);
    }

    /// No entry names it. Who began the audit has left it out if it opens nothing.
    std::optional<Text> data_key(std::string_view text) const {
        const auto seed = seed_in(text);
        if (!seed) return std::nullopt;
        return seed_text(vault_ != nullptr, *seed);
    }

    /// There while `rotate-log-key` is at work, or was stopped: the ledger takes the key first, and
    /// then one file after the other.
    void check_next_key() {
        const std::string name = "keys/log.next.key";
        known_.insert(name);
        std::error_code error;
        if (!fs::exists(dir_ + '/' + name, error)) return;
        const auto text = read(name, "key_missing");
        if (!text) return;
        const auto next = signer_in(*text);
        if (!next) return fault("key_differs", name, "there is no key in it");
        if (coop_ == nullptr) return;
        if (next->key().name != coop_->origin)
            fault("key_differs", name, "it is a key for another log");
        changing_ = !replay_.former().empty() && names(coop_->policy, next->key());
    }

    void check_policies() {
        known_.insert("policy");
        const auto present = read("policy", "file_missing");
        if (coop_ == nullptr) return;
        const bool to_change = changing_ && present == replay_.former().back().text;
        if (present && *present != coop_->policy && !to_change)
            fault("policy_differs", "policy", "it is not the one that the ledger names");
        std::map<std::string, const FormerPolicy*> former; // the newest by the name of its file
        for (const auto& before : replay_.former()) {
            const auto policy = merkle::Policy::parse(before.text);
            if (!policy || policy->logs().empty()) continue;
            const auto id = policy->logs().front().key.id;
            former["policies/" + pipeline::archived_policy_name(id)] = &before;
        }
        for (const auto& [name, before] : former) {
            known_.insert(name);
            const bool last = changing_ && before == &replay_.former().back();
            std::error_code error;
            if (last && !fs::exists(dir_ + '/' + name, error)) continue;
            const auto text = read(name, "file_missing");
            if (!text) continue;
            bool same = false;
            for (Int size = before->least; !same && size <= before->most; ++size)
                same = *text == pipeline::archived_policy_text(before->text, size);
            if (!same) {
                fault("policy_differs", name, "it is not the one that the ledger named before");
            }
        }
    }

    /// Every name in a folder that is the program's own. The directory itself may hold others, such
    /// as a configuration.
    Result<void> check_names(const std::string& folder) {
        const std::string path = dir_ + '/' + folder;
        std::error_code error;
        if (!fs::exists(path, error)) return {};
        for (fs::directory_iterator at(path, error), end; !error && at != end;
             at.increment(error)) {
            const std::string name = folder + '/' + at->path().filename().string();
            if (knows(name)) continue;
            // Where the fold has stopped, not all names are known.
            if (coop_ == nullptr && folder == "policies") continue;
            fault("file_unknown", name, "the program puts nothing of that name there");
        }
        if (error) return fail(path + ": " + error.message());
        return {};
    }

    bool knows(const std::string& name) {
        if (known_.contains(name)) return true;
        if (!known_.contains(std::string(files::of_leftover(name)))) return false;
        ++report_.figures.leftovers;
        return true;
    }

    const std::string& dir_;
    const pipeline::Vault* vault_;
    const Replay& replay_;
    const market::CoopRow* coop_; // none if the fold has stopped: nothing to be held against
    Report& report_;
    bool whole_ = false;    // a node's own, or its backup; else a copy for who is to check it
    bool changing_ = false; // the ledger has the log's next key, and not all files have it yet
    std::set<std::string> known_;
};

} // namespace

Result<void> check_data_files(const Options& options, const Replay& replay, Report& report) {
    if (options.data_dir.empty()) return {};
    return DataFiles(options, replay, report).check();
}

Result<bool> opens_any(store::Store& store, const pipeline::Vault& vault) {
    constexpr std::size_t most = 100;
    auto* sqlite = dynamic_cast<store::SqliteStore*>(&store);
    if (sqlite == nullptr) return true;
    const auto kinds = sqlite->secret_kinds();
    if (!kinds) return unexpected(kinds.error());
    bool any = false;
    for (const auto& kind : *kinds) {
        const auto records = store.secrets(kind, "", "", most);
        if (!records) return unexpected(records.error());
        any = any || !records->empty();
        for (const auto& record : *records) {
            if (vault.open(record.kind, record.id, record.sealed)) return true;
        }
    }
    return !any;
}

} // namespace handprint::audit
