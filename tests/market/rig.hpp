#pragma once

// The rules without a node: a whole state in memory, a clock that the test moves, commands whose
// signatures nobody checks.

#include "node/market/carry_out.hpp"
#include "node/market/decide.hpp"

#include <map>
#include <string>
#include <vector>

namespace handprint::market_test {

using namespace market;

/// 32 bytes `number` in base64.
[[nodiscard]] std::string key(int number);

/// Keys of the parties of a Rig: delegate d is 10+d, requester r 20+r, member m 30+m, agent 15,
/// clock 3.
[[nodiscard]] std::string key_of_party(const std::string& party);

class Rig {
public:
    /// Founded, with members 0 to 3 and requesters 0 and 1, each with 1,000,000 KES minor in
    /// escrow.
    Rig();

    /// "" if it was carried out, else the code of the refusal.
    std::string run(Command command, const std::string& actor, Int grant = never);
    std::string run(Request request);
    /// Carried out, or the test fails.
    std::vector<Event> must(Command command, const std::string& actor, Int grant = never);
    [[nodiscard]] Request request(Command command, const std::string& actor, Int grant = never);

    /// An open batch of `tasks` tasks; its number.
    Int batch(Int tasks = 4, Int overlap = 2, Int requester = 0);
    Int batch(const CreateBatch& made, Int tasks, Int requester = 0);
    /// The same with its tasks, and not published yet.
    Int sealed(const CreateBatch& made, Int tasks, Int requester = 0);
    [[nodiscard]] Submit answers(Int batch, const std::vector<Int>& tasks) const;

    /// Closes a period, with an empty list.
    void close();
    /// Good under the policy, which asks for no witness; of another tree.
    [[nodiscard]] static std::string checkpoint(Int size);

    /// Over all rows, in order.
    [[nodiscard]] Hash digest() const;
    /// Balance in favour of whoever it is owed to.
    [[nodiscard]] Int owed(const std::string& account) const;

    State state;
    Int now = 1'795'280'000'000;
    Int index = 0;
    const ClaimBook* claims = nullptr;
    std::vector<SealedEntry> entries;

private:
    int ids_ = 0;
};

/// The hash of a name, as if salted.
[[nodiscard]] Hash named(const std::string& text);
/// Names of the tasks of a chunk, unlike those of any other.
[[nodiscard]] std::vector<Hash> task_names(Int batch, Int chunk, Int count);
/// The terms of a batch that any requester may make.
[[nodiscard]] CreateBatch terms(Int project, const std::string& external);

} // namespace handprint::market_test
