#include "node/pipeline/publisher.hpp"

#include "ledger/merkle/checkpoint.hpp"
#include "node/pipeline/share_lists.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace handprint::pipeline {

Publisher::Publisher(Parts parts, PublisherOptions options)
    : parts_(std::move(parts)), options_(std::move(options)) {}

Publisher::~Publisher() {
    stop();
}

Result<void> Publisher::start() {
    auto note = parts_.files.checkpoint();
    if (!note) return unexpected(note.error());
    auto head = parts_.store.head();
    if (!head) return unexpected(head.error());
    Int size = 0;
    if (!note->empty()) {
        const auto verdict = merkle::verify_checkpoint(*note, parts_.policy, parts_.former);
        if (!verdict.accepted()) {
            return fail(
                "the published checkpoint is not good: "
                + std::string(merkle::reason_text(verdict.errors.front().reason))
            );
        }
        size = static_cast<Int>(verdict.checkpoint->size);
        if (size > head->size) {
            return fail(
                "the published log has " + std::to_string(size) + " entries and the database only "
                + std::to_string(head->size)
                + ": the database is an old copy. Signing from it would fork the log."
            );
        }
        published_ = {*note, size, verdict.checkpoint->root, 0, verdict.witnesses};
        const auto root = merkle::root_at(
            static_cast<std::uint64_t>(size),
            merkle::hashes_from_tiles(static_cast<std::uint64_t>(size), parts_.files.reader())
        );
        if (!root || *root != verdict.checkpoint->root) {
            return fail("the published tiles do not give the published root");
        }
    }
    if (auto ok = resume(size); !ok) return ok;
    const auto same = catch_up(*head);
    if (!same) return unexpected(same.error());
    if (!*same) return fail("the entries of the database do not give its root");
    tell_time(published_.witnesses);
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "hp-publisher");
        run();
    });
    return {};
}

void Publisher::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Published Publisher::published() const {
    const std::lock_guard lock(mutex_);
    return published_;
}

std::string Publisher::halted() const {
    const std::lock_guard lock(mutex_);
    return halted_;
}

bool Publisher::wait_for(Int index, Int timeout_ms) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] {
        return published_.size > index || stopping_;
    }) && published_.size > index;
}

void Publisher::run() {
    // The last round begins after stop() was called, and so has all that was committed before.
    for (bool last = false; !last;) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, std::chrono::milliseconds(options_.interval_ms), [this] {
                return stopping_;
            });
            last = stopping_;
            if (!halted_.empty()) continue;
        }
        round();
    }
}

void Publisher::tell_time(const std::vector<merkle::WitnessedBy>& witnesses) {
    std::vector<Int> times;
    for (const auto& witness : witnesses)
        times.push_back(static_cast<Int>(witness.unix_seconds) * 1000);
    if (times.empty()) return;
    std::sort(times.begin(), times.end());
    const auto seen = merkle::seen_by_quorum(parts_.policy, witnesses);
    parts_.sequencer.witnessed(
        static_cast<Int>(seen.value_or(0)) * 1000, times[(times.size() - 1) / 2]
    );
}

void Publisher::warn(const std::string& what) {
    if (parts_.warn) parts_.warn(what);
}

bool Publisher::later(const Failure& failure) {
    warn("not published yet: " + failure.what);
    return false;
}

void Publisher::halt(std::string why) {
    warn("publishing has stopped: " + why);
    const std::lock_guard lock(mutex_);
    halted_ = std::move(why);
}

Result<void> Publisher::resume(Int size) {
    seals_.clear();
    if (size == 0) {
        builder_.emplace();
        return {};
    }
    auto builder =
        merkle::TileBuilder::resume(static_cast<std::uint64_t>(size), parts_.files.reader());
    if (!builder) return unexpected(builder.error());
    builder_ = std::move(*builder);
    return {};
}

Result<bool> Publisher::catch_up(const store::Head& head) {
    constexpr std::size_t page = 1000;
    while (std::cmp_less(builder_->size(), head.size)) {
        const Int from = static_cast<Int>(builder_->size());
        const auto want = std::min(page, static_cast<std::size_t>(head.size - from));
        const auto entries = parts_.store.entries(from, want);
        if (!entries) return unexpected(entries.error());
        if (entries->size() != want) return fail("entries are missing in the database");
        for (const auto& entry : *entries) {
            if (auto leaf = builder_->append(as_bytes(entry.header)); !leaf) {
                return unexpected(leaf.error());
            }
            if (is_distribution_seal(entry.header)) seals_.push_back(entry.index);
        }
    }
    return head.size == 0 || builder_->root() == head.root;
}

