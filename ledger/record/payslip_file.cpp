#include "ledger/record/payslip_file.hpp"

#include "ledger/record/fields.hpp"

#include <map>

namespace handprint::record {

namespace {

/// Gives every distinct hash a place in `nodes`, in the order of first use.
class NodeTable {
public:
    Json refs(const std::vector<Hash>& proof) {
        Json::Array out;
        out.reserve(proof.size());
        for (const Hash& hash : proof) {
            const auto [at, added] = places_.try_emplace(hash, nodes_.size());
            if (added) nodes_.push_back(to_json(hash));
            out.emplace_back(at->second);
        }
        return Json(std::move(out));
    }

    Json take() { return Json(std::move(nodes_)); }

private:
    std::map<Hash, std::size_t> places_;
    Json::Array nodes_;
};

Json opening_to_json(const Opening& opening) {
    Json out;
    out.set("bytes", opening.bytes);
    out.set("salt", to_json(opening.salt));
    return out;
}

Json close_to_json(const ProvenClose& close, NodeTable& nodes) {
    Json position;
    if (close.position) {
        position = opening_to_json(close.position->opening);
        position.set("proof", nodes.refs(close.position->proof));
    }
    Json out;
    out.set("coop", opening_to_json(close.coop));
    out.set("header", close.header);
    out.set("index", close.index);
    out.set("position", std::move(position));
    out.set("proof", nodes.refs(close.proof));
    return out;
}

Json entry_to_json(const ProvenEntry& entry, NodeTable& nodes) {
    Json out;
    out.set("header", entry.header);
    out.set("index", entry.index);
    out.set("part", to_json(entry.part));
    out.set("proof", nodes.refs(entry.proof));
    return out;
}

Json share_to_json(const ProvenShare& share, NodeTable& nodes) {
    Json out;
    out.set("coop", opening_to_json(share.coop));
    out.set("header", share.header);
    out.set("index", share.index);
    out.set("list", nodes.refs(share.list));
    out.set("proof", nodes.refs(share.proof));
    return out;
}

/// Reads the pieces of a file; the first fault sticks to the fields of the object it is in and is
/// handed up from there.
class Reader {
public:
    explicit Reader(std::vector<Hash> nodes) : nodes_(std::move(nodes)) {}

    Result<ProvenClose> close(const Json& json) const {
        Fields fields(json, "close");
        ProvenClose out;
        out.coop = keep(fields, opening(fields.any("coop")));
        out.header = fields.string("header");
        out.index = fields.natural("index");
        const Json& place = fields.any("position");
        if (!place.is_null()) out.position = keep(fields, position(place));
        out.proof = keep(fields, proof(fields.any("proof")));
        if (const auto done = fields.finish(); !done) return unexpected(done.error());
        return out;
    }

    Result<ProvenEntry> entry(const Json& json) const {
        Fields fields(json, "entry");
        ProvenEntry out;
        out.header = fields.string("header");
        out.index = fields.natural("index");
        out.part = keep(fields, opened_part_from_json(fields.any("part")));
        out.proof = keep(fields, proof(fields.any("proof")));
        if (const auto done = fields.finish(); !done) return unexpected(done.error());
        return out;
    }

    Result<ProvenShare> share(const Json& json) const {
        Fields fields(json, "share");
        ProvenShare out;
        out.coop = keep(fields, opening(fields.any("coop")));
        out.header = fields.string("header");
        out.index = fields.natural("index");
        out.list = keep(fields, proof(fields.any("list")));
        out.proof = keep(fields, proof(fields.any("proof")));
        if (const auto done = fields.finish(); !done) return unexpected(done.error());
        return out;
    }

private:
    template <class T>
    static T keep(Fields& fields, Result<T> value) {
        if (value) return std::move(*value);
        fields.refuse(value.error().what);
        return {};
    }

    static Result<Opening> opening(const Json& json) {
        Fields fields(json, "opening");
        Opening out{fields.string("bytes"), fields.hash("salt")};
        if (const auto done = fields.finish(); !done) return unexpected(done.error());
        return out;
    }

