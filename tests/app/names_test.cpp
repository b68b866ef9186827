// Requesters' own names, from the door to the tables.

#include "ledger/base/base64.hpp"
#include "tests/app/rig.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace handprint;
using namespace handprint::test;
using market::Int;

namespace {

constexpr std::string_view kName = "zebra-17";

/// Of all entries, every part included.
bool ledger_says(app::RunningNode& node, std::string_view word) {
    auto& store = node.node().store;
    const auto entries = store.entries(0, 1000);
    REQUIRE(entries);
    for (const auto& entry : *entries) {
        const auto parts = store.parts_at(entry.index);
        REQUIRE(parts);
        bool found = entry.header.find(word) != std::string::npos
                     || entry.coop.find(word) != std::string::npos;
        for (const auto& part : *parts) {
            found = found || part.bytes.find(word) != std::string::npos;
            const auto json = record::Json::parse(part.bytes);
            const auto* evidence = json ? json->find("evidence") : nullptr;
            const auto* payload = evidence ? evidence->find("payload") : nullptr;
            if (payload == nullptr || payload->as_string() == nullptr) continue;
            const auto signed_bytes = base64_decode(payload->text());
            REQUIRE(signed_bytes);
            found = found || as_text(*signed_bytes).find(word) != std::string_view::npos;
        }
        if (found) return true;
    }
    return false;
}

std::string json_headers(const Rig::Requester& requester) {
    return requester.headers + "Content-Type: application/json\r\n";
}

} // namespace

TEST_CASE("the ledger never says a requester's own names, and they are found all the same") {
    Rig rig;
    const auto requester = rig.requester();
    const std::string name(kName);
    const auto made =
        ask(rig.address(),
            "POST",
            "/v1/projects",
            json_headers(requester),
            R"({"external":")" + name + R"(","title":"Stripes","description":""})");
    REQUIRE(made.status == 200);
    const auto taken =
        ask(rig.address(),
            "POST",
            "/v1/batches/" + std::to_string(requester.batch) + "/tasks",
            requester.headers + "Content-Type: application/jsonl\r\n",
            R"({"id":"first","t":"x"})"
            "\n"
            R"({"id":")"
                + name + R"(","t":"y"})");
    REQUIRE(taken.status == 200);
    CHECK(ledger_says(*rig.node, "create_project"));
    CHECK_FALSE(ledger_says(*rig.node, kName));

    const auto look = [&](const std::string& query) {
        return ask(rig.address(), "GET", "/v1/externals?" + query, requester.headers);
    };
    const auto task = look("kind=task&external=" + name);
    CHECK(task.status == 200);
    CHECK(task.body.find(R"("task":1)") != std::string::npos);
    CHECK(look("kind=project&external=" + name).body.find(R"("project":1)") != std::string::npos);
    CHECK(look("kind=batch&external=" + name).status == 404);
    CHECK(look("kind=member&external=" + name).status == 400);

    const auto other = rig.requester();
    const auto unknown =
        ask(rig.address(), "GET", "/v1/externals?kind=task&external=" + name, other.headers);
    CHECK(unknown.status == 404);
    const auto projects = ask(rig.address(), "GET", "/v1/projects", requester.headers);
    CHECK(projects.body.find(R"("external":"zebra-17")") != std::string::npos);
}

TEST_CASE("the names of tasks are held against all that the requester imported before") {
    Rig rig;
    const auto requester = rig.requester();
    const std::string upload = requester.headers + "Content-Type: application/jsonl\r\n";
    std::string rows;
    for (int i = 0; i < 1500; ++i)
        rows += R"({"id":"w)" + std::to_string(i) + R"(","t":"x"})" + "\n";
    const std::string target = "/v1/batches/" + std::to_string(requester.batch) + "/tasks";
    REQUIRE(ask(rig.address(), "POST", target, upload, rows).status == 200);

    const Int batch = rig.draft(requester, 0, "more");
    const std::string more = "/v1/batches/" + std::to_string(batch) + "/tasks";
    std::string again;
    for (int i = 0; i < 1200; ++i)
        again += R"({"id":"v)" + std::to_string(i) + R"(","t":"x"})" + "\n";
    const auto refused =
        ask(rig.address(), "POST", more, upload, again + R"({"id":"w1499","t":"x"})");
    CHECK(refused.status == 409);
    const auto said = record::Json::parse(refused.body, record::JsonMode::lenient);
    REQUIRE(said);
    CHECK(said->at("code").text() == "external_in_use");
    CHECK(said->at("field").text() == "line 1201");
    CHECK(said->at("existing").at("batch").integer() == requester.batch);
    CHECK(said->at("existing").at("task").integer() == 1499);
    // Nothing of it was kept: without that row it goes in.
    CHECK(ask(rig.address(), "POST", more, upload, again).status == 200);
}

TEST_CASE("the hash of a project's document cannot be tried out by who knows the command") {
    Rig rig;
    const auto requester = rig.requester();
    const std::string id = "00112233445566778899aabbccddeeff";
    const auto create = [&] {
        return ask(
            rig.address(),
            "POST",
            "/v1/projects",
            json_headers(requester) + "Idempotency-Key: " + id + "\r\n",
            R"({"external":"p","title":"Guess me","description":""})"
        );
    };
    const auto made = create();
    REQUIRE(made.status == 200);
    CHECK(create().body == made.body); // the same bytes were signed
    const std::string document = R"({"description":"","title":"Guess me"})";
    const auto hash_under = [&](const record::Salt& salt) {
        return base64_encode(record::commit(salt, document));
    };
    const auto open = sha256(
        {as_bytes("handprint/document-salt/v1"), as_bytes(rig.node->node().origin), as_bytes(id)}
    );
    CHECK_FALSE(ledger_says(*rig.node, hash_under(open)));
    const auto& vault = rig.node->node().vault;
    const std::string party = requester.signer.party;
    CHECK(ledger_says(*rig.node, hash_under(vault.document_salt(party, id))));
}
