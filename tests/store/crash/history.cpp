#include "tests/store/crash/history.hpp"

#include "ledger/base/crypto.hpp"
#include "tests/store/samples.hpp"

#include <filesystem>

namespace handprint::store::crash {

using namespace handprint::market;

Batch batch_at(const Head& head) {
    Batch batch = samples::next_batch(head, 2);
    const Int n = head.size / 2;
    samples::Source source(static_cast<std::uint64_t>(n));
    batch.upserts.push_back(RuleRow{"newest", n, n, n});
    batch.upserts.push_back(AccountRow{"payable/m:" + std::to_string(n % 5), "KES", n, n + 1});
    batch.upserts.push_back(TaskRow{n, n, n, n});
    AssignmentRow assignment;
    assignment.batch = n % 7, assignment.task = n % 3, assignment.member = n % 2;
    assignment.state = 1 + n % 2, assignment.due = n;
    batch.upserts.push_back(assignment);
    ClaimRow claim;
    claim.member = n % 4, claim.until = n;
    batch.upserts.push_back(claim);
    if (n > 2) batch.erases.push_back(key_of<TaskRow>(n - 2, n - 2));
    batch.secrets.push_back({"batch", "newest", Bytes{static_cast<std::uint8_t>(n)}});
    if (n % 4 == 0) {
        batch.blobs.push_back({n / 4 + 1, source.hash(), source.bytes(9'000)});
        batch.secrets.push_back(secret_of_blob(n / 4 + 1));
    }
    batch.entries[0].coop += std::string(static_cast<std::size_t>(n % 3) * 3'000, ' ');
    return batch;
}

SecretRecord secret_of_blob(Int blob) {
    return {"tasks", std::to_string(blob), {1}};
}

SecretRecord secret_at(Int number) {
    return {"session", "newest", {static_cast<std::uint8_t>(number)}};
}

Expected::Expected(Int batches) {
    MemoryStore store;
    Head head;
    digests_.push_back(store.digest().value());
    for (Int n = 0; n < batches; ++n) {
        const Batch batch = batch_at(head);
        HP_CHECK(store.commit(batch).outcome == Outcome::committed, "the memory driver commits");
        head = batch.next;
        digests_.push_back(store.digest().value());
    }
}

SqliteOptions options_in(const std::string& directory) {
    SqliteOptions options;
    options.path = directory + "/store.db";
    options.checkpoint_pages = 25; // so that the WAL starts anew every few commits
    options.cache_pages = 200;
    options.busy_ms = 100;
    return options;
}

namespace {

std::string inspect_blobs(SqliteStore& store, Int count, const Acknowledged& acknowledged) {
    const auto blobs = store.blobs(1, SIZE_MAX);
    if (!blobs || static_cast<Int>(blobs->size()) != count) return "blobs are missing";
    for (const BlobRecord& blob : *blobs) {
        const SecretRecord beside = secret_of_blob(blob.id);
        const auto secret = store.secret(beside.kind, beside.id);
        if (!secret) return secret.error().what;
        if (blob.bytes.empty() == secret->has_value()) return "a blob was blanked in part";
        if (blob.bytes.empty() != (blob.address == sha256(ByteView())))
            return "a blob has another's address";
        if (blob.id <= acknowledged.blank && !blob.bytes.empty()) return "lost: a blank";
    }
    return {};
}

} // namespace

std::string
inspect(SqliteStore& store, const Acknowledged& acknowledged, const Expected& expected) {
    const auto head = store.head();
    if (!head) return head.error().what;
    const Int size = head->size;
    if (size < acknowledged.size) {
        return "lost: " + std::to_string(acknowledged.size) + " entries were acknowledged, "
               + std::to_string(size) + " are there";
    }
    if (size % 2 != 0) return "part of a batch is there";
    if (size > 0 && head->root != samples::root_at(size)) return "the root is another";
    const auto faults = store.verify_file();
    if (!faults) return faults.error().what;
    if (!faults->empty()) return "the file: " + faults->front();
    const auto changed = store.verify_operational();
    if (!changed || !changed->empty()) return "claims changed";
    const auto digest = store.digest();
    if (!digest) return digest.error().what;
    if (*digest != expected.digest(size)) return "the rows are not those of the head";
    const auto entries = store.entries(0, SIZE_MAX);
    if (!entries || static_cast<Int>(entries->size()) != size) return "entries are missing";
    for (Int index = 0; index < size; ++index) {
        const auto parts = store.parts_at(index);
        if (!parts || parts->size() != 1) return "a part is missing";
    }
    if (auto wrong = inspect_blobs(store, (size / 2 + 3) / 4, acknowledged); !wrong.empty())
        return wrong;
    const auto in_batch = store.secret("batch", "newest");
    if (!in_batch || in_batch->has_value() != (size > 0)
        || (size > 0 && (**in_batch)[0] != static_cast<std::uint8_t>(size / 2 - 1))) {
        return "the secret is not the batch's";
    }
    const auto secret = store.secret("session", "newest");
    if (!secret) return secret.error().what;
    if (acknowledged.secret > 0 && (!*secret || (**secret)[0] < acknowledged.secret)) {
        return "lost: an acknowledged secret";
    }
    return {};
}

std::string
inspect(const std::string& directory, const Acknowledged& acknowledged, const Expected& expected) {
    const SqliteOptions options = options_in(directory);
    if (!acknowledged.created && !std::filesystem::exists(options.path)) return {};
    // A file that has its name is whole, also when creating it was not yet acknowledged.
    auto store = SqliteStore::open(options);
    if (!store) return "does not open: " + store.error().what;
    if (std::string wrong = inspect(**store, acknowledged, expected); !wrong.empty()) return wrong;
    const auto head = (*store)->take_over();
    if (!head) return head.error().what;
    const CommitResult next = (*store)->commit(batch_at(*head));
    if (next.outcome != Outcome::committed) return "takes no further batch: " + next.why;
    return {};
}

} // namespace handprint::store::crash
