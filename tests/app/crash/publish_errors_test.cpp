// Every single call that a publication makes to files fails, once or from there on, or is the one
// at which the process ends. What is public is whole and never goes back, what went wrong is said
// with the name of the file, and the next rounds publish the same tree; the audit finds nothing.

#include "node/app/reopening_store.hpp"
#include "tests/app/crash/publications.hpp"
#include "tests/audit/outside.hpp"
#include "tests/audit/setting.hpp"
#include "tests/crash/crash_image.hpp"
#include "tests/crash/recorder.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

using namespace handprint;
using namespace handprint::audit_test;
using namespace handprint::market;
using crash::Call;
using crash::NamedCall;

namespace {

namespace fs = std::filesystem;

constexpr Int no_call = -1;

/// Which call of the thread that publishes fails, and how.
struct Fault {
    Int call = no_call;
    int error = EIO;
    bool lasts = false; // until it is healed
    bool kills = false;
};

class Breakage {
public:
    explicit Breakage(const Fault& fault) : fault_(fault) {}

    int answer(const NamedCall& call) {
        if (!armed_) return 0;
        if (hit_ && fault_.lasts) return fault_.error;
        if (std::this_thread::get_id() != publishes_) return 0;
        seen_.push_back(call);
        if (hit_ || static_cast<Int>(seen_.size()) - 1 != fault_.call) return 0;
        if (fault_.kills) ::_exit(killed);
        hit_ = call;
        return fault_.error;
    }

    void arm(bool on) { armed_ = on; }

    [[nodiscard]] const std::optional<NamedCall>& hit() const { return hit_; }

    [[nodiscard]] const std::vector<NamedCall>& seen() const { return seen_; }

    static constexpr int killed = 9; // what the process ends with

private:
    const Fault fault_;
    const std::thread::id publishes_ = std::this_thread::get_id();
    std::atomic<bool> armed_{false};
    std::optional<NamedCall> hit_; // the recorder calls one at a time
    std::vector<NamedCall> seen_;
};

/// A node on a copy of its own, whose publisher meets the fault when the test lets it.
class Trial {
public:
    Trial(const Stage& stage, const TempDir& dir, const Fault& fault)
        : stage_(stage), dir_(dir), breakage_(fault), witnesses_(dir) {
        crash::start_faults(dir.in("data"), [this](const NamedCall& call) {
            return breakage_.answer(call);
        });
        WorldOptions options;
        options.durable = true;
        options.start = stage.now;
        options.commands = 10'000; // other ids than those in the log
        options.warn = [this](std::string_view what) { said_.emplace_back(what); };
        options.reopen = [this] { return store_->reopen(); };
        options.open_store = [this](const store::SqliteOptions& where) {
            auto first = store::SqliteStore::open(where);
            REQUIRE(first);
            auto made = std::make_unique<app::ReopeningStore>(where, std::move(*first));
            store_ = made.get();
            return made;
        };
        world_ = std::make_unique<World>(dir.in("data"), witnesses_, options);
    }

    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    ~Trial() {
        world_.reset();
        crash::stop_faults();
    }

    /// With the fault. Whether there is a fresh checkpoint.
    bool round() {
        breakage_.arm(true);
        const bool done = world_->publisher().round();
        breakage_.arm(false);
        return done;
    }

