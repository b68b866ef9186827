// Requesters' own names of projects, batches and tasks: each is used once for a kind of thing.

#include "ledger/record/merkle_list.hpp"
#include "node/market/external.hpp"
#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::market_test {

namespace {

using Existing = decltype(Refusal::existing);

/// A draft that waits for its tasks.
Int draft(Rig& rig, const std::string& name) {
    rig.must(terms(0, name), "r:0");
    return rig.state.get<CoopRow>(1).batches - 1;
}

void open_import(Rig& rig, Int batch, const std::vector<Hash>& commits, Int count) {
    const Int chunks = static_cast<Int>(commits.size());
    const auto root = record::MerkleList::of_commitments(commits).root();
    rig.must(ImportTasks{batch, chunks, count, root}, "r:0");
}

/// What is in the way of the command, which is refused for its name.
Existing in_the_way(Rig& rig, const Command& command, const std::string& actor) {
    const Context context{rig.now, rig.index, rig.claims};
    const auto refused = decide(rig.state, rig.request(command, actor), context);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "external_in_use");
    CHECK(refused.error().family == Family::conflict);
    return refused.error().existing;
}

} // namespace

TEST_CASE("a name is used once for each kind of thing, and the refusal says for what") {
    Rig rig;
    rig.must(CreateProject{Hash{}, named("x")}, "r:0");
    const Int project = rig.state.get<CoopRow>(1).projects - 1;
    CHECK(
        in_the_way(rig, CreateProject{Hash{1}, named("x")}, "r:0") == Existing{{"project", project}}
    );
    const Int batch = draft(rig, "x");
    CHECK(in_the_way(rig, terms(0, "x"), "r:0") == Existing{{"batch", batch}});
    CHECK(rig.run(CreateProject{Hash{}, named("x")}, "r:1").empty());
    CHECK(rig.run(terms(1, "x"), "r:1").empty());

    open_import(rig, batch, {Hash{5}}, 2);
    rig.must(ImportChunk{batch, 0, 2, Hash{5}, {named("w"), named("x")}}, "clock");
    rig.must(ImportSeal{batch}, "clock");
    const auto* row = rig.state.find<ExternalRow>(external_name("r:0", "task", named("x")));
    REQUIRE(row != nullptr);
    CHECK(row->ordinal == batch);
    CHECK(row->task == 1);
}

TEST_CASE("a task has a name that no other task of the requester has, in whatever batch") {
    Rig rig;
    const Int first = draft(rig, "first"), second = draft(rig, "second");
    open_import(rig, first, {Hash{5}, Hash{6}}, 4);
    const auto chunk = [](Int batch, Int number, std::vector<Hash> names) {
        const Hash commit{static_cast<std::uint8_t>(5 + number)};
        return ImportChunk{batch, number, 2, commit, std::move(names)};
    };
    CHECK(rig.run(chunk(first, 0, {}), "clock") == "bad_external");
    CHECK(rig.run(chunk(first, 0, {named("a")}), "clock") == "bad_external");
    CHECK(rig.run(chunk(first, 0, {named("a"), named("a")}), "clock") == "bad_external");
    rig.must(chunk(first, 0, {named("a"), named("b")}), "clock");
    CHECK(
        in_the_way(rig, chunk(first, 1, {named("c"), named("b")}), "clock")
        == Existing{{"batch", first}, {"task", 1}}
    );
    rig.must(chunk(first, 1, {named("c"), named("d")}), "clock");
    rig.must(ImportSeal{first}, "clock");
    open_import(rig, second, {Hash{5}}, 2);
    CHECK(
        in_the_way(rig, chunk(second, 0, {named("e"), named("c")}), "clock")
        == Existing{{"batch", first}, {"task", 2}}
    );
    rig.must(chunk(second, 0, {named("e"), named("f")}), "clock");
}

TEST_CASE("a requester has one import under way, so that names can be looked up before it opens") {
    Rig rig;
    const Int first = draft(rig, "first"), second = draft(rig, "second");
    open_import(rig, first, {Hash{5}}, 1);
    CHECK(rig.run(ImportTasks{second, 1, 1, Hash{}}, "r:0") == "import_running");
    rig.must(terms(1, "of another"), "r:1");
    CHECK(rig.run(ImportTasks{second + 1, 1, 1, Hash{}}, "r:1").empty());
    rig.must(ImportChunk{first, 0, 1, Hash{5}, {named("a")}}, "clock");
    CHECK(rig.run(ImportTasks{second, 1, 1, Hash{}}, "r:0") == "import_running");
    rig.must(ImportSeal{first}, "clock");
    CHECK(rig.run(ImportTasks{second, 1, 1, Hash{}}, "r:0").empty());
}

TEST_CASE("a chunk of the largest size fits into an entry") {
    Rig rig;
    const Int batch = draft(rig, "large");
    CHECK(rig.run(ImportTasks{batch, 1, most_chunk_tasks + 1, Hash{}}, "r:0") == "out_of_range");
    open_import(rig, batch, {Hash{5}}, most_chunk_tasks);
    rig.must(
        ImportChunk{batch, 0, most_chunk_tasks, Hash{5}, task_names(batch, 0, most_chunk_tasks)},
        "clock"
    );
    constexpr std::size_t most_envelope = 30'000; // signed for once more, in base64
    std::size_t bytes = most_envelope;
    const auto& entry = rig.entries.back().entry;
    bytes += entry.header_bytes.size();
    for (const auto& part : entry.parts)
        bytes += part.bytes.size();
    CHECK(bytes <= 65'536);
}

} // namespace handprint::market_test
