#pragma once

// A ledger filled by the rules alone, without a sequencer, for benches: every entry is decided,
// signed and stored, a thousand to a commit.

#include "ledger/base/crypto.hpp"
#include "ledger/merkle/tree.hpp"
#include "ledger/record/dsse.hpp"
#include "node/market/carry_out.hpp"
#include "node/store/store.hpp"

#include <string>
#include <vector>

namespace handprint::quick {

using market::Int;

inline constexpr const char* origin = "log.example/bench";

/// Numbers of keys; members have those from `member` on.
enum Keys : int { clock_key = 1, promise_key, log_key, delegate, requester, member = 20 };

[[nodiscard]] KeyPair key(int number);
[[nodiscard]] std::string text(int number);

class Ledger {
public:
    explicit Ledger(store::Store& store);

    /// Ends the program if the rules refuse it.
    void add(market::Command command, const std::string& actor, int signer);
    void flush();

    std::vector<record::Envelope> envelopes;
    std::vector<PublicKey> keys;

private:
    market::State state_;
    store::Store& store_;
    store::Head head_, next_ = head_;
    merkle::Frontier frontier_;
    store::Batch batch_;
};

/// A cooperative in which `members` do `tasks` in turn, and all is accepted.
void fill(Ledger& ledger, Int tasks, int members);

} // namespace handprint::quick
