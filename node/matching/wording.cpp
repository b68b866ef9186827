#include "node/matching/wording.hpp"

#include "ledger/base/money.hpp"
#include "ledger/books/pricing.hpp"

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

std::string skill(const std::string& domain, Int have, Int asked) {
    if (asked == 0) return "Open to all members; no test is needed";
    std::string text = "You have " + domain + " at level " + std::to_string(have);
    if (asked < have) text += "; level " + std::to_string(asked) + " is asked for";
    return text;
}

std::string test(const std::string& domain, Int gives) {
    return "Takes a test for " + at_level(domain, gives) + "; pays whether you pass or not";
}

std::string pay(Int estimate_s, Int pay_per_hour, const std::string& currency) {
    return "About " + duration(estimate_s) + " each; " + amount(pay_per_hour, currency)
           + " an hour";
}

std::string rare_language(const std::string& language, Int speakers, Int members) {
    return "Is in " + language + ", which " + std::to_string(speakers) + " of "
           + counted(members, "member") + (speakers == 1 ? " speaks" : " speak");
}

std::string history(const std::string& domain, Int accepted) {
    return counted(accepted, "answer") + " of yours in " + domain
           + (accepted == 1 ? " was accepted" : " were accepted");
}

std::string in_hand(Int tasks) {
    return "You have " + counted(tasks, "task") + " of it in hand";
}

std::string hazard(Int hazard_class) {
    return "May be upsetting: hazard class H" + std::to_string(hazard_class);
}

std::string take_test(const std::string& domain, Int level) {
    return "Take the paid test for " + at_level(domain, level);
}

std::string test_taken(const std::string& domain, Int level) {
    return "You took the test for " + at_level(domain, level) + "; it is not graded yet";
}

std::string no_test(const std::string& domain, Int level) {
    return "Asks for " + at_level(domain, level) + "; no test for it is open now";
}

std::string missing_language(const std::string& language) {
    return "Is in " + language + ", which is not among your languages";
}

} // namespace handprint::matching::wording
