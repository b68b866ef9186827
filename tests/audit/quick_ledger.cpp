#include "tests/audit/quick_ledger.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/merkle/note.hpp"
#include "ledger/record/fixed_names.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/market/external.hpp"
#include "node/pipeline/intake.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace handprint::quick {

using namespace market;

KeyPair key(int number) {
    Seed seed{};
    for (std::size_t i = 0; i < 4; ++i)
        seed[i] = static_cast<std::uint8_t>(static_cast<unsigned>(number) >> (8 * i));
    return KeyPair::from_seed(seed);
}

std::string text(int number) {
    return base64_encode(key(number).public_key());
}

Ledger::Ledger(store::Store& store) : store_(store), head_(store.take_over().value()) {
    state_.whole();
}

void Ledger::add(Command command, const std::string& actor, int signer) {
    CommandId id;
    const auto number = static_cast<std::uint64_t>(next_.size + 1);
    for (std::size_t i = 0; i < 8; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    const auto request = pipeline::sign_command(std::move(command), actor, id, key(signer), origin);
    envelopes.push_back(record::parse_envelope(request.envelope).value());
    keys.push_back(key(signer).public_key());
    auto done = carry_out(state_, request, {++next_.time, next_.size, nullptr}, [] {
        return record::Salt{};
    });
    if (!done) std::printf("%s\n", done.error().code.c_str()), std::exit(1);
    auto& entry = done->sealed.entry;
    frontier_.append(entry.leaf);
    batch_.entries.push_back(
        {next_.size, entry.header_bytes, entry.parts[0].salt, entry.parts[0].bytes}
    );
    for (std::size_t i = 1; i < entry.parts.size(); ++i) {
        const auto& part = entry.parts[i];
        batch_.parts.push_back(
            {done->sealed.parties[i],
             next_.size,
             static_cast<Int>(i),
             std::string(record::name(part.role)),
             part.salt,
             part.bytes,
             false}
        );
    }
    ++next_.size;
    if (batch_.entries.size() == 1000) flush();
}

void Ledger::flush() {
    next_.root = frontier_.root();
    next_.frontier.clear();
    for (const Hash& part : frontier_.parts())
        append(next_.frontier, part);
    batch_.expected = head_;
    batch_.next = next_;
    batch_.upserts = state_.take_changes().upserts;
    if (store_.commit(batch_).outcome != store::Outcome::committed) std::exit(1);
    head_ = next_;
    batch_ = {};
}

void fill(Ledger& ledger, Int tasks_wanted, int members) {
    Genesis genesis;
    genesis.clock_key = text(clock_key);
    genesis.promise_key = text(promise_key);
    genesis.origin = origin;
    genesis.policy =
        "log " + merkle::NoteSigner(origin, key(log_key)).key().text() + "\nquorum none\n";
    genesis.currencies = {"KES"};
    genesis.delegates = {text(delegate)};
    genesis.formats = record::fixed_names().formats;
    genesis.domains = record::fixed_names().domains;
    ledger.add(genesis, "d:0", delegate);
    for (int m = 0; m < members; ++m)
        ledger.add(EnrolMember{text(member + m), {"en"}, {}}, "new", member + m);
    ledger.add(RegisterRequester{text(requester)}, "new", requester);
    ledger.add(Fund{Amount{100'000'000'000}, "KES", Hash{1}, 0}, "d:0", delegate);
    ledger.add(CreateProject{Hash{}, Hash{}}, "r:0", requester);
    CreateBatch terms;
    terms.accept_ms = 1'000'000'000;
    terms.bundle_max = 1;
    terms.currency = "KES";
    terms.domain = "text";
    terms.estimate_s = 30;
    terms.language = "en";
    terms.lease_ms = 600'000;
    terms.price_micros = 2'500'000;
    ledger.add(terms, "r:0", requester);
    const Int tasks = std::min<Int>(tasks_wanted, 1'000'000);
    const Int chunks = (tasks + most_chunk_tasks - 1) / most_chunk_tasks;
    const std::vector<Hash> commits(static_cast<std::size_t>(chunks), Hash{1});
    ledger.add(
        ImportTasks{0, chunks, tasks, record::MerkleList::of_commitments(commits).root()},
        "r:0",
        requester
    );
    for (Int c = 0; c < chunks; ++c) {
        ImportChunk chunk{0, c, std::min(most_chunk_tasks, tasks - c * most_chunk_tasks), {1}, {}};
        for (Int i = 0; i < chunk.count; ++i)
            chunk.externals.push_back(sha256(as_bytes(std::to_string(c * most_chunk_tasks + i))));
        ledger.add(chunk, "clock", clock_key);
    }
    ledger.add(ImportSeal{0}, "clock", clock_key);
    ledger.add(Publish{0}, "r:0", requester);
    for (Int task = 0; task < tasks; ++task) {
        const int m = static_cast<int>(task % members);
        ledger.add(
            Submit{{{Hash{2}, 15, task, "application/json"}}, 0, Hash{}},
            "m:" + std::to_string(m),
            member + m
        );
        if (task % 20 != 19 && task != tasks - 1) continue;
        Accept accept;
        for (Int t = task - task % 20; t <= task; ++t)
            accept.items.push_back({t, t % members});
        ledger.add(accept, "r:0", requester);
    }
    ledger.flush();
}

} // namespace handprint::quick
