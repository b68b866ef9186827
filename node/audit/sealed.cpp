#include "node/audit/sealed.hpp"

#include "api/task_chunk.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/record/commitment.hpp"
#include "node/audit/answers_given.hpp"
#include "node/audit/store_pages.hpp"
#include "node/market/entry_seal.hpp"
#include "node/market/external.hpp"
#include "node/market/parties.hpp"
#include "node/pipeline/publisher.hpp"
#include "node/pipeline/runs.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <unordered_set>
#include <utility>

namespace handprint::audit {

using record::Json;

class SealedCheck::Checker {
public:
    Checker(store::Store& store, const pipeline::Vault& vault, Int size, Report& report)
        : store_(store), vault_(vault), report_(report), pages_(store, size) {}

    Result<void> against_parts() { return check_kind(answers_kind); }

    Result<void> against_state(const market::State& state, const LogTree& tree) {
        state_ = &state;
        tree_ = &tree;
        auto kinds = kinds_of();
        if (!kinds) return unexpected(kinds.error());
        for (const auto& kind : *kinds) {
            if (kind == answers_kind) continue;
            if (auto ok = check_kind(kind); !ok) return ok;
        }
        check_presence();
        return check_blobs();
    }

private:
    static constexpr const char* answers_kind = "answers";

    Result<std::vector<std::string>> kinds_of() {
        if (auto* sqlite = dynamic_cast<store::SqliteStore*>(&store_))
            return sqlite->secret_kinds();
        return std::vector<std::string>{
            "agent",
            "agent_note",
            answers_kind,
            "api_key",
            "api_key_note",
            "checkpoint",
            "close",
            "draft",
            "external",
            "graded",
            "known",
            "name",
            "project",
            pipeline::published_kind,
            "session",
            "staged",
            "tasks",
            "terms"
        };
    }

    void fault(const char* code, std::string what, std::string column = "kind,id,sealed") {
        Finding finding;
        finding.code = code;
        finding.table = "secret";
        finding.key = "kind=" + kind_ + ",id=" + id_;
        finding.column = std::move(column);
        finding.what = std::move(what);
        report_.add(std::move(finding));
    }

    void blob_fault(const char* code, Int blob, const char* column, std::string what) {
        Finding finding;
        finding.code = code;
        finding.table = "blob";
        finding.key = "id=" + std::to_string(blob);
        finding.column = column;
        finding.what = std::move(what);
        report_.add(std::move(finding));
    }

    Result<void> check_kind(const std::string& kind) {
        constexpr std::size_t page = 500;
        std::string after;
        while (true) {
            const auto records = store_.secrets(kind, "", after, page);
            if (!records) return unexpected(records.error());
            for (const auto& record : *records) {
                ++report_.figures.secrets;
                kind_ = record.kind;
                id_ = record.id;
                const auto plain = vault_.open(record.kind, record.id, record.sealed);
                if (!plain) {
                    fault("secret_unreadable", "it does not open under its kind and id");
                } else if (kind == "tasks" || kind == answers_kind || kind == "close") {
                    if (auto ok = check_pointer(*plain); !ok) return ok;
                } else {
                    check_value(kind, *plain);
                }
                if (kind == "close" || kind == "terms") present_.insert({kind, record.id});
            }
            if (records->size() < page) return {};
            after = records->back().id;
        }
    }

    Result<void> check_pointer(const Bytes& pointer) {
        const auto to = pipeline::Vault::read_pointer(pointer);
        if (!to) {
            fault("secret_malformed", "not a pointer to a blob");
            return {};
        }
        const Int id = to->blob;
        const auto found = pages_.blob(id);
        if (!found) return unexpected(found.error());
        const store::BlobRecord* blob = *found;
        if (blob == nullptr) {
            blob_fault("blob_missing", id, "id", "a key points to it and it is not there");
            return {};
        }
        if (!pointed_.insert(id).second) fault("blob_shared", "two keys point to one blob");
        const auto plain = pipeline::Vault::decrypt(to->key, blob->bytes);
        if (!plain) {
            blob_fault("blob_unreadable", id, "bytes", "it does not open under its key");
            return {};
        }
        if (sha256(blob->bytes) != blob->address) {
            blob_fault("blob_differs", id, "address", "it is not at the address of its bytes");
        }
        if (kind_ == "tasks") check_chunk(*plain);
        if (kind_ == answers_kind) return check_answers(*plain);
        return {}; // lists of closes are held against the ledger by the replay
    }

