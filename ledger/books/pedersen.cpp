#include "ledger/books/pedersen.hpp"

#include "ledger/base/check.hpp"

namespace handprint::books {

const GroupPoint& pedersen_generator() {
    static const GroupPoint point = point_from(sha512({as_bytes(kGeneratorDomain)}));
    return point;
}

Scalar blind_of(const Hash& seed, std::uint64_t position) {
    constexpr std::array<std::uint8_t, 1> zero = {0};
    Bytes number;
    put_u64(number, position);
    return reduce(sha512({as_bytes(kBlindDomain), zero, seed, number}));
}

GroupPoint commit_amount(std::int64_t value, const Scalar& blind) {
    HP_CHECK(value >= 0, "an amount that is committed to is not negative");
    return times_base(scalar_of(static_cast<std::uint64_t>(value))) + blind * pedersen_generator();
}

bool adds_up(std::span<const GroupPoint> commitments, std::int64_t total, const Scalar& blinds) {
    GroupPoint sum;
    for (const GroupPoint& commitment : commitments)
        sum = sum + commitment;
    return total >= 0 && sum == commit_amount(total, blinds);
}

} // namespace handprint::books
