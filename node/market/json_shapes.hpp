#pragma once

// How the types of commands and events look in JSON; see json_codec.hpp.

#include <optional>
#include <type_traits>
#include <vector>

namespace handprint::market {

template <class T>
struct is_vector : std::false_type {};

template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

template <class T>
struct is_optional : std::false_type {};

template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

/// An array of its members, not an object.
template <class T>
concept listed = requires { requires T::as_list; };

} // namespace handprint::market