    /// After a round: empty, or what is wrong with what is public now.
    std::string wrong_in_public() {
        if (const std::string why = world_->publisher().halted(); !why.empty()) {
            return "it has stopped for good: " + why;
        }
        const std::string log = dir_.in("data/log");
        if (auto wrong = wrong_in_log(world_->store(), log, world_->policy()); !wrong.empty())
            return wrong;
        const auto note = pipeline::PublishedFiles(log).checkpoint();
        if (!note) return note.error().what;
        const auto told = world_->publisher().published();
        const auto& before = stage_.before;
        if (told.size < before.size) return "the publisher went back";
        if (note->empty()) return told.size == 0 ? "" : "what it says is public is not there";
        const auto verdict =
            merkle::verify_checkpoint(*note, merkle::Policy::parse(world_->policy()).value());
        if (!verdict.accepted()) return "the checkpoint is not good";
        const auto size = static_cast<Int>(verdict.checkpoint->size);
        if (size < told.size) return "the checkpoint is older than what was said to be public";
        const bool is_old = size == before.size && verdict.checkpoint->root == before.root;
        const auto head = world_->store().head().value();
        const bool is_new = size == head.size && verdict.checkpoint->root == head.root;
        return is_old || is_new ? "" : "the checkpoint is of another tree";
    }

    /// The name of the file that a call was to, without what is added to it while it is written.
    [[nodiscard]] bool said_which_file() const {
        std::string name = breakage_.hit()->name;
        if (name.ends_with("-wal")) name.resize(name.size() - 4);
        return std::ranges::any_of(said_, [&](const std::string& what) {
            return what.find(name) != std::string::npos;
        });
    }

    /// Nothing fails any more: what there is gets public in a few rounds, and so does one entry
    /// more, and the audit finds nothing. Empty, or what is wrong.
    std::string wrong_when_healed() {
        if (auto wrong = goes_public(); !wrong.empty()) return wrong;
        if (world_->publisher().published().root != stage_.head.root) return "another tree";
        const auto more = world_->run(EnrolMember{key_text(200), {"en"}, {}}, "new", 200);
        if (more.verdict != pipeline::Verdict::entry) {
            const auto again = world_->run(EnrolMember{key_text(201), {"en"}, {}}, "new", 201);
            if (again.verdict != pipeline::Verdict::entry) return "no entry is taken any more";
        }
        if (auto wrong = goes_public(); !wrong.empty()) return wrong;
        const auto report = audit_test::audit(*world_);
        return report.findings.empty() ? std::string() : audit::report_text(report);
    }

    /// The same, with one entry more before the first round.
    std::string wrong_when_it_went_on() {
        world_->enrol(199);
        if (auto wrong = goes_public(); !wrong.empty()) return wrong;
        const auto report = audit_test::audit(*world_);
        return report.findings.empty() ? std::string() : audit::report_text(report);
    }

    [[nodiscard]] const Breakage& breakage() const { return breakage_; }

    [[nodiscard]] std::string said() const {
        std::string all;
        for (const auto& what : said_)
            all += what + '\n';
        return all;
    }

private:
    std::string goes_public() {
        for (int rounds = 0; rounds < 3; ++rounds) {
            world_->advance(1000);
            if (!world_->publisher().round()) continue;
            if (auto wrong = wrong_in_public(); !wrong.empty()) return wrong;
            const auto head = world_->store().head().value();
            const auto now = world_->publisher().published();
            if (now.size != head.size || now.root != head.root) return "not all is public";
            if (now.time != world_->now()) return "it is not cosigned again";
            return {};
        }
        return "nothing is published any more: " + said();
    }

