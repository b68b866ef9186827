#include "node/pipeline/sequencer.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/fields.hpp"
#include "node/market/apply.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/pipeline/intake.hpp"

#include <pthread.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <map>
#include <utility>

namespace handprint::pipeline {

namespace {

constexpr Int idle_ms = 50;             // how often timers are looked at when nothing else happens
constexpr Int jump_ms = 10 * 60 * 1000; // a larger step of the clock stops the timers
constexpr Int stale_ms = 5 * 60 * 1000; // so does a newest cosignature older than this

std::uint64_t us_since(std::chrono::steady_clock::time_point start) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                          std::chrono::steady_clock::now() - start
    )
                                          .count());
}

bool is_exclusive(const Job& job) {
    const auto& command = job.request.command;
    return !job.only_store
           && (std::holds_alternative<market::Income>(command)
               || std::holds_alternative<market::Surplus>(command)
               || std::holds_alternative<market::ClosePeriod>(command)
               || std::holds_alternative<market::Payout>(command));
}

/// The hash of the foreign request that an agent's entry keeps.
Hash record_request(const std::string& coop_bytes) {
    const auto coop = record::parse_coop_part(coop_bytes);
    return coop && coop->mandate ? coop->mandate->request : Hash{};
}

Bytes pack(const merkle::Frontier& frontier) {
    Bytes out;
    for (const Hash& part : frontier.parts()) append(out, part);
    return out;
}

Result<merkle::Frontier> unpack(const store::Head& head) {
    std::vector<Hash> parts;
    for (std::size_t at = 0; at + 32 <= head.frontier.size(); at += 32) {
        Hash part{};
        std::copy_n(head.frontier.begin() + static_cast<std::ptrdiff_t>(at), 32, part.begin());
        parts.push_back(part);
    }
    return merkle::Frontier::from_parts(static_cast<std::uint64_t>(head.size), std::move(parts));
}

} // namespace

/// A batch under way: what will be stored and who waits.
struct Sequencer::Pending {
    store::Batch batch;
    std::optional<merkle::Frontier> frontier;
    std::vector<NewEntry> entries;
    std::vector<std::pair<Done, Answer>> answers; // positive ones: given after the commit
    std::vector<std::pair<Done, Answer>> refused; // decided by this state; given after the commit too
    struct ClaimChange {
        Int member = 0, batch = 0, until = 0;
        std::vector<Int> tasks;
    };
    std::vector<ClaimChange> claims;
};

Sequencer::Sequencer(Parts parts, SequencerOptions options)
    : parts_(std::move(parts)), options_(std::move(options)), runs_(parts_.store, parts_.vault),
      checkpoints_(parts_.store, parts_.vault) {}

Sequencer::~Sequencer() {
    stop();
}

Result<void> Sequencer::start() {
    if (auto ok = rebuild(); !ok) return ok;
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "hp-sequencer");
        run();
    });
    return {};
}

void Sequencer::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ && !thread_.joinable()) return;
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool Sequencer::submit(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= options_.queue_most) return false;
        queue_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

std::size_t Sequencer::queued() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

bool Sequencer::wait_for(Int size, Int timeout_ms) {
    std::unique_lock lock(mutex_);
    return grown_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] {
        return size_.load() >= size;
    });
}

Result<void> Sequencer::rebuild() {
    auto head = parts_.store.take_over();
    if (!head) return unexpected(head.error());
    auto frontier = unpack(*head);
    // A store that has no entry yet has no root either.
    if (!frontier || (head->size != 0 && frontier->root() != head->root)) {
        return fail("the head's frontier does not give its root");
    }
    head_ = std::move(*head);
    frontier_ = std::move(*frontier);
    if (last_clock_ == 0) last_clock_ = head_.time;
    state_.clear();
    claims_.clear();
    deferred_.clear();
    next_due_check_ = 0;
    auto blobs = parts_.store.blob_count();
    if (!blobs) return unexpected(blobs.error());
    blobs_ = *blobs;
    for (Follower* follower : parts_.followers) follower->forget();
    const auto tell = [this](const auto& row) {
        for (Follower* follower : parts_.followers) follower->row(market::Row(row));
    };
    const auto claims = for_each_row<market::ClaimRow>(parts_.store, {}, 0, [&](const auto& row) {
        auto tasks = market::split_numbers(row.tasks);
        for (Follower* f : parts_.followers) f->claim(row.member, row.batch, row.until, tasks);
        claims_.set(row.member, row.batch, row.until, std::move(tasks));
    });
    if (!claims) return claims;
    if (auto ok = for_each_row<market::KeyRow>(parts_.store, {}, 0, tell); !ok) return ok;
    if (auto ok = for_each_row<market::MemberRow>(parts_.store, {}, 0, tell); !ok) return ok;
    if (auto ok = for_each_row<market::SkillRow>(parts_.store, {}, 0, tell); !ok) return ok;
    if (auto ok = for_each_row<market::BatchRow>(parts_.store, {}, 0, tell); !ok) return ok;
    if (auto ok = for_each_row<market::TaskRow>(parts_.store, {}, 0, tell); !ok) return ok;
    if (auto ok = for_each_row<market::AssignmentRow>(parts_.store, {}, 0, tell); !ok) return ok;
    if (auto ok = runs_.rebuild(); !ok) return ok;
    if (auto ok = load_common(); !ok) return ok;
    size_.store(head_.size, std::memory_order_release);
    return {};
}

