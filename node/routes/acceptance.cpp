#include "node/routes/acceptance.hpp"

#include "node/routes/acting.hpp"
#include "node/routes/batch_views.hpp"
#include "node/routes/long_work.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <utility>

namespace handprint::routes {

using http::Request;
using http::Response;
using market::TaskMember;

namespace {

constexpr std::size_t in_one_entry = 100;
/// Some entries share a commit; others get their turn in between.
constexpr std::size_t at_once = 8;

std::string name_of(std::size_t item) {
    return "items[" + std::to_string(item) + ']';
}

/// Of the chunk that begins there; part of the command's id.
std::string step_at(std::size_t item) {
    return item == 0 ? "" : std::to_string(item);
}

/// Which item of its command a refusal is about.
std::optional<std::size_t> item_in(std::string_view field) {
    constexpr std::string_view begin = "items[";
    std::size_t number = 0;
    if (!field.starts_with(begin)) return std::nullopt;
    const char* last = field.data() + field.size();
    const auto read = std::from_chars(field.data() + begin.size(), last, number);
    if (read.ec != std::errc{} || read.ptr + 1 != last) return std::nullopt;
    return number;
}

/// A listed item, and where it stands in the list.
struct Item {
    TaskMember is;
    std::size_t at = 0;
};

/// One command: the items from `at` on, or those of them that still wait.
struct Chunk {
    std::size_t at = 0;
    std::vector<Item> items;
};

class Acceptance {
public:
    Acceptance(
        Node& node, const Request& request, Int batch, std::vector<TaskMember> items, bool listed
    )
        : node_(node),
          request_(request),
          batch_(batch),
          items_(std::move(items)),
          listed_(listed) {}

    Response carry_out() {
        if (auto ok = read_back(); !ok) return ok.error();
        const bool again = !entries_.empty();
        // "All" is what was there when it was first asked for, and that is not kept.
        const auto todo = again && !listed_ ? std::vector<Chunk>{} : chunks(again);
        for (std::size_t from = 0; from < todo.size() && !stopped_; from += at_once) {
            const auto count = std::min(at_once, todo.size() - from);
            if (node_.long_work.closed()) {
                if (entries_.empty()) return busy();
                stopped_ = stopping();
            } else if (auto ok = send(std::span(todo).subspan(from, count)); !ok) {
                return ok.error();
            }
        }
        if (entries_.empty() && problem_) return std::move(*problem_);
        if (listed_ && !stopped_) stopped_ = why_not_all();
        return told(again && !listed_ ? accepted_ : items_.size());
    }

private:
    /// What of this very request was carried out before.
    Result<void, Response> read_back() {
        std::size_t missing = 0;
        for (std::size_t at = 0; listed_ ? at < items_.size() : missing < at_once;
             at += in_one_entry) {
            const auto before = done_before(node_, request_, step_at(at));
            if (at == 0 && !before && request_.headers.get("Idempotency-Key").empty()) return {};
            missing = before ? 0 : missing + 1;
            if (!before) continue;
            if (!before->same) return unexpected(respond(id_reused()));
            done_.insert(at);
            add(before->index, before->accepted);
        }
        return {};
    }

    void add(Int index, const std::vector<TaskMember>& items) {
        entries_.emplace_back(index);
        accepted_ += items.size();
        paid_.insert(items.begin(), items.end());
    }

    [[nodiscard]] bool waits(const TaskMember& item) const {
        const auto work = row<market::AssignmentRow>(node_, batch_, item.task, item.member);
        return work && work->state == static_cast<Int>(market::AssignmentState::submitted);
    }

    [[nodiscard]] std::vector<Chunk> chunks(bool only_waiting) const {
        std::vector<Chunk> out;
        for (std::size_t at = 0; at < items_.size(); at += in_one_entry) {
            if (done_.contains(at)) continue;
            Chunk chunk{at, {}};
            for (std::size_t i = at; i < std::min(at + in_one_entry, items_.size()); ++i) {
                if (!only_waiting || waits(items_[i])) chunk.items.push_back({items_[i], i});
            }
            if (!chunk.items.empty()) out.push_back(std::move(chunk));
        }
        return out;
    }

    Result<pipeline::Job, Response> job_of(const Chunk& chunk) {
        market::Accept command{batch_, {}};
        for (const Item& item : chunk.items)
            command.items.push_back(item.is);
        return act(node_, request_, std::move(command), step_at(chunk.at));
    }

