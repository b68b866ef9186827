#include "ledger/record/commitment.hpp"

#include "ledger/base/crypto.hpp"

namespace handprint::record {

namespace {

constexpr std::array<std::uint8_t, 1> kZero = {0};

} // namespace

Hash commit(const Salt& salt, ByteView bytes) {
    return sha256({as_bytes(kCommitDomain), kZero, salt, bytes});
}

Hash commit(const Salt& salt, std::string_view bytes) {
    return commit(salt, as_bytes(bytes));
}

Hash tagged(std::string_view domain, ByteView bytes) {
    return sha256({as_bytes(domain), kZero, bytes});
}

Hash terms_hash(std::string_view canonical_terms) {
    return tagged(kTermsDomain, as_bytes(canonical_terms));
}

} // namespace handprint::record