Result<void> Sequencer::load_common() {
    // The rows that the timers look at before any command has loaded them.
    std::vector<market::Key> keys{market::key_of<market::CoopRow>(1)};
    for (const auto& rule : market::default_rules()) {
        keys.push_back(market::key_of<market::RuleRow>(rule.name));
    }
    auto rows = parts_.store.load(keys);
    if (!rows) return unexpected(rows.error());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        state_.load(std::move(keys[i]), std::move((*rows)[i]));
    }
    return {};
}

std::vector<Job> Sequencer::take(bool& stopping) {
    std::vector<Job> jobs = std::move(deferred_);
    deferred_.clear();
    std::unique_lock lock(mutex_);
    if (jobs.empty() && (runs_.idle() || last_clock_ < step_pause_)) {
        wake_.wait_for(lock, std::chrono::milliseconds(idle_ms), [this] {
            return stopping_ || !queue_.empty();
        });
    }
    while (!queue_.empty() && jobs.size() < options_.batch_most) {
        // A job whose rows come from a snapshot of all tables is a batch of its own.
        if (is_exclusive(queue_.front()) && !jobs.empty()) break;
        const bool alone = is_exclusive(queue_.front());
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
        if (alone) break;
    }
    stopping = stopping_ && queue_.empty() && jobs.empty();
    return jobs;
}

void Sequencer::run() {
    while (true) {
        bool stopping = false;
        auto jobs = take(stopping);
        const Int now = std::max(parts_.clock(), head_.time + 1);
        watch_clock(now);
        if (jobs.empty() || !is_exclusive(jobs.front())) add_own(jobs, now);
        if (!jobs.empty()) {
            process(std::move(jobs), now);
        } else if (stopping) {
            return;
        }
    }
}

void Sequencer::watch_clock(Int now) {
    // The first reading is held against the newest entry, so a jump while the node was down counts.
    if (last_clock_ != 0 && now > last_clock_ + jump_ms) jumped_to_ = now;
    last_clock_ = now;
}

bool Sequencer::timers_may_run(Int now) {
    const auto* coop = state_.peek<market::CoopRow>(1);
    const Int confirmed = coop == nullptr ? 0 : coop->clock_confirmed;
    if (jumped_to_ != 0 && confirmed + stale_ms >= jumped_to_) jumped_to_ = 0;
    const bool stale = require_witness_.load() && now > witnessed_.load() + stale_ms;
    const bool ok = !stale && jumped_to_ == 0;
    stats_.timers_stopped.store(!ok);
    return ok;
}

Job Sequencer::own(market::Command command) {
    CommandId id;
    parts_.vault.fill(id.bytes);
    Job job;
    job.request = sign_command(std::move(command), "clock", id, parts_.clock_key, options_.origin);
    return job;
}

void Sequencer::add_own(std::vector<Job>& jobs, Int now) {
    if (head_.size == 0) return;
    add_step(jobs);
    if (now >= next_due_check_) {
        if (timers_may_run(now)) {
            add_due(jobs, now);
            add_close(jobs, now);
        }
        if (jobs.empty()) next_due_check_ = now + idle_ms;
    }
}

