#include "tests/witness/test_log.hpp"

#include "ledger/merkle/witness_request.hpp"

namespace handprint::test {

namespace {

Seed seed_of(std::uint8_t byte) {
    Seed seed{};
    seed.fill(byte);
    return seed;
}

} // namespace

TestLog::TestLog(std::string_view name, std::uint8_t seed)
    : signer_(std::string(name), KeyPair::from_seed(seed_of(seed))) {}

void TestLog::grow(std::uint64_t to) {
    while (leaves_.size() < to) {
        const std::string data = origin() + std::to_string(leaves_.size());
        leaves_.push_back(merkle::leaf_hash(as_bytes(data)));
    }
}

Result<std::vector<Hash>> TestLog::read(std::span<const merkle::NodeId> nodes) const {
    std::vector<Hash> out;
    for (const merkle::NodeId& node : nodes) {
        const std::size_t width = std::size_t{1} << node.level;
        out.push_back(merkle::root_of(std::span(leaves_).subspan(node.index * width, width)));
    }
    return out;
}

std::string TestLog::checkpoint(std::uint64_t size) const {
    merkle::Checkpoint checkpoint;
    checkpoint.origin = origin();
    checkpoint.size = size;
    checkpoint.root = merkle::root_of(std::span(leaves_).first(size));
    return merkle::sign_checkpoint(checkpoint, signer_).value();
}

std::vector<Hash> TestLog::prove(std::uint64_t old_size, std::uint64_t new_size) const {
    const auto reader = [this](std::span<const merkle::NodeId> nodes) { return read(nodes); };
    return merkle::prove_consistency(old_size, new_size, reader).value();
}

std::string TestLog::request(std::uint64_t old_size, std::uint64_t new_size) const {
    merkle::AddCheckpointRequest request{old_size, {}, checkpoint(new_size)};
    if (old_size <= new_size) request.proof = prove(old_size, new_size);
    return merkle::format_add_checkpoint(request).value();
}

} // namespace handprint::test
