#include "ledger/record/receipt.hpp"

#include "ledger/base/utf8.hpp"
#include "ledger/merkle/tree.hpp"
#include "ledger/merkle/verdict.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/promise.hpp"

#include <utility>

namespace handprint::record {

Result<std::string> encode(const Receipt& receipt) {
    Json::Array parts;
    parts.reserve(receipt.parts.size());
    for (const OpenedPart& part : receipt.parts)
        parts.push_back(to_json(part));
    Json extra;
    extra.set("header", receipt.header);
    extra.set("parts", Json(std::move(parts)));
    merkle::ProofFile file;
    file.extra = to_bytes(as_bytes(extra.encode()));
    file.index = receipt.index;
    file.hashes = receipt.proof;
    file.checkpoint = receipt.checkpoint;
    return merkle::format_proof_file(file);
}

Result<Receipt> parse_receipt(std::string_view file) {
    if (!is_utf8(file)) return fail("receipt: not UTF-8");
    auto proof = merkle::parse_proof_file(file);
    if (!proof) return unexpected(proof.error());
    if (!proof->extra) return fail("receipt: no extra line");
    const auto json = Json::parse(as_text(*proof->extra));
    if (!json) return fail("receipt: " + describe(json.error()));
    Fields fields(*json, "receipt");
    Receipt out;
    out.header = fields.string("header");
    for (const Json& item : fields.array("parts")) {
        auto part = opened_part_from_json(item);
        if (!part) return unexpected(part.error());
        const auto text = Json::parse(part->opening.bytes, JsonMode::canonical, kMaxEntryBytes);
        if (!text) return fail("receipt: a part: " + describe(text.error()));
        out.parts.push_back(std::move(*part));
    }
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    out.index = proof->index;
    out.proof = std::move(proof->hashes);
    out.checkpoint = std::move(proof->checkpoint);
    return out;
}

ReceiptVerdict verify_receipt(std::string_view file, const merkle::Policy& policy) {
    ReceiptVerdict verdict;
    const auto refuse = [&](std::string_view reason, std::string detail) {
        verdict.reason = reason;
        verdict.detail = std::move(detail);
        return verdict;
    };
    auto receipt = parse_receipt(file);
    if (!receipt) return refuse("malformed", receipt.error().what);
    auto header = parse_header_shape(receipt->header);
    if (!header) return refuse("malformed", header.error().what);

    verdict.checkpoint = merkle::verify_checkpoint(receipt->checkpoint, policy);
    if (!verdict.checkpoint.accepted()) {
        const merkle::Rejection& first = verdict.checkpoint.errors.front();
        return refuse(merkle::reason_text(first.reason), first.detail);
    }
    const merkle::Checkpoint& checkpoint = verdict.checkpoint.checkpoint.value();
    const auto included = merkle::verify_inclusion(
        receipt->index, checkpoint.size, leaf_hash(receipt->header), receipt->proof, checkpoint.root
    );
    if (!included) {
        return refuse("entry_not_included", std::string(reason_text(included.error().reason)));
    }
    if (const auto good = check_header(*header); !good) {
        return refuse("header_wrong", good.error().what);
    }
    for (const OpenedPart& part : receipt->parts) {
        if (!opens(*header, part.number, part.opening.salt, part.opening.bytes)) {
            return refuse("part_not_committed", "part " + std::to_string(part.number));
        }
    }
    verdict.ok = true;
    verdict.receipt = std::move(*receipt);
    verdict.header = std::move(*header);
    return verdict;
}

ReceiptVerdict verify_receipt(
    std::string_view file,
    const merkle::Policy& policy,
    std::span<const std::string> promises,
    const PublicKey& promise_key
) {
    ReceiptVerdict verdict = verify_receipt(file, policy);
    if (!verdict.ok) return verdict;
    const std::string& log = verdict.checkpoint.checkpoint->origin;
    const auto refuse = [&verdict](std::size_t at, const char* reason, const std::string& detail) {
        verdict.ok = false;
        verdict.reason = reason;
        verdict.detail = "promise " + std::to_string(at) + detail;
        verdict.bad_promise = at;
        return verdict;
    };
    for (std::size_t i = 0; i < promises.size(); ++i) {
        const auto held = read_held_promise(promises[i], log);
        if (!held) return refuse(i, "promise_invalid", ": " + held.error().what);
        if (held->index != verdict.receipt->index) continue; // perhaps under an older key
        if (!verify(held->envelope, promise_key))
            return refuse(i, "promise_invalid", ": not signed by the promise key");
        if (held->leaf != leaf_hash(verdict.receipt->header)) {
            return refuse(i, "promise_broken", " (index " + std::to_string(held->index) + ")");
        }
        ++verdict.promises;
    }
    return verdict;
}

} // namespace handprint::record
