// What was handed in to a test is graded, whatever comes between.

#include "node/routes/grader.hpp"
#include "node/routes/sure_reads.hpp"
#include "node/store/memory/memory_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

using namespace handprint;
using market::Int;
using pipeline::Answer;
using pipeline::Job;
using pipeline::Verdict;

namespace {

/// Of task 2: {"value":"yes"}
constexpr const char* good_answers = R"([{"content":"eyJ2YWx1ZSI6InllcyJ9","salt":"","task":2}])";
constexpr Int test_batch = 4, member = 7, task = 2, submitted_at = 30;

/// A grader whose jobs end up here instead of in a sequencer.
class Bench {
public:
    Bench()
        : vault_(pipeline::DataKey{9}, [](std::span<std::uint8_t> out) {
              std::fill(out.begin(), out.end(), std::uint8_t{1});
          }) {}

    ~Bench() { completions_.stop(); }

    /// Known answer and answer, as they are kept.
    void keep(const char* known, const char* given) {
        const std::string chunk = pipeline::chunk_id(test_batch, 0);
        store::Batch batch;
        batch.expected = batch.next = store_.head().value();
        batch.secrets.push_back(vault_.seal("known", chunk, as_bytes(known)));
        const auto answers = vault_.encrypt(as_bytes(given));
        const Int blob = store_.blob_count().value() + 1;
        batch.secrets.push_back(
            vault_.seal_pointer("answers", pipeline::padded(submitted_at), blob, answers.key)
        );
        batch.blobs.push_back({blob, answers.address, answers.ciphertext});
        REQUIRE(store_.commit(batch).outcome == store::Outcome::committed);
    }

    void keep_good() { keep(R"(["x","y","yes"])", good_answers); }

    std::vector<std::string> warnings;

    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void attach() {
        grader.attach([this](Job job) {
            const std::lock_guard lock(mutex_);
            if (full_) return false;
            jobs_.push_back(std::move(job));
            return true;
        });
        grader.catch_up();
    }

    void read_tables(bool submitted) {
        market::BatchRow batch;
        batch.batch = test_batch;
        batch.qualifies_level = 2;
        grader.row(batch);
        if (!submitted) return;
        market::AssignmentRow work;
        work.batch = test_batch, work.task = task, work.member = member;
        work.state = static_cast<Int>(market::AssignmentState::submitted);
        work.submitted = submitted_at;
        grader.row(work);
    }

    void hand_in() {
        market::Submitted event;
        event.batch = test_batch, event.member = member;
        event.tasks = {task};
        pipeline::NewEntry entry;
        entry.index = submitted_at;
        entry.events.emplace_back(event);
        grader.entries({entry});
    }

    void another_commit() { grader.entries({pipeline::NewEntry{}}); }

    void queue_is_full(bool full) {
        const std::lock_guard lock(mutex_);
        full_ = full;
    }

    /// Reads of this kind fail from now on; of none when there is none.
    void fails(std::optional<store::Operation> kind) {
        const std::lock_guard lock(mutex_);
        failing_ = kind;
    }

