#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/money.hpp"
#include "ledger/record/json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace handprint::record {

/// Until the one that is read takes its place; ISO 4217's code for tests.
inline constexpr Currency kUnreadCurrency = Currency::of("XTS");

/// Goes once over canonical JSON whose shape is known, and makes no values of it. What it takes is
/// what Json::parse() takes in canonical mode, with the same meaning, but it knows less: strings of
/// plain ASCII, and little nesting. So who uses it asks Json::parse() after a no, which then says
/// what is wrong, if anything is. After the first no, every answer is no.
class JsonScan {
public:
    explicit JsonScan(std::string_view text) : text_(text) {}

    /// Exactly this text, which holds no string but whole ones.
    bool eat(std::string_view expected) { return eat_if(expected) || fail(); }

    /// The same, but if it is not there nothing has happened.
    bool eat_if(std::string_view expected) {
        if (!good_ || text_.size() - at_ < expected.size()
            || std::memcmp(text_.data() + at_, expected.data(), expected.size()) != 0) {
            return false;
        }
        at_ += expected.size();
        return true;
    }

    bool string(std::string_view& out);
    bool integer(std::int64_t& out);
    /// Zero or more.
    bool natural(std::uint64_t& out);
    /// Padded base64 of 32 bytes, as a string.
    bool hash(Hash& out);
    /// An amount: a decimal number as a string.
    bool amount(std::int64_t& out);
    /// The key of a member and its colon; keys come in order.
    bool key(std::string_view& out);
    /// Any value; `out` is its text.
    bool skip(std::string_view& out);

    /// Each item of an array through `item`, a function that gives a bool.
    template <class Item>
    bool array(Item&& item) {
        if (!eat("[")) return false;
        if (eat_if("]")) return true;
        do {
            if (!item()) return fail();
        } while (eat_if(","));
        return eat("]");
    }

    /// Each member of an object through `member`, which is given the key.
    template <class Member>
    bool object(Member&& member) {
        if (!eat("{")) return false;
        if (eat_if("}")) return true;
        std::string_view before;
        do {
            std::string_view name;
            if (!key(name)) return false;
            if (before.data() != nullptr && before >= name) return fail();
            before = name;
            if (!member(name)) return fail();
        } while (eat_if(","));
        return eat("}");
    }

    /// How much of the text was taken, and what of it from there on.
    [[nodiscard]] std::size_t at() const { return at_; }

    [[nodiscard]] std::string_view taken_from(std::size_t begin) const {
        return text_.substr(begin, at_ - begin);
    }

    /// Whether all of the text was taken.
    [[nodiscard]] bool done() const { return good_ && at_ == text_.size(); }

private:
    bool fail() {
        good_ = false;
        return false;
    }

    bool skip_at(std::size_t depth);

    std::string_view text_;
    std::size_t at_ = 0;
    bool good_ = true;
};

} // namespace handprint::record
