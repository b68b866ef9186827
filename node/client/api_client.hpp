#pragma once

// Our own interface, called from outside like anybody calls it: sign in, sign commands, claim, hand
// in, accept, read money and payslips, and keep every promise the node gave. One thread at a time.

#include "node/client/signer.hpp"
#include "node/client/wire.hpp"

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::client {

using market::Int;
using record::Json;

/// What the node published about itself: GET /v1/ledger.
struct LedgerState {
    std::string origin, policy, checkpoint, log_vkey;
    Int size = 0;      // published
    Int committed = 0; // entries that exist
    Json sums;         // [{"class","currency","amount"}]
};

/// The answer to a signed command.
struct Done {
    Int index = 0;
    std::string promise; // text
    Json result;
};

/// One request to the node and its answer. `headers` are whole lines, each with its line end.
using Exchange = std::function<Result<WireReply>(
    std::string_view method,
    std::string_view target,
    std::string_view headers,
    std::string_view body
)>;

class ApiClient {
public:
    explicit ApiClient(Exchange exchange) : exchange_(std::move(exchange)) {}

    explicit ApiClient(Address node);

    /// A request with the session or key in force; a status of 400 or more is a Failure that names
    /// the problem's code. It is sent again under the same id when that may help.
    [[nodiscard]] Result<std::string> call(
        std::string_view method,
        std::string_view target,
        std::string_view body = {},
        std::string_view type = "application/json"
    );
    [[nodiscard]] Result<Json>
    json(std::string_view method, std::string_view target, std::string_view body = {});

    [[nodiscard]] Result<LedgerState> ledger();
    /// Waits until an entry of that index is published with its cosignatures.
    [[nodiscard]] Result<LedgerState> wait_published(Int index, int timeout_s);

    // Signed by a party.
    [[nodiscard]] Result<Done>
    command(const Signer& signer, const market::Command& command, Json attachments = {});
    /// The body of a signed command. Sent again, it is done once.
    [[nodiscard]] Result<Done> send_command(const std::string& body);
    /// Enrols, and makes the signer that member.
    [[nodiscard]] Result<Done> enrol_member(Signer& signer, std::vector<std::string> languages);
    [[nodiscard]] Result<Done> register_requester(Signer& signer, const std::string& name);
    [[nodiscard]] Result<void> open_session(const Signer& signer);
    /// For market::reference_hash(). Opens a session of the delegate.
    [[nodiscard]] Result<Hash> reference_salt(const Signer& delegate);
    /// A requester's mandate to an agent key in the node, and an API key that acts by it; from then
    /// on this client uses the key.
    [[nodiscard]] Result<std::string> make_api_key(const Signer& signer, market::MakeGrant grant);

    // As a requester, by the API key.
    void use_key(const std::string& api_key);
    [[nodiscard]] Result<Int> create_project(const std::string& external, const std::string& title);
    [[nodiscard]] Result<Int> create_batch(Int project, const Json& batch);
    /// Waits until the batch has all of them; a Failure if it has not after so long, which does
    /// not end the import.
    [[nodiscard]] Result<Json> import_tasks(
        Int batch,
        std::string_view jsonl,
        std::chrono::milliseconds patience = std::chrono::minutes(30)
    );
    [[nodiscard]] Result<Json> batch_action(Int batch, std::string_view action);
    /// Accepts all that was submitted; the number accepted.
    [[nodiscard]] Result<Int> accept_all(Int batch);

    // As a member, by the session.
    struct Claimed {
        Hash terms{};
        std::vector<Int> tasks;
    };

    [[nodiscard]] Result<Claimed> claim(Int batch, Int count, std::span<const Int> tasks = {});
    [[nodiscard]] Result<Done>
    submit(const Signer& signer, Int batch, const Hash& terms, std::vector<SaltedAnswer> answers);
    [[nodiscard]] Result<std::string> payslip(Int period);

    /// Texts of the promises that answers carried, in order.
    [[nodiscard]] const std::vector<std::string>& promises() const noexcept { return promises_; }

    /// The body of the newest command of which nobody knows whether it was entered; empty if none.
    [[nodiscard]] const std::string& unanswered() const noexcept { return unanswered_; }

private:
    [[nodiscard]] Result<Int> made(const Result<Json>& answer, const char* what);

    Exchange exchange_;
    std::string auth_; // a header line, or none
    std::vector<std::string> promises_;
    std::string unanswered_;
    bool answered_ = true; // the newest request, and with more than that nobody knows
};

/// The body of a submission, signed; for sending later or by others.
[[nodiscard]] std::string submission_body(
    const Signer& signer, Int batch, const Hash& terms, std::vector<SaltedAnswer> answers
);

} // namespace handprint::client