    /// The grade that was asked for; nothing if none comes.
    std::optional<Job> next() {
        for (int i = 0; i < 200; ++i) {
            {
                const std::lock_guard lock(mutex_);
                if (!jobs_.empty()) {
                    Job job = std::move(jobs_.front());
                    jobs_.erase(jobs_.begin());
                    return job;
                }
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return std::nullopt;
    }

private:
    store::Decision hook(store::Operation kind) {
        const std::lock_guard lock(mutex_);
        return {failing_ == kind ? store::Fault::fail : store::Fault::none};
    }

    store::MemoryStore store_{[this](store::Operation kind, std::uint64_t) { return hook(kind); }};
    routes::SureReads reads_{store_};
    pipeline::Vault vault_;
    pipeline::Completions completions_{1};
    routes::Content content_{reads_, vault_};
    std::mutex mutex_;
    std::vector<Job> jobs_;
    bool full_ = false;
    std::optional<store::Operation> failing_;

public:
    routes::Grader grader{
        {content_,
         vault_,
         completions_,
         [] { return Int{1}; },
         KeyPair::from_seed(Seed{3}),
         "test.example/log",
         [this](std::string_view what) {
             const std::lock_guard lock(mutex_);
             warnings.emplace_back(what);
         }}
    };
};

Answer refused(market::Family family) {
    Answer answer;
    answer.verdict = Verdict::refused;
    answer.refusal.family = family;
    return answer;
}

bool grades_it(const std::optional<Job>& job) {
    if (!job) return false;
    const auto* grade = std::get_if<market::Grade>(&job->request.command);
    return grade != nullptr && grade->batch == test_batch && grade->member == member
           && grade->tasks == std::vector<Int>{task};
}

} // namespace

TEST_CASE("a test is graded once it is handed in, also before the last start") {
    Bench bench;
    bench.keep_good();
    SUBCASE("now") {
        bench.read_tables(false);
        bench.attach();
        bench.hand_in();
    }
    SUBCASE("before") {
        bench.read_tables(true);
        bench.attach();
    }
    auto job = bench.next();
    REQUIRE(grades_it(job));
    Answer done;
    done.verdict = Verdict::entry;
    job->done(done);
    bench.another_commit();
    CHECK(!bench.next());
}

TEST_CASE("a grade that cannot be given now is given after the next commit") {
    Bench bench;
    bench.keep_good();
    bench.read_tables(false);
    bench.attach();
    SUBCASE("the queue is full") {
        bench.queue_is_full(true);
        bench.hand_in();
        CHECK(!bench.next());
        bench.queue_is_full(false);
    }
    SUBCASE("a distribution is open") {
        bench.hand_in();
        auto job = bench.next();
        REQUIRE(grades_it(job));
        job->done(refused(market::Family::later));
    }
    SUBCASE("nobody knows whether it was stored") {
        bench.hand_in();
        auto job = bench.next();
        REQUIRE(grades_it(job));
        job->done(Answer{});
    }
    SUBCASE("the tables were read anew") {
        bench.hand_in();
        REQUIRE(grades_it(bench.next()));
        bench.grader.forget();
        bench.read_tables(true);
    }
    bench.another_commit();
    CHECK(grades_it(bench.next()));
}

TEST_CASE("right answers are counted") {
    Bench bench;
    bench.read_tables(false);
    bench.attach();
    Int right = 0;
    SUBCASE("right") {
        bench.keep_good();
        right = 1;
    }
    SUBCASE("wrong") {
        bench.keep(R"(["x","y","no"])", good_answers);
    }
    SUBCASE("no value") {
        bench.keep(R"(["x","y","yes"])", R"([{"content":"e30=","salt":"","task":2}])");
    }
    bench.hand_in();
    const auto job = bench.next();
    REQUIRE(grades_it(job));
    CHECK(std::get<market::Grade>(job->request.command).correct == right);
}

TEST_CASE("what is damaged is not graded, and told once") {
    Bench bench;
    bench.read_tables(false);
    bench.attach();
    const char* what = "";
    SUBCASE("the known answer") {
        bench.keep(R"(["x"])", good_answers);
        what = "the known answer of task 2 cannot be read";
    }
    SUBCASE("the answer") {
        bench.keep(R"(["x","y","yes"])", "[]");
        what = "the answer to task 2 cannot be read";
    }
    bench.hand_in();
    CHECK(!bench.next());
    bench.another_commit();
    CHECK(!bench.next());
    CHECK(
        bench.warnings
        == std::vector<
            std::string>{"the test of member 7 in batch 4 is not graded: " + std::string(what)}
    );
    bench.keep_good();
    bench.another_commit();
    CHECK(grades_it(bench.next()));
}

TEST_CASE("a grade that is refused for good is not tried again") {
    Bench bench;
    bench.keep_good();
    bench.read_tables(false);
    bench.attach();
    bench.hand_in();
    auto job = bench.next();
    REQUIRE(grades_it(job));
    job->done(refused(market::Family::invalid));
    bench.another_commit();
    CHECK(!bench.next());
}

TEST_CASE("an answer that cannot be read is not graded as a wrong one") {
    Bench bench;
    bench.keep_good();
    bench.read_tables(false);
    bench.attach();
    bench.fails(store::Operation::secrets);
    bench.hand_in();
    CHECK(!bench.next());
    bench.another_commit();
    CHECK(!bench.next());
    bench.fails(std::nullopt);
    bench.another_commit();
    CHECK(grades_it(bench.next()));
}