    /// After a refusal the others of the same commit are entries all the same.
    Result<void, Response> send(std::span<const Chunk> chunks) {
        std::vector<pipeline::Job> jobs;
        for (const Chunk& chunk : chunks) {
            auto job = job_of(chunk);
            if (!job && entries_.empty()) return unexpected(job.error());
            if (!job) { // the grant has ended meanwhile
                stopped_ = not_granted();
                break;
            }
            jobs.push_back(std::move(*job));
        }
        const auto answers = run_all_now(node_, std::move(jobs));
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const auto& answer = answers[i];
            if (answer.verdict == pipeline::Verdict::entry) {
                std::vector<TaskMember> items;
                for (const Item& item : chunks[i].items)
                    items.push_back(item.is);
                add(answer.index, items);
            } else if (!problem_) {
                auto named = answer;
                name_item(named.refusal, chunks[i]);
                problem_ = respond(node_, named);
                stopped_ = answer.verdict == pipeline::Verdict::refused
                               ? api::from_refusal(named.refusal)
                               : not_known_yet();
            }
        }
        return {};
    }

    /// As the caller counts.
    static void name_item(market::Refusal& refusal, const Chunk& chunk) {
        const auto item = item_in(refusal.field);
        if (item && *item < chunk.items.size()) refusal.field = name_of(chunk.items[*item].at);
    }

    /// Of the first item that was passed over.
    std::optional<api::ApiProblem> why_not_all() {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (paid_.contains(items_[i])) continue;
            const Chunk alone{i, {{items_[i], i}}};
            const auto job =
                act(node_, request_, market::Accept{batch_, {items_[i]}}, "why/" + std::to_string(i)
                );
            if (!job) return not_granted();
            auto refusal = refusal_now(node_, job->request);
            if (!refusal) return std::nullopt;
            name_item(*refusal, alone);
            return api::from_refusal(*refusal);
        }
        return std::nullopt;
    }

    static api::ApiProblem stopping() {
        return {503, "busy", "The node stops. Send the same request again.", {}, "same_id"};
    }

    static api::ApiProblem not_known_yet() {
        return {
            503,
            "outcome_unknown",
            "It is not known whether the rest was done. Send the same request again.",
            {},
            "same_id"
        };
    }

    static api::ApiProblem not_granted() {
        return api::from_refusal({market::Family::denied, "not_granted", "The grant has ended.", {}}
        );
    }

    Response told(std::size_t asked) {
        auto json = Json::object({
            {"accepted", Json(accepted_)},
            {"asked", Json(asked)},
            {"entries", Json(std::move(entries_))},
        });
        if (stopped_) {
            auto refused = Json::object({
                {"code", Json(stopped_->code)},
                {"detail", Json(stopped_->detail)},
            });
            if (!stopped_->field.empty()) refused.set("field", Json(stopped_->field));
            json.set("refused", std::move(refused));
        }
        return respond_json(json).with("Handprint-Seq", std::to_string(node_.sequencer.size()));
    }

    Node& node_;
    const Request& request_;
    const Int batch_;
    const std::vector<TaskMember> items_;
    const bool listed_;
    std::set<std::size_t> done_; // where chunks begin that were entered before
    std::set<TaskMember> paid_;
    std::size_t accepted_ = 0;
    Json::Array entries_;
    std::optional<Response> problem_;        // the first
    std::optional<api::ApiProblem> stopped_; // the same in short, or why there is no end
};

} // namespace

Result<Wanted, Response> read_acceptance(const Request& request) {
    const auto body = read_body(request, {"all", "items"});
    if (!body) return unexpected(body.error());
    const Json* all = body->find("all");
    const Json* items = body->find("items");
    if (all != nullptr && all->as_bool() == nullptr)
        return unexpected(respond(api::bad_request("bad_argument", "all", "True or false.")));
    if (all != nullptr && all->boolean()) {
        if (items == nullptr) return Wanted{};
        return unexpected(respond(market::Refusal{
            market::Family::invalid, "one_of", "Either items, or all: true.", "items"
        }));
    }
    if (items == nullptr || items->as_array() == nullptr || items->as_array()->empty()) {
        return unexpected(
            respond(api::bad_request("missing", "items", "A list of [task, member], or all: true."))
        );
    }
    std::vector<TaskMember> out;
    for (const Json& item : items->items()) {
        const auto* pair = item.as_array();
        if (pair == nullptr || pair->size() != 2 || (*pair)[0].as_integer() == nullptr
            || (*pair)[1].as_integer() == nullptr) {
            return unexpected(respond(
                api::bad_request("bad_argument", name_of(out.size()), "Each is [task, member].")
            ));
        }
        out.push_back({(*pair)[0].integer(), (*pair)[1].integer()});
    }
    return Wanted(std::move(out));
}

Response
accept_many(Node& node, const Request& request, const market::BatchRow& batch, Wanted wanted) {
    const bool listed = wanted.has_value();
    auto items = listed ? std::move(*wanted) : submitted_items(node, batch.batch);
    return Acceptance(node, request, batch.batch, std::move(items), listed).carry_out();
}

} // namespace handprint::routes
