#pragma once

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/note.hpp"
#include "ledger/merkle/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::test {

/// A log in memory, with a key of its own.
class TestLog {
public:
    explicit TestLog(std::string_view name = "log.example/pay", std::uint8_t seed = 1);

    void grow(std::uint64_t to);

    [[nodiscard]] std::string checkpoint(std::uint64_t size) const;
    [[nodiscard]] std::vector<Hash> prove(std::uint64_t old_size, std::uint64_t new_size) const;
    /// The body of an add-checkpoint request.
    [[nodiscard]] std::string request(std::uint64_t old_size, std::uint64_t new_size) const;

    [[nodiscard]] const merkle::NoteSigner& signer() const noexcept { return signer_; }

    [[nodiscard]] const std::string& origin() const noexcept { return signer_.key().name; }

private:
    [[nodiscard]] Result<std::vector<Hash>> read(std::span<const merkle::NodeId> nodes) const;

    merkle::NoteSigner signer_;
    std::vector<Hash> leaves_;
};

} // namespace handprint::test
