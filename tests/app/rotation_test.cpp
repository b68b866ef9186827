// The log gets a new key while there is a ledger under the old one.

#include "ledger/merkle/policy.hpp"
#include "ledger/record/receipt.hpp"
#include "node/app/rotation.hpp"
#include "node/audit/run_audit.hpp"
#include "tests/app/rig.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

using namespace handprint;
using namespace handprint::test;

namespace {

namespace fs = std::filesystem;

merkle::Policy policy_in(const std::string& path) {
    return merkle::Policy::parse(app::read_text(path).value()).value();
}

/// A new member's enrolment, once it is published.
std::string receipt_of_enrolment(const Rig& rig) {
    client::Signer signer = rig.newcomer();
    client::ApiClient api(rig.address());
    const auto done = api.enrol_member(signer, {"en"});
    REQUIRE_MESSAGE(done, done.error().what);
    REQUIRE(api.wait_published(done->index, 20));
    REQUIRE(api.open_session(signer));
    const auto receipt = api.call("GET", "/v1/receipts/" + std::to_string(done->index));
    REQUIRE_MESSAGE(receipt, receipt.error().what);
    return *receipt;
}

void check_audit(const Rig& rig) {
    std::ostringstream out;
    CHECK_MESSAGE(audit::run_audit(rig.data(), false, 1, out) == 0, out.str());
}

void put_key(const Rig& rig, const std::string& text) {
    REQUIRE(app::write_text(app::NodeFiles(rig.data()).key("log"), text, true));
}

} // namespace

TEST_CASE("a new log key: old receipts under the archived policy, new ones under the new policy") {
    Rig rig;
    const app::NodeFiles files(rig.data());
    const std::string before = receipt_of_enrolment(rig);
    const auto old_policy = policy_in(files.policy());
    const std::string old_key = app::read_text(files.key("log")).value();
    rig.stop();
    rig.node.reset();

    // Only a delegate enters the change, and what is refused leaves the key as it was.
    CHECK_FALSE(app::rotate_log_key(files, {"d:0", client::new_key()}));
    CHECK(app::read_text(files.key("log")).value() == old_key);

    const auto done = app::rotate_log_key(files, rig.delegate());
    REQUIRE_MESSAGE(done, done.error().what);
    const auto new_policy = policy_in(files.policy()), archived = policy_in(done->archived);
    CHECK(archived == old_policy);
    CHECK(new_policy.logs().front().key == done->key);
    CHECK_FALSE(fs::exists(files.key("log.next")));
    check_audit(rig); // though the old key signed what is public

    const std::string new_key = app::read_text(files.key("log")).value();
    put_key(rig, old_key);
    CHECK(rig.refusal().find("not the log's key") != std::string::npos);
    put_key(rig, new_key);
    rig.start();
    const std::string after = receipt_of_enrolment(rig);
    CHECK(record::verify_receipt(before, archived).reason == "");
    CHECK(record::verify_receipt(before, new_policy).reason == "checkpoint_unknown_log");
    CHECK(record::verify_receipt(after, new_policy).reason == "");
    CHECK(record::verify_receipt(after, archived).reason == "checkpoint_unknown_log");
    rig.stop();
    check_audit(rig);
}

TEST_CASE("a change of the log's key that was stopped half way goes on") {
    Rig rig;
    const app::NodeFiles files(rig.data());
    const std::string old_key = app::read_text(files.key("log")).value();
    const std::string old_policy = app::read_text(files.policy()).value();
    const auto early = app::rotate_log_key(files, rig.delegate());
    REQUIRE_FALSE(early); // the node has its data until it has stopped
    CHECK(early.error().what.find("another node") != std::string::npos);
    rig.stop();
    const auto done = app::rotate_log_key(files, rig.delegate());
    REQUIRE_MESSAGE(done, done.error().what);
    // As if it had been stopped after the entry was durable.
    const std::string new_key = app::read_text(files.key("log")).value();
    REQUIRE(app::write_text(files.key("log.next"), new_key, true));
    REQUIRE(app::write_text(files.policy(), old_policy, false));
    put_key(rig, old_key);
    CHECK(rig.refusal().find("rotate-log-key") != std::string::npos);

    const auto again = app::rotate_log_key(files, rig.delegate());
    REQUIRE_MESSAGE(again, again.error().what);
    CHECK(again->key == done->key);
    CHECK(again->size == done->size); // entered once
    CHECK(app::read_text(files.key("log")).value() == new_key);
    rig.start();
    rig.stop();
    check_audit(rig);
}
