#include "node/http/fields.hpp"

#include <algorithm>

namespace handprint::http {

namespace {

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

void Fields::add(std::string_view name, std::string_view value) {
    if (places_.empty()) {
        places_.reserve(12);
        text_.reserve(512);
    }
    places_.push_back(
        {static_cast<std::uint32_t>(text_.size()),
         static_cast<std::uint32_t>(name.size()),
         static_cast<std::uint32_t>(value.size())}
    );
    text_.append(name);
    const std::size_t start = text_.size();
    text_.append(value);
    std::replace_if(
        text_.begin() + static_cast<std::ptrdiff_t>(start),
        text_.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
        ' '
    );
}

std::string_view Fields::get(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (equal_ignoring_case(this->name(i), name)) return value(i);
    }
    return {};
}

bool Fields::has(std::string_view name) const noexcept {
    return count(name) > 0;
}

std::size_t Fields::count(std::string_view name) const noexcept {
    std::size_t found = 0;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (equal_ignoring_case(this->name(i), name)) ++found;
    }
    return found;
}

std::string_view Fields::name(std::size_t i) const noexcept {
    const Place& place = places_[i];
    return std::string_view(text_).substr(place.start, place.name);
}

std::string_view Fields::value(std::size_t i) const noexcept {
    const Place& place = places_[i];
    return std::string_view(text_).substr(place.start + place.name, place.value);
}

} // namespace handprint::http
