// Entry 0 and what must be there before it.

#include "ledger/base/base64.hpp"
#include "ledger/base/utf8.hpp"
#include "ledger/record/fixed_names.hpp"
#include "node/app/offline_entry.hpp"
#include "node/app/running_node.hpp"

#include <filesystem>

namespace handprint::app {

namespace fs = std::filesystem;

namespace {

market::Genesis genesis_of(const Founding& founding, const NodeKeys& keys, std::string policy) {
    market::Genesis genesis;
    genesis.origin = founding.origin;
    genesis.policy = std::move(policy);
    genesis.clock_key = base64_encode(keys.clock.public_key());
    genesis.promise_key = base64_encode(keys.promise.public_key());
    genesis.currencies = founding.currencies;
    for (const auto& key : founding.delegates)
        genesis.delegates.push_back(base64_encode(key));
    genesis.founders = founding.founders;
    genesis.formats = record::fixed_names().formats;
    genesis.domains = record::fixed_names().domains;
    genesis.rules = founding.rules;
    return genesis;
}

} // namespace

Result<void> found(const NodeFiles& files, const Founding& founding) {
    if (fs::exists(files.database()))
        return fail("there is a ledger in " + files.dir() + " already");
    auto keys = files.make_keys(founding.origin);
    if (!keys) return unexpected(keys.error());
    const std::string policy = "log " + keys->log.key().text() + '\n' + founding.witness_policy;
    // A policy is octets of any encoding, but entry 0 is JSON and holds it.
    if (!is_utf8(policy)) return fail("policy: not UTF-8");
    if (auto parsed = merkle::Policy::parse(policy); !parsed)
        return fail("policy: " + parsed.error().what);
    if (auto ok = write_text(files.policy(), policy, false); !ok) return ok;

    const pipeline::Vault vault(keys->data, fill_random);
    auto store = store::SqliteStore::create({.path = files.database(), .mac_key = vault.mac_key()});
    if (!store) return unexpected(store.error());
    const auto done = enter_offline(
        **store, *keys, genesis_of(founding, *keys, policy), "d:0", founding.first_delegate
    );
    if (!done) return unexpected(done.error());
    return {};
}

} // namespace handprint::app
