// What is kept outside the ledger, held against it: keys to blobs, and what they are for.

#include "ledger/base/base64.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/record/commitment.hpp"
#include "node/pipeline/intake.hpp"
#include "node/pipeline/runs.hpp"
#include "node/store/memory/memory_store.hpp"
#include "tests/audit/setting.hpp"
#include "tests/audit/tape.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <set>

namespace handprint::audit_test {

namespace {

/// A sealed value that says where a blob is and how to open it.
struct Pointer {
    std::string id;
    Int blob = 0;
    pipeline::DataKey key{};
};

Pointer first_of(World& world, const char* kind) {
    const auto records = world.store().secrets(kind, "", "", 1).value();
    REQUIRE(records.size() == 1);
    const auto& record = records.front();
    const Bytes plain = world.vault().open(kind, record.id, record.sealed).value();
    ByteView view = plain;
    const auto blob = static_cast<Int>(take_u64(view).value());
    return {record.id, blob, to_array<32>(view).value()};
}

void point(World& world, const char* kind, const std::string& id, const Pointer& to) {
    const auto sealed = world.vault().seal_pointer(kind, id, to.blob, to.key);
    REQUIRE(world.store().put_secrets({&sealed, 1}));
}

/// The only finding.
audit::Finding found(World& world) {
    const auto report = audit(world);
    INFO(audit::report_text(report));
    REQUIRE(report.findings.size() == 1);
    return report.findings.front();
}

using Codes = std::set<std::string>;

Codes codes(World& world) {
    Codes out;
    for (const auto& finding : audit(world).findings)
        out.insert(finding.code);
    return out;
}

Bytes kept(World& world, const std::string& kind, const std::string& id) {
    return world.vault().read(world.store(), kind, id).value().value();
}

/// Codes while something else, or nothing, is kept there.
Codes with(
    World& world, const std::string& kind, const std::string& id, const std::optional<Bytes>& lie
) {
    const auto before = world.store().secret(kind, id).value();
    const store::SecretRecord none{kind, id, {}};
    const auto other = lie ? world.vault().seal(kind, id, *lie) : none;
    REQUIRE(world.store().put_secrets({&other, 1}));
    INFO(kind, ' ', id);
    const auto found = codes(world);
    const store::SecretRecord again{kind, id, before.value_or(Bytes{})};
    REQUIRE(world.store().put_secrets({&again, 1}));
    return found;
}

Bytes bytes_of(std::string_view text) {
    return to_bytes(as_bytes(text));
}

/// Codes while these answers are kept for the entry.
Codes with_answers(World& world, const std::string& id, const std::string& text) {
    const auto before = world.store().secret("answers", id).value().value();
    pipeline::Job job;
    job.only_store = true;
    job.attachments.push_back({"answers", id, world.vault().encrypt(as_bytes(text))});
    REQUIRE(world.run(std::move(job)).verdict == pipeline::Verdict::stored);
    const auto found = codes(world);
    const store::SecretRecord again{"answers", id, before};
    REQUIRE(world.store().put_secrets({&again, 1}));
    return found;
}

/// With the first place where it stands changed.
std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

const Codes clean;
const Codes content_differs{"content_differs"};

} // namespace

TEST_CASE("attack: a second key to answers, by which they can be read once they are erased") {
    Setting s;
    tell_period(s.world);
    s.world.stop();
    const auto answers = first_of(s.world, "answers");
    point(s.world, "tasks", "000000000099/000000000000", answers); // of an import that never came
    const auto finding = found(s.world);
    CHECK(finding.code == "blob_shared");
    CHECK(finding.key == "kind=tasks,id=000000000099/000000000000");
}

TEST_CASE("a blob that nothing needs may be blank, one that is needed may not") {
    Setting s;
    tell_period(s.world);
    pipeline::Job staged;
    staged.only_store = true;
    const std::string id = "000000000099/000000000000";
    staged.attachments.push_back({"tasks", id, s.world.vault().encrypt(as_bytes("never"))});
    REQUIRE(s.world.run(std::move(staged)).verdict == pipeline::Verdict::stored);
    s.world.stop();
    const Int orphan = s.world.store().blob_count().value();
    const store::SecretRecord gone{"tasks", id, {}};
    REQUIRE(s.world.store().blank_blobs({&orphan, 1}, {&gone, 1}));
    const auto report = audit(s.world);
    INFO(audit::report_text(report));
    CHECK(report.findings.empty());
    CHECK(report.figures.erased_blobs == 1);

    const Int needed = first_of(s.world, "answers").blob;
    REQUIRE(s.world.store().blank_blobs({&needed, 1}, {}));
    const auto finding = found(s.world);
    CHECK(finding.code == "blob_unreadable");
    CHECK(finding.key == "id=" + std::to_string(needed));
}

TEST_CASE("attack: answers that are kept for a submission that nobody made") {
    Setting s;
    tell_period(s.world);
    s.world.stop();
    const auto answers = first_of(s.world, "answers");
    const store::SecretRecord gone{"answers", answers.id, {}};
    REQUIRE(s.world.store().put_secrets({&gone, 1}));
    Int index = 0;
    SUBCASE("at an entry of another kind") {}
    SUBCASE("at the entry of a member who did something else") {
        index = s.world.row<market::MemberRow>(Int{0}).enrolled;
    }
    SUBCASE("at an entry that is not there") {
        index = s.world.store().head().value().size;
    }
    point(s.world, "answers", pipeline::padded(index), answers);
    const auto finding = found(s.world);
    CHECK(finding.code == "content_differs");
    CHECK(finding.key == "kind=answers,id=" + pipeline::padded(index));
    CHECK(finding.what == "there is no such submission");
}

TEST_CASE("terms, salts and names that are kept are those that the ledger knows") {
    Setting s;
    tell(s.world);
    s.world.stop();
    World& w = s.world;
    const std::string chunk = pipeline::chunk_id(0, 0);
    REQUIRE(codes(w) == clean);
    SUBCASE("terms") {
        const Bytes terms = kept(w, "terms", "0");
        CHECK(with(w, "terms", "0", kept(w, "terms", "1")) == content_differs);
        CHECK(with(w, "terms", "99", terms) == content_differs);
        CHECK(with(w, "terms", "none", terms) == content_differs);
        CHECK(with(w, "terms", "0", {}) == Codes{"secret_missing"});
    }
    SUBCASE("what belongs to a chunk of tasks") {
        const auto staged = pipeline::decode_staged(kept(w, "staged", chunk)).value();
        const auto changed = [&](auto&& change) {
            auto lie = staged;
            change(lie);
            return with(w, "staged", chunk, pipeline::encode(lie));
        };
        CHECK(changed([](auto& lie) { lie.commit[0] ^= 1U; }) == content_differs);
        CHECK(changed([](auto& lie) { ++lie.count; }) == content_differs);
        CHECK(changed([](auto& lie) { lie.salt[0] ^= 1U; }) == content_differs);
        CHECK(with(w, "staged", chunk, {}) == Codes{"salt_missing"});
        CHECK(with(w, "staged", chunk, Bytes(9)) == Codes{"secret_malformed", "content_differs"});
        const std::string not_imported = pipeline::chunk_id(99, 0);
        CHECK(with(w, "staged", not_imported, pipeline::encode(staged)) == clean);
        CHECK(with(w, "staged", not_imported, Bytes(9)) == Codes{"secret_malformed"});
    }
    SUBCASE("requesters' own names") {
        const Codes name_differs{"name_differs"};
        const Bytes name = kept(w, "external", "batch/0");
        CHECK(with(w, "external", "batch/0", bytes_of("other")) == name_differs);
        CHECK(with(w, "external", "batch/0", kept(w, "external", "batch/2")) == name_differs);
        CHECK(with(w, "external", "other/0", name) == name_differs);
        CHECK(with(w, "external", "batch/99", name) == name_differs);
        CHECK(with(w, "external", "batch", name) == name_differs);
        CHECK(with(w, "external", "project/0", name) == name_differs);
        CHECK(with(w, "external", "project/99", name) == name_differs);
    }
}

TEST_CASE("the name of a project is kept as the ledger knows it") {
    Setting s;
    tell_period(s.world);
    pipeline::Job job;
    job.request = s.world.sign(
        market::CreateProject{Hash{}, s.world.vault().external_hash("r:0", "project", "mine")},
        "r:0",
        requester
    );
    job.notes.push_back({"external", "project/#", bytes_of("mine")});
    const auto made = s.world.run(std::move(job));
    REQUIRE(made.verdict == pipeline::Verdict::entry);
    s.world.stop();
    CHECK(codes(s.world) == clean);
    const auto id = "project/" + std::to_string(made.result.at("project").integer());
    CHECK(with(s.world, "external", id, bytes_of("yours")) == Codes{"name_differs"});
}

TEST_CASE("gradings and checkpoints that are kept are those that the ledger knows") {
    Setting s;
    tell_period(s.world);
    s.world.stop();
    World& w = s.world;
    SUBCASE("gradings") {
        const auto id = w.store().secrets("graded", "", "", 1).value().at(0).id;
        const Bytes grade = kept(w, "graded", id);
        Bytes other = grade;
        other.back() ^= 1U;
        CHECK(with(w, "graded", id, other) == content_differs);
        CHECK(with(w, "graded", pipeline::padded(0), grade) == content_differs);
        CHECK(with(w, "graded", id, Bytes(31)) == Codes{"secret_malformed"});
        CHECK(with(w, "graded", pipeline::padded(100'000), grade) == Codes{"secret_malformed"});
    }
    SUBCASE("checkpoints") {
        const Codes checkpoint_differs{"checkpoint_differs"};
        const auto size = static_cast<std::uint64_t>(w.publisher().published().size);
        const auto id = pipeline::padded(static_cast<Int>(size));
        const Bytes note = kept(w, "checkpoint", id);
        const auto signed_note = [&](std::uint64_t covered, const Hash& root) {
            const merkle::NoteSigner signer{origin, key(log_key)};
            return bytes_of(merkle::sign_checkpoint({origin, covered, root, {}}, signer).value());
        };
        const auto root = w.publisher().published().root;
        CHECK(with(w, "checkpoint", id, signed_note(size, root)) == clean);
        CHECK(with(w, "checkpoint", id, signed_note(size, Hash{7})) == checkpoint_differs);
        CHECK(with(w, "checkpoint", id, bytes_of("no note")) == checkpoint_differs);
        CHECK(with(w, "checkpoint", pipeline::padded(1), note) == checkpoint_differs);
        const auto later = size + 1000;
        const auto later_id = pipeline::padded(static_cast<Int>(later));
        CHECK(with(w, "checkpoint", later_id, signed_note(later, root)) == checkpoint_differs);
    }
}

TEST_CASE("the list of a close is missed, and where a key points to is looked at") {
    Setting s;
    tell_period(s.world);
    s.world.stop();
    World& w = s.world;
    const std::string period = pipeline::padded(1);
    CHECK(with(w, "close", period, {}).contains("secret_missing"));
    const auto other = w.vault().seal("agent", period, as_bytes("of the same id"));
    REQUIRE(w.store().put_secrets({&other, 1}));
    CHECK(with(w, "close", period, {}).contains("secret_missing"));
    CHECK(with(w, "close", period, Bytes(39)).contains("secret_malformed"));
    auto nowhere = first_of(w, "tasks");
    nowhere.blob = w.store().blob_count().value() + 1;
    point(w, "tasks", "000000000099/000000000000", nowhere);
    CHECK(codes(w) == Codes{"blob_missing"});
}

TEST_CASE("sealed values are read to the last page of their kind") {
    Setting s;
    tell_period(s.world);
    s.world.stop();
    const auto before = audit(s.world).figures.secrets;
    std::vector<store::SecretRecord> many;
    for (Int number = 0; number < 501; ++number)
        many.push_back(s.world.vault().seal("draft", pipeline::padded(number), as_bytes("text")));
    many.back().sealed.back() ^= 1U;
    REQUIRE(s.world.store().put_secrets(many));
    const auto finding = found(s.world);
    CHECK(finding.code == "secret_unreadable");
    CHECK(finding.key == "kind=draft,id=" + pipeline::padded(500));
    CHECK(audit(s.world).figures.secrets == before + 501);
}

TEST_CASE("answers whose keys are gone count as erased, from the first blob on") {
    Setting s;
    tell_period(s.world);
    s.world.stop();
    auto first = first_of(s.world, "tasks");
    REQUIRE(first.blob == 1);
    const store::SecretRecord gone{"tasks", first.id, {}};
    REQUIRE(s.world.store().put_secrets({&gone, 1}));
    const auto report = audit(s.world);
    CHECK(report.clean());
    CHECK(report.figures.erased_blobs == 1);
    CHECK(report.figures.blobs == s.world.store().blob_count().value());
}

TEST_CASE("a blob that nothing needs is missed, and its bytes are looked at") {
    MemorySetting s;
    tell_period(s.world);
    s.world.stop();
    const store::SecretRecord gone{"tasks", first_of(s.world, "tasks").id, {}};
    REQUIRE(s.world.store().put_secrets({&gone, 1}));
    auto& blob = dynamic_cast<store::MemoryStore&>(s.world.store()).disk()->state.blobs.front();
    CHECK(codes(s.world) == clean);
    blob.bytes.push_back(0);
    CHECK(codes(s.world) == Codes{"blob_differs"});
    blob.id = 0;
    CHECK(codes(s.world) == Codes{"blob_missing"});
}

TEST_CASE("answers are held against their entries however far these lie apart") {
    Setting s;
    const Story story = tell_period(s.world);
    const Int page = 128;
    const Int last = std::stoll(first_of(s.world, "answers").id) + page;
    while (s.world.sequencer().size() < last)
        s.world.entry(market::ConfirmClock{s.world.now()}, "d:0", delegate);
    REQUIRE(s.world.submit(3, member + 3, story.test, {0, 1}).index == last);
    CHECK(codes(s.world) == clean);
}

TEST_CASE("attack: other answers are kept than were signed for") {
    Setting s;
    const Story story = tell_period(s.world);
    const auto last = s.world.submit(3, member + 3, story.test, {0, 1});
    const std::string id = pipeline::padded(last.index);
    REQUIRE(last.index + 1 == s.world.store().head().value().size);
    const auto blob = s.world.vault().read_blob(s.world.store(), "answers", id).value().value();
    const std::string good(as_text(blob));
    CHECK(with_answers(s.world, id, good) == clean);
    const auto base64 = [](std::string_view text) { return base64_encode(as_bytes(text)); };
    const std::string content = base64(R"({"value":"yes"})");
    const auto comma = good.find("},{");
    REQUIRE(comma != std::string::npos);
    const std::string one = good.substr(1, comma); // the first of two
    for (const std::string& lie :
         {replaced(good, content, base64(R"({"value":"no!"})")),
          replaced(good, content, base64("no")),
          replaced(good, '"' + content + '"', "7"),
          replaced(good, "content", "contend"),
          replaced(good, R"("salt":)", R"("salt":7,"sand":)"),
          replaced(good, R"("salt":)", R"("sand":)"),
          '[' + one + ']',
          replaced(good, one, one + ',' + one),
          good.substr(0, good.size() - 1) + ',' + one + ']',
          good + ' ',
          std::string("[]"),
          std::string("{}"),
          std::string("no answers")}) {
        INFO(lie);
        CHECK(with_answers(s.world, id, lie) == content_differs);
    }
}

TEST_CASE("attack: answers of another length than was signed") {
    Setting s;
    const Story story = tell_period(s.world);
    const Hash salt{3};
    const auto commit = record::commit(salt, std::string_view("yes"));
    market::Submit command;
    command.batch = story.test;
    command.terms = s.world.row<market::BatchRow>(story.test).terms;
    command.answers = {{commit, 4, 0, "text/plain"}, {commit, 3, 1, "text/plain"}};
    pipeline::Job claim;
    claim.request.command = market::Claim{3, story.test, 2, {0, 1}};
    REQUIRE(s.world.run(std::move(claim)).verdict == pipeline::Verdict::claimed);
    pipeline::Job job;
    job.request = s.world.sign(command, "m:3", member + 3);
    const std::string one = R"({"content":")" + base64_encode(as_bytes("yes")) + R"(","salt":")"
                            + base64_encode(salt) + R"("})";
    const std::string text = '[' + one + ',' + one + ']';
    job.attachments.push_back({"answers", "", s.world.vault().encrypt(as_bytes(text))});
    const auto answer = s.world.run(std::move(job));
    INFO(answer.refusal.code);
    REQUIRE(answer.verdict == pipeline::Verdict::entry);
    CHECK(codes(s.world) == content_differs);
}

} // namespace handprint::audit_test
