#pragma once

// A cooperative made for measuring: many members with sessions, a published batch, claims.

#include "node/client/api_client.hpp"
#include "node/tools/load.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace handprint::tools {

using client::Int;

struct BenchMember {
    client::Signer signer;
    std::string cookie;
};

struct BenchBatch {
    Int number = 0;
    Hash terms{};
    Int each = 0; // tasks that every member holds
};

class BenchMarket {
public:
    BenchMarket(client::Address node, std::size_t connections);

    /// Enrols members and signs them in, all through the doors.
    [[nodiscard]] Result<void> enrol(std::size_t members);
    /// A batch in which every member claims `each` tasks of their own; three members share a task.
    [[nodiscard]] Result<BenchBatch>
    publish_and_claim(const KeyPair& delegate, const std::string& name, Int each);

    /// A draft with so many tasks, imported and sealed; its number. After publish_and_claim().
    [[nodiscard]] Result<Int> import_draft(const std::string& name, std::size_t rows);

    /// Signed requests, ready to send: one for each of a member's tasks, or one for all of them.
    /// They are in such an order that neighbours come from different members.
    [[nodiscard]] std::vector<std::string> singles(const BenchBatch& batch) const;
    [[nodiscard]] std::vector<std::string> bundles(const BenchBatch& batch) const;

    [[nodiscard]] client::ApiClient& api() noexcept { return api_; }

private:
    [[nodiscard]] Result<void> send(const std::vector<std::string>& requests, LoadOptions options);
    [[nodiscard]] Int first_task(std::size_t member, Int each) const;
    [[nodiscard]] std::string
    submission(std::size_t member, const BenchBatch& batch, Int from, Int count) const;

    client::Address node_;
    std::size_t connections_;
    client::ApiClient api_;
    std::string origin_;
    std::vector<BenchMember> members_;
    std::unique_ptr<client::Signer> requester_;
    Int project_ = -1;
};

/// Runs `one` for 0 ... count-1 on all cores.
void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& one);

} // namespace handprint::tools
