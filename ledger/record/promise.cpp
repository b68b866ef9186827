#include "ledger/record/promise.hpp"

#include "ledger/record/fields.hpp"

namespace handprint::record {

std::string encode(const Promise& promise) {
    Json out;
    out.set("format", kPromiseFormat);
    out.set("index", promise.index);
    out.set("leaf", to_json(promise.leaf));
    out.set("log", promise.log);
    out.set("publish_by", promise.publish_by.ms);
    return out.encode();
}

Result<Promise> parse_promise(std::string_view payload) {
    const auto json = Json::parse(payload);
    if (!json) return fail("promise: " + describe(json.error()));
    Fields fields(*json, "promise");
    if (fields.string("format") != kPromiseFormat) fields.refuse("unknown format");
    Promise out;
    out.index = fields.natural("index");
    out.leaf = fields.hash("leaf");
    out.log = fields.string("log");
    out.publish_by = Instant(fields.integer("publish_by", 0));
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

} // namespace handprint::record
