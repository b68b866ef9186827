// The checkpoint that lets a payout go: cosigned by the quorum, over the newest close, and fresh.

#include "ledger/merkle/cosignature.hpp"
#include "node/market/manifest.hpp"
#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::market_test {

namespace {

constexpr Int minute = 60'000;

KeyPair pair_of(std::uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return KeyPair::from_seed(seed);
}

/// A log with two witnesses, both of whom the policy asks for.
struct Witnessed {
    merkle::NoteSigner log{"log.example/coop", pair_of(1)};
    merkle::Cosigner one{"witness.example/one", pair_of(81)};
    merkle::Cosigner two{"witness.example/two", pair_of(82)};
    merkle::Cosigner three{"witness.example/three", pair_of(84)};
    Rig rig;
    CoopRow coop;

    Witnessed() {
        rig.close();
        coop = rig.state.get<CoopRow>(Int{1});
        coop.policy = "log " + log.key().text() + "\nwitness one " + one.key().text()
                      + "\nwitness two " + two.key().text() + "\ngroup both all one two\n"
                      + "quorum both\n";
    }

    /// Of the three any two are enough.
    void add_third() {
        coop.policy = "log " + log.key().text() + "\nwitness one " + one.key().text()
                      + "\nwitness two " + two.key().text() + "\nwitness three "
                      + three.key().text() + "\ngroup any 2 one two three\nquorum any\n";
    }

    struct By {
        const merkle::Cosigner& who;
        Int at;
    };

    [[nodiscard]] std::string checkpoint(Int size, const std::vector<By>& by) const {
        const merkle::Checkpoint tree{coop.origin, static_cast<std::uint64_t>(size), Hash{9}, {}};
        std::vector<merkle::NoteSignature> lines;
        for (const By& witness : by) {
            const auto at = static_cast<std::uint64_t>(witness.at / 1000);
            lines.push_back(witness.who.cosign(tree, at).value());
        }
        return merkle::with_signatures(merkle::sign_checkpoint(tree, log).value(), lines).value();
    }

    /// "" or the code of the refusal.
    [[nodiscard]] std::string covers(const std::string& checkpoint) const {
        const auto size = verify_cover(coop, checkpoint, rig.now);
        return size ? "" : size.error().code;
    }

    [[nodiscard]] std::string at(Int first, Int second) const {
        return covers(checkpoint(coop.last_close + 1, {{one, first}, {two, second}}));
    }
};

} // namespace

TEST_CASE("cover: all whom the policy asks for have cosigned") {
    const Witnessed w;
    const Int now = w.rig.now, size = w.coop.last_close + 1;
    CHECK(w.covers(w.checkpoint(size, {{w.one, now}, {w.two, now}})).empty());
    CHECK(w.covers(w.checkpoint(size, {{w.one, now}})) == "quorum_not_met");
    CHECK(w.covers(w.checkpoint(size, {})) == "quorum_not_met");
    const merkle::Cosigner stranger{"witness.example/two", pair_of(83)};
    CHECK(w.covers(w.checkpoint(size, {{w.one, now}, {stranger, now}})) == "quorum_not_met");
    const auto covered =
        verify_cover(w.coop, w.checkpoint(size, {{w.one, now}, {w.two, now}}), now);
    REQUIRE(covered);
    CHECK(*covered == size);
}

TEST_CASE("cover: the newest close is under it") {
    const Witnessed w;
    const Int now = w.rig.now, close = w.coop.last_close;
    REQUIRE(close != never);
    CHECK(w.covers(w.checkpoint(close, {{w.one, now}, {w.two, now}})) == "close_not_covered");
    CHECK(w.covers(w.checkpoint(close + 1, {{w.one, now}, {w.two, now}})).empty());
}

TEST_CASE("cover: each cosignature is at most ten minutes old, and not of later than five") {
    Witnessed w;
    w.rig.now = w.rig.now / 1000 * 1000; // cosignatures count seconds
    const Int now = w.rig.now;
    CHECK(w.at(now - 10 * minute, now).empty());
    CHECK(w.at(now - 10 * minute - 1000, now) == "cosignature_not_fresh");
    CHECK(w.at(now, now - 10 * minute - 1000) == "cosignature_not_fresh");
    CHECK(w.at(now, now + 5 * minute).empty());
    CHECK(w.at(now, now + 5 * minute + 1000) == "cosignature_not_fresh");
}

TEST_CASE("cover: a cosignature that the quorum can do without stops no payday") {
    Witnessed w;
    w.rig.now = w.rig.now / 1000 * 1000;
    const Int now = w.rig.now, hour = 60 * minute;
    w.add_third();
    const auto at = [&](Int first, Int second, Int third) {
        return w.covers(
            w.checkpoint(w.coop.last_close + 1, {{w.one, first}, {w.two, second}, {w.three, third}})
        );
    };
    CHECK(at(now, now, now + hour).empty());
    CHECK(at(now - hour, now, now).empty());
    CHECK(at(now, now - hour, now + hour) == "cosignature_not_fresh");
    CHECK(at(now + hour, now + hour, now + hour) == "cosignature_not_fresh");
}

TEST_CASE("cover: a payout goes with such a checkpoint and with no other") {
    Witnessed w;
    const Int now = w.rig.now;
    w.rig.state.put(w.coop);
    const auto pay = [&w](const std::string& checkpoint) {
        Rig copy = w.rig;
        auto made = copy.request(Payout{checkpoint, "KES"}, "d:0");
        made.prepared.payees = {{0, Amount{5}}};
        return copy.run(std::move(made));
    };
    const Int size = w.coop.last_close + 1;
    CHECK(pay(w.checkpoint(size, {{w.one, now}, {w.two, now}})).empty());
    CHECK(pay(w.checkpoint(size, {{w.two, now}})) == "quorum_not_met");
    CHECK(pay(w.checkpoint(size - 1, {{w.one, now}, {w.two, now}})) == "close_not_covered");
    CHECK(
        pay(w.checkpoint(size, {{w.one, now - 11 * minute}, {w.two, now}}))
        == "cosignature_not_fresh"
    );
}

} // namespace handprint::market_test
