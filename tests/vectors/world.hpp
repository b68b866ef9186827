#pragma once

#include "ledger/record/close.hpp"
#include "ledger/record/command.hpp"
#include "ledger/record/coop_part.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/member_part.hpp"
#include "ledger/record/merkle_list.hpp"
#include "ledger/record/payslip_file.hpp"
#include "ledger/record/promise.hpp"
#include "ledger/record/share_list.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

// A small cooperative whose log is built by hand, with keys, salts and times that are always the
// same. A node that cheats is played by a Twist on one of its steps.

namespace handprint::vectors {

inline constexpr const char* kOrigin = "log.example/handprint";
inline constexpr std::uint8_t kDelegateKey = 200; // of the first of two

/// The key pair of the seed of 32 bytes `number`.
[[nodiscard]] KeyPair key_pair(std::uint8_t number);

/// What goes wrong at one step. Each hook runs just before the thing it is given is encoded.
struct Twist {
    std::function<void(record::CommandBody&)> command;
    std::function<void(std::string&)> payload; // bytes of the command
    std::function<void(record::Envelope&)> envelope;
    std::optional<KeyPair> signer;
    std::function<void(std::vector<record::MemberPart>&)> parts;
    std::function<void(std::vector<record::Part>&)> roles;
    std::function<void(record::Header&)> header;
    std::function<void(std::vector<record::Position>&)> positions;
    std::function<void(record::CoopPart&)> coop;
    std::function<void(std::vector<record::ListedShare>&)> list;
};

using Twists = std::map<std::string, Twist>; // by name of step

struct Wage {
    std::uint64_t task = 0;
    std::uint64_t member = 0;
    std::int64_t amount = 0;
};

class World {
public:
    explicit World(Twists twists = {});

    // Each of these appends one entry. `step` is its name; `signer` is the number of a key.
    void genesis(const std::string& step);
    void
    enrol(const std::string& step, std::uint8_t key, std::optional<std::uint8_t> recovery = {});
    void
    add_key(const std::string& step, std::uint64_t member, std::uint8_t signer, std::uint8_t key);
    void revoke_key(
        const std::string& step, std::uint64_t member, std::uint8_t signer, std::uint8_t key
    );
    /// The first delegate proposes to enrol the member anew with that key.
    void propose(const std::string& step, std::uint64_t member, std::uint8_t key);
    /// The second enrols the member anew, on the proposal of the step `notice`.
    void reenrol(
        const std::string& step, const std::string& notice, std::uint64_t member, std::uint8_t key
    );
    void object(
        const std::string& step,
        const std::string& notice,
        std::uint64_t member,
        std::uint8_t signer
    );
    void fund(const std::string& step, std::int64_t amount);
    void publish(const std::string& step, std::uint64_t batch, std::int64_t held);
    void submit(
        const std::string& step,
        std::uint64_t member,
        std::uint8_t signer,
        std::uint64_t batch,
        const std::vector<std::uint64_t>& tasks
    );
    void accept(
        const std::string& step,
        std::uint64_t batch,
        const std::vector<Wage>& wages,
        std::int64_t fee
    );
    /// Puts the contributors' share of an income into suspense.
    void income(const std::string& step, std::int64_t contributors, std::int64_t fee);
    /// Shares all of suspense out, one weight per member, as distribution 0.
    void share(const std::string& step, const std::vector<std::uint64_t>& weights);
    /// Seals the distribution with its list of commitments.
    void seal(const std::string& step);
    /// All that is payable to these members goes in transit.
    void payout(const std::string& step, const std::vector<std::uint64_t>& members);
    void settle(const std::string& step, const std::vector<std::uint64_t>& members);
    void close_period(const std::string& step, const KeyPair& promise_key);

    [[nodiscard]] const std::vector<record::Entry>& entries() const noexcept { return entries_; }

    [[nodiscard]] std::uint64_t index_of(const std::string& step) const { return steps_.at(step); }

    /// Signed by the log and three witnesses, two of which make a quorum.
    [[nodiscard]] std::string checkpoint() const;
    [[nodiscard]] static std::string policy();

    /// The payslip of a member for a period (from 1), in the tree of all entries.
    [[nodiscard]] record::Payslip payslip(std::uint64_t member, std::size_t period) const;
    [[nodiscard]] record::ProvenClose proven_close(std::uint64_t member, std::size_t period) const;
    /// With the part of `number`.
    [[nodiscard]] record::ProvenEntry proven_entry(std::uint64_t index, std::uint64_t number) const;

    /// A seal, with the place of a member in its list.
    [[nodiscard]] record::ProvenShare
    proven_share(const std::string& step, std::uint64_t member) const;
    /// The file of the list that a seal commits to.
    [[nodiscard]] record::ShareList share_list(const std::string& step) const;

    /// About the entry of a step, which was committed with up to two others: those whose index
    /// is the same third.
    [[nodiscard]] record::HeldPromise promise(const std::string& step, const KeyPair& key) const;

private:
    struct Member {
        record::ChainHead chain;
        std::vector<PublicKey> keys;
        std::int64_t payable = 0;
        std::int64_t in_transit = 0;
        bool has_account = false;
    };

    struct Draft {
        std::string step;
        std::string kind;
        record::Party by;
        record::Authority authority = record::Authority::actor;
        std::vector<books::Posting> postings;
        record::Json event;
        std::vector<record::MemberPart> members; // append() fills the chain in
        record::Json evidence;                   // of a requester or delegate
    };

    struct Close {
        std::uint64_t index = 0;
        record::PeriodClosed event;
        std::vector<record::Opening> positions;
        std::vector<Hash> commitments;
    };

    /// Where a member's part is.
    struct Touch {
        std::uint64_t index = 0;
        std::uint64_t number = 0;
    };

    [[nodiscard]] record::Salt next_salt();
    [[nodiscard]] const Twist& twist(const std::string& step) const;
    [[nodiscard]] record::Json
    signed_command(const Draft& draft, record::Party actor, std::uint8_t signer, record::Json args);
    void append(Draft draft);
    void change_keys(
        const std::string& step,
        const char* kind,
        std::uint64_t member,
        std::uint8_t signer,
        std::uint8_t key
    );
    [[nodiscard]] record::Position position(std::uint64_t member, std::uint64_t period) const;
    [[nodiscard]] const record::MerkleList& tree() const;

    Twists twists_;
    std::vector<record::Entry> entries_;
    std::map<std::string, std::uint64_t> steps_;
    std::vector<Member> members_;
    std::vector<std::vector<Touch>> touches_; // by member
    std::vector<Close> closes_;
    std::int64_t suspense_ = 0;
    std::uint64_t income_ = 0;                                      // index
    std::vector<record::ShareOpening> shares_;                      // of the distribution
    std::map<std::string, std::vector<record::ListedShare>> lists_; // by step of the seal
    std::uint64_t salts_ = 0;
    std::uint64_t commands_ = 0;
    mutable std::optional<record::MerkleList> tree_; // of the entries so far
};

} // namespace handprint::vectors
