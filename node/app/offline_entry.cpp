#include "node/app/offline_entry.hpp"

#include "node/client/signer.hpp"
#include "node/pipeline/intake.hpp"
#include "node/pipeline/sequencer.hpp"

#include <future>
#include <utility>

namespace handprint::app {

Result<pipeline::Answer> enter_offline(
    store::Store& store,
    const NodeKeys& keys,
    market::Command command,
    const std::string& actor,
    const KeyPair& by
) {
    const std::string origin = keys.log.key().name;
    const std::string kind = market::kind_of(command);
    const pipeline::Vault vault(keys.data, fill_random);
    pipeline::Completions completions(1);
    pipeline::Sequencer sequencer(
        {store, vault, wall_clock_ms, keys.clock, completions, {}, {}, {}}, {.origin = origin}
    );
    sequencer.require_witness(true); // nobody vouches for the clock here: no timers
    if (auto ok = sequencer.start(); !ok) return unexpected(ok.error());
    const CommandId id = client::new_id();
    std::promise<pipeline::Answer> promise;
    pipeline::Job job;
    job.request = pipeline::sign_command(std::move(command), actor, id, by, origin);
    job.done = [&promise](pipeline::Answer given) { promise.set_value(std::move(given)); };
    if (!sequencer.submit(std::move(job))) return fail("the ledger did not take the entry");
    auto answer = promise.get_future().get();
    sequencer.stop();
    completions.stop();
    if (answer.verdict == pipeline::Verdict::entry) return answer;
    return fail(kind + ": " + answer.refusal.detail);
}

} // namespace handprint::app