    const Stage& stage_;
    const TempDir& dir_;
    Breakage breakage_;
    Witnesses witnesses_;
    app::ReopeningStore* store_ = nullptr;
    std::vector<std::string> said_; // by the publisher, whose rounds are in this thread
    std::unique_ptr<World> world_;
};

/// Whether nothing has to come of a failure: whoever cannot see that a directory is there makes it,
/// and learns that it was.
bool may_pass(const NamedCall& hit) {
    return hit.call == Call::look && hit.kind == crash::FileKind::directory;
}

struct Tally {
    std::size_t calls = 0;
    int failed = 0, passed = 0, killed = 0;
};

void try_fault(const Stage& stage, const Fault& fault, Tally& tally) {
    const TempDir dir(crash::place_for_images());
    stage.copy_to(dir);
    Trial trial(stage, dir, fault);
    for (int rounds = fault.lasts ? 3 : 1; rounds > 0; --rounds) {
        const bool done = trial.round();
        REQUIRE(trial.breakage().hit());
        const NamedCall& hit = *trial.breakage().hit();
        CAPTURE(static_cast<int>(hit.call));
        CAPTURE(hit.name);
        CAPTURE(trial.said());
        if (done) {
            CHECK(may_pass(hit));
            ++tally.passed;
        } else {
            CHECK(trial.said_which_file());
            ++tally.failed;
        }
        CHECK(trial.wrong_in_public() == "");
    }
    CAPTURE(trial.breakage().hit()->name);
    CHECK(trial.wrong_when_healed() == "");
}

/// In the child: publishes until it is killed.
[[noreturn]] void publish_and_die(const Stage& stage, const TempDir& dir, const Fault& fault) {
    bool done = false;
    try {
        Trial trial(stage, dir, fault);
        done = trial.round();
    } catch (...) {
        ::_exit(2);
    }
    ::_exit(done ? 0 : 3);
}

void try_kill(const Stage& stage, const Fault& fault, Tally& tally) {
    const TempDir dir(crash::place_for_images());
    stage.copy_to(dir);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) publish_and_die(stage, dir, fault);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == Breakage::killed);
    ++tally.killed;
    Trial trial(stage, dir, {});
    CHECK(trial.wrong_in_public() == "");
    if (fault.call % 2 == 0) {
        CHECK(trial.wrong_when_healed() == "");
    } else {
        CHECK(trial.wrong_when_it_went_on() == "");
    }
}

/// The calls of a publication without any fault.
std::vector<NamedCall> calls_of(const Stage& stage) {
    const TempDir dir(crash::place_for_images());
    stage.copy_to(dir);
    Trial trial(stage, dir, {});
    CHECK(trial.round());
    CHECK(trial.wrong_in_public() == "");
    return trial.breakage().seen();
}

bool has(const std::vector<NamedCall>& calls, Call call, const std::string& name) {
    return std::ranges::any_of(calls, [&](const NamedCall& one) {
        return one.call == call && one.name.starts_with(name);
    });
}

/// All that a publication rests on is among the calls: else trying them would prove nothing.
void check_whole(const std::vector<NamedCall>& calls, std::vector<std::string> written) {
    written.emplace_back("log/checkpoint");
    for (const std::string& name : written) {
        CAPTURE(name);
        for (const Call call : {Call::create, Call::write, Call::sync})
            CHECK(has(calls, call, name));
        CHECK(has(calls, Call::rename, name));
        const std::string above = name.substr(0, name.rfind('/'));
        CHECK(has(calls, Call::open, above));
        CHECK(has(calls, Call::sync, above));
    }
    CHECK(has(calls, Call::write, "ledger.db-wal"));
    CHECK(has(calls, Call::sync, "ledger.db-wal"));
    CHECK(has(calls, Call::read, "ledger.db"));
}

} // namespace

TEST_CASE("every call that a publication makes to files fails, or is the last") {
    for (const Scenario& scenario : scenarios()) {
        CAPTURE(scenario.name);
        const Stage stage(scenario);
        const auto calls = calls_of(stage);
        check_whole(calls, scenario.written);
        Tally tally;
        tally.calls = calls.size();
        for (Int n = 0; n < static_cast<Int>(calls.size()); ++n) {
            CAPTURE(n);
            try_fault(stage, {.call = n}, tally);
            try_fault(stage, {.call = n, .error = ENOSPC}, tally);
            try_fault(stage, {.call = n, .lasts = true}, tally);
            try_kill(stage, {.call = n, .kills = true}, tally);
        }
        MESSAGE(
            scenario.name << ": " << tally.calls << " calls; " << tally.failed << " rounds failed, "
                          << tally.passed << " did not mind, " << tally.killed << " kills"
        );
    }
}
