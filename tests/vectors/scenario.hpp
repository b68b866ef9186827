#pragma once

#include "tests/vectors/world.hpp"

#include <functional>
#include <string>
#include <vector>

namespace handprint::vectors {

// Members and the numbers of their keys.
inline constexpr std::uint64_t kAmina = 0;
inline constexpr std::uint64_t kBao = 1;
inline constexpr std::uint64_t kCruz = 2; // enrols in period 2
inline constexpr std::uint8_t kAminaKey = 10;
inline constexpr std::uint8_t kBaoKey = 11;
inline constexpr std::uint8_t kBaoRecoveryKey = 12;
inline constexpr std::uint8_t kBaoNewKey = 13;
inline constexpr std::uint8_t kCruzKey = 14;
inline constexpr std::uint8_t kCruzNewKey = 15;
inline constexpr std::uint8_t kStrangerKey = 99;

/// The node's promise key: the older one until the first close, then the newer.
inline constexpr std::uint8_t kOldPromiseKey = 210;
inline constexpr std::uint8_t kPromiseKey = 211;

/// Four periods. In the second Bao works, adds and revokes a key, is paid out and gets a share; in
/// the third nothing happens to him; in the fourth Cruz is enrolled anew. Steps have names such as
/// "bao submits again".
/// `then` adds to the fourth, once he is back.
[[nodiscard]] World
scenario(const Twists& twists = {}, const std::function<void(World&)>& then = {});

/// A file with what its check must find.
struct GoodPayslip {
    std::string file;
    std::uint64_t member = 0;
    std::size_t period = 0;
    std::vector<std::string> promises; // texts of envelopes
};

[[nodiscard]] std::vector<GoodPayslip> good_payslips(const World& world);

/// The text of a promise about a step.
[[nodiscard]] std::string
promise_text(const World& world, const std::string& step, std::uint8_t key = kPromiseKey);

} // namespace handprint::vectors
