// What the node's clock does at a time: too early, too late, or not at all.

#include "ledger/merkle/key_change.hpp"
#include "tests/audit/setting.hpp"

#include <doctest/doctest.h>

namespace handprint::audit_test {

namespace {

using namespace market;

} // namespace

TEST_CASE("attack: the clock accepts too early, or not at all") {
    Setting s;
    const Story story = tell(s.world);
    s.world.stop();
    SUBCASE("early") {
        const auto request = s.world.sign(AutoAccept{story.open, {{0, 0}}}, "clock", clock_key);
        auto row = s.world.row<AssignmentRow>(story.open, 0, 0);
        REQUIRE(row.due > s.world.now() + 1000);
        row.due = 0;
        forge(s.world, request, row);
        expect(audit(s.world), "timer_early");
    }
    SUBCASE("not at all") {
        CHECK(audit(s.world).clean());
        s.world.advance(20 * 60 * 1000);
        REQUIRE(s.world.publish());
        expect(audit(s.world), "timer_overdue");
    }
}

TEST_CASE("attack: a witness with a fast clock says that the node is late") {
    Setting s;
    tell(s.world);
    s.world.stop();
    s.witnesses.ahead = 20 * 60;
    s.world.advance(1000);
    REQUIRE(s.world.publish());
    const auto report = audit(s.world);
    INFO(audit::report_text(report));
    CHECK(report.clean());
    // Who trusts that witness alone believes it.
    audit::Options options;
    options.vault = &s.world.vault();
    options.log_dir = s.world.dir() + "/log";
    options.policy = s.world.policy();
    const auto quorum = options.policy.find("group both");
    options.policy.replace(quorum, std::string::npos, "quorum b\n");
    const auto of_one = audit::audit_store(s.world.store(), options);
    REQUIRE(of_one);
    expect(*of_one, "timer_overdue");
}

namespace {

constexpr Int ahead = 10 * 60 * 1000; // of the witnesses, and no further
constexpr Int day = 24 * 3600 * 1000;

/// So much after the story ends a delegate's word in it vouches for nothing that is dated ahead.
constexpr Int unvouched = day - ahead;

/// As an entry that is not published yet.
void change_log_key(World& world, Forger& forger, Int time) {
    const merkle::NoteSigner from(origin, key(log_key)), to(origin, key(next_log_key));
    const RotateLogKey command{merkle::sign_key_change(from, to).value()};
    forger.append(world.sign(command, "d:0", delegate), time);
}

/// What an audit says that trusts witnesses by these lines in place of the group of both.
audit::Report audit_by(World& world, const std::string& quorum) {
    audit::Options options;
    options.vault = &world.vault();
    options.log_dir = world.dir() + "/log";
    options.policy = world.policy();
    const auto group = options.policy.find("group both");
    options.policy.replace(group, std::string::npos, quorum);
    return audit::audit_store(world.store(), options).value();
}

/// Whether it says that the log is dated ahead, and of which entry; nothing else is wrong with it.
void expect_ahead(const audit::Report& report, bool wanted, Int entry) {
    INFO(audit::report_text(report));
    CHECK(report.clean() != wanted);
    CHECK(report.has("time_ahead") == wanted);
    if (wanted) CHECK(report.findings.front().entry == entry);
}

} // namespace

TEST_CASE("attack: the log is dated ahead, and the clock accepts before the witnesses are there") {
    Setting s;
    const Story story = tell(s.world);
    const auto by_clock = s.world.sign(AutoAccept{story.open, {{0, 0}}}, "clock", clock_key);
    s.world.stop();
    const Int now = s.world.now();
    REQUIRE(s.world.row<AssignmentRow>(story.open, 0, 0).due > now + 1000);
    Forger forger(s.world);
    const Int next = s.world.store().head().value().size;
    const auto confirmed = [&](Int time) {
        forger.append(s.world.sign(ConfirmClock{time}, "d:0", delegate), time);
    };
    const auto check = [&](bool found, Int entry) {
        REQUIRE(s.world.publish());
        expect_ahead(audit(s.world), found, entry);
    };
    SUBCASE("by more than what a clock may be wrong") {
        s.world.advance(unvouched);
        forger.append(by_clock, s.world.now() + ahead + 1);
        check(true, next);
    }
    SUBCASE("not by more") {
        s.world.advance(unvouched);
        forger.append(by_clock, s.world.now() + ahead);
        check(false, next);
    }
    SUBCASE("and a delegate's word comes too late") {
        forger.append(by_clock, now + day);
        confirmed(now + day);
        check(true, next);
    }
    SUBCASE("not so on a delegate's word, and for a day after it") {
        confirmed(now + 365 * day);
        forger.append(by_clock, now + 366 * day);
        check(false, next + 1);
    }
    SUBCASE("longer after a delegate's word") {
        confirmed(now + 1000);
        forger.append(by_clock, now + 1000 + day + 1);
        check(true, next + 1);
    }
    SUBCASE("which the checkpoint does not cover yet") {
        REQUIRE(s.world.publish());
        forger.append(by_clock, now + day);
        expect_ahead(audit(s.world), false, next);
    }
    SUBCASE("nor does it show without a quorum, but by one of a former key") {
        forger.append(by_clock, now + day);
        REQUIRE(s.world.publish());
        expect_ahead(audit_by(s.world, "quorum none\n"), true, next);
        audit::Options options;
        options.vault = &s.world.vault();
        options.log_dir = s.world.dir() + "/log";
        options.policy = s.world.policy().substr(0, s.world.policy().find("witness a"));
        options.policy += "quorum none\n";
        expect_ahead(audit::audit_store(s.world.store(), options).value(), false, next);
        change_log_key(s.world, forger, now + day + 1);
        expect_ahead(audit(s.world), true, next);
    }
}

TEST_CASE("attack: a log dated ahead is found by the checkpoint of that time, once it is later") {
    Setting s;
    const Story story = tell(s.world);
    const auto by_clock = s.world.sign(AutoAccept{story.open, {{0, 0}}}, "clock", clock_key);
    const auto proposal = s.world.sign(ProposeRelease{}, "d:0", delegate);
    s.world.stop();
    s.world.advance(unvouched);
    const Int now = s.world.now();
    Forger forger(s.world);
    const Int next = s.world.store().head().value().size;
    forger.append(proposal, now + 1000);
    forger.append(by_clock, now + ahead + 1);
    REQUIRE(s.world.publish());
    const auto published = s.world.publisher().published().checkpoint;
    s.world.advance(2 * ahead);
    forger.append(s.world.sign(RecordCheckpoint{published}, "m:0", member), s.world.now());
    REQUIRE(s.world.publish());
    expect_ahead(audit(s.world), true, next + 1);
}

TEST_CASE("a witness with a slow clock makes no log look dated ahead that others vouch for") {
    Setting s;
    const Story story = tell(s.world);
    const auto by_clock = s.world.sign(AutoAccept{story.open, {{0, 0}}}, "clock", clock_key);
    s.world.stop();
    s.world.advance(unvouched + ahead);
    Forger forger(s.world);
    const Int next = s.world.store().head().value().size;
    forger.append(by_clock, s.world.now());
    s.witnesses.ahead = -std::uint64_t{20 * 60};
    REQUIRE(s.world.publish());
    expect_ahead(audit_by(s.world, "group one any a b\nquorum one\n"), false, next);
    expect_ahead(audit(s.world), true, next); // who cannot do without it
}

TEST_CASE("attack: work is accepted weeks after it was due") {
    Setting s;
    const Story story = tell(s.world);
    const auto by_clock = s.world.sign(AutoAccept{story.open, {{0, 0}}}, "clock", clock_key);
    const auto by_requester = s.world.sign(Accept{story.open, {{0, 0}}}, "r:0", renewed);
    s.world.stop();
    const Int due = s.world.row<AssignmentRow>(story.open, 0, 0).due;
    Forger forger(s.world);
    const auto confirmed = [&](Int time) {
        forger.append(s.world.sign(ConfirmClock{time}, "d:0", delegate), time);
    };
    const auto overdue = [&] {
        const auto report = audit(s.world);
        INFO(audit::report_text(report));
        CHECK(report.clean() != report.has("timer_overdue"));
        return report.has("timer_overdue");
    };
    SUBCASE("by the clock") {
        forger.append(by_clock, due + 21 * day);
        CHECK(overdue());
    }
    SUBCASE("by the requester, for the clock had not done so") {
        forger.append(by_requester, due + 21 * day);
        CHECK(overdue());
    }
    SUBCASE("within the day") {
        forger.append(by_clock, due + day);
        CHECK_FALSE(overdue());
    }
    SUBCASE("once a delegate had looked at the clock") {
        confirmed(due + 21 * day);
        forger.append(by_clock, due + 22 * day);
        CHECK_FALSE(overdue());
    }
    SUBCASE("more than a day after a delegate had looked at the clock when it was due") {
        confirmed(due);
        confirmed(due + 2 * day);
        forger.append(by_clock, due + 2 * day + 1);
        CHECK(overdue());
    }
    SUBCASE("long after a delegate had looked at the clock, and again") {
        confirmed(due + 2 * day);
        confirmed(due + 21 * day);
        forger.append(by_clock, due + 21 * day);
        CHECK(overdue());
    }
}

TEST_CASE("work is overdue ten minutes after it was due, and not before") {
    constexpr Int grace = 10 * 60 * 1000;
    Setting s;
    const Story story = tell(s.world);
    s.world.stop();
    const auto row = s.world.row<AssignmentRow>(story.open, 0, 0);
    s.world.advance(row.due + grace - s.world.now());
    REQUIRE(s.world.publish());
    CHECK(audit(s.world).clean());
    s.world.advance(1000);
    REQUIRE(s.world.publish());
    const auto report = audit(s.world);
    INFO(audit::report_text(report));
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings.front().code == "timer_overdue");
    CHECK(report.findings.front().table == "assignment");
    CHECK(
        report.findings.front().key == "batch=" + std::to_string(story.open) + ",task=0,member=0"
    );
    CHECK(report.findings.front().entry == row.submitted);
}

TEST_CASE("a quorum under a policy of before says how late the node is") {
    Setting s;
    tell(s.world);
    s.world.stop();
    s.world.advance(20 * 60 * 1000);
    REQUIRE(s.world.publish());
    Forger forger(s.world);
    change_log_key(s.world, forger, s.world.now());
    expect(audit(s.world), "timer_overdue");
}

} // namespace handprint::audit_test
