#include "node/matching/wording.hpp"

#include "ledger/base/money.hpp"
#include "ledger/books/pricing.hpp"

#include <utility>

namespace handprint::matching::wording {

namespace {

std::string counted(Int number, const char* one) {
    return std::to_string(number) + ' ' + one + (number == 1 ? "" : "s");
}

std::string at_level(const std::string& domain, Int level) {
    return domain + " level " + std::to_string(level);
}

/// The nearest whole unit that a person would say.
std::string duration(Int seconds) {
    constexpr Int minute = 60, hour = 3600;
    if (seconds < minute + minute / 2) return counted(seconds, "second");
    if (seconds < hour + hour / 2) return counted((seconds + minute / 2) / minute, "minute");
    return counted((seconds + hour / 2) / hour, "hour");
}

} // namespace

std::string amount(Int minor, const std::string& currency) {
    const auto parsed = Currency::parse(currency);
    const int digits = parsed ? books::minor_digits(*parsed) : 2;
    Int unit = 1;
    for (int i = 0; i < digits; ++i)
        unit *= 10;
    std::string text = std::to_string(minor / unit);
    if (minor % unit != 0) {
        const std::string rest = std::to_string(minor % unit);
        text += '.' + std::string(static_cast<std::size_t>(digits) - rest.size(), '0') + rest;
    }
    return text + ' ' + currency;
}

Reason skill(const Subject& domain, Int have, Int asked) {
    if (asked == 0) return {"open_to_all", {}, "Open to all members; no test is needed"};
    std::string text = "You have " + domain.words + " at level " + std::to_string(have);
    if (asked < have) text += "; level " + std::to_string(asked) + " is asked for";
    return {"skill", {{"asked", asked}, {"domain", domain.id}, {"have", have}}, std::move(text)};
}

Reason test(const Subject& domain, Int gives) {
    return {
        "test",
        {{"domain", domain.id}, {"level", gives}},
        "Takes a test for " + at_level(domain.words, gives) + "; pays whether you pass or not"
    };
}

Reason pay(Int estimate_s, Int pay_per_hour, const std::string& currency) {
    return {
        "pay",
        {{"currency", currency},
         {"estimate_s", estimate_s},
         {"per_hour", std::to_string(pay_per_hour)}},
        "About " + duration(estimate_s) + " each; " + amount(pay_per_hour, currency) + " an hour"
    };
}

Reason rare_language(const std::string& language, Int speakers, Int members) {
    return {
        "language",
        {{"language", language}, {"members", members}, {"speakers", speakers}},
        "Is in " + language + ", which " + std::to_string(speakers) + " of "
            + counted(members, "member") + (speakers == 1 ? " speaks" : " speak")
    };
}

Reason history(const Subject& domain, Int accepted) {
    return {
        "history",
        {{"accepted", accepted}, {"domain", domain.id}},
        counted(accepted, "answer") + " of yours in " + domain.words
            + (accepted == 1 ? " was accepted" : " were accepted")
    };
}

Reason in_hand(Int tasks) {
    return {"in_hand", {{"tasks", tasks}}, "You have " + counted(tasks, "task") + " of it in hand"};
}

Reason new_here() {
    return {"new", {}, "You have not worked in this batch yet"};
}

Reason hazard(Int hazard_class) {
    return {
        "hazard",
        {{"hazard", hazard_class}},
        "May be upsetting: hazard class H" + std::to_string(hazard_class)
    };
}

Reason draw() {
    return {"draw", {}, "Chosen by a small random draw so that new batches are seen"};
}

Reason take_test(const Subject& domain, Int level) {
    return {
        "take_test",
        {{"domain", domain.id}, {"level", level}},
        "Take the paid test for " + at_level(domain.words, level)
    };
}

Reason test_taken(const Subject& domain, Int level) {
    return {
        "test_taken",
        {{"domain", domain.id}, {"level", level}},
        "You took the test for " + at_level(domain.words, level) + "; it is not graded yet"
    };
}

Reason test_not_passed(const Subject& domain, Int level) {
    return {
        "test_not_passed",
        {{"domain", domain.id}, {"level", level}},
        "You took the test for " + at_level(domain.words, level)
            + " and were paid; the result was not enough for this level"
    };
}

Reason no_test(const Subject& domain, Int level) {
    return {
        "no_test",
        {{"domain", domain.id}, {"level", level}},
        "Asks for " + at_level(domain.words, level) + "; no test for it is open now"
    };
}

Reason missing_language(const std::string& language) {
    return {
        "missing_language",
        {{"language", language}},
        "Is in " + language + ", which is not among your languages"
    };
}

} // namespace handprint::matching::wording
