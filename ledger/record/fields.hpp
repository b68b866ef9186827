#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/record/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace handprint::record {

/// Reads the members of one object into typed values and refuses what nobody asked for, so that a
/// shape is written down once, as the list of reads. The first fault is kept and every later read
/// answers with a default; finish() tells. Read each key once. The Json must outlive the Fields.
class Fields {
public:
    /// `where` names the object in the failure text.
    Fields(const Json& json, std::string_view where);

    [[nodiscard]] bool has(std::string_view key) const;

    /// The value, of any type; null after a fault.
    const Json& any(std::string_view key);
    /// Within [least, most].
    std::int64_t integer(
        std::string_view key,
        std::int64_t least = -kJsonMaxInteger,
        std::int64_t most = kJsonMaxInteger
    );
    /// Zero or more.
    std::uint64_t natural(std::string_view key);
    const std::string& string(std::string_view key);
    const Json::Array& array(std::string_view key);
    /// Padded base64 of exactly 32 bytes.
    Hash hash(std::string_view key);
    /// An amount: a decimal string without leading zeros.
    std::int64_t amount(std::string_view key);

    /// Records a fault found by the caller, unless there was one before.
    void refuse(std::string what);

    [[nodiscard]] bool failed() const noexcept { return failed_; }

    /// Success if every read succeeded and no key is left unread.
    [[nodiscard]] Result<void> finish();

private:
    const Json* take(std::string_view key);

    const Json& json_;
    std::string_view where_;
    std::size_t left_ = 0; // members not yet read
    bool failed_ = false;
    std::string what_;
};

/// Padded base64 of exactly 32 bytes, as a string value.
[[nodiscard]] Result<Hash> hash_from_json(const Json& json);
[[nodiscard]] Json to_json(const Hash& hash);
/// An amount as a decimal string.
[[nodiscard]] Json amount_to_json(std::int64_t amount);

} // namespace handprint::record
