#include "node/audit/data_dir.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/merkle/note.hpp"
#include "ledger/merkle/policy.hpp"
#include "node/files/files.hpp"
#include "node/pipeline/log_files.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

namespace handprint::audit {

namespace {

namespace fs = std::filesystem;

constexpr const char* log_key = "keys/log.key";
constexpr const char* next_log_key = "keys/log.next.key"; // while the log gets a new one

bool names(const merkle::Policy& policy, const merkle::VerifierKey& key) {
    return std::ranges::any_of(policy.logs(), [&](const auto& log) { return log.key == key; });
}

bool names(const std::string& policy, const merkle::VerifierKey& key) {
    const auto parsed = merkle::Policy::parse(policy);
    return parsed && names(*parsed, key);
}

class DataDir {
public:
    DataDir(
        const std::string& dir,
        const market::CoopRow& coop,
        const std::vector<FormerPolicy>& former,
        Report& report
    )
        : dir_(dir), coop_(coop), former_(former), report_(report) {}

    Result<void> check(const std::string& policy) {
        const auto keys = files::is_there(dir_ + "/keys");
        if (!keys) return unexpected(keys.error());
        whole_ = *keys;
        check_log_keys();
        check_seed("keys/clock.key", &coop_.clock_key);
        check_seed("keys/promise.key", &coop_.promise_key);
        check_seed("keys/data.key", nullptr);
        check_policy(policy);
        check_former();
        for (const char* folder : {"keys", "policies"}) {
            if (auto ok = check_names(folder); !ok) return ok;
        }
        return {};
    }

private:
    void fault(const char* code, const std::string& file, std::string what) {
        Finding finding;
        finding.code = code;
        finding.file = file;
        finding.what = std::move(what);
        report_.add(std::move(finding));
    }

    /// None if it is not there or cannot be read, which is said then.
    std::optional<std::string> read(const std::string& file, bool needed = true) {
        known_.insert(file);
        const std::string path = dir_ + '/' + file;
        const auto there = files::is_there(path);
        if (!there) {
            fault("file_unreadable", file, there.error().what);
        } else if (*there) {
            const auto bytes = files::read_whole(path, most);
            if (bytes) return std::string(as_text(*bytes));
            fault("file_unreadable", file, bytes.error().what);
        } else if (needed && whole_) {
            fault("file_missing", file, "it is not there");
        }
        return std::nullopt;
    }

    std::optional<merkle::VerifierKey> read_log_key(const char* file, bool needed) {
        auto text = read(file, needed);
        if (!text) return std::nullopt;
        while (text->ends_with('\n'))
            text->pop_back();
        const auto key = merkle::NoteSigner::parse_private(*text);
        if (key) return key->key();
        fault("file_unreadable", file, key.error().what);
        return std::nullopt;
    }

    /// The ledger takes the next key first, the files follow one after the other.
    void check_log_keys() {
        const auto present = read_log_key(log_key, true);
        const auto next = read_log_key(next_log_key, false);
        changing_ = next && names(coop_.policy, *next);
        if (next && next->name != coop_.origin)
            fault("key_differs", next_log_key, "it is a key for another log");
        if (!present || names(coop_.policy, *present)) return;
        if (changing_ && !former_.empty() && names(former_.back().text, *present)) return;
        fault("key_differs", log_key, "the ledger says another key of the log");
    }

    /// `expected`: the public half as the ledger says it; null where it says none.
    void check_seed(const char* file, const std::string* expected) {
        if (!read(file)) return;
        const auto seed = files::read_seed(dir_ + '/' + file);
        if (!seed) return fault("file_unreadable", file, seed.error().what);
        if (expected == nullptr) return;
        if (base64_encode(KeyPair::from_seed(*seed).public_key()) != *expected)
            fault("key_differs", file, "the ledger says another key");
    }

    void check_policy(const std::string& known) {
        const auto text = known.empty() ? read("policy") : std::optional(known);
        if (!text || *text == coop_.policy) return;
        if (changing_ && !former_.empty() && *text == former_.back().text) return;
        fault("policy_differs", "policy", "it is not the policy that the ledger says");
    }

    void check_former() {
        for (const auto& former : former_) {
            const auto policy = merkle::Policy::parse(former.text);
            if (!policy || policy->logs().empty()) continue; // no log key was ever changed under it
            const std::string file =
                "policies/" + pipeline::archived_policy_name(policy->logs().front().key.id);
            const bool late = changing_ && &former == &former_.back();
            const auto text = read(file, !late);
            if (text && *text != pipeline::archived_policy_text(former.text, former.until))
                fault("policy_differs", file, "it is not the policy of its time");
        }
    }

    Result<void> check_names(const char* folder) {
        std::error_code error;
        const fs::path root = fs::path(dir_) / folder;
        if (!fs::exists(root, error)) return {};
        for (fs::directory_iterator at(root, error), end; !error && at != end;
             at.increment(error)) {
            std::string file = std::string(folder) + '/' + at->path().filename().string();
            const std::string shown = file;
            // One that was stopped before it could be renamed.
            const bool leftover = file.ends_with(".new");
            if (leftover) file.resize(file.size() - 4);
            if (!known_.contains(file)) {
                fault("file_unknown", shown, "no file of a data directory has this name");
            } else if (leftover) {
                ++report_.figures.leftovers;
            }
        }
        if (error) return fail(root.string() + ": " + error.message());
        return {};
    }

    static constexpr std::size_t most = 1U << 20U; // bytes of one of these files

    std::string dir_;
    const market::CoopRow& coop_;
    const std::vector<FormerPolicy>& former_;
    Report& report_;
    bool whole_ = false;    // a node's own, or a backup: there are keys
    bool changing_ = false; // the ledger has the log's next key, and not all files have it yet
    std::set<std::string> known_;
};

} // namespace

Result<void> check_data_dir(
    const std::string& dir,
    const std::string& policy,
    const market::CoopRow& coop,
    const std::vector<FormerPolicy>& former,
    Report& report
) {
    return DataDir(dir, coop, former, report).check(policy);
}

} // namespace handprint::audit
