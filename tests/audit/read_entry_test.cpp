// What the audit says of one entry by itself: whatever is not as its header and its parts have to
// be.

#include "ledger/record/commitment.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/json.hpp"
#include "tests/audit/tape.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

namespace handprint::audit_test {

namespace {

using Codes = std::set<std::string>;

void change_header(Stored& stored, const std::function<void(record::Header&)>& change) {
    auto header = record::parse_header(stored.record.header).value();
    change(header);
    stored.record.header = record::encode(header);
}

/// As a writer of the log does who lies from the first: the header commits to what is there.
void commit_again(Stored& stored) {
    change_header(stored, [&](record::Header& header) {
        header.parts[0].commit = record::commit(stored.record.coop_salt, stored.record.coop);
        for (const auto& part : stored.parts) {
            header.parts.at(static_cast<std::size_t>(part.number)).commit =
                record::commit(part.salt, part.bytes);
        }
    });
}

void set(std::string& bytes, const char* key, const record::Json& value) {
    auto json = record::Json::parse(bytes).value();
    json.set(key, value);
    bytes = json.encode();
}

store::PartRecord& part_of(Stored& stored, const char* role) {
    const auto at = std::ranges::find(stored.parts, role, &store::PartRecord::role);
    REQUIRE(at != stored.parts.end());
    return *at;
}

/// An entry of every kind there is, and one of them changed.
struct Shelf : MemorySetting {
    Story story = tell_period(world);
    Tape tape{world};

    [[nodiscard]] Codes
    found(std::string_view kind, const std::function<void(Stored&)>& change) const {
        Stored stored = tape.first(kind);
        change(stored);
        return codes_of(tape.read(stored).findings);
    }

