// From founding the job to its last accepted judgment.

#include "ledger/base/decimal.hpp"
#include "node/client/key_file.hpp"
#include "node/client/signer.hpp"
#include "node/market/reference.hpp"
#include "node/tools/progress.hpp"
#include "node/tools/replay.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

namespace handprint::tools {

namespace {

constexpr std::size_t bundle = 50;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string answer_text(const std::string& value) {
    return Json::object({{"value", Json(value)}}).encode();
}

/// Runs `one` for each of `count` places on several threads; the first Failure.
template <class F>
Result<void> on_threads(unsigned threads, std::size_t count, F one) {
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    Result<void> outcome;
    std::vector<std::thread> running;
    for (unsigned t = 0; t < std::max(threads, 1U); ++t) {
        running.emplace_back([&] {
            for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
                auto done = one(i);
                if (done) continue;
                const std::lock_guard lock(mutex);
                if (outcome) outcome = std::move(done);
                next.store(count);
            }
        });
    }
    for (auto& thread : running)
        thread.join();
    return outcome;
}

Json batch_request(const Crowd& crowd, const std::string& external, Int price_micros) {
    Json::Array choices, fields;
    for (const auto& choice : crowd.choices) {
        choices.push_back(Json::object({{"label", Json(choice)}, {"value", Json(choice)}}));
    }
    // Where all judged the same there is still something to choose from.
    if (choices.size() == 1) {
        choices.push_back(
            Json::object({{"label", Json("None of these")}, {"value", Json("(none of these)")}})
        );
    }
    for (const auto& field : crowd.fields)
        fields.push_back(Json::object({{"label", Json(field)}, {"name", Json(field)}}));
    std::map<std::size_t, Int> votes;
    Int overlap = 1;
    for (const auto& judgment : crowd.judgments) {
        overlap = std::max(overlap, ++votes[judgment.task]);
    }
    return Json::object({
        {"accept_ms", Json(7LL * 24 * 3600 * 1000)},
        {"bundle_max", Json(bundle)},
        {"choices", Json(std::move(choices))},
        {"currency", Json(job_currency)},
        {"domain", Json("language")},
        {"estimate_s", Json(12)},
        {"external", Json(external)},
        {"fields", Json(std::move(fields))},
        {"hazard", Json(0)},
        {"instructions", Json("Compare the two offers.")},
        {"language", Json("en")},
        {"lease_ms", Json(2LL * 3600 * 1000)},
        {"level", Json(0)},
        {"overlap", Json(overlap)},
        {"price_micros", Json(price_micros)},
        {"question", Json("Are these offers of the same product?")},
        {"title", Json("Same product?")},
    });
}

} // namespace

Replay::Replay(const ReplayOptions& options, const Crowd& crowd, const client::Address& node)
    : options_(options), crowd_(crowd), node_(node), api_(node), treasury_(node) {
    terms_.price_micros = 1'333'333; // not a whole number of cents, so that rounding is tested
    terms_.income = 1'000'003;
    terms_.operations_bps = 2'000;
    terms_.transition_bps = 1'000;
    terms_.reserve_bps = 1'000;
}

Result<void> Replay::play(
    const KeyPair& delegate, const std::string& delegate_party, const std::string& policy
) {
    const auto ledger = api_.ledger();
    if (!ledger) return unexpected(ledger.error());
    origin_ = ledger->origin;
    policy_ = policy.empty() ? ledger->policy : policy;
    delegate_ = std::make_unique<client::Signer>(client::Signer{delegate, delegate_party, origin_});
    const auto salt = treasury_.reference_salt(*delegate_);
    if (!salt) return unexpected(salt.error());
    salt_ = *salt;
    const std::pair<const char*, Step> steps[] = {
        {"set-up", &Replay::set_up},
        {"enrolment", &Replay::enrol},
        {"publishing", &Replay::publish},
        {"work", &Replay::work},
        {"acceptance", &Replay::accept},
        {"licence income", &Replay::share_income},
        {"payment", &Replay::pay_out},
        {"payslips", &Replay::read_payslips},
        {"reading back", &Replay::read_back},
    };
    for (const auto& [name, step] : steps) {
        if (auto ok = (this->*step)(); !ok) return fail(std::string(name) + ": " + ok.error().what);
    }
    return {};
}

