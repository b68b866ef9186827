#include "ledger/merkle/witness_request.hpp"

#include "ledger/base/decimal.hpp"
#include "ledger/merkle/text_lines.hpp"

#include <utility>

namespace handprint::merkle {

namespace {

constexpr std::string_view kOld = "old ";

Result<std::uint64_t> parse_size(std::string_view text) {
    Result<std::uint64_t> size = parse_u64(text);
    if (size && *size > kMaxTreeSize) return fail("size too large");
    return size;
}

} // namespace

Result<AddCheckpointRequest> parse_add_checkpoint(std::string_view body) {
    const std::optional<std::string_view> first = take_line(body);
    if (!first || !first->starts_with(kOld)) return fail("add-checkpoint: no old size");
    const Result<std::uint64_t> old_size = parse_size(first->substr(kOld.size()));
    if (!old_size) return fail("add-checkpoint: not a size");
    Result<std::vector<Hash>> proof = take_hash_lines(body, kMaxConsistencyHashes);
    if (!proof) return fail("add-checkpoint: " + proof.error().what);
    if (body.empty()) return fail("add-checkpoint: no checkpoint");
    return AddCheckpointRequest{*old_size, std::move(proof).value(), std::string(body)};
}

Result<std::string> format_add_checkpoint(const AddCheckpointRequest& request) {
    std::string out = std::string(kOld) + std::to_string(request.old_size) + "\n";
    append_hash_lines(out, request.proof);
    out += request.checkpoint;
    const Result<AddCheckpointRequest> again = parse_add_checkpoint(out);
    if (!again) return unexpected(again.error());
    return out;
}

Result<std::uint64_t> parse_tree_size(std::string_view body) {
    const std::optional<std::string_view> line = take_line(body);
    if (!line || !body.empty()) return fail("tree size: not one line");
    return parse_size(*line);
}

std::string format_tree_size(std::uint64_t size) {
    return std::to_string(size) + "\n";
}

} // namespace handprint::merkle