    Result<ProvenPosition> position(const Json& json) const {
        Fields fields(json, "position");
        ProvenPosition out;
        out.opening = {fields.string("bytes"), fields.hash("salt")};
        out.proof = keep(fields, proof(fields.any("proof")));
        if (const auto done = fields.finish(); !done) return unexpected(done.error());
        return out;
    }

    Result<std::vector<Hash>> proof(const Json& json) const {
        const Json::Array* refs = json.as_array();
        if (refs == nullptr) return fail("a proof is an array");
        std::vector<Hash> out;
        out.reserve(refs->size());
        for (const Json& ref : *refs) {
            const std::int64_t* place = ref.as_integer();
            if (place == nullptr || *place < 0 || std::cmp_greater_equal(*place, nodes_.size())) {
                return fail("a ref is out of range");
            }
            out.push_back(nodes_[static_cast<std::size_t>(*place)]);
        }
        return out;
    }

    std::vector<Hash> nodes_;
};

Result<std::vector<Hash>> read_nodes(const Json::Array& items) {
    std::vector<Hash> out;
    out.reserve(items.size());
    for (const Json& item : items) {
        const auto hash = hash_from_json(item);
        if (!hash) return unexpected(hash.error());
        out.push_back(*hash);
    }
    return out;
}

} // namespace

Json to_json(const OpenedPart& part) {
    Json out = opening_to_json(part.opening);
    out.set("number", part.number);
    return out;
}

Result<OpenedPart> opened_part_from_json(const Json& json) {
    Fields fields(json, "part");
    OpenedPart out;
    out.opening = {fields.string("bytes"), fields.hash("salt")};
    out.number = fields.natural("number");
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    return out;
}

std::string encode(const Payslip& payslip) {
    NodeTable nodes;
    Json::Array entries;
    entries.reserve(payslip.entries.size());
    for (const ProvenEntry& entry : payslip.entries)
        entries.push_back(entry_to_json(entry, nodes));
    Json::Array shares;
    for (const ProvenShare& share : payslip.shares)
        shares.push_back(share_to_json(share, nodes));
    Json out;
    out.set("checkpoint", payslip.checkpoint);
    out.set("closing", close_to_json(payslip.closing, nodes));
    out.set("entries", Json(std::move(entries)));
    out.set("format", kPayslipFormat);
    out.set("log", payslip.log);
    out.set("member", payslip.member);
    out.set("opening", payslip.opening ? close_to_json(*payslip.opening, nodes) : Json());
    out.set("nodes", nodes.take());
    out.set("shares", Json(std::move(shares)));
    return out.encode();
}

Result<Payslip> parse_payslip(std::string_view file) {
    const auto json = Json::parse(file, JsonMode::lenient, kMaxPayslipBytes);
    if (!json) return fail("payslip: " + describe(json.error()));
    Fields fields(*json, "payslip");
    Payslip out;
    if (fields.string("format") != kPayslipFormat) fields.refuse("unknown format");
    out.checkpoint = fields.string("checkpoint");
    out.log = fields.string("log");
    out.member = fields.natural("member");
    auto nodes = read_nodes(fields.array("nodes"));
    const Json& closing = fields.any("closing");
    const Json& opening = fields.any("opening");
    const Json::Array& entries = fields.array("entries");
    const Json::Array& shares = fields.array("shares");
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    if (!nodes) return unexpected(nodes.error());

    const Reader reader(std::move(*nodes));
    auto close = reader.close(closing);
    if (!close) return unexpected(close.error());
    out.closing = std::move(*close);
    if (!opening.is_null()) {
        auto before = reader.close(opening);
        if (!before) return unexpected(before.error());
        out.opening = std::move(*before);
    }
    out.entries.reserve(entries.size());
    for (const Json& item : entries) {
        auto entry = reader.entry(item);
        if (!entry) return unexpected(entry.error());
        out.entries.push_back(std::move(*entry));
    }
    for (const Json& item : shares) {
        auto share = reader.share(item);
        if (!share) return unexpected(share.error());
        out.shares.push_back(std::move(*share));
    }
    return out;
}

} // namespace handprint::record
