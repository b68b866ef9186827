#include "ledger/merkle/key_change.hpp"
#include "node/files/files.hpp"
#include "node/store/memory/memory_store.hpp"
#include "tests/audit/quick_ledger.hpp"
#include "tests/audit/setting.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace handprint::audit_test {

using namespace market;
namespace fs = std::filesystem;

TEST_CASE("audit: a story with every kind of command is clean") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    tell(world);
    world.stop();
    const auto report = audit(world);
    INFO(audit::report_text(report));
    CHECK(report.clean());
    CHECK(report.figures.entries == world.store().head().value().size);
    CHECK(report.figures.signatures == report.figures.entries);
    CHECK(report.figures.tables > 20);
    CHECK(report.figures.rows > report.figures.tables);
    world.close();
    std::ostringstream out;
    CHECK(audit::run_audit(world.dir(), false, 0, out) == 0);
    CHECK(out.str().starts_with("audit: clean, "));
    std::ostringstream json;
    CHECK(audit::run_audit(world.dir(), true, 1, json) == 0);
    CHECK(record::Json::parse(json.str().substr(0, json.str().size() - 1))
              .value()
              .at("clean")
              .boolean());
}

TEST_CASE("audit: it tells how far it got, and ends with all entries") {
    store::MemoryStore store;
    quick::Ledger ledger(store);
    quick::fill(ledger, 20, 3);
    std::vector<std::pair<Int, Int>> told;
    audit::Options options;
    options.progress = [&](Int done, Int total) { told.emplace_back(done, total); };
    const auto report = audit::audit_store(store, options).value();
    REQUIRE_FALSE(told.empty());
    CHECK(std::ranges::is_sorted(told));
    CHECK(told.back() == std::pair{report.figures.entries, report.figures.entries});
}

TEST_CASE("audit: tables that cannot be read are told") {
    TempDir dir;
    std::atomic<bool> broken{false};
    store::MemoryStore store(
        [&broken](store::Operation operation, std::uint64_t) -> store::Decision {
            const bool fails = broken && operation == store::Operation::scan;
            return {fails ? store::Fault::fail : store::Fault::none, {}};
        }
    );
    quick::Ledger ledger(store);
    quick::fill(ledger, 20, 3);
    CHECK(audit::audit_store(store, {}).value().clean());
    broken = true;
    expect(audit::audit_store(store, {}).value(), "table_unreadable");
}

TEST_CASE("audit: an entry that the end of the log lacks is told by the head") {
    store::MemoryStore store;
    quick::Ledger ledger(store);
    quick::fill(ledger, 20, 3);
    store.disk()->state.entries.pop_back();
    const auto report = audit::audit_store(store, {}).value();
    INFO(audit::report_text(report));
    CHECK(std::ranges::count(report.findings, "size", &audit::Finding::column) == 1);
}

TEST_CASE("audit: each part of the head is held against the entries") {
    store::MemoryStore store;
    quick::Ledger ledger(store);
    quick::fill(ledger, 20, 3);
    auto& head = store.disk()->state.head;
    const auto good = head;
    const auto column = [&] {
        const auto findings = audit::audit_store(store, {}).value().findings;
        head = good;
        REQUIRE(findings.size() == 1);
        CHECK(findings.front().code == "head_differs");
        return findings.front().column;
    };
    head.frontier[0] ^= 1U;
    CHECK(column() == "frontier");
    head.root[0] ^= 1U;
    CHECK(column() == "root");
    ++head.time;
    CHECK(column() == "time");
    head.epoch = -1;
    CHECK(column() == "epoch");
}

TEST_CASE("audit: a store without snapshots that grows meanwhile is not judged") {
    store::MemoryDisk* grows = nullptr;
    int heads = 0; // reads of the head
    store::MemoryStore store([&](store::Operation operation, std::uint64_t) -> store::Decision {
        if (operation != store::Operation::head || grows == nullptr) return {};
        if (++heads == 2) ++grows->state.head.size;
        return {};
    });
    quick::Ledger ledger(store);
    quick::fill(ledger, 20, 3);
    REQUIRE(audit::audit_store(store, {}).value().clean());
    grows = store.disk().get();
    const auto report = audit::audit_store(store, {});
    REQUIRE_FALSE(report);
    CHECK(report.error().what == "the ledger grew meanwhile");
}

TEST_CASE("audit: a node that works and publishes meanwhile is judged as it was at one moment") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    tell_period(world);
    std::atomic<bool> done{false};
    std::thread at_work([&] {
        for (std::uint8_t number = 130; number < 250; ++number) {
            world.enrol(number);
            world.publish();
        }
        done = true;
    });
    std::set<std::string> seen; // numbers of entries
    while (!done) {
        std::ostringstream out;
        const int code = audit::run_audit(world.dir(), true, 1, out);
        CHECK_MESSAGE(code == 0, out.str());
        const std::string text = out.str();
        const auto report = record::Json::parse(text.substr(0, text.size() - 1)).value();
        seen.insert(report.at("figures").at("entries").encode());
    }
    at_work.join();
    CHECK(seen.size() > 1); // it did grow
    world.close();
    std::ostringstream out;
    CHECK_MESSAGE(audit::run_audit(world.dir(), false, 1, out) == 0, out.str());
}

