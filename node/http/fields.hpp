#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::http {

/// ASCII only, as header names and schemes are.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Header fields in order. All text sits in one string, so that a request costs two allocations
/// however many fields it has.
class Fields {
public:
    /// Control characters in the value become spaces: no value can end its line.
    void add(std::string_view name, std::string_view value);

    /// The value of the first field of that name, in any case; empty if there is none.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

    [[nodiscard]] std::string_view name(std::size_t i) const noexcept;
    [[nodiscard]] std::string_view value(std::size_t i) const noexcept;

private:
    struct Place {
        std::uint32_t start;
        std::uint32_t name;
        std::uint32_t value;
    };

    std::string text_;
    std::vector<Place> places_;
};

} // namespace handprint::http
