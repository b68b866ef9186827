#pragma once

// Small values that stand in commands and events. Each lists its members through `fields` or is one
// of: Int, std::string, Hash (base64 in JSON), Amount (decimal string in JSON), or a vector of
// such. A struct with `as_list` stands in JSON as a list of its members, others as an object.

#include "ledger/base/bytes.hpp"
#include "node/market/rows.hpp"

#include <compare>
#include <optional>
#include <string>
#include <vector>

namespace handprint::market {

/// Minor units. A type of its own because money is a decimal string in JSON.
struct Amount {
    Int minor = 0;
    auto operator<=>(const Amount&) const = default;
};

/// Credit points; a decimal string in JSON since sums may pass 2^53.
struct Points {
    Int value = 0;
    auto operator<=>(const Points&) const = default;
};

struct TaskMember {
    Int task = 0, member = 0;
    static constexpr bool as_list = true;

    template <class Self, class F>
    static void fields(Self& v, F&& f) {
        f("task", v.task), f("member", v.member);
    }

    auto operator<=>(const TaskMember&) const = default;
};

struct Wage {
    Int task = 0, member = 0;
    Amount wage;
    static constexpr bool as_list = true;

    template <class Self, class F>
    static void fields(Self& v, F&& f) {
        f("task", v.task), f("member", v.member), f("wage", v.wage);
    }

    bool operator==(const Wage&) const = default;
};

struct ShareOf {
    Int member = 0;
    Points points;
    Amount amount;
    static constexpr bool as_list = true;

    template <class Self, class F>
    static void fields(Self& v, F&& f) {
        f("member", v.member), f("points", v.points), f("amount", v.amount);
    }

    bool operator==(const ShareOf&) const = default;
};

struct PaidTo {
    Int member = 0;
    Amount amount;
    static constexpr bool as_list = true;

    template <class Self, class F>
    static void fields(Self& v, F&& f) {
        f("member", v.member), f("amount", v.amount);
    }

    bool operator==(const PaidTo&) const = default;
};

struct NamedKey {
    std::string key, role;
    static constexpr bool as_list = true;

    template <class Self, class F>
    static void fields(Self& v, F&& f) {
        f("key", v.key), f("role", v.role);
    }

    bool operator==(const NamedKey&) const = default;
};

struct RuleValue {
    std::string name;
    Int value = 0;
    static constexpr bool as_list = true;

    template <class Self, class F>
    static void fields(Self& v, F&& f) {
        f("name", v.name), f("value", v.value);
    }

    bool operator==(const RuleValue&) const = default;
};

/// Of one task of a batch; 0: as the batch says.
struct OwnTerms {
    Int task = 0, price_micros = 0, overlap = 0, expires = 0;
    static constexpr bool as_list = true;

    [[nodiscard]] bool any() const { return price_micros != 0 || overlap != 0 || expires != 0; }

    template <class Self, class F>
    static void fields(Self& v, F&& f) {
        f("task", v.task), f("price_micros", v.price_micros), f("overlap", v.overlap);
        f("expires", v.expires);
    }

    bool operator==(const OwnTerms&) const = default;
};

/// What an envelope says of one answer; the bytes are elsewhere.
struct AnswerRef {
    Hash hash{}; // commit(salt, bytes)
    Int length = 0, task = 0;
    std::string type;                  // media type
    std::optional<Int> price_micros{}; // of a task that has a price of its own
    static constexpr bool as_list = false;

    template <class Self, class F>
    static void fields(Self& v, F&& f) {
        f("hash", v.hash), f("length", v.length), f("price_micros", v.price_micros);
        f("task", v.task), f("type", v.type);
    }

    bool operator==(const AnswerRef&) const = default;
};

/// Makes a batch a qualification: whoever has at least `pass` right answers gets `level`.
struct Qualifies {
    Int level = 0, pass = 0;
    static constexpr bool as_list = false;

    template <class Self, class F>
    static void fields(Self& v, F&& f) {
        f("level", v.level), f("pass", v.pass);
    }

    bool operator==(const Qualifies&) const = default;
};

} // namespace handprint::market
