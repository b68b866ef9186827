#include "node/http/peers.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace handprint::http {

namespace {

using V6 = std::array<std::uint8_t, 16>;

std::optional<V6> parse_v6(std::string_view peer) {
    const std::string text(peer.substr(0, peer.find('%'))); // without the zone
    V6 bytes{};
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
    return bytes;
}

bool holds_v4(const V6& bytes) {
    constexpr std::array<std::uint8_t, 12> before{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(before.begin(), before.end(), bytes.begin());
}

} // namespace

std::string network_of(std::string_view peer) {
    auto bytes = parse_v6(peer);
    if (!bytes) return std::string(peer);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (holds_v4(*bytes)) return ::inet_ntop(AF_INET, &(*bytes)[12], text.data(), text.size());
    std::fill(bytes->begin() + 8, bytes->end(), std::uint8_t{0});
    return ::inet_ntop(AF_INET6, bytes->data(), text.data(), text.size());
}

bool is_loopback(std::string_view peer) {
    const auto bytes = parse_v6(peer);
    if (bytes && !holds_v4(*bytes)) {
        return (*bytes)[15] == 1
               && std::all_of(bytes->begin(), bytes->end() - 1, [](auto b) { return b == 0; });
    }
    in_addr v4{};
    return ::inet_pton(AF_INET, network_of(peer).c_str(), &v4) == 1
           && ntohl(v4.s_addr) >> 24 == 127;
}

} // namespace handprint::http