    /// "000000000003/000000000000"
    const market::ChunkRow* chunk_of(const std::string& id) const {
        const auto slash = id.find('/');
        if (slash == std::string::npos) return nullptr;
        const auto batch = digits(id.substr(0, slash));
        const auto chunk = digits(id.substr(slash + 1));
        return state_->peek<market::ChunkRow>(batch, chunk);
    }

    /// Zero-padded or not; never if it is no number.
    static Int digits(const std::string& text) {
        const auto from = std::min(text.find_first_not_of('0'), text.empty() ? 0 : text.size() - 1);
        return parse_i64(text.substr(from)).value_or(never);
    }

    void check_chunk(const Bytes& plain) {
        const auto* chunk = chunk_of(id_);
        if (chunk == nullptr) return; // stored before its import was opened
        const auto sealed = vault_.read(store_, "staged", id_);
        if (!sealed || !*sealed)
            return fault("salt_missing", "the salt of this chunk of tasks is gone");
        const auto staged = pipeline::decode_staged(**sealed);
        if (!staged || record::commit(staged->salt, plain) != chunk->commit) {
            fault("content_differs", "the tasks are not those that the ledger commits to");
        } else {
            check_tasks(*chunk, plain);
        }
    }

    /// Each task of the chunk is found under its name, and under no other, and has the terms that
    /// its requester gave it.
    void check_tasks(const market::ChunkRow& chunk, const Bytes& plain) {
        const auto tasks = api::read_chunk(as_text(plain));
        const auto* batch = state_->peek<market::BatchRow>(chunk.batch);
        if (!tasks || batch == nullptr || std::cmp_not_equal(tasks->size(), chunk.count)) {
            return fault("secret_malformed", "the tasks cannot be read");
        }
        for (Int task = chunk.first; const auto& content : *tasks) {
            if (!names(batch->requester, "task", content.external, chunk.batch, task)) {
                return fault("name_differs", "the ledger has another name for one of the tasks");
            }
            const auto* known = state_->peek<market::TaskRow>(chunk.batch, task);
            const market::TaskRow stands = known == nullptr ? market::TaskRow{} : *known;
            if (stands.price_micros != content.own.price_micros
                || stands.overlap != content.own.overlap || stands.expires != content.own.expires) {
                return fault("terms_differ", "the ledger has other terms for one of the tasks");
            }
            ++task;
        }
    }

    bool names(Int requester, const char* kind, std::string_view name, Int ordinal, Int task) {
        const std::string party = market::party('r', requester);
        const auto* found = state_->peek<market::ExternalRow>(
            market::external_name(party, kind, vault_.external_hash(party, kind, name))
        );
        return found != nullptr && found->ordinal == ordinal && found->task == task;
    }

    /// "batch/7"
    void check_external(const Bytes& plain) {
        const auto slash = id_.find('/');
        const Int ordinal = slash == std::string::npos ? never : digits(id_.substr(slash + 1));
        const auto* project = state_->peek<market::ProjectRow>(ordinal);
        const auto* batch = state_->peek<market::BatchRow>(ordinal);
        const bool good =
            id_.starts_with("project/")
                ? project != nullptr
                      && names(project->requester, "project", as_text(plain), ordinal, never)
                : id_.starts_with("batch/") && batch != nullptr
                      && names(batch->requester, "batch", as_text(plain), ordinal, never);
        if (!good) fault("name_differs", "the ledger has another name for it");
    }

    Result<void> check_answers(const Bytes& plain) {
        const auto parts = pages_.parts(digits(id_));
        if (!parts) return unexpected(parts.error());
        for (const auto& part : *parts) {
            if (part.erased) return {};
            const auto same = answers_are_of(as_text(plain), part.bytes);
            if (!same) continue; // no part of a submission
            if (!*same) fault("content_differs", "the answers are not those that were signed for");
            return {};
        }
        fault("content_differs", "there is no such submission");
        return {};
    }

