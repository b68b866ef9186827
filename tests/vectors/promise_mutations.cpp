#include "tests/vectors/mutations.hpp"

namespace handprint::vectors {

using namespace record;

namespace {

constexpr const char* kKept = "bao submits again";

Json json_of(const std::string& text) {
    return Json::parse(text).value();
}

/// The promise about a step with something else signed in it.
template <class Change>
Json signed_otherwise(const World& world, Change change) {
    HeldPromise held = world.promise(kKept, key_pair(kPromiseKey));
    Promise promise = promise_in(held).value();
    change(promise);
    held.envelope = sign(promise, key_pair(kPromiseKey));
    return json_of(encode(held));
}

/// The promise about a step with something else beside what is signed.
template <class Change>
Json held_otherwise(const World& world, Change change) {
    HeldPromise held = world.promise(kKept, key_pair(kPromiseKey));
    change(held);
    return json_of(encode(held));
}

} // namespace

void add_promise_mutations(Mutations& out) {
    const World& world = out.honest();
    const char* invalid = "promise_invalid";
    const auto text_of = [&world](const char* step, std::uint8_t key) {
        return json_of(promise_text(world, step, key));
    };
    out.promises("a promise signed by a stranger", invalid, {text_of(kKept, kStrangerKey)});
    out.promises("a promise under the older key", invalid, {text_of(kKept, kOldPromiseKey)});
    out.promises("a promise of another log", invalid, {signed_otherwise(world, [](Promise& p) {
                     p.log = "log.example/other";
                 })});
    out.promises("a promise that is no envelope", invalid, {Json::object({{"format", "x"}})});
    out.promises(
        "an envelope without its entry",
        invalid,
        {to_json(world.promise(kKept, key_pair(kPromiseKey)).envelope)}
    );
    out.promises(
        "a promise with another payload type",
        invalid,
        {held_otherwise(
            world,
            [](HeldPromise& p) {
                p.envelope = sign(kCommandType, p.envelope.payload, key_pair(kPromiseKey));
            }
        )}
    );
    out.promises(
        "a promise that is not canonical",
        invalid,
        {held_otherwise(
            world,
            [](HeldPromise& p) {
                p.envelope = sign(kPromiseType, p.envelope.payload + " ", key_pair(kPromiseKey));
            }
        )}
    );

    const struct {
        const char* name;
        const char* member;
        Json value;
    } odd[] = {
        {"a promise in another format", "format", "handprint/promise/v2"},
        {"a promise that says more", "more", 1},
        {"a promise with a short root", "root", "AAAA"},
        {"a promise from below the first", "first", -1},
        {"a promise by a text", "publish_by", "1795281000000"},
    };

    for (const auto& one : odd) {
        out.promises(one.name, invalid, {held_otherwise(world, [&one](HeldPromise& p) {
                         Json body = json_of(p.envelope.payload);
                         body.set(one.member, one.value);
                         p.envelope = sign(kPromiseType, body.encode(), key_pair(kPromiseKey));
                     })});
    }
    out.promises("a promise about no entries", invalid, {signed_otherwise(world, [](Promise& p) {
                     p.count = 0;
                 })});
    out.promises("a promise about later entries", invalid, {signed_otherwise(world, [](Promise& p) {
                     p.first += 3;
                 })});
    out.promises("a promise with another root", invalid, {signed_otherwise(world, [](Promise& p) {
                     p.root[0] ^= 1U;
                 })});
    out.promises("a leaf that is not promised", invalid, {held_otherwise(world, [](HeldPromise& p) {
                     p.leaf[0] ^= 1U;
                 })});
    out.promises(
        "a promised leaf at another place",
        invalid,
        {held_otherwise(world, [](HeldPromise& p) { p.index += p.index % 3 == 0 ? 1 : -1ULL; })}
    );
    out.promises("a path cut short", invalid, {held_otherwise(world, [](HeldPromise& p) {
                     p.path.pop_back();
                 })});
    out.promises("a path with another step", invalid, {held_otherwise(world, [](HeldPromise& p) {
                     p.path.front()[0] ^= 1U;
                 })});
    // An acknowledged entry that is not where it was promised.
    out.promises(
        "a promised entry that is not here", "promise_missing", {text_of("income", kPromiseKey)}
    );
    // An acknowledged submission that the log has another entry for.
    const HeldPromise kept = world.promise(kKept, key_pair(kPromiseKey));
    Hash other = kept.leaf;
    other[0] ^= 1U;
    const Json broken = json_of(PromisedEntries(
                                    kept.index,
                                    std::span(&other, 1),
                                    kOrigin,
                                    promise_in(kept).value().publish_by,
                                    key_pair(kPromiseKey)
    )
                                    .text_of(kept.index));
    out.promises("a promised leaf that is another", "promise_broken", {broken});
    out.promises(
        "one kept and one broken",
        "promise_broken",
        {text_of("bao adds a key", kPromiseKey), broken}
    );
}

} // namespace handprint::vectors