void Sequencer::add_due(std::vector<Job>& jobs, Int now) {
    constexpr std::size_t most = 1000;
    constexpr std::size_t for_one_entry = 50;
    const auto due = parts_.store.due(now, most);
    if (!due) return;
    std::map<Int, std::vector<market::TaskMember>> by_batch;
    for (const auto& item : *due) by_batch[item.batch].push_back({item.task, item.member});
    std::vector<Job> timers;
    for (auto& [batch, items] : by_batch) {
        for (std::size_t at = 0; at < items.size(); at += for_one_entry) {
            const auto end = std::min(at + for_one_entry, items.size());
            timers.push_back(own(market::AutoAccept{
                batch, {items.begin() + static_cast<std::ptrdiff_t>(at),
                        items.begin() + static_cast<std::ptrdiff_t>(end)}}));
        }
    }
    // At equal time timers come before commands.
    jobs.insert(jobs.begin(), std::make_move_iterator(timers.begin()), std::make_move_iterator(timers.end()));
}

void Sequencer::add_step(std::vector<Job>& jobs) {
    if (last_clock_ < step_pause_) return; // the last step was refused: look again in a while
    auto step = runs_.next();
    if (!step || !*step) return;
    jobs.insert(jobs.begin(), own(std::move(**step)));
}

void Sequencer::add_close(std::vector<Job>& jobs, Int now) {
    if (options_.period_ms == 0 || !jobs.empty() || !runs_.idle()) return;
    if (last_period_ == 0) last_period_ = now;
    if (now < last_period_ + options_.period_ms) return;
    last_period_ = now;
    const auto* coop = state_.peek<market::CoopRow>(1);
    if (coop == nullptr || coop->last_close == head_.size - 1) return;
    jobs.push_back(own(market::ClosePeriod{}));
}

bool Sequencer::load(std::vector<Job>& jobs) {
    for (int round = 0; round < 2; ++round) {
        std::vector<market::Key> missing;
        for (const Job& job : jobs) {
            if (!job.only_store) market::keys_of(job.request, state_, missing);
        }
        if (missing.empty()) return true;
        std::sort(missing.begin(), missing.end());
        missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
        auto rows = parts_.store.load(missing);
        if (!rows) return false;
        for (std::size_t i = 0; i < missing.size(); ++i) {
            state_.load(std::move(missing[i]), std::move((*rows)[i]));
        }
    }
    return true;
}

Result<void> Sequencer::prepare(Job& job, Int now) {
    auto& prepared = job.request.prepared;
    const auto* coop = state_.peek<market::CoopRow>(1);
    if (coop == nullptr) return {};
    if (const auto* income = std::get_if<market::Income>(&job.request.command)) {
        const auto parts = market::royalty_parts(state_, income->amount, now);
        auto rows = shares_of(parts_.store, income->project, parts.contributors);
        if (!rows) return unexpected(rows.error());
        prepared.shares = std::move(*rows);
    } else if (const auto* surplus = std::get_if<market::Surplus>(&job.request.command)) {
        auto rows = shares_of(parts_.store, surplus->project, surplus->amount);
        if (!rows) return unexpected(rows.error());
        prepared.shares = std::move(*rows);
    } else if (std::holds_alternative<market::ClosePeriod>(job.request.command)) {
        auto list = make_close_list(parts_.store, *coop, parts_.vault);
        if (!list) return unexpected(list.error());
        prepared.count = static_cast<Int>(list->positions.size());
        prepared.root = list->root();
        job.attachments.push_back(
            {"close", padded(list->period), parts_.vault.encrypt(list->encode())}
        );
    } else if (const auto* payout = std::get_if<market::Payout>(&job.request.command)) {
        if (coop->periods == 0) return {};
        const Int minimum = market::rule(state_, "payout_minimum_minor", now);
        auto rows = payees_of(parts_.store, parts_.vault, coop->periods, payout->currency, minimum);
        if (!rows) return unexpected(rows.error());
        prepared.payees = std::move(*rows);
    }
    return {};
}