    /// When the header commits to the lie.
    [[nodiscard]] Codes
    committed(std::string_view kind, const std::function<void(Stored&)>& change) const {
        return found(kind, [&](Stored& stored) {
            change(stored);
            commit_again(stored);
        });
    }
};

} // namespace

TEST_CASE("an entry by itself: what the audit finds in one that lies") {
    const Shelf shelf;
    for (const Stored& stored : shelf.tape.entries) {
        const auto entry = shelf.tape.read(stored);
        CHECK(entry.usable);
        CHECK(entry.verified);
        CHECK(codes_of(entry.findings).empty());
    }
    const auto& found = [&](std::string_view kind, const auto& change) {
        return shelf.found(kind, change);
    };
    const auto& committed = [&](std::string_view kind, const auto& change) {
        return shelf.committed(kind, change);
    };

    SUBCASE("its header and its coop part") {
        CHECK(
            found("fund", [](Stored& s) { s.record.header += ' '; }) == Codes{"header_malformed"}
        );
        CHECK(
            found("fund", [](Stored& s) { s.record.coop += ' '; }) == Codes{"part_not_committed"}
        );
        CHECK(
            found("fund", [](Stored& s) { s.record.coop_salt[0] ^= 1U; })
            == Codes{"part_not_committed"}
        );
        CHECK(
            committed("fund", [](Stored& s) { s.record.coop += ' '; }) == Codes{"coop_malformed"}
        );
        CHECK(
            committed(
                "fund",
                [](Stored& s) {
                    s.record.coop.replace(s.record.coop.find("\"funded\""), 8, "\"fondue\"");
                }
            )
            == Codes{"coop_malformed"}
        );
        const auto by_right_of = [&](const char* kind, record::Authority authority) {
            return found(kind, [&](Stored& s) {
                change_header(s, [&](record::Header& h) { h.authority = authority; });
            });
        };
        CHECK(by_right_of("fund", record::Authority::agent) == Codes{"authority_differs"});
        CHECK(by_right_of("accept", record::Authority::actor) == Codes{"authority_differs"});
        CHECK(by_right_of("fund", record::Authority::clock).empty()); // the replay knows better
        const auto doubled = [](Stored& s) {
            change_header(s, [](record::Header& h) {
                for (auto& sum : h.sums)
                    sum.amount *= 2;
            });
        };
        CHECK(found("fund", doubled) == Codes{"sums_differ"});
        const auto none = [](Stored& s) {
            change_header(s, [](record::Header& h) { h.sums.clear(); });
        };
        CHECK(found("fund", none) == Codes{"sums_differ"});
    }
    SUBCASE("its parts and the table of parts") {
        CHECK(found("accept", [](Stored& s) { s.parts.pop_back(); }) == Codes{"part_missing"});
        CHECK(
            found("accept", [](Stored& s) { s.parts.erase(s.parts.begin()); })
            == Codes{"part_missing"}
        );
        CHECK(
            found(
                "accept",
                [](Stored& s) {
                    s.parts.push_back(s.parts.back());
                    ++s.parts.back().number;
                }
            )
            == Codes{"part_surplus"}
        );
        CHECK(
            found("accept", [](Stored& s) { s.parts[0].role = "clock"; }) == Codes{"part_differs"}
        );
        for (const std::size_t part : {std::size_t{0}, std::size_t{1}}) {
            CHECK(
                found("accept", [&](Stored& s) { s.parts[part].party = "m:3"; })
                == Codes{"part_differs"}
            );
            CHECK(
                found("accept", [&](Stored& s) { s.parts[part].salt[5] ^= 1U; })
                == Codes{"part_not_committed"}
            );
        }
        CHECK(
            found("register_requester", [](Stored& s) { s.parts[0].party = "new"; })
            == Codes{"part_differs"}
        );
        const auto erased = [&](bool salt, bool bytes) {
            return found("accept", [&](Stored& s) {
                s.parts[0].erased = true;
                if (!salt) s.parts[0].salt = {};
                if (!bytes) s.parts[0].bytes.clear();
            });
        };
        CHECK(erased(false, false).empty());
        CHECK(erased(true, false) == Codes{"part_differs"});
        CHECK(erased(false, true) == Codes{"part_differs"});
        for (const std::size_t part : {std::size_t{0}, std::size_t{1}}) {
            CHECK(
                committed("accept", [&](Stored& s) { s.parts[part].bytes += ' '; })
                == Codes{"part_malformed"}
            );
        }
        CHECK(
            committed("accept", [](Stored& s) { part_of(s, "member").bytes = "{}"; })
            == Codes{"part_malformed"}
        );
    }
    SUBCASE("its evidence") {
        const auto twice = [](Stored& s) {
            const auto signed_part = record::Json::parse(part_of(s, "requester").bytes).value();
            set(part_of(s, "member").bytes, "evidence", signed_part.at("evidence"));
        };
        CHECK(committed("accept", twice) == Codes{"evidence_twice"});
        const auto signed_as = [](std::string_view type, std::string_view body) {
            return [=](Stored& s) {
                const auto envelope = record::sign(type, std::string(body), key(delegate));
                set(s.parts[0].bytes, "evidence", record::to_json(envelope));
            };
        };
        CHECK(
            committed("fund", signed_as(record::kSessionType, "{}")) == Codes{"evidence_malformed"}
        );
        CHECK(
            committed("fund", signed_as(record::kCommandType, "{}")) == Codes{"evidence_malformed"}
        );
        const std::string id(32, 'a');
        const std::string no_fund = R"({"actor":"d:0","args":{},"command":")" + id
                                    + R"(","kind":"fund","log":"log.example/coop"})";
        CHECK(
            committed("fund", signed_as(record::kCommandType, no_fund))
            == Codes{"evidence_malformed"}
        );
        const auto for_another_purpose = [](Stored& s) {
            const auto json = record::Json::parse(s.parts[0].bytes).value();
            const auto command = record::envelope_from_json(json.at("evidence")).value();
            const auto envelope =
                record::sign(record::kSessionType, command.payload, key(delegate));
            set(s.parts[0].bytes, "evidence", record::to_json(envelope));
        };
        CHECK(committed("fund", for_another_purpose) == Codes{"evidence_malformed"});
        const auto no_envelope = [](Stored& s) { set(s.parts[0].bytes, "evidence", "signed"); };
        CHECK(committed("fund", no_envelope) == Codes{"evidence_malformed"});
        CHECK(committed("fund", [](Stored& s) { s.parts[0].bytes = "{}"; }).empty()
        ); // none: the replay tells
    }
    SUBCASE("its size") {
        const auto padded = [&](std::size_t more) {
            return committed("fund", [&](Stored& s) {
                set(s.parts[0].bytes, "x", "");
                std::size_t total = s.record.header.size() + s.record.coop.size();
                total += s.parts[0].bytes.size();
                const std::string filling(record::kMaxEntryBytes - total + more, 'x');
                set(s.parts[0].bytes, "x", filling.c_str());
            });
        };
        CHECK(padded(0).empty());
        CHECK(padded(1) == Codes{"entry_too_large"});
    }
}

} // namespace handprint::audit_test
