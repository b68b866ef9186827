#include "ledger/record/promise.hpp"

#include "ledger/base/check.hpp"
#include "ledger/merkle/tree.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/json_writer.hpp"

#include <utility>

namespace handprint::record {

namespace {

std::string held_text(
    std::string_view envelope, std::uint64_t index, const Hash& leaf, std::span<const Hash> path
) {
    std::string out;
    out.reserve(envelope.size() + (path.size() + 2) * 48);
    JsonWriter writer(out);
    writer.begin_object();
    writer.key("envelope").raw(envelope);
    writer.key("index").natural(index);
    writer.key("leaf").bytes(leaf);
    writer.key("path").begin_array();
    for (const Hash& sibling : path)
        writer.bytes(sibling);
    writer.end_array().end_object();
    return out;
}

} // namespace

std::string encode(const Promise& promise) {
    Json out;
    out.set("count", promise.count);
    out.set("first", promise.first);
    out.set("format", kPromiseFormat);
    out.set("log", promise.log);
    out.set("publish_by", promise.publish_by.ms);
    out.set("root", to_json(promise.root));
    return out.encode();
}

Result<Promise> parse_promise(std::string_view payload) {
    const auto json = Json::parse(payload);
    if (!json) return fail("promise: " + describe(json.error()));
    Fields fields(*json, "promise");
    if (fields.string("format") != kPromiseFormat) fields.refuse("unknown format");
    Promise out;
    out.count = fields.natural("count");
    out.first = fields.natural("first");
    out.log = fields.string("log");
    out.publish_by = Instant(fields.integer("publish_by", 0));
    out.root = fields.hash("root");
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    return out;
}

Result<Promise> promise_in(const Envelope& envelope) {
    if (envelope.payload_type != kPromiseType) return fail("promise: not of its payload type");
    return parse_promise(envelope.payload);
}

Envelope sign(const Promise& promise, const KeyPair& promise_key) {
    return sign(kPromiseType, encode(promise), promise_key);
}

std::string encode(const HeldPromise& held) {
    return held_text(encode(held.envelope), held.index, held.leaf, held.path);
}

Result<HeldPromise> parse_held_promise(std::string_view text) {
    const auto json = Json::parse(text, JsonMode::lenient);
    if (!json) return fail("promise: " + describe(json.error()));
    Fields fields(*json, "promise");
    HeldPromise out;
    auto envelope = envelope_from_json(fields.any("envelope"));
    out.index = fields.natural("index");
    out.leaf = fields.hash("leaf");
    for (const Json& sibling : fields.array("path")) {
        const auto hash = hash_from_json(sibling);
        if (!hash) return fail("promise: path: " + hash.error().what);
        out.path.push_back(*hash);
    }
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    if (!envelope) return unexpected(envelope.error());
    out.envelope = std::move(*envelope);
    return out;
}

Result<Promise> promise_in(const HeldPromise& held) {
    auto promise = promise_in(held.envelope);
    if (!promise) return promise;
    if (held.index < promise->first) return fail("promise: about later entries");
    const auto proven = merkle::verify_inclusion(
        held.index - promise->first, promise->count, held.leaf, held.path, promise->root
    );
    if (!proven) return fail("promise: the path does not lead to its root");
    return promise;
}

Result<HeldPromise> read_held_promise(std::string_view text, std::string_view log) {
    auto held = parse_held_promise(text);
    if (!held) return held;
    const auto promise = promise_in(*held);
    if (!promise) return unexpected(promise.error());
    if (promise->log != log) return fail("of another log");
    return held;
}

PromisedEntries::PromisedEntries(
    std::uint64_t first,
    std::span<const Hash> leaves,
    std::string log,
    Instant publish_by,
    const KeyPair& promise_key
)
    : first_(first), leaves_(leaves.begin(), leaves.end()) {
    HP_CHECK(!leaves.empty(), "a promise is about entries");
    auto proofs = merkle::prove_all(leaves);
    paths_ = std::move(proofs.paths);
    envelope_ =
        encode(sign({leaves.size(), first, std::move(log), publish_by, proofs.root}, promise_key));
}

std::string PromisedEntries::text_of(std::uint64_t index) const {
    HP_CHECK(index >= first_ && index - first_ < leaves_.size(), "not among these entries");
    const auto at = static_cast<std::size_t>(index - first_);
    return held_text(envelope_, index, leaves_[at], paths_[at]);
}

} // namespace handprint::record