void Sequencer::process(std::vector<Job> jobs, Int now) {
    const auto start = std::chrono::steady_clock::now();
    Pending pending;
    pending.frontier = frontier_;
    const auto bucket = static_cast<std::size_t>(std::bit_width(jobs.size()) - 1);
    stats_.batch_sizes[std::min<std::size_t>(bucket, 11)].fetch_add(1);
    if (!load(jobs)) {
        for (Job& job : jobs) pending.refused.emplace_back(std::move(job.done), Answer{});
        state_.clear();
        publish(pending);
        return;
    }
    stats_.load_us.fetch_add(us_since(start));
    const auto deciding = std::chrono::steady_clock::now();
    for (Job& job : jobs) {
        if (is_exclusive(job)) {
            // Rows of the run come from the tables, so they must hold all that was decided before.
            if (auto ok = prepare(job, now); !ok) {
                std::fprintf(stderr, "handprint: %s\n", ok.error().what.c_str());
                pending.refused.emplace_back(std::move(job.done), Answer{});
                continue;
            }
        }
        decide_one(job, pending, now);
    }
    stats_.decide_us.fetch_add(us_since(deciding));
    commit(pending, now);
}

void Sequencer::decide_one(Job& job, Pending& pending, Int now) {
    Answer answer;
    if (job.only_store) {
        answer.verdict = Verdict::stored;
        attach(job, pending, market::never, {});
        pending.answers.emplace_back(std::move(job.done), std::move(answer));
        return;
    }
    if (!std::visit([](const auto& c) { return market::makes_entry<std::remove_cvref_t<decltype(c)>>; },
                    job.request.command)) {
        decide_claim(job, pending, now);
        return;
    }
    if (auto refused = refuse_seen(job)) {
        pending.refused.emplace_back(std::move(job.done), std::move(*refused));
        return;
    }
    const Int index = head_.size + static_cast<Int>(pending.entries.size());
    const market::Context context{now, index, &claims_};
    auto done = market::carry_out(state_, job.request, context, [this] {
        record::Salt salt{};
        parts_.vault.fill(salt);
        return salt;
    });
    if (done) {
        take_entry(job, std::move(*done), pending, now);
        return;
    }
    const auto& refusal = done.error();
    if (refusal.code == "already_done") {
        const Int before
            = state_.get<market::CommandRow>(job.request.actor, job.request.id.hex()).index;
        if (before >= head_.size) {
            deferred_.push_back(std::move(job)); // answered from the entry once it is committed
            return;
        }
        answer = again(job, before);
    } else {
        stats_.refusals.fetch_add(1);
        answer.verdict = Verdict::refused;
        answer.refusal = refusal;
        if (job.request.actor == "clock") {
            constexpr Int pause_ms = 1000;
            step_pause_ = now + pause_ms;
            std::fprintf(
                stderr, "handprint: the node's own %s was refused: %s\n",
                market::kind_of(job.request.command), refusal.detail.c_str()
            );
        }
    }
    pending.refused.emplace_back(std::move(job.done), std::move(answer));
}

std::optional<Answer> Sequencer::refuse_seen(const Job& job) {
    const auto& request = job.request;
    if (request.seen_size == market::never) return std::nullopt;
    const auto ours = checkpoints_.has(request.seen_size, request.seen_root);
    if (!ours) return Answer{};
    if (*ours) return std::nullopt;
    stats_.refusals.fetch_add(1);
    Answer answer;
    answer.verdict = Verdict::refused;
    answer.refusal = {
        market::Family::invalid, "seen_differs",
        "The checkpoint that you have seen is not one of this log.", "seen"};
    return answer;
}

void Sequencer::decide_claim(Job& job, Pending& pending, Int now) {
    Answer answer;
    const market::Context context{now, market::never, &claims_};
    Pending::ClaimChange change;
    if (const auto* claim = std::get_if<market::Claim>(&job.request.command)) {
        auto decided = market::decide_claim(state_, *claim, context);
        if (!decided) {
            stats_.refusals.fetch_add(1);
            answer.verdict = Verdict::refused;
            answer.refusal = decided.error();
            pending.refused.emplace_back(std::move(job.done), std::move(answer));
            return;
        }
        change = {claim->member, claim->batch, decided->until, decided->tasks};
        state_.put(market::ClaimRow{
            claim->member, claim->batch, decided->until, market::join_numbers(decided->tasks)});
        answer.claim = std::move(*decided);
    } else if (const auto* release = std::get_if<market::ReleaseClaim>(&job.request.command)) {
        change = {release->member, release->batch, 0, {}};
        state_.erase(market::key_of<market::ClaimRow>(release->member, release->batch));
    }
    claims_.set(change.member, change.batch, change.until, change.tasks);
    pending.claims.push_back(std::move(change));
    answer.verdict = Verdict::claimed;
    pending.answers.emplace_back(std::move(job.done), std::move(answer));
}

