#include "tests/audit/world.hpp"

#include "api/task_chunk.hpp"
#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/merkle/cosignature.hpp"
#include "ledger/merkle/witness_request.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/fixed_names.hpp"
#include "ledger/record/merkle_list.hpp"
#include "ledger/record/promise.hpp"
#include "node/files/files.hpp"
#include "node/market/decide.hpp"
#include "node/market/json_codec.hpp"
#include "node/market/reference.hpp"
#include "node/pipeline/intake.hpp"
#include "node/store/memory/memory_store.hpp"

#include <doctest/doctest.h>

#include <stdlib.h>

#include <condition_variable>
#include <thread>

namespace handprint::audit_test {

namespace fs = std::filesystem;
using pipeline::Answer;
using pipeline::Job;
using pipeline::Verdict;
using record::Json;

TempDir::TempDir() : TempDir(fs::temp_directory_path()) {}

TempDir::TempDir(const fs::path& above) {
    std::string name = (above / "handprint-audit-XXXXXX").string();
    HP_CHECK(::mkdtemp(name.data()) != nullptr, "no temporary directory");
    path_ = name;
}

TempDir::~TempDir() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

KeyPair key(std::uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return KeyPair::from_seed(seed);
}

Hash transfer(std::string_view name) {
    return market::reference_hash(Hash{}, name).value();
}

std::string key_text(std::uint8_t number) {
    return base64_encode(key(number).public_key());
}

namespace {

constexpr const char* names[] = {"witness.example/a", "witness.example/b"};

merkle::NoteSigner log_signer() {
    return {origin, key(log_key)};
}

pipeline::DataKey data_key_bytes() {
    pipeline::DataKey bytes{};
    bytes.fill(data_key);
    return bytes;
}

} // namespace

Witnesses::Witnesses(const TempDir& dir) : known_(2, 0) {
    for (std::size_t i = 0; i < 2; ++i) {
        const merkle::Cosigner cosigner(names[i], key(static_cast<std::uint8_t>(witness_a + i)));
        keys_.push_back(cosigner.key());
        witness::WitnessPorts ports;
        ports.unix_seconds = [this, i] {
            return unix_seconds.load() + (i == 1 ? ahead.load() : 0);
        };
        auto service = witness::WitnessService::open(
            dir.in("witness" + std::to_string(i) + ".db"),
            cosigner,
            {{origin, {log_signer().key()}}},
            std::move(ports)
        );
        REQUIRE(service);
        services_.push_back(std::move(*service));
    }
}

std::string Witnesses::policy_lines() const {
    return "witness a " + keys_[0].text() + "\nwitness b " + keys_[1].text()
           + "\ngroup both all a b\nquorum both\n";
}

pipeline::Cosigned
Witnesses::ask(const std::string& note, Int size, const merkle::HashReader& hashes) {
    pipeline::Cosigned out;
    answers.clear();
    const auto to = static_cast<std::uint64_t>(size);
    for (std::size_t i = 0; i < services_.size(); ++i) {
        witness::WitnessAnswer answer{0, {}, {}}; // 0: not asked, it has a larger tree than ours
        for (int attempt = 0; attempt < 2; ++attempt) {
            if (known_[i] > to) break;
            auto proof = merkle::prove_consistency(known_[i], to, hashes);
            if (!proof) {
                out.problems.push_back(proof.error().what);
                break;
            }
            answer = services_[i]->add_checkpoint(
                merkle::format_add_checkpoint({known_[i], std::move(*proof), note}).value()
            );
            if (answer.status != 409) break;
            known_[i] = merkle::parse_tree_size(answer.body).value();
        }
        answers.push_back(answer.status);
        if (answer.status == 200) {
            known_[i] = to;
            const auto lines = merkle::parse_signature_lines(answer.body);
            REQUIRE(lines);
            out.signatures.insert(out.signatures.end(), lines->begin(), lines->end());
        } else {
            out.went_back = out.went_back || known_[i] > to;
            refusals.push_back(answer.body);
        }
    }
    return out;
}

std::vector<int> Witnesses::ask_blindly(const std::string& note) {
    std::vector<int> statuses;
    const auto body = merkle::format_add_checkpoint({0, {}, note}).value();
    for (const auto& service : services_)
        statuses.push_back(service->add_checkpoint(body).status);
    return statuses;
}

World::World(std::string data_dir, Witnesses& witnesses, WorldOptions options)
    : dir_(std::move(data_dir)),
      witnesses_(witnesses),
      options_(options),
      now_(options.start),
      commands_(options.commands),
      vault_(data_key_bytes(), [this](std::span<std::uint8_t> out) {
          const std::lock_guard lock(random_mutex_);
          for (std::size_t at = 0; at < out.size();) {
              Bytes seed{options_.salt_seed};
              put_u64(seed, ++drawn_);
              const Hash block = sha256(seed);
              const auto size = std::min(block.size(), out.size() - at);
              std::copy_n(block.begin(), size, out.begin() + static_cast<std::ptrdiff_t>(at));
              at += size;
          }
      }) {
    policy_ = "log " + log_signer().key().text() + '\n' + witnesses.policy_lines();
    const auto put_seed = [&](const char* name, std::uint8_t number) {
        Seed seed{};
        seed.fill(number);
        const std::string path = dir_ + "/keys/" + name + ".key";
        REQUIRE(files::write_whole(path, as_bytes(hex_encode(seed) + '\n')));
    };
    put_seed("data", data_key);
    put_seed("clock", clock_key);
    put_seed("promise", promise_key);
    REQUIRE(files::write_whole(dir_ + "/keys/log.key", as_bytes(log_signer().private_text() + '\n'))
    );
    const std::string judge =
        options.quorum ? policy_ : "log " + log_signer().key().text() + "\nquorum none\n";
    REQUIRE(files::write_whole(dir_ + "/policy", as_bytes(judge)));
    if (options.store == nullptr && options.memory) {
        store_ = std::make_unique<store::MemoryStore>();
    } else if (options.store == nullptr) {
        store::SqliteOptions where;
        where.path = dir_ + "/ledger.db";
        where.mac_key = vault_.mac_key();
        where.durable = options.durable;
        if (options.open_store) {
            store_ = options.open_store(where);
        } else {
            auto made = fs::exists(where.path) ? store::SqliteStore::open(where)
                                               : store::SqliteStore::create(where);
            REQUIRE(made);
            store_ = std::move(*made);
        }
    }
    completions_ = std::make_unique<pipeline::Completions>(1);
    pipeline::SequencerOptions sequencing;
    sequencing.origin = origin;
    sequencer_ = std::make_unique<pipeline::Sequencer>(
        pipeline::Sequencer::Parts{
            store(),
            vault_,
            [this] { return now_.load(); },
            key(clock_key),
            *completions_,
            {},
            options.reopen,
            {}
        },
        sequencing
    );
    REQUIRE(sequencer_->start());
    pipeline::PublisherOptions publishing;
    publishing.origin = origin;
    publishing.interval_ms = options.interval_ms;
    publishing.refresh_ms = 0;
    pipeline::AskWitnesses ask;
    if (options.quorum) {
        ask = [this](const std::string& note, Int size, const merkle::HashReader& hashes) {
            witnesses_.unix_seconds = static_cast<std::uint64_t>(now_.load() / 1000);
            auto cosigned = witnesses_.ask(note, size, hashes);
            for (const auto& problem : cosigned.problems) {
                if (options_.warn) options_.warn(problem);
            }
            if (cosigned.signatures.size() == 2) tell(Milestone::cosigned, size);
            return cosigned;
        };
    }
    publisher_ = std::make_unique<pipeline::Publisher>(
        pipeline::Publisher::Parts{
            store(),
            vault_,
            *sequencer_,
            log_signer(),
            merkle::Policy::parse(judge).value(),
            pipeline::PublishedFiles(dir_ + "/log"),
            std::move(ask),
            [this] { return now_.load(); },
            options.warn
        },
        publishing
    );
    REQUIRE(publisher_->start());
}

World::~World() {
    stop();
}

void World::stop() {
    if (publisher_) publisher_->stop();
    if (sequencer_) sequencer_->stop();
    if (completions_) completions_->stop();
}

void World::close() {
    stop();
    publisher_.reset();
    sequencer_.reset();
    store_.reset();
}

market::Request
World::sign(market::Command command, const std::string& actor, std::uint8_t signer, Int grant) {
    CommandId id;
    Bytes count;
    put_u64(count, ++commands_);
    std::copy(count.begin(), count.end(), id.bytes.begin());
    auto request = pipeline::sign_command(std::move(command), actor, id, key(signer), origin);
    request.grant = grant;
    if (grant != never) request.request = sha256(as_bytes("POST /v1/somewhere"));
    return request;
}

Answer World::run(Job job) {
    std::mutex mutex;
    std::condition_variable ready;
    std::optional<Answer> got;
    job.done = [&](Answer answer) {
        const std::lock_guard lock(mutex);
        got = std::move(answer);
        ready.notify_all();
    };
    REQUIRE(sequencer_->submit(std::move(job)));
    std::unique_lock lock(mutex);
    ready.wait(lock, [&] { return got.has_value(); });
    if (got->verdict == Verdict::entry) tell(Milestone::committed, got->index + 1);
    return std::move(*got);
}

Answer
World::run(market::Command command, const std::string& actor, std::uint8_t signer, Int grant) {
    Job job;
    job.request = sign(std::move(command), actor, signer, grant);
    return run(std::move(job));
}

Answer
World::entry(market::Command command, const std::string& actor, std::uint8_t signer, Int grant) {
    auto answer = run(std::move(command), actor, signer, grant);
    INFO(answer.refusal.code, " ", answer.refusal.detail);
    REQUIRE(answer.verdict == Verdict::entry);
    advance(1000);
    if (options_.publish_every != 0 && ++unpublished_ == options_.publish_every) {
        unpublished_ = 0;
        REQUIRE(publish());
    }
    return answer;
}

void World::settle() {
    for (int i = 0; i < 2000; ++i) {
        const auto coop = row<market::CoopRow>(1);
        bool busy = coop.open_distribution != never || coop.open_payout != never;
        busy = busy || market::is_answered_by(coop, publisher_->published().size);
        const auto due = store().due(now(), 1);
        busy = busy || !due || !due->empty();
        for (Int b = 0; b < coop.batches && !busy; ++b) {
            busy =
                row<market::BatchRow>(b).state == static_cast<Int>(market::BatchState::importing);
        }
        if (!busy) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL("nothing moves");
}

bool World::publish() {
    const bool done = publisher_->round();
    if (done) {
        tell(Milestone::published, publisher_->published().size);
        tell(Milestone::dated, static_cast<Int>(witnesses_.unix_seconds.load()));
    }
    if (options_.publish_every != 0) advance(1000); // none of two checkpoints is like the other
    return done;
}

void World::tell(Milestone what, Int size) const {
    if (options_.told) options_.told(what, size);
}

market::Genesis World::genesis() const {
    market::Genesis genesis;
    genesis.clock_key = key_text(clock_key);
    genesis.promise_key = key_text(promise_key);
    genesis.origin = origin;
    genesis.policy = policy_;
    genesis.currencies = {"EUR", "KES"};
    genesis.delegates = {key_text(delegate), key_text(delegate + 1)};
    genesis.formats = record::fixed_names().formats;
    genesis.domains = record::fixed_names().domains;
    genesis.rules = {
        {"fee_bps", 900}, {"release_wait_ms", wait_ms}, {"reenrolment_wait_ms", wait_ms}
    };
    if (options_.open_books) genesis.rules.push_back({"open_books", 1});
    return genesis;
}

void World::found() {
    entry(genesis(), "d:0", delegate);
}

Int World::enrol(std::uint8_t number, bool with_recovery) {
    market::EnrolMember command{key_text(number), {"en", "sw"}, {}};
    if (with_recovery) command.recovery = key_text(static_cast<std::uint8_t>(number + 30));
    return entry(command, "new", number).result.at("member").integer();
}

Int World::batch(
    market::CreateBatch terms, Int tasks, const std::string& actor, std::uint8_t signer, Int grant
) {
    const std::string external = hex_encode(terms.external);
    terms.external = vault_.external_hash(actor, "batch", external);
    const std::string document = market::args_to_json(market::Command(terms)).encode();
    terms.terms = record::terms_hash(document);
    Job job;
    job.notes.push_back({"external", "batch/#", to_bytes(as_bytes(external))});
    job.request = sign(terms, actor, signer, grant);
    job.notes.push_back({"terms", "#", to_bytes(as_bytes(document))});
    const auto made = run(std::move(job));
    INFO(made.refusal.code);
    REQUIRE(made.verdict == Verdict::entry);
    const Int number = made.result.at("batch").integer();
    constexpr Int chunk_tasks = 2;
    Job chunks;
    chunks.only_store = true;
    std::vector<Hash> commits;
    for (Int at = 0; at < tasks; at += chunk_tasks) {
        pipeline::StagedChunk staged;
        vault_.fill(staged.salt);
        staged.count = std::min(chunk_tasks, tasks - at);
        std::vector<api::ImportedTask> piece;
        for (Int i = at; i < at + staged.count; ++i) {
            const auto name = [number](Int task) {
                return std::to_string(number) + '-' + std::to_string(task);
            };
            piece.push_back({name(i), "{}", std::nullopt});
            const auto mine = [i](const auto& one) { return one.task == i; };
            const auto& told = false_terms.empty() ? own : false_terms;
            std::copy_if(told.begin(), told.end(), std::back_inserter(staged.own), mine);
            const auto given = std::find_if(own.begin(), own.end(), mine);
            if (given != own.end()) piece.back().own = *given;
            const char* kind = options_.imports == ImportLie::names_of_batches ? "batch" : "task";
            const Int other = std::min(i % 2 == 0 ? i + 1 : i - 1, tasks - 1);
            const Int stated = options_.imports == ImportLie::names_swapped ? other : i;
            staged.externals.push_back(vault_.external_hash(actor, kind, name(stated)));
        }
        if (options_.imports == ImportLie::task_left_out && piece.size() > 1) piece.pop_back();
        const std::string text = api::write_chunk(piece);
        staged.commit = record::commit(staged.salt, text);
        const std::string id = pipeline::chunk_id(number, static_cast<Int>(commits.size()));
        commits.push_back(staged.commit);
        chunks.attachments.push_back({"tasks", id, vault_.encrypt(as_bytes(text))});
        chunks.notes.push_back({"staged", id, pipeline::encode(staged)});
    }
    REQUIRE(run(std::move(chunks)).verdict == Verdict::stored);
    std::optional<Int> least;
    for (const auto& one : own) {
        if (one.price_micros != 0)
            least = std::min(one.price_micros, least.value_or(one.price_micros));
    }
    entry(
        market::ImportTasks{
            number,
            static_cast<Int>(commits.size()),
            tasks,
            record::MerkleList::of_commitments(commits).root(),
            least
        },
        actor,
        signer,
        grant
    );
    settle();
    entry(market::Publish{number}, actor, signer, grant);
    return number;
}

Answer World::submit(Int number, std::uint8_t signer, Int batch, std::vector<Int> tasks) {
    Job claim;
    claim.request.command = market::Claim{number, batch, static_cast<Int>(tasks.size()), tasks};
    const auto held = run(std::move(claim));
    INFO(held.refusal.code, " ", held.refusal.detail);
    REQUIRE(held.verdict == Verdict::claimed);
    REQUIRE(held.claim.tasks == tasks);
    market::Submit command;
    command.batch = batch;
    command.terms = row<market::BatchRow>(batch).terms;
    Json::Array attached;
    for (const Int task : tasks) {
        const std::string content = R"({"value":"yes"})";
        const Hash salt =
            sha256(as_bytes("answer " + std::to_string(number) + ' ' + std::to_string(task)));
        command.answers.push_back(
            {record::commit(salt, content),
             static_cast<Int>(content.size()),
             task,
             "application/json"}
        );
        const auto mine = [task](const auto& terms) { return terms.task == task; };
        const auto given = std::find_if(own.begin(), own.end(), mine);
        if (given != own.end() && given->price_micros != 0)
            command.answers.back().price_micros = given->price_micros;
        attached.push_back(Json::object({
            {"content", Json(base64_encode(as_bytes(content)))},
            {"salt", Json(base64_encode(salt))},
            {"task", Json(task)},
        }));
    }
    Job job;
    job.request = sign(command, "m:" + std::to_string(number), signer);
    job.attachments.push_back(
        {"answers", "", vault_.encrypt(as_bytes(Json(std::move(attached)).encode()))}
    );
    auto answer = run(std::move(job));
    INFO(answer.refusal.code, " ", answer.refusal.detail);
    REQUIRE(answer.verdict == Verdict::entry);
    advance(1000);
    return answer;
}

std::string World::promise(const Answer& answer) const {
    REQUIRE(answer.together);
    return answer.together->promise(
        answer.index, origin, Instant{answer.time + 60'000}, key(promise_key)
    );
}

Result<std::string> World::payslip(Int number, Int period) {
    return pipeline::make_payslip({store(), vault_, *publisher_, origin}, number, period);
}

} // namespace handprint::audit_test
