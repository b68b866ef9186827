#pragma once

#include "ledger/base/result.hpp"
#include "node/http/problem.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace handprint::http {

/// What a route asks of its caller. Every route names one; there is no default.
enum class Auth : std::uint8_t {
    none,
    signed_body, // the body is a signed envelope, which the handler checks
    session,     // a cookie from a signed challenge
    key,         // an API key, acting under a grant
    requester,   // session or key
    any          // session, key or nobody; credentials that are sent must be valid
};

/// So that a route reads `router.add<auth::session>(...)`.
namespace auth {

inline constexpr Auth none = Auth::none;
inline constexpr Auth signed_body = Auth::signed_body;
inline constexpr Auth session = Auth::session;
inline constexpr Auth key = Auth::key;
inline constexpr Auth requester = Auth::requester;
inline constexpr Auth any = Auth::any;

} // namespace auth

[[nodiscard]] std::string_view name(Auth kind) noexcept;

/// On whose behalf a request acts.
struct Principal {
    enum class Kind : std::uint8_t { session, key };

    Kind kind = Kind::session;
    std::string party;                  // "m:12", "r:3", "d:0"
    std::optional<std::uint64_t> grant; // index of the grant's entry, when one is acted under
    std::string key;                    // the public key, base64
};

/// Turns credentials into a principal. Called on the I/O threads, several at once, before the body
/// of the request is read.
class Authenticator {
public:
    virtual ~Authenticator() = default;

    /// The value of the cookie `hp_session`.
    [[nodiscard]] virtual Result<Principal, Problem> session(std::string_view cookie) = 0;
    /// What follows `Authorization: Bearer `.
    [[nodiscard]] virtual Result<Principal, Problem> key(std::string_view bearer) = 0;
};

inline constexpr std::string_view kSessionCookie = "hp_session";

/// What follows `Bearer ` in an Authorization header; empty if it is of another scheme.
[[nodiscard]] std::string_view token_of(std::string_view authorization) noexcept;

/// The value of one cookie in a Cookie header; empty if it is not there.
[[nodiscard]] std::string_view cookie(std::string_view header, std::string_view name) noexcept;

} // namespace handprint::http
