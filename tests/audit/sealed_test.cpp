// What is kept outside the ledger, held against it: keys to blobs, and what they are for.

#include "tests/audit/setting.hpp"

#include <doctest/doctest.h>

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

} // namespace handprint::audit_test
