#include "tests/market/rig.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/note.hpp"
#include "ledger/record/fixed_names.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/store/row_codec.hpp"
#include "tests/market/sample_batch.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace handprint::market_test {

namespace {

constexpr const char* origin = "log.example/coop";

merkle::NoteSigner log_signer() {
    return {origin, KeyPair::from_seed(Seed{1})};
}

} // namespace

std::string key(int number) {
    Seed seed{};
    seed.fill(static_cast<std::uint8_t>(number));
    return base64_encode(KeyPair::from_seed(seed).public_key());
}

std::string key_of_party(const std::string& party) {
    if (party == "clock") return key(3);
    const int number = std::stoi(party.substr(2));
    return key(number + (party[0] == 'd' ? 10 : party[0] == 'r' ? 20 : 30));
}

Rig::Rig() {
    state.whole();
    Genesis genesis;
    genesis.clock_key = key(3);
    genesis.promise_key = key(2);
    genesis.origin = origin;
    genesis.policy = "log " + log_signer().key().text() + "\nquorum none\n";
    genesis.currencies = {"EUR", "KES"};
    genesis.delegates = {key_of_party("d:0"), key_of_party("d:1")};
    genesis.formats = record::fixed_names().formats;
    genesis.domains = record::fixed_names().domains;
    must(genesis, "d:0");
    for (const char* name : {"m:0", "m:1", "m:2", "m:3"}) {
        auto enrol = request(EnrolMember{key_of_party(name), {"en"}, {}}, "new");
        enrol.key = key_of_party(name);
        REQUIRE(run(enrol).empty());
    }
    for (const Int number : {0, 1}) {
        const std::string name = "r:" + std::to_string(number);
        auto made = request(RegisterRequester{key_of_party(name)}, "new");
        made.key = key_of_party(name);
        REQUIRE(run(made).empty());
        must(Fund{Amount{1'000'000}, "KES", named("transfer to " + name), number}, "d:0");
        must(CreateProject{Hash{}, named("project")}, name);
    }
}

Request Rig::request(Command command, const std::string& actor, Int grant) {
    Request request;
    request.command = std::move(command);
    request.actor = actor;
    const int id = ++ids_;
    for (std::size_t i = 0; i < 4; ++i) {
        request.id.bytes[i] = static_cast<std::uint8_t>(static_cast<unsigned>(id) >> (8 * i));
    }
    if (actor != "new") request.key = grant == never ? key_of_party(actor) : key(15);
    request.envelope = "{}";
    request.grant = grant;
    return request;
}

std::string Rig::run(Request request) {
    auto done = carry_out(state, request, {now, index, claims}, [] { return record::Salt{}; });
    if (!done) return done.error().code;
    entries.push_back(std::move(done->sealed));
    ++index;
    ++now;
    return {};
}

std::string Rig::run(Command command, const std::string& actor, Int grant) {
    return run(request(std::move(command), actor, grant));
}

std::vector<Event> Rig::must(Command command, const std::string& actor, Int grant) {
    auto done =
        carry_out(state, request(std::move(command), actor, grant), {now, index, claims}, [] {
            return record::Salt{};
        });
    if (!done) FAIL(done.error().code);
    entries.push_back(std::move(done->sealed));
    ++index;
    ++now;
    return done->events;
}

Hash named(const std::string& text) {
    return sha256(as_bytes(text));
}

std::vector<Hash> task_names(Int batch, Int chunk, Int count) {
    std::vector<Hash> names;
    for (Int i = 0; i < count; ++i) {
        names.push_back(
            named(std::to_string(batch) + '/' + std::to_string(chunk) + '/' + std::to_string(i))
        );
    }
    return names;
}

CreateBatch terms(Int project, const std::string& external) {
    return sample_batch(project, named(external));
}

Int Rig::batch(Int tasks, Int overlap, Int requester) {
    auto made = terms(requester, "batch " + std::to_string(index));
    made.overlap = overlap;
    return batch(made, tasks, requester);
}

Int Rig::batch(const CreateBatch& made, Int tasks, Int requester) {
    const Int number = sealed(made, tasks, requester);
    must(Publish{number}, "r:" + std::to_string(requester));
    return number;
}

Int Rig::sealed(const CreateBatch& made, Int tasks, Int requester) {
    const std::string actor = "r:" + std::to_string(requester);
    must(made, actor);
    const Int number = state.get<CoopRow>(1).batches - 1;
    const std::vector<Hash> commits{Hash{5}};
    must(ImportTasks{number, 1, tasks, record::MerkleList::of_commitments(commits).root()}, actor);
    must(ImportChunk{number, 0, tasks, commits[0], task_names(number, 0, tasks)}, "clock");
    must(ImportSeal{number}, "clock");
    return number;
}

Submit Rig::answers(Int batch, const std::vector<Int>& tasks) const {
    Submit submit;
    submit.batch = batch;
    submit.terms = state.get<BatchRow>(batch).terms;
    for (const Int task : tasks)
        submit.answers.push_back({Hash{7}, 3, task, "text/plain"});
    return submit;
}

void Rig::close() {
    auto made = request(ClosePeriod{}, "d:0");
    made.prepared.count = state.get<CoopRow>(1).members;
    REQUIRE(run(std::move(made)).empty());
}

std::string Rig::checkpoint(Int size) {
    return merkle::sign_checkpoint(
               {origin, static_cast<std::uint64_t>(size), Hash{9}, {}}, log_signer()
    )
        .value();
}

Hash Rig::digest() const {
    std::map<Key, Row> rows;
    state.for_each([&](const Key& name, const Row& row) { rows.emplace(name, row); });
    Sha256 sha;
    Bytes bytes;
    for (const auto& [name, row] : rows) {
        bytes.clear();
        std::visit([&bytes](const auto& r) { store::append_row(bytes, r); }, row);
        sha.update(bytes);
    }
    return sha.finish();
}

Int Rig::owed(const std::string& account) const {
    const auto* row = state.peek<AccountRow>(account, std::string("KES"));
    return row == nullptr ? 0 : row->credits - row->debits;
}

} // namespace handprint::market_test
