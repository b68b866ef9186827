// What the node derives from its data key.

#include "ledger/base/crypto.hpp"
#include "node/pipeline/vault.hpp"

#include <doctest/doctest.h>

using namespace handprint;
using pipeline::Vault;

TEST_CASE(
    "the salt of a document follows from the data key, the party and the id, and from all three"
) {
    const auto none = [](std::span<std::uint8_t>) {};
    const Vault one({1}, none), same({1}, none), other({2}, none);
    constexpr const char* id = "00112233445566778899aabbccddeeff";
    const auto salt = one.document_salt("r:1", id);
    CHECK(same.document_salt("r:1", id) == salt);
    CHECK(other.document_salt("r:1", id) != salt);
    CHECK(one.document_salt("r:2", id) != salt);
    CHECK(one.document_salt("r:1", "ffeeddccbbaa99887766554433221100") != salt);
    // No part of the data key is needed for these.
    CHECK(salt != record::commit(record::Salt{}, id));
    CHECK(salt != one.reference_salt());
}