void Sequencer::take_entry(Job& job, market::Done done, Pending& pending, Int now) {
    const Int index = head_.size + static_cast<Int>(pending.entries.size());
    auto& entry = done.sealed.entry;
    pending.frontier->append(entry.leaf);
    store::EntryRecord record;
    record.index = index;
    record.header = std::move(entry.header_bytes);
    record.coop_salt = entry.parts.front().salt;
    record.coop = std::move(entry.parts.front().bytes);
    NewEntry news;
    for (std::size_t i = 1; i < entry.parts.size(); ++i) {
        auto& part = entry.parts[i];
        news.parties.push_back(done.sealed.parties[i]);
        pending.batch.parts.push_back(
            {done.sealed.parties[i], index, static_cast<Int>(i), std::string(record::name(part.role)),
             part.salt, std::move(part.bytes), false}
        );
    }
    pending.batch.entries.push_back(std::move(record));

    Answer answer;
    answer.verdict = Verdict::entry;
    answer.index = index;
    answer.leaf = entry.leaf;
    answer.time = now;
    answer.result = market::result_of(done.events, index);
    if (const auto* submit = std::get_if<market::Submit>(&job.request.command)) {
        // What was handed in is no longer held; the rest of the bundle stays claimed.
        const Int member = std::stoll(job.request.actor.substr(2));
        const auto* claim = state_.find<market::ClaimRow>(member, submit->batch);
        if (claim != nullptr) {
            Pending::ClaimChange change{member, submit->batch, claim->until, {}};
            for (const Int task : market::split_numbers(claim->tasks)) {
                const bool handed_in = std::any_of(
                    submit->answers.begin(), submit->answers.end(),
                    [task](const auto& a) { return a.task == task; }
                );
                if (!handed_in) change.tasks.push_back(task);
            }
            if (change.tasks.empty()) {
                state_.erase(market::key_of<market::ClaimRow>(member, submit->batch));
            } else {
                state_.put(market::ClaimRow{
                    member, submit->batch, change.until, market::join_numbers(change.tasks)});
            }
            claims_.set(member, submit->batch, change.until, change.tasks);
            pending.claims.push_back(std::move(change));
        }
    }
    attach(job, pending, index, answer.result);
    news.index = index;
    news.time = now;
    news.kind = market::kind_of(job.request.command);
    news.by = job.request.actor;
    news.leaf = entry.leaf;
    news.events = std::move(done.events);
    pending.entries.push_back(std::move(news));
    pending.answers.emplace_back(std::move(job.done), std::move(answer));
}

void Sequencer::attach(Job& job, Pending& pending, Int index, const record::Json& result) {
    const auto id_of = [&](const std::string& id) {
        if (id.empty()) return padded(index);
        if (id.back() != '#') return id;
        for (const char* name : {"batch", "project", "member", "requester"}) {
            const auto* value = result.find(name);
            if (value != nullptr && value->as_integer() != nullptr) {
                return id.substr(0, id.size() - 1) + std::to_string(*value->as_integer());
            }
        }
        return id;
    };
    for (auto& attachment : job.attachments) {
        const Int number = ++blobs_;
        pending.batch.secrets.push_back(
            parts_.vault.seal_pointer(attachment.kind, id_of(attachment.id), number, attachment.blob.key)
        );
        pending.batch.blobs.push_back(
            {number, attachment.blob.address, std::move(attachment.blob.ciphertext)}
        );
    }
    for (auto& note : job.notes) {
        pending.batch.secrets.push_back(parts_.vault.seal(note.kind, id_of(note.id), note.plain));
    }
}

Answer Sequencer::again(const Job& job, Int index) {
    Answer answer;
    auto entries = parts_.store.entries(index, 1);
    auto parts = parts_.store.parts_at(index);
    if (!entries || entries->empty() || !parts) return answer;
    const auto& stored = entries->front();
    for (const auto& part : *parts) {
        if (part.erased) continue;
        const auto json = record::Json::parse(part.bytes);
        const auto* evidence = json ? json->find("evidence") : nullptr;
        if (evidence == nullptr || evidence->is_null()) continue;
        const bool same = job.request.grant != market::never
                              ? record_request(stored.coop) == job.request.request
                              : evidence->encode() == job.request.envelope;
        if (!same) {
            answer.verdict = Verdict::refused;
            answer.refusal = {
                market::Family::conflict, "id_reused",
                "This command id was used for another command.", "command"};
            return answer;
        }
    }
    const auto coop = record::parse_coop_part(stored.coop);
    const auto header = record::parse_header(stored.header);
    if (!coop || !header) return answer;
    const auto fold = market::read_fold_entry(*header, *coop);
    if (!fold) return answer;
    answer.verdict = Verdict::entry;
    answer.index = index;
    answer.leaf = record::leaf_hash(stored.header);
    answer.time = header->time.ms;
    answer.result = market::result_of(fold->events, index);
    return answer;
}

