#pragma once

#include "ledger/base/result.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace handprint {

/// A number that names one kind of thing. `using BatchId = Id<struct BatchTag>;` cannot be given
/// where a MemberId is wanted, nor built from a bare integer by accident.
template <class Tag>
struct Id {
    constexpr Id() noexcept = default;

    constexpr explicit Id(std::uint64_t number) noexcept : value(number) {}

    std::uint64_t value = 0;

    auto operator<=>(const Id&) const = default;
};

/// The 128-bit name an actor gives to one of its commands; part of what the actor signs.
struct CommandId {
    std::array<std::uint8_t, 16> bytes{};

    /// A new one: 48 bits of Unix time in milliseconds, big-endian, before 10 random bytes, as UUID
    /// version 7 begins. Any other 128 bits are as good a name; these lie together in a node's
    /// tables when they were made together.
    [[nodiscard]] static CommandId
    at(std::int64_t unix_ms, std::span<const std::uint8_t, 10> random) noexcept;
    /// 32 lower-case hexadecimal digits.
    [[nodiscard]] static Result<CommandId> parse(std::string_view hex);
    [[nodiscard]] std::string hex() const;

    auto operator<=>(const CommandId&) const = default;
};

} // namespace handprint

template <class Tag>
struct std::hash<handprint::Id<Tag>> {
    std::size_t operator()(handprint::Id<Tag> id) const noexcept {
        return std::hash<std::uint64_t>{}(id.value);
    }
};

template <>
struct std::hash<handprint::CommandId> {
    std::size_t operator()(const handprint::CommandId& id) const noexcept;
};