Result<void> Replay::set_up() {
    auto before = standing();
    if (!before) return unexpected(before.error());
    start_ = std::move(*before);
    requester_ =
        std::make_unique<client::Signer>(client::Signer{client::new_key(), "new", origin_});
    if (auto ok = api_.register_requester(*requester_, "Replayed catalogue"); !ok) {
        return unexpected(ok.error());
    }
    market::MakeGrant grant;
    grant.cap = market::Amount{1'000'000'000'000};
    grant.currency = job_currency;
    grant.expires = 4'000'000'000'000;
    grant.kinds = client::program_kinds();
    if (auto key = api_.make_api_key(*requester_, grant); !key) return unexpected(key.error());
    auto project = api_.create_project("replay", "Same product?");
    if (!project) return unexpected(project.error());
    project_ = *project;
    auto batch = api_.create_batch(project_, batch_request(crowd_, "replay", terms_.price_micros));
    if (!batch) return unexpected(batch.error());
    batch_ = *batch;
    const auto imported = api_.import_tasks(batch_, crowd_.jsonl);
    if (!imported) return unexpected(imported.error());
    if (std::cmp_not_equal(imported->integer_of("imported", 0), crowd_.ids.size())) {
        return fail("not all tasks were imported");
    }
    return {};
}

Result<void> Replay::enrol() {
    Progress progress("enrolment", crowd_.workers.size(), options_.json);
    // In order of name, one after another: then a worker's rank by name is their rank as a member.
    for (const auto& [name, places] : crowd_.workers) {
        ReplayWorker worker{
            name,
            {client::new_key(), "new", origin_},
            std::make_unique<client::ApiClient>(node_),
            places
        };
        std::sort(worker.judgments.begin(), worker.judgments.end(), [&](auto a, auto b) {
            return crowd_.judgments[a].task < crowd_.judgments[b].task;
        });
        const auto enrolled = worker.api->enrol_member(worker.signer, {"en"});
        if (!enrolled) return fail(name + ": " + enrolled.error().what);
        worker.enrolled = enrolled->index;
        if (auto ok = worker.api->open_session(worker.signer); !ok) {
            return fail(name + ": " + ok.error().what);
        }
        workers_.push_back(std::move(worker));
        progress.add(1);
    }
    return {};
}

Result<void> Replay::publish() {
    const auto quote = api_.json("GET", "/v1/batches/" + std::to_string(batch_) + "/quote");
    if (!quote) return unexpected(quote.error());
    terms_.fee_bps = quote->integer_of("fee_bps", 0);
    observed_.funded = amount_in(*quote, "total") + 2 * kept_in_escrow;
    const Int requester = std::stoll(requester_->party.substr(2));
    const auto funded = treasury_.command(
        *delegate_,
        market::Fund{
            market::Amount{observed_.funded}, job_currency, reference("funding"), requester
        }
    );
    if (!funded) return unexpected(funded.error());
    const auto published = api_.batch_action(batch_, "publish");
    return published ? Result<void>() : unexpected(published.error());
}

Result<void> Replay::hand_in(ReplayWorker& worker, const std::function<void(std::size_t)>& done) {
    const auto& mine = worker.judgments;
    for (std::size_t at = 0; at < mine.size(); at += bundle) {
        const std::size_t end = std::min(at + bundle, mine.size());
        std::vector<Int> wanted;
        std::vector<client::SaltedAnswer> answers;
        for (std::size_t i = at; i < end; ++i) {
            const auto& judgment = crowd_.judgments[mine[i]];
            wanted.push_back(static_cast<Int>(judgment.task));
            answers.push_back(client::salted_answer(wanted.back(), answer_text(judgment.answer)));
        }
        const auto claimed = worker.api->claim(batch_, static_cast<Int>(wanted.size()), wanted);
        if (!claimed) return fail(worker.name + ": " + claimed.error().what);
        if (claimed->tasks != wanted) return fail(worker.name + ": was given other tasks");
        const auto handed_in =
            worker.api->submit(worker.signer, batch_, claimed->terms, std::move(answers));
        if (!handed_in) return fail(worker.name + ": " + handed_in.error().what);
        done(wanted.size());
    }
    return {};
}

Result<void> Replay::work() {
    Progress progress("judgments", crowd_.judgments.size(), options_.json);
    std::atomic<std::size_t> bundles{0};
    const auto start = std::chrono::steady_clock::now();
    auto done = on_threads(options_.threads, workers_.size(), [&](std::size_t i) {
        return hand_in(workers_[i], [&](std::size_t count) {
            progress.add(count);
            bundles.fetch_add(1);
        });
    });
    observed_.submit_seconds = seconds_since(start);
    observed_.bundles = bundles.load();
    return done;
}

Result<void> Replay::accept() {
    const auto accepted = api_.accept_all(batch_);
    if (!accepted) return unexpected(accepted.error());
    if (std::cmp_not_equal(*accepted, crowd_.judgments.size())) {
        return fail(
            std::to_string(*accepted) + " of " + std::to_string(crowd_.judgments.size())
            + " judgments were accepted"
        );
    }
    const auto closed = api_.batch_action(batch_, "close");
    return closed ? Result<void>() : unexpected(closed.error());
}

} // namespace handprint::tools