    void check_value(const std::string& kind, const Bytes& plain) {
        if (kind == "terms") {
            const auto* batch = state_->peek<market::BatchRow>(digits(id_));
            if (batch == nullptr || record::terms_hash(as_text(plain)) != batch->terms) {
                fault("content_differs", "the terms are not those that the ledger commits to");
            }
        } else if (kind == "staged") {
            const auto* chunk = chunk_of(id_);
            const auto staged = pipeline::decode_staged(plain);
            if (!staged) return fault("secret_malformed", staged.error().what);
            if (chunk != nullptr
                && (staged->commit != chunk->commit || staged->count != chunk->count)) {
                fault("content_differs", "the chunk is not the one in the ledger");
            }
        } else if (kind == "external") {
            check_external(plain);
        } else if (kind == "graded") {
            check_graded(plain);
        } else if (kind == "checkpoint" || kind == pipeline::published_kind) {
            check_checkpoint(plain);
        }
    }

    void check_graded(const Bytes& plain) {
        const auto entry = store_.entry(digits(id_));
        if (!entry || !*entry || plain.size() < 32)
            return fault("secret_malformed", "no such grade");
        const auto header = record::parse_header((*entry)->header);
        const auto coop = record::parse_coop_part((*entry)->coop);
        const auto fold = header && coop ? market::read_fold_entry(*header, *coop)
                                         : Result<market::FoldEntry>(fail("not an entry"));
        if (!fold) return; // told before
        record::Salt salt{};
        std::copy_n(plain.begin(), salt.size(), salt.begin());
        const Hash evidence = record::commit(salt, ByteView(plain).subspan(salt.size()));
        for (const auto& event : fold->events) {
            const auto* graded = std::get_if<market::Graded>(&event);
            if (graded != nullptr && graded->evidence == evidence) return;
        }
        fault("content_differs", "the grading is not the one that the ledger commits to");
    }

    void check_checkpoint(const Bytes& plain) {
        const auto note = merkle::parse_note(as_text(plain));
        const auto checkpoint = note ? merkle::parse_checkpoint(note->text)
                                     : Result<merkle::Checkpoint>(unexpected(note.error()));
        const auto root =
            checkpoint ? tree_->root(checkpoint->size) : Result<Hash>(fail("no checkpoint"));
        if (!checkpoint || !root || *root != checkpoint->root
            || pipeline::padded(static_cast<Int>(checkpoint->size)) != id_) {
            fault("checkpoint_differs", "a checkpoint that we signed is not of this log");
        }
    }

    /// Terms and lists of closes are needed as long as the ledger names them.
    void check_presence() {
        state_->for_each_of<market::BatchRow>([this](const auto& batch) {
            check_present("terms", std::to_string(batch.batch));
        });
        state_->for_each_of<market::PeriodRow>([this](const auto& period) {
            check_present("close", pipeline::padded(period.period));
        });
    }

    void check_present(const char* kind, std::string id) {
        kind_ = kind;
        id_ = std::move(id);
        if (!present_.contains({kind_, id_}))
            fault("secret_missing", "the ledger needs it and it is not there");
    }

    Result<void> check_blobs() {
        const auto count = store_.blob_count();
        if (!count) return unexpected(count.error());
        report_.figures.blobs = *count;
        constexpr int most_missing = 100; // one number too large looks like all before it were gone
        int missing = 0;
        for (Int id = 1; id <= *count && missing < most_missing; ++id) {
            if (pointed_.contains(id)) continue;
            const auto found = pages_.blob(id);
            if (!found) return unexpected(found.error());
            const store::BlobRecord* blob = *found;
            if (blob == nullptr) {
                ++missing;
                blob_fault(
                    "blob_missing", id, "id", "its number was given out and it is not there"
                );
            } else if (sha256(blob->bytes) != blob->address) {
                blob_fault(
                    "blob_differs", id, "address,bytes", "it is not at the address of its bytes"
                );
            } else {
                ++report_.figures.erased_blobs;
            }
        }
        return {};
    }

    store::Store& store_;
    const pipeline::Vault& vault_;
    Report& report_;
    const market::State* state_ = nullptr; // in the second pass
    const LogTree* tree_ = nullptr;
    std::string kind_, id_; // of the secret in hand
    StorePages pages_;
    std::set<std::pair<std::string, std::string>> present_; // kinds and ids of those needed
    std::unordered_set<Int> pointed_;
};

SealedCheck::SealedCheck(
    store::Store& store, const pipeline::Vault& vault, Int size, Report& report
)
    : checker_(std::make_unique<Checker>(store, vault, size, report)) {}

SealedCheck::~SealedCheck() = default;

Result<void> SealedCheck::against_parts() {
    return checker_->against_parts();
}

Result<void> SealedCheck::against_state(const market::State& state, const LogTree& tree) {
    return checker_->against_state(state, tree);
}

} // namespace handprint::audit