Result<void> Publisher::write_share_lists() {
    for (; !seals_.empty(); seals_.pop_back()) {
        const auto made = make_share_list(parts_.store, seals_.back());
        if (!made) return unexpected(made.error());
        if (!made->seal.listed) continue;
        if (auto ok = parts_.files.put_share_list(made->list); !ok) return ok;
    }
    return {};
}

bool Publisher::round() {
    const auto head = parts_.store.head();
    if (!head) return later(head.error());
    if (head->size == 0) return false;
    const Int now = parts_.clock();
    const Published before = published();
    const bool fresh =
        before.time != 0 && now >= before.time && now < before.time + options_.refresh_ms;
    if (before.size == head->size && fresh) return true;
    // What cannot be read or written now may be there at the next round; a root that differs will
    // not come right by itself.
    if (!builder_) {
        if (auto ok = resume(before.size); !ok) return later(ok.error());
    }
    const auto same = catch_up(*head);
    if (!same) return later(same.error());
    if (!*same) {
        halt("the entries of the database do not give its root");
        return false;
    }
    if (auto ok = write_share_lists(); !ok) return later(ok.error());
    auto written = parts_.files.put_tiles(builder_->take_changed());
    if (written) written = parts_.files.sync();
    if (!written) {
        builder_.reset(); // what is on the disk is not known: begin again from what is public
        return later(written.error());
    }
    const auto size = static_cast<std::uint64_t>(head->size);
    const auto root = merkle::root_from_tiles(size, parts_.files.reader());
    if (!root) {
        builder_.reset();
        return later(root.error());
    }
    if (*root != head->root) {
        halt("the tiles on the disk do not give the root of the head");
        return false;
    }
    return announce(*head);
}

bool Publisher::announce(const store::Head& head) {
    const merkle::Checkpoint checkpoint{
        options_.origin, static_cast<std::uint64_t>(head.size), head.root, {}
    };
    auto note = merkle::sign_checkpoint(checkpoint, parts_.signer);
    if (!note) {
        halt(note.error().what);
        return false;
    }
    const auto kept = parts_.vault.seal("checkpoint", padded(head.size), as_bytes(*note));
    if (auto ok = parts_.store.put_secrets(std::span(&kept, 1)); !ok) return later(ok.error());
    if (parts_.ask) {
        const auto hashes = merkle::hashes_from_tiles(checkpoint.size, parts_.files.reader());
        const Cosigned cosigned = parts_.ask(*note, head.size, hashes);
        if (cosigned.went_back) {
            halt("a witness has seen a larger tree than ours: the database went back in time");
            return false;
        }
        auto with = merkle::with_signatures(*note, cosigned.signatures);
        if (!with) return later(with.error());
        *note = std::move(*with);
    }
    const auto verdict = merkle::verify_checkpoint(*note, parts_.policy);
    if (!verdict.accepted())
        return false; // no quorum: nothing is published; the next round asks again
    if (auto ok = parts_.files.write_checkpoint(*note); !ok) return later(ok.error());
    if (auto ok = note_first(*note, head.size); !ok) return later(ok.error());
    tell_time(verdict.witnesses);
    parts_.sequencer.cosigned(*note, head.size);
    {
        const std::lock_guard lock(mutex_);
        published_ = {*note, head.size, head.root, parts_.clock(), verdict.witnesses};
    }
    changed_.notify_all();
    return true;
}

/// Once for a ledger, when the checkpoint is in its place: who is stopped in between does it at the
/// next round. By it the audit knows that a log which is gone as a whole was there.
Result<void> Publisher::note_first(const std::string& note, Int size) {
    if (noted_) return {};
    const auto known = parts_.store.secrets(published_kind, "", "", 1);
    if (!known) return unexpected(known.error());
    if (known->empty()) {
        const auto first = parts_.vault.seal(published_kind, padded(size), as_bytes(note));
        if (auto ok = parts_.store.put_secrets(std::span(&first, 1)); !ok) return ok;
    }
    noted_ = true;
    return {};
}

} // namespace handprint::pipeline
