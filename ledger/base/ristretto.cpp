#include "ledger/base/ristretto.hpp"

#include "ledger/base/check.hpp"
#include "ledger/base/crypto.hpp"

#include <sodium.h>

#include <algorithm>

namespace handprint {

static_assert(crypto_core_ristretto255_BYTES == sizeof(GroupPoint));
static_assert(crypto_core_ristretto255_SCALARBYTES == sizeof(Scalar));
static_assert(crypto_core_ristretto255_HASHBYTES == std::tuple_size_v<WideHash>);
static_assert(crypto_core_ristretto255_NONREDUCEDSCALARBYTES == std::tuple_size_v<WideHash>);

WideHash sha512(std::initializer_list<ByteView> parts) {
    crypto_init();
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    for (const ByteView part : parts)
        crypto_hash_sha512_update(&state, part.data(), part.size());
    WideHash out{};
    crypto_hash_sha512_final(&state, out.data());
    return out;
}

Scalar reduce(const WideHash& bytes) {
    crypto_init();
    Scalar out;
    crypto_core_ristretto255_scalar_reduce(out.bytes.data(), bytes.data());
    return out;
}

bool is_canonical(const Scalar& scalar) {
    WideHash wide{};
    std::ranges::copy(scalar.bytes, wide.begin());
    return reduce(wide) == scalar;
}

Scalar scalar_of(std::uint64_t value) {
    Scalar out;
    for (std::size_t i = 0; i < sizeof value; ++i)
        out.bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
    return out;
}

Scalar operator+(const Scalar& a, const Scalar& b) {
    crypto_init();
    Scalar out;
    crypto_core_ristretto255_scalar_add(out.bytes.data(), a.bytes.data(), b.bytes.data());
    return out;
}

bool is_valid(const GroupPoint& point) {
    crypto_init();
    return crypto_core_ristretto255_is_valid_point(point.bytes.data()) == 1;
}

GroupPoint point_from(const WideHash& bytes) {
    crypto_init();
    GroupPoint out;
    const int status = crypto_core_ristretto255_from_hash(out.bytes.data(), bytes.data());
    HP_CHECK(status == 0, "every 64 bytes give a point");
    return out;
}

GroupPoint operator+(const GroupPoint& a, const GroupPoint& b) {
    crypto_init();
    GroupPoint out;
    const int status =
        crypto_core_ristretto255_add(out.bytes.data(), a.bytes.data(), b.bytes.data());
    HP_CHECK(status == 0, "only points are added");
    return out;
}

// libsodium calls a product that is the neutral element an error, which nothing here takes it for.
GroupPoint operator*(const Scalar& scalar, const GroupPoint& point) {
    crypto_init();
    if (scalar == Scalar{} || point == GroupPoint{}) return {};
    GroupPoint out;
    const int status =
        crypto_scalarmult_ristretto255(out.bytes.data(), scalar.bytes.data(), point.bytes.data());
    HP_CHECK(status == 0, "only points are multiplied");
    return out;
}

GroupPoint times_base(const Scalar& scalar) {
    crypto_init();
    if (scalar == Scalar{}) return {};
    GroupPoint out;
    const int status = crypto_scalarmult_ristretto255_base(out.bytes.data(), scalar.bytes.data());
    HP_CHECK(status == 0, "the base point is of prime order");
    return out;
}

} // namespace handprint
