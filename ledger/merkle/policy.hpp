#pragma once

#include "ledger/merkle/note.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// c2sp.org/tlog-policy: which logs and witnesses a reader trusts.

namespace handprint::merkle {

inline constexpr std::size_t kMaxPolicyBytes = 262'144;
inline constexpr std::size_t kMaxPolicyItems = 256; // of logs, of witnesses, of groups

struct PolicyLog {
    VerifierKey key; // type kEd25519; its name is the origin
    std::string url; // empty if none; not interpreted

    bool operator==(const PolicyLog&) const = default;
};

struct PolicyWitness {
    std::string name; // in this policy; the name of the key may be another
    VerifierKey key;  // type kCosignatureV1
    std::string url;

    bool operator==(const PolicyWitness&) const = default;
};

/// A witness or a group, by its place in the policy.
struct PolicyMember {
    enum class Kind : std::uint8_t { witness, group };
    Kind kind = Kind::witness;
    std::size_t index = 0;

    bool operator==(const PolicyMember&) const = default;
};

/// Met when at least `threshold` of the members are.
struct PolicyGroup {
    std::string name;
    std::size_t threshold = 0; // 1 to the number of members
    std::vector<PolicyMember> members;

    bool operator==(const PolicyGroup&) const = default;
};

class Policy {
public:
    /// A Failure begins with "line N: " where one line is at fault. Refused beyond the grammar:
    /// keys of types that we cannot check, one key for a log and a witness, two keys with one name
    /// and id, more than kMaxPolicyItems of a sort.
    [[nodiscard]] static Result<Policy> parse(std::string_view text);

    [[nodiscard]] const std::vector<PolicyLog>& logs() const noexcept { return logs_; }

    [[nodiscard]] const std::vector<PolicyWitness>& witnesses() const noexcept {
        return witnesses_;
    }

    [[nodiscard]] const std::vector<PolicyGroup>& groups() const noexcept { return groups_; }

    [[nodiscard]] bool names_log(const VerifierKey& key) const noexcept;

    /// `cosigned[i]` says whether witnesses()[i] has cosigned; as many as there are witnesses.
    [[nodiscard]] bool quorum_met(const std::vector<bool>& cosigned) const;

    bool operator==(const Policy&) const = default;

private:
    friend class PolicyParser;
    Policy() = default;

    std::vector<PolicyLog> logs_;
    std::vector<PolicyWitness> witnesses_;
    std::vector<PolicyGroup> groups_;  // members come before the groups they are in
    std::vector<PolicyMember> quorum_; // one, or none for "quorum none"
};

} // namespace handprint::merkle