TEST_CASE("audit: a data directory is judged with its key, its files and its policy") {
    Setting s;
    tell_period(s.world);
    const std::string dir = s.world.dir();
    const auto code = [&dir] {
        std::ostringstream out;
        return audit::run_audit(dir, false, 1, out);
    };
    SUBCASE("what is sealed") {
        const store::SecretRecord gone{"terms", "0", {}};
        REQUIRE(s.world.store().put_secrets({&gone, 1}));
        s.world.close();
        CHECK(code() == 1);
    }
    SUBCASE("published files") {
        s.world.close();
        REQUIRE(files::write_whole(dir + "/log/notes.txt", Bytes(1)));
        CHECK(code() == 1);
    }
    SUBCASE("the policy") {
        s.world.close();
        REQUIRE(files::write_whole(dir + "/policy", as_bytes("nonsense")));
        CHECK(code() == 1);
    }
    SUBCASE("while another node is started, with another policy") {
        s.world.close();
        bool started = false;
        audit::Shown shown;
        shown.progress = [&](Int, Int) {
            if (std::exchange(started, true)) return;
            store::SqliteOptions where;
            where.path = dir + "/ledger.db";
            where.mac_key = s.world.vault().mac_key();
            REQUIRE(store::SqliteStore::open(where).value()->take_over());
            REQUIRE(files::write_whole(dir + "/policy", as_bytes("another")));
        };
        std::ostringstream out;
        CHECK(audit::run_audit(dir, false, 1, out, shown) == 2);
        CHECK(out.str().find("a node was started meanwhile: audit again") != std::string::npos);
        CHECK(code() == 1);
    }
    SUBCASE("with a key that is none") {
        s.world.close();
        CHECK(code() == 0);
        REQUIRE(files::write_whole(dir + "/keys/data.key", as_bytes("nonsense")));
        CHECK(code() == 1);
    }
    SUBCASE("not at all without tables") {
        s.world.close();
        fs::remove(dir + "/ledger.db");
        CHECK(code() == 2);
    }
}

TEST_CASE("audit: one that could not read all there is has no report") {
    TempDir dir;
    Witnesses witnesses(dir);
    std::atomic<store::Operation> broken{store::Operation::backup};
    store::MemoryStore store(
        [&broken](store::Operation operation, std::uint64_t) -> store::Decision {
            return {operation == broken ? store::Fault::fail : store::Fault::none, {}};
        }
    );
    World world(dir.in("data"), witnesses, {.store = &store});
    tell_period(world);
    world.stop();
    audit::Options options;
    options.vault = &world.vault();
    options.log_dir = world.dir() + "/log";
    REQUIRE(audit::audit_store(store, options));
    using enum store::Operation;
    for (const auto operation : {head, entries, secrets, blobs}) {
        broken = operation;
        CHECK_FALSE(audit::audit_store(store, options));
    }
}

TEST_CASE("audit: what the log's former key signed is judged by the policy of its time") {
    Setting s;
    tell_period(s.world);
    const merkle::NoteSigner old_key(origin, key(log_key)), new_key(origin, key(next_log_key));
    const auto rotate = [&](const merkle::NoteSigner& from, const merkle::NoteSigner& to) {
        return s.world.run(
            RotateLogKey{merkle::sign_key_change(from, to).value()}, "d:0", delegate
        );
    };
    const merkle::NoteSigner stranger(origin, key(spare + 4));
    CHECK(rotate(stranger, new_key).refusal.code == "bad_log_key");
    CHECK(s.world.run(RotateLogKey{"no note"}, "d:0", delegate).refusal.code == "bad_log_key");
    CHECK(rotate(old_key, new_key).verdict == pipeline::Verdict::entry);
    CHECK(rotate(old_key, stranger).refusal.code == "bad_log_key");
    s.world.stop();
    audit::Options options;
    options.vault = &s.world.vault();
    options.log_dir = s.world.dir() + "/log";
    const auto report = audit::audit_store(s.world.store(), options).value();
    INFO(audit::report_text(report));
    CHECK(report.clean());
    // Payouts of before were decided under the policy of before, and are again.
    const auto present = s.world.row<CoopRow>(Int{1}).policy;
    CHECK(present.find(new_key.key().text()) != std::string::npos);
    CHECK(present.find(old_key.key().text()) == std::string::npos);
}

TEST_CASE("audit: erasing parts of parties leaves it clean") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    tell(world);
    world.stop();
    Int erased = 0;
    for (Int index = 0; index < world.store().head().value().size; ++index) {
        const auto parts = world.store().parts_at(index);
        REQUIRE(parts);
        for (const auto& part : *parts) {
            if (part.party != "m:0" && part.party != "r:0") continue;
            REQUIRE(world.store().erase_part(part.party, part.index, part.number));
            ++erased;
        }
    }
    const auto report = audit(world);
    INFO(audit::report_text(report));
    CHECK(report.clean());
    CHECK(report.figures.erased_parts == erased);
    CHECK(report.figures.not_decided_again > 5);
}

} // namespace handprint::audit_test
