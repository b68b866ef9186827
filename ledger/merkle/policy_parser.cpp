#include "ledger/base/decimal.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/text_lines.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace handprint::merkle {

namespace {

constexpr std::string_view kNone = "none";

using Items = std::vector<std::string_view>;

/// Splits at runs of spaces and tabs.
Items split_items(std::string_view line) {
    constexpr std::string_view kBlank = " \t";
    Items items;
    for (std::size_t at = line.find_first_not_of(kBlank); at != std::string_view::npos;) {
        const std::size_t end = std::min(line.find_first_of(kBlank, at), line.size());
        items.push_back(line.substr(at, end - at));
        at = line.find_first_not_of(kBlank, end);
    }
    return items;
}

bool has_forbidden_octet(std::string_view line) {
    return std::ranges::any_of(line, [](char c) {
        const auto octet = static_cast<std::uint8_t>(c);
        return (octet < 0x20 && octet != 0x09) || octet == 0x7f;
    });
}

} // namespace

/// Reads a policy line by line; each rule is one function.
class PolicyParser {
public:
    Result<Policy> parse(std::string_view text) {
        if (text.size() > kMaxPolicyBytes) return fail("policy: too long");
        for (std::size_t number = 1; !text.empty(); ++number) {
            const std::optional<std::string_view> line = take_line(text);
            const Result<void> read = line ? read_line(*line) : fail("does not end in a newline");
            if (!read) return fail("line " + std::to_string(number) + ": " + read.error().what);
        }
        if (!has_quorum_) return fail("policy: no quorum line");
        return std::move(policy_);
    }

private:
    Result<void> read_line(std::string_view line) {
        if (has_forbidden_octet(line)) return fail("control character");
        const Items items = split_items(line);
        if (items.empty() || items[0].starts_with('#')) return {};
        if (items[0] == "log") return read_log(items);
        if (items[0] == "witness") return read_witness(items);
        if (items[0] == "group") return read_group(items);
        if (items[0] == "quorum") return read_quorum(items);
        return fail("begins with none of log, witness, group, quorum");
    }

    Result<void> read_log(const Items& items) {
        if (items.size() < 2 || items.size() > 3) return fail("want: log <vkey> [<url>]");
        if (policy_.logs_.size() == kMaxPolicyItems) return fail("too many logs");
        const Result<VerifierKey> key = read_key(items[1], kEd25519);
        if (!key) return unexpected(key.error());
        policy_.logs_.push_back({*key, std::string(items.size() > 2 ? items[2] : "")});
        return {};
    }

    Result<void> read_witness(const Items& items) {
        if (items.size() < 3 || items.size() > 4) {
            return fail("want: witness <name> <vkey> [<url>]");
        }
        if (policy_.witnesses_.size() == kMaxPolicyItems) return fail("too many witnesses");
        const Result<VerifierKey> key = read_key(items[2], kCosignatureV1);
        if (!key) return unexpected(key.error());
        Result<void> defined =
            define(items[1], {PolicyMember::Kind::witness, policy_.witnesses_.size()});
        if (!defined) return defined;
        policy_.witnesses_.push_back(
            {std::string(items[1]), *key, std::string(items.size() > 3 ? items[3] : "")}
        );
        return {};
    }

    Result<void> read_group(const Items& items) {
        if (items.size() < 4) return fail("want: group <name> <k|any|all> <member>...");
        if (policy_.groups_.size() == kMaxPolicyItems) return fail("too many groups");
        PolicyGroup group;
        group.name = items[1];
        for (const std::string_view name : Items(items.begin() + 3, items.end())) {
            const Result<PolicyMember> member = find(name);
            if (!member) return unexpected(member.error());
            if (!used_.emplace(name).second) {
                return fail("already a member of a group: " + std::string(name));
            }
            group.members.push_back(*member);
        }
        const Result<std::size_t> threshold = read_threshold(items[2], group.members.size());
        if (!threshold) return unexpected(threshold.error());
        group.threshold = *threshold;
        Result<void> defined =
            define(items[1], {PolicyMember::Kind::group, policy_.groups_.size()});
        if (!defined) return defined;
        policy_.groups_.push_back(std::move(group));
        return {};
    }

    Result<void> read_quorum(const Items& items) {
        if (items.size() != 2) return fail("want: quorum <name|none>");
        if (std::exchange(has_quorum_, true)) return fail("a second quorum line");
        if (items[1] == kNone) return {};
        return find(items[1]).transform([&](const PolicyMember& member) {
            policy_.quorum_.push_back(member);
        });
    }

    static Result<std::size_t> read_threshold(std::string_view text, std::size_t members) {
        if (text == "any") return std::size_t{1};
        if (text == "all") return members;
        const Result<std::uint64_t> number = parse_u64(text);
        if (!number) return fail("a threshold is any, all or a decimal number");
        if (*number < 1 || *number > members) {
            return fail("a threshold is at least 1 and at most the number of members");
        }
        return static_cast<std::size_t>(*number);
    }

    Result<VerifierKey> read_key(std::string_view text, std::uint8_t type) {
        Result<VerifierKey> key = VerifierKey::parse(text);
        if (!key) return key;
        if (key->type != type) return fail("not a key for this role: wrong signature type");
        if (!keys_.insert(key->key).second) return fail("the same public key a second time");
        if (!key_names_.emplace(key->name, key->id).second) {
            return fail("two keys with the same name and id");
        }
        return key;
    }

    Result<void> define(std::string_view name, PolicyMember member) {
        if (name == kNone) return fail("the name none is reserved");
        if (!names_.emplace(name, member).second) {
            return fail("defined a second time: " + std::string(name));
        }
        return {};
    }

    [[nodiscard]] Result<PolicyMember> find(std::string_view name) const {
        const auto found = names_.find(name);
        if (found == names_.end()) {
            return fail("not defined on an earlier line: " + std::string(name));
        }
        return found->second;
    }

    Policy policy_;
    bool has_quorum_ = false;
    std::map<std::string, PolicyMember, std::less<>> names_;
    std::set<std::string, std::less<>> used_;
    std::set<PublicKey> keys_;
    std::set<std::pair<std::string, std::uint32_t>> key_names_;
};

Result<Policy> Policy::parse(std::string_view text) {
    return PolicyParser().parse(text);
}

} // namespace handprint::merkle
