// Power fails at any moment of the life of a cooperative, and takes what its database and its
// published files had not synced. What was acknowledged, cosigned or published is there; nothing
// public is there in part; the node goes on from it. Then one sync at a time is taken away from
// what is published, and the proof notices.

#include "node/files/files.hpp"
#include "node/pipeline/log_files.hpp"
#include "node/store/sqlite/sqlite_store.hpp"
#include "tests/audit/outside.hpp"
#include "tests/audit/setting.hpp"
#include "tests/crash/trial.hpp"

namespace handprint::audit_test {

namespace {

using crash::Event;

constexpr std::int64_t kinds_told = 4;

std::vector<Event> record_life() {
    TempDir dir;
    Witnesses witnesses(dir); // on machines of their own
    WorldOptions options;
    options.durable = options.open_books = true;
    options.publish_every = 4;
    options.told = [](Milestone what, Int size) {
        crash::note(size * kinds_told + static_cast<Int>(what));
    };
    crash::start_recording(dir.in("data"));
    {
        World world(dir.in("data"), witnesses, options);
        tell(world);
    }
    return crash::stop_recording();
}

/// What the world was told before the crash.
struct Promised {
    Int committed = 0, cosigned = 0, published = 0, dated = 0;

    void add(std::int64_t note) {
        const Int size = note / kinds_told;
        switch (static_cast<Milestone>(note % kinds_told)) {
        case Milestone::committed:
            committed = std::max(committed, size);
            break;
        case Milestone::cosigned:
            cosigned = std::max(cosigned, size);
            break;
        case Milestone::published:
            published = std::max(published, size);
            break;
        case Milestone::dated:
            dated = std::max(dated, size);
            break;
        }
    }
};

class Inspector {
public:
    [[nodiscard]] crash::Judge judge() {
        promised_ = {};
        return {
            [this](std::int64_t note) { promised_.add(note); },
            [this](const std::string& place) { return inspect(place); }
        };
    }

    std::size_t every = 0; // of how many disks one is taken up by a node; 0: none

private:
    std::string inspect(const std::string& place) {
        if (promised_.committed == 0 && !std::filesystem::exists(place + "/ledger.db")) return {};
        if (std::string wrong = found_in(place); !wrong.empty()) return wrong;
        ++inspected_;
        return every == 0 || inspected_ % every != 0 ? std::string() : go_on(place);
    }

    [[nodiscard]] std::string found_in(const std::string& place) const {
        store::SqliteOptions options;
        options.path = place + "/ledger.db";
        auto store = store::SqliteStore::open(options);
        if (!store) return "does not open: " + store.error().what;
        const auto head = (*store)->head();
        if (!head) return head.error().what;
        if (head->size < promised_.committed) return "lost: an acknowledged entry";
        if (head->size < promised_.cosigned) return "lost: an entry that witnesses have seen";
        const auto judge = files::read_whole(place + "/policy");
        if (!judge) return judge.error().what;
        if (auto wrong = wrong_in_log(**store, place + "/log", std::string(as_text(*judge)));
            !wrong.empty()) {
            return wrong;
        }
        if (promised_.published == 0) return {};
        const auto note = pipeline::PublishedFiles(place + "/log").checkpoint();
        const auto verdict = merkle::verify_checkpoint(
            note.value_or(""), merkle::Policy::parse(as_text(*judge)).value()
        );
        const bool there = verdict.accepted()
                           && std::cmp_greater_equal(verdict.checkpoint->size, promised_.published);
        if (!there || std::cmp_less(verdict.witnesses.front().unix_seconds, promised_.dated)) {
            return "lost: a published checkpoint";
        }
        return {};
    }

    /// Of the newest entry; 0 if there is none.
    static Int last_time(const std::string& place) {
        store::SqliteOptions options;
        options.path = place + "/ledger.db";
        const auto store = store::SqliteStore::open(options).value();
        const Int size = store->head().value().size;
        if (size == 0) return 0;
        return record::parse_header(store->entries(size - 1, 1).value().front().header)
            .value()
            .time.ms;
    }

    /// A node starts there and publishes; then the whole is audited.
    static std::string go_on(const std::string& place) {
        TempDir dir;
        Witnesses witnesses(dir);
        WorldOptions options;
        options.start = last_time(place);
        if (options.start == 0) return {};
        World world(place, witnesses, options);
        if (!world.publish()) return "nothing is published any more";
        world.settle();
        if (!world.publish()) return "nothing is published any more";
        world.stop();
        const auto report = audit(world);
        return report.findings.empty() ? std::string() : audit::report_text(report);
    }

    Promised promised_;
    std::size_t inspected_ = 0;
};

} // namespace

TEST_CASE("power fails at any moment, and what was acknowledged or published is there") {
    const auto log = record_life();
    // The recording has everything that a proof needs: else it would prove nothing.
    CHECK(crash::count(log, Event::Kind::sync) > 150);
    CHECK(crash::count(log, Event::Kind::sync_directory) > 100);
    CHECK(crash::count(log, Event::Kind::rename) > 40);
    CHECK(crash::count(log, Event::Kind::make_directory) > 5);
    TempDir dir(crash::place_for_images());
    Inspector inspector;
    inspector.every = 40;
    const auto findings = crash::try_all_crashes(log, dir.in("disk"), inspector.judge());
    MESSAGE(findings.images << " crashes tried");
    CHECK(findings.first == "");
    CHECK(findings.images > 2000);
}

TEST_CASE("without any single sync of what is published, the proof fails") {
    const auto log = record_life();
    TempDir dir(crash::place_for_images());
    std::map<std::string, int> removed; // by what was synced
    const auto told = std::ranges::find(log.rbegin(), log.rend(), Event::Kind::note, &Event::kind);
    const auto last = static_cast<std::size_t>(log.rend() - told);
    for (const auto& point : crash::sync_points(log)) {
        if (point.at > last) break; // nothing is said after it
        const bool file = log[point.at].kind == Event::Kind::sync;
        const std::string name = crash::name_of_synced(log, point);
        if (!name.starts_with("log")) continue;
        const std::size_t slash = name.find('/');
        const std::string kind = slash == std::string::npos ? name : name.substr(0, slash + 5);
        ++removed[(file ? "file " : "directory ") + kind];
        CAPTURE(point.at);
        CAPTURE(name);
        Inspector inspector;
        CHECK(crash::is_missed(log, point, dir.in("disk"), [&] { return inspector.judge(); }));
    }
    for (const auto& [kind, times] : removed)
        MESSAGE(kind << ": " << times);
    CHECK(removed.size() >= 6);
}

} // namespace handprint::audit_test
