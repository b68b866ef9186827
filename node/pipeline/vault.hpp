#pragma once

// What is kept outside the ledger is sealed: XChaCha20-Poly1305 under the node's data key, bound to
// kind and id, so that a changed, moved or swapped value does not open. Blobs have a key of their
// own, which is such a sealed value: deleting it erases the blob. Thread-safe (no state but the
// key).

#include "ledger/base/bytes.hpp"
#include "ledger/base/id.hpp"
#include "ledger/base/result.hpp"
#include "ledger/record/commitment.hpp"
#include "node/store/store.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace handprint::pipeline {

using market::Int;

using DataKey = std::array<std::uint8_t, 32>;
/// Fills the view with random bytes.
using Random = std::function<void(std::span<std::uint8_t>)>;

class Vault {
public:
    Vault(DataKey key, Random random);

    [[nodiscard]] store::SecretRecord
    seal(std::string_view kind, std::string_view id, ByteView plain) const;
    /// Failure if the bytes are not what was sealed under this kind and id.
    [[nodiscard]] Result<Bytes>
    open(std::string_view kind, std::string_view id, ByteView sealed) const;

    /// Reads and opens; nothing if there is none.
    [[nodiscard]] Result<std::optional<Bytes>>
    read(store::Store& store, std::string_view kind, std::string_view id) const;

    struct Blob {
        DataKey key{};
        Hash address{}; // SHA-256 of the ciphertext
        Bytes ciphertext;
    };

    [[nodiscard]] Blob encrypt(ByteView plain) const;
    [[nodiscard]] static Result<Bytes> decrypt(const DataKey& key, ByteView ciphertext);

    /// The value of a blob's secret: where it is and how to open it.
    [[nodiscard]] store::SecretRecord
    seal_pointer(std::string_view kind, std::string_view id, Int blob, const DataKey& key) const;

    /// The same, opened.
    struct Pointer {
        Int blob = 0;
        DataKey key{};
    };

    [[nodiscard]] static Result<Pointer> read_pointer(ByteView plain);
    [[nodiscard]] Result<std::optional<Bytes>>
    read_blob(store::Store& store, std::string_view kind, std::string_view id) const;

    /// Salted hash by which the ledger knows a requester's own name of something; `kind` as for
    /// market::external_name().
    [[nodiscard]] Hash
    external_hash(std::string_view requester, std::string_view kind, std::string_view name) const;

    /// Under which the ledger knows references of transfers at the bank (market::reference_hash()).
    [[nodiscard]] record::Salt reference_salt() const;

    /// For a document that a party sends with a command: the same for the same request sent again,
    /// and for nobody to compute who only knows the command.
    [[nodiscard]] record::Salt document_salt(std::string_view party, std::string_view id) const;

    /// A key for the store's checks of operational rows, derived from the data key.
    [[nodiscard]] DataKey mac_key() const;

    void fill(std::span<std::uint8_t> out) const { random_(out); }

    /// For a command that the node signs itself.
    [[nodiscard]] CommandId command_id(Int now) const;

private:
    DataKey key_;
    record::Salt name_salt_; // of requesters' own names
    Random random_;
};

/// Zero-padded to 12 digits, so that text order is number order.
[[nodiscard]] std::string padded(Int number);

} // namespace handprint::pipeline