void Sequencer::commit(Pending& pending, Int now) {
    auto changes = state_.take_changes();
    const bool nothing = changes.upserts.empty() && changes.erases.empty()
                         && pending.batch.secrets.empty() && pending.batch.entries.empty();
    if (nothing) {
        publish(pending);
        return;
    }
    pending.batch.expected = head_;
    pending.batch.next = head_;
    if (!pending.entries.empty()) {
        pending.batch.next.size += static_cast<Int>(pending.entries.size());
        pending.batch.next.root = pending.frontier->root();
        pending.batch.next.frontier = pack(*pending.frontier);
        pending.batch.next.time = now;
    }
    pending.batch.upserts = std::move(changes.upserts);
    pending.batch.erases = std::move(changes.erases);
    const auto start = std::chrono::steady_clock::now();
    const auto result = parts_.store.commit(pending.batch);
    stats_.commit_us.fetch_add(us_since(start));
    if (result.outcome != store::Outcome::committed) {
        poison(pending, result.why);
        return;
    }
    stats_.commits.fetch_add(1);
    stats_.entries.fetch_add(pending.entries.size());
    head_ = pending.batch.next;
    frontier_ = std::move(pending.frontier);
    for (const auto& row : pending.batch.upserts) {
        runs_.row(row);
        for (Follower* follower : parts_.followers) follower->row(row);
    }
    for (const auto& change : pending.claims) {
        for (Follower* f : parts_.followers) {
            f->claim(change.member, change.batch, change.until, change.tasks);
        }
    }
    for (Follower* follower : parts_.followers) follower->entries(pending.entries);
    {
        const std::lock_guard lock(mutex_);
        size_.store(head_.size, std::memory_order_release);
    }
    grown_.notify_all();
    publish(pending);
    if (state_.size() > options_.rows_most) {
        state_.trim(options_.rows_most);
        if (!load_common()) state_.clear(); // the next batch loads what it needs, or says why not
    }
}

void Sequencer::publish(Pending& pending) {
    std::vector<std::function<void()>> work;
    for (auto* list : {&pending.answers, &pending.refused}) {
        for (auto& [done, answer] : *list) {
            if (!done) continue;
            if (answer.verdict == Verdict::unavailable) stats_.unavailable.fetch_add(1);
            answer.size = head_.size;
            work.push_back([done = std::move(done), answer = std::move(answer)]() mutable {
                done(std::move(answer));
            });
        }
    }
    if (!work.empty()) parts_.completions.post(std::move(work));
}

void Sequencer::poison(Pending& pending, const std::string& why) {
    // Whether the batch was stored is not known here; nothing derived from it may be used.
    stats_.poisoned.fetch_add(1);
    std::fprintf(stderr, "handprint: commit failed (%s); reading the tables again\n", why.c_str());
    for (auto& [done, answer] : pending.answers) answer = Answer{};
    for (auto& [done, answer] : pending.refused) {
        if (answer.verdict == Verdict::refused) answer = Answer{};
    }
    for (Job& job : deferred_) pending.answers.emplace_back(std::move(job.done), Answer{});
    deferred_.clear();
    publish(pending);
    for (int attempt = 0;; ++attempt) {
        const auto reopened = parts_.reopen ? parts_.reopen() : Result<void>{};
        const auto read = reopened ? rebuild() : reopened;
        if (read) return;
        std::fprintf(stderr, "handprint: cannot go on: %s\n", read.error().what.c_str());
        std::unique_lock lock(mutex_);
        // Fail closed: everybody is refused until the tables can be read.
        for (Job& job : queue_) {
            if (job.done) parts_.completions.post({[done = std::move(job.done)] { done(Answer{}); }});
        }
        queue_.clear();
        if (stopping_) return;
        const auto pause = std::chrono::milliseconds(std::min(100 << std::min(attempt, 6), 5000));
        wake_.wait_for(lock, pause, [this] { return stopping_; });
    }
}

} // namespace handprint::pipeline
