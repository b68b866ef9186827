// Runs under way while something else goes wrong, with a clock that stands.

#include "tests/pipeline/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::pipeline {

TEST_CASE("an import goes on after a grade was refused while the clock stands") {
    Rig rig;
    const Int batch = rig.draft(true);
    CHECK(rig.refused_grade(batch).verdict == Verdict::refused);
    rig.import_tasks(batch);
    CHECK(rig.becomes_sealed(batch));
}

TEST_CASE("an import goes on after the rows of its step could not be read") {
    Rig rig;
    const Int batch = rig.draft(true);
    rig.import_tasks(batch);
    rig.break_next_read();
    CHECK(rig.becomes_sealed(batch));
}

TEST_CASE("a step that cannot be committed is not tried at every look") {
    Rig rig;
    const Int batch = rig.draft(true);
    rig.import_tasks(batch);
    rig.fill_disk(true);
    const auto before = rig.commits();
    for (int i = 0; i < 100; ++i)
        rig.look();
    CHECK(rig.commits() - before <= 4);
    rig.fill_disk(false);
    CHECK(rig.becomes_sealed(batch));
}

TEST_CASE("chunks of an import share commits") {
    constexpr Int chunks = 20;
    Rig rig;
    const Int batch = rig.draft(true, 1, chunks);
    const auto before = rig.commits();
    rig.import_tasks(batch, 1, chunks);
    CHECK(rig.becomes_sealed(batch));
    CHECK(rig.commits() - before <= 8); // the opening, five times some chunks, the seal
}

TEST_CASE("an import whose chunk is missing is reported and can be given up") {
    Rig rig;
    const Int without = rig.draft(false), with = rig.draft(true);
    rig.import_tasks(without);
    CHECK_FALSE(rig.becomes_sealed(without));
    CHECK(rig.warned("import of batch 0 cannot go on: a staged chunk is missing"));
    CHECK(rig.state_of(without) == market::BatchState::importing);
    REQUIRE(rig.close(without).empty());
    CHECK(rig.state_of(without) == market::BatchState::closed);
    rig.import_tasks(with);
    CHECK(rig.becomes_sealed(with));
}

TEST_CASE("what an entry of the same batch makes names rows that are read in time") {
    constexpr std::size_t forgetful = 1;
    Rig rig({}, forgetful);
    rig.look(); // the requester's row is forgotten
    CHECK(rig.draft_and_import().verdict == Verdict::entry);
    CHECK(rig.state_of(0) == market::BatchState::importing);
}

TEST_CASE("a transfer that is entered twice, in one batch of commands or later, comes in once") {
    for (const std::size_t rows : {SequencerOptions{}.rows_most, std::size_t{1}}) {
        Rig rig({}, rows);
        const auto given = rig.fund_together({Hash{50}, Hash{51}, Hash{50}});
        REQUIRE(given.size() == 3);
        CHECK(given[0].verdict == Verdict::entry);
        CHECK(given[1].verdict == Verdict::entry);
        rig.look();
        for (const Answer& again : {given[2], rig.fund_together({Hash{50}})[0]}) {
            CHECK(again.verdict == Verdict::refused);
            CHECK(again.refusal.code == "reference_used");
            const decltype(again.refusal.existing) first{{"entry", given[0].index}};
            CHECK(again.refusal.existing == first);
        }
    }
}

} // namespace handprint::pipeline
