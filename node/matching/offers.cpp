#include "node/matching/lines.hpp"
#include "node/matching/open_work.hpp"
#include "node/matching/wording.hpp"

#include <algorithm>
#include <iterator>

namespace handprint::matching {

/// The same as the part of decide_claim that looks at the member: tests/matching holds them
/// together.
bool OpenWork::eligible(const Person& person, const Place& place) const {
    if (!person.speaks(place.language)) return false;
    const Int have = person.level(place.domain);
    return place.test ? have < place.level : have >= place.level;
}

Line OpenWork::line(const Person& person, const Place& place, Int now) const {
    Line line;
    line.place = &place;
    line.have = person.level(place.domain);
    line.floor = floor(place.currency, now);
    line.shared.skill =
        place.test ? test_part(line.have, place.level) : skill_part(line.have, place.level);
    line.shared.language = language_part(people_.speakers(place.language), people_.count());
    line.shared.history = history_part(person.accepted(place.domain));
    return line;
}

/// Work is in the domains where the member has a skill. Tests and work that is open to all can be
/// anywhere; of many such domains, a run of bounded length is looked at, beginning where the seed
/// says.
std::vector<Line>
OpenWork::lines_for(const Asker& who, const Person& person, Int now, std::uint64_t seed) const {
    std::vector<Line> lines;
    const auto add = [&](const Shelf& shelf) {
        for (const Group& group : shelf.groups) {
            if (!eligible(person, group.place)) continue;
            lines.push_back(line(person, group.place, now));
            lines.back().batches = &group.batches;
        }
    };
    for (const int language : person.languages) {
        for (const Person::Skill& skill : person.skills) {
            if (const Shelf* shelf = shelves_.find(language, skill.domain)) add(*shelf);
        }
        const auto& others = shelves_.for_anyone_in_language(language);
        if (others.empty()) continue;
        const auto start = static_cast<std::size_t>(mix(seed, who.member, -1) % others.size());
        const std::size_t count =
            std::min(others.size(), most_other_domains + person.skills.size());
        for (std::size_t i = 0; i < count; ++i) {
            const Shelf& shelf = *others[(start + i) % others.size()];
            if (!person.has_skill(shelf.domain)) add(shelf);
        }
    }
    return lines;
}

bool OpenWork::has_left(const Person& person, Int member, const Paid& lot, Int now) const {
    const Open* open = find_open(lot.batch);
    if (open == nullptr) return false;
    if (open->place.test) return open->lots.of(lot).slots.has_all(member, now); // or nothing
    // What is on the shelves has a free task, and those who never took part may have any of them.
    return !person.is_engaged(lot.batch) || open->lots.of(lot).slots.has_left(member, now);
}

namespace {

/// Random places among all batches of all lines, each batch as likely as the next.
std::vector<Considered>
sample(const std::vector<Line>& lines, const Asker& who, std::uint64_t seed, std::size_t count) {
    std::vector<std::size_t> ends;
    ends.reserve(lines.size());
    std::size_t total = 0;
    for (const Line& line : lines)
        ends.push_back(total += line.batches->size());
    std::vector<Considered> found;
    found.reserve(count);
    for (std::size_t i = 0; i < count && total > 0; ++i) {
        const auto turn = -2 - static_cast<Int>(i);
        const auto rank = static_cast<std::size_t>(mix(seed, who.member, turn) % total);
        const auto at = std::upper_bound(ends.begin(), ends.end(), rank) - ends.begin();
        const Line& line = lines[static_cast<std::size_t>(at)];
        const std::size_t before = ends[static_cast<std::size_t>(at)] - line.batches->size();
        const Paid paid = line.batches->at(rank - before);
        found.push_back({paid, line.place, line.have, line.parts(paid.pay), true});
    }
    return found;
}

bool contains(const std::vector<Considered>& found, const Paid& lot) {
    return std::any_of(found.begin(), found.end(), [&lot](const Considered& c) {
        return c.paid == lot;
    });
}

/// Leaves the best `limit`, by score; the older batch is first among equals.
void rank(std::vector<Considered>& found, std::size_t limit) {
    const auto keep = static_cast<std::ptrdiff_t>(std::min(limit, found.size()));
    const auto better = [](const Considered& a, const Considered& b) {
        if (a.parts.sum() != b.parts.sum()) return a.parts.sum() > b.parts.sum();
        return a.paid.batch != b.paid.batch ? a.paid.batch < b.paid.batch : a.paid < b.paid;
    };
    std::partial_sort(found.begin(), found.begin() + keep, found.end(), better);
    found.erase(found.begin() + keep, found.end());
}

} // namespace

std::vector<Offer>
OpenWork::offers(const Asker& who, Int now, std::uint64_t seed, std::size_t limit) const {
    const Person* person = people_.find(who.member);
    limit = std::min(limit, most_offers);
    if (person == nullptr || limit == 0) return {};
    const auto lines = lines_for(who, *person, now, seed);
    std::vector<Considered> found;
    found.reserve(limit * 5);
    Int enough = 0; // the score of the last that is sure of a place if no draw changes anything
    Merge merge(lines);
    for (; !merge.done() && found.size() < limit * 4; merge.next()) {
        // No draw lifts what comes now over `limit` others that are ahead by more.
        if (found.size() >= limit && merge.score() + most_draw < enough) break;
        const Paid& paid = merge.paid();
        if (!has_left(*person, who.member, paid, now)) continue;
        const Line& line = merge.line();
        // They come in order of the score without the draw, so those after `limit` need it.
        const bool drawn = found.size() >= limit;
        found.push_back({paid, line.place, line.have, line.parts(paid.pay), drawn});
        if (found.size() == limit) enough = merge.score();
    }
    if (!merge.done()) {
        for (const Considered& one : sample(lines, who, seed, limit)) {
            const Paid& lot = one.paid;
            if (contains(found, lot) || !has_left(*person, who.member, lot, now)) continue;
            found.push_back(one);
        }
    }
    for (const Int batch : person->holding) {
        // Full for all others, and so on no shelf, but the member's own task is in hand.
        const Open* open = find_open(batch);
        if (open == nullptr || !eligible(*person, open->place)) continue;
        const Line own = line(*person, open->place, now);
        for (const Lot& lot : open->lots.all()) {
            // Of one that expired, what is in hand is all there is.
            if (lot.listed || lot.slots.in_hand(who.member, now).empty()) continue;
            if (open->place.test && !lot.slots.has_all(who.member, now)) continue;
            found.push_back({lot.paid, own.place, own.have, own.parts(lot.paid.pay), false});
        }
    }
    for (Considered& one : found)
        one.parts.draw = draw_part(seed, who.member, one.paid.batch);
    rank(found, limit);
    std::vector<Offer> offers;
    offers.reserve(found.size());
    for (const Considered& one : found)
        offers.push_back(describe(who, *person, now, one));
    return offers;
}

Offer OpenWork::describe(const Asker& who, const Person& person, Int now, const Considered& c)
    const {
    const Open& open = open_.at(c.paid.batch);
    const Lot& lot = open.lots.of(c.paid);
    Offer offer;
    offer.batch = c.paid.batch;
    offer.price_micros = c.paid.price_micros;
    offer.expires = c.paid.expires;
    offer.kind = c.place->test ? OfferKind::qualification : OfferKind::task;
    offer.left =
        lot.over ? std::ssize(lot.slots.in_hand(who.member, now)) : lot.slots.left(who.member, now);
    offer.pay_per_hour = c.paid.pay;
    offer.parts = c.parts;
    offer.score = c.parts.sum();
    offer.reasons.reserve(8);
    explain(person, c, offer);
    const auto* lease = lot.slots.lease_of(who.member);
    if (lease != nullptr && now < lease->until) {
        offer.reasons.push_back(wording::in_hand(std::ssize(lease->tasks)));
    } else if (!open.lots.worked(who.member)) {
        offer.reasons.push_back(wording::new_here());
    }
    if (open.hazard > 0) offer.reasons.push_back(wording::hazard(open.hazard));
    if (c.drawn) offer.reasons.push_back(wording::draw());
    return offer;
}

/// The reasons that go with the parts of the score.
void OpenWork::explain(const Person& person, const Considered& c, Offer& offer) const {
    const Place& place = *c.place;
    const std::string& id = domains_.text(place.domain);
    const wording::Subject domain{id, taxonomy_.in_words(id)};
    offer.reasons.push_back(
        place.test ? wording::test(domain, place.level)
                   : wording::skill(domain, c.have, place.level)
    );
    const Open& open = open_.at(c.paid.batch);
    offer.reasons.push_back(
        wording::pay(open.estimate_s, c.paid.pay, currencies_.text(place.currency))
    );
    const Int speakers = people_.speakers(place.language);
    if (speakers * 2 < people_.count()) {
        const std::string& language = languages_.text(place.language);
        offer.reasons.push_back(wording::rare_language(language, speakers, people_.count()));
    }
    if (const Int accepted = person.accepted(place.domain); accepted > 0) {
        offer.reasons.push_back(wording::history(domain, accepted));
    }
}

} // namespace handprint::matching
