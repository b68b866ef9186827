// Entry 0 and what must be there before it.

#include "ledger/base/base64.hpp"
#include "ledger/base/utf8.hpp"
#include "node/app/running_node.hpp"
#include "node/pipeline/intake.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>

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
    pipeline::Completions completions(1);
    pipeline::Sequencer sequencer(
        {**store, vault, wall_clock_ms, keys->clock, completions, {}, {}, {}},
        {.origin = founding.origin}
    );
    if (auto ok = sequencer.start(); !ok) return ok;
    CommandId id;
    fill_random(id.bytes);
    std::mutex mutex;
    std::condition_variable ready;
    std::optional<pipeline::Answer> answer;
    pipeline::Job job;
    job.request = pipeline::sign_command(
        genesis_of(founding, *keys, policy), "d:0", id, founding.first_delegate, founding.origin
    );
    job.done = [&](pipeline::Answer given) {
        const std::lock_guard lock(mutex);
        answer = std::move(given);
        ready.notify_all();
    };
    if (!sequencer.submit(std::move(job))) return fail("the ledger did not take its first entry");
    {
        std::unique_lock lock(mutex);
        ready.wait(lock, [&] { return answer.has_value(); });
    }
    sequencer.stop();
    completions.stop();
    if (answer->verdict != pipeline::Verdict::entry)
        return fail("genesis: " + answer->refusal.detail);
    return {};
}

} // namespace handprint::app
