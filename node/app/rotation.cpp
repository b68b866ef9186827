#include "node/app/rotation.hpp"

#include "ledger/base/hex.hpp"
#include "ledger/merkle/key_change.hpp"
#include "ledger/merkle/policy.hpp"
#include "node/app/data_lock.hpp"
#include "node/app/first_entry.hpp"
#include "node/app/offline_entry.hpp"
#include "node/market/key.hpp"
#include "node/pipeline/log_files.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <filesystem>

namespace handprint::app {

namespace fs = std::filesystem;

namespace {

/// The policy that the entries have put in force.
Result<merkle::Policy> policy_of_ledger(store::Store& store) {
    const market::Key name = market::key_of<market::CoopRow>(market::Int{1});
    const auto rows = store.load(std::span(&name, 1));
    if (!rows) return unexpected(rows.error());
    if (!rows->front()) return fail("the ledger has no first entry");
    return merkle::Policy::parse(std::get<market::CoopRow>(*rows->front()).policy);
}

Result<void> enter(
    store::Store& store,
    const NodeKeys& keys,
    const merkle::NoteSigner& next,
    const client::PartyKey& delegate
) {
    auto note = merkle::sign_key_change(keys.log, next);
    if (!note) return unexpected(note.error());
    const auto done = enter_offline(
        store, keys, market::RotateLogKey{std::move(*note)}, delegate.party, delegate.key
    );
    if (!done) return unexpected(done.error());
    return {};
}

} // namespace

Result<void>
check_log_key(store::Store& store, const merkle::Policy& policy, const merkle::VerifierKey& key) {
    const auto ledger = policy_of_ledger(store);
    if (!ledger) return unexpected(ledger.error());
    if (!ledger->names_log(key)) {
        return fail(
            "keys/log.key is not the log's key in the ledger. If `handprint rotate-log-key` was "
            "stopped half way, run it again; else put the right key back."
        );
    }
    if (!policy.names_log(key)) return fail("keys/log.key is not the log's key in the policy file");
    return {};
}

Result<Rotation> rotate_log_key(const NodeFiles& files, const client::PartyKey& delegate) {
    const auto lock = DataLock::take(files.dir());
    if (!lock) return unexpected(lock.error());
    const auto keys = files.load_keys();
    if (!keys) return unexpected(keys.error());
    const pipeline::Vault vault(keys->data, fill_random);
    const auto store = store::SqliteStore::open(own_store(files, vault.mac_key()));
    if (!store) return unexpected(store.error());
    if (auto ok = check_first_entry(**store, files.dir()); !ok) return unexpected(ok.error());
    const auto policy = read_text(files.policy());
    if (!policy) return unexpected(policy.error());
    const auto changed_before = policy_of_ledger(**store);
    if (!changed_before) return unexpected(changed_before.error());
    const auto next = files.next_log_key(keys->log);
    if (!next) return unexpected(next.error());

    if (!changed_before->names_log(next->key())) {
        if (const auto ok = enter(**store, *keys, *next, delegate); !ok)
            return unexpected(ok.error());
    }
    const auto head = (*store)->head();
    if (!head) return unexpected(head.error());
    const auto id = keys->log.key().id;
    Rotation done{next->key(), files.archived_policy(id), head->size};
    if (const auto present = merkle::Policy::parse(*policy); !present) {
        return fail(files.policy() + ": " + present.error().what);
    } else if (present->names_log(keys->log.key())) {
        const auto changed = merkle::with_log_key(*policy, next->key());
        if (!changed) return fail(files.policy() + ": " + changed.error().what);
        const std::string kept = pipeline::archived_policy_text(*policy, head->size);
        if (auto ok = write_text(done.archived, kept, false); !ok) return unexpected(ok.error());
        if (auto ok = write_text(files.policy(), *changed, false); !ok)
            return unexpected(ok.error());
    }
    if (auto ok = files.take_next_log_key(*next); !ok) return unexpected(ok.error());
    return done;
}

} // namespace handprint::app
