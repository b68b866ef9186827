#pragma once

// Routes read in passing and take a row that they do not find for one that is not there. So the
// store that they have never answers with a failure: a read that fails throws http::Unavailable,
// which ends in 503 wherever a request is answered, and nobody is shown half of a list or told that
// what they made does not exist. Writes answer as the store behind does.

#include "node/http/problem.hpp"
#include "node/store/store.hpp"

#include <functional>
#include <string_view>
#include <utility>

namespace handprint::routes {

class SureReads final : public store::Store {
public:
    /// Is told what could not be read, by any thread.
    using Warn = std::function<void(std::string_view what)>;

    explicit SureReads(store::Store& behind, Warn warn = {})
        : behind_(behind), warn_(std::move(warn)) {}

    Result<store::Head> head() override { return sure(behind_.head()); }

    Result<store::Head> take_over() override { return behind_.take_over(); }

    Result<std::vector<std::optional<market::Row>>> load(std::span<const market::Key> keys
    ) override {
        return sure(behind_.load(keys));
    }

    store::CommitResult commit(const store::Batch& batch) override { return behind_.commit(batch); }

    Result<std::vector<market::Row>> scan(const store::Scan& what) override {
        return sure(behind_.scan(what));
    }

    Result<std::vector<store::Due>> due(market::Int until, std::size_t limit) override {
        return sure(behind_.due(until, limit));
    }

    Result<std::vector<store::EntryRecord>> entries(market::Int from, std::size_t limit) override {
        return sure(behind_.entries(from, limit));
    }

    Result<std::vector<store::PartRecord>>
    parts_of(std::string_view party, market::Int from, market::Int to, std::size_t limit) override {
        return sure(behind_.parts_of(party, from, to, limit));
    }

    Result<std::vector<store::PartRecord>>
    latest_parts_of(std::string_view party, market::Int before, std::size_t limit) override {
        return sure(behind_.latest_parts_of(party, before, limit));
    }

    Result<std::vector<store::PartRecord>>
    parts_between(market::Int from, market::Int to) override {
        return sure(behind_.parts_between(from, to));
    }

    Result<void>
    erase_part(std::string_view party, market::Int index, market::Int number) override {
        return behind_.erase_part(party, index, number);
    }

    Result<std::optional<Bytes>> secret(std::string_view kind, std::string_view id) override {
        return sure(behind_.secret(kind, id));
    }

    Result<std::vector<store::SecretRecord>> secrets(
        std::string_view kind, std::string_view id_prefix, std::string_view after, std::size_t limit
    ) override {
        return sure(behind_.secrets(kind, id_prefix, after, limit));
    }

    Result<void> put_secrets(std::span<const store::SecretRecord> records) override {
        return behind_.put_secrets(records);
    }

    Result<void> blank_blobs(
        std::span<const market::Int> ids, std::span<const store::SecretRecord> records
    ) override {
        return behind_.blank_blobs(ids, records);
    }

    Result<std::vector<store::BlobRecord>> blobs(market::Int from, std::size_t limit) override {
        return sure(behind_.blobs(from, limit));
    }

    Result<market::Int> blob_count() override { return sure(behind_.blob_count()); }

    Result<Hash> digest() override { return sure(behind_.digest()); }

    Result<void> backup(const std::string& path) override { return behind_.backup(path); }

private:
    template <class T>
    Result<T> sure(Result<T> read) {
        if (read) return read;
        if (warn_) warn_("cannot read: " + read.error().what);
        throw http::Unavailable(read.error().what);
    }

    store::Store& behind_;
    Warn warn_;
};

} // namespace handprint::routes
