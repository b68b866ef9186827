#pragma once

// What the text of a caller's address says.

#include <string>
#include <string_view>

namespace handprint::http {

/// Whom an address stands for where callers are counted: of IPv6 the /64, for whoever has one
/// address has 2^64 of them; an IPv4 address in an IPv6 one is the IPv4 address. However the same
/// address is written, the same. What is no address is itself.
[[nodiscard]] std::string network_of(std::string_view peer);

/// Whether it is an address of the machine itself.
[[nodiscard]] bool is_loopback(std::string_view peer);

} // namespace handprint::http
