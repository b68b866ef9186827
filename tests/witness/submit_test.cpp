#include "ledger/merkle/witness_request.hpp"
#include "node/witness/history.hpp"
#include "node/witness/key_file.hpp"
#include "node/witness/server.hpp"
#include "node/witness/submit.hpp"
#include "tests/http/scratch.hpp"
#include "tests/witness/test_log.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace handprint;
using namespace handprint::test;
using namespace handprint::witness;
using namespace std::chrono_literals;

namespace {

/// A real witness and how the log knows it.
struct Party {
    Scratch dir;
    std::unique_ptr<WitnessServer> server;
    Witness as_known;

    Party(const std::string& name, const TestLog& log) {
        REQUIRE(make_key_file(dir.in("key"), name));
        WitnessConfig config;
        config.key_file = dir.in("key");
        config.state_file = dir.in("state.db");
        config.publish_directory = dir.in("public");
        config.logs = {{log.origin(), {log.signer().key()}}};
        auto started = WitnessServer::start(config);
        REQUIRE(started);
        server = std::move(*started);
        as_known = {name, server->key(), "http://127.0.0.1:" + std::to_string(server->port()), 0};
    }
};

/// Something that answers add-checkpoint as it is told.
struct Liar {
    std::unique_ptr<http::Server> server;
    Witness as_known;

    explicit Liar(std::function<http::Response(const http::Request&)> say) {
        http::Router router;
        router.add<http::auth::none>(http::Method::post, "/add-checkpoint", std::move(say));
        auto started = http::Server::start({}, std::move(router));
        REQUIRE(started);
        server = std::move(*started);
        Seed seed{};
        seed.fill(77);
        as_known = {
            "liar",
            merkle::Cosigner("liar.example", KeyPair::from_seed(seed)).key(),
            "http://127.0.0.1:" + std::to_string(server->ports()[0]),
            0
        };
    }
};

ConsistencyProver prover(const TestLog& log) {
    return [&log](std::uint64_t old_size, std::uint64_t new_size) -> Result<std::vector<Hash>> {
        return log.prove(old_size, new_size);
    };
}

/// A log of 20 entries, and a witness that has cosigned 12 of them.
struct Watched {
    TestLog log;
    Party party{"a.example", log};
    outbound::HttpClient client;

    Watched() {
        log.grow(20);
        const auto outcomes = cosign(client, log.checkpoint(12), {party.as_known}, prover(log), 5s);
        REQUIRE(outcomes[0].status == CosignStatus::cosigned);
    }
};

} // namespace

TEST_CASE("submit: three witnesses cosign as the log grows") {
    TestLog log;
    log.grow(300);
    Party a("a.example", log);
    Party b("b.example", log);
    Party c("c.example", log);
    outbound::HttpClient client;
    std::vector<Witness> witnesses{a.as_known, b.as_known, c.as_known};
    for (const std::uint64_t size : {1U, 2U, 7U, 7U, 256U, 300U}) {
        const std::string note = log.checkpoint(size);
        const auto outcomes = cosign(client, note, witnesses, prover(log), 5s);
        std::vector<merkle::NoteSignature> lines;
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            CAPTURE(outcomes[i].detail);
            CHECK(outcomes[i].status == CosignStatus::cosigned);
            CHECK(outcomes[i].known_size == size);
            CHECK(outcomes[i].unix_seconds > 1'600'000'000);
            witnesses[i].known_size = outcomes[i].known_size;
            lines.insert(lines.end(), outcomes[i].lines.begin(), outcomes[i].lines.end());
        }
        const std::string full = merkle::with_signatures(note, lines).value();
        const std::vector<merkle::VerifierKey> keys{
            log.signer().key(), a.as_known.key, b.as_known.key, c.as_known.key
        };
        CHECK(merkle::verify_note(merkle::parse_note(full).value(), keys)->size() == 4);
        // Two more requests with a state that is lost, one with a state that is behind.
        if (size == 256) witnesses[0].known_size = 0;
        if (size == 256) witnesses[1].known_size = 7;
    }
    const auto latest = latest_checkpoint(client, a.as_known.url, log.origin(), 5s);
    REQUIRE(latest);
    CHECK(latest->value().starts_with(log.checkpoint(300)));
    CHECK_FALSE(latest_checkpoint(client, a.as_known.url, "unknown", 5s).value().has_value());
}

TEST_CASE("submit: a log that went back, and a log that forked, are told apart from the rest") {
    Watched watched;
    const TestLog& log = watched.log;
    const Party& party = watched.party;
    outbound::HttpClient& client = watched.client;
    for (const std::uint64_t known : {0U, 5U, 8U, 12U}) {
        Witness witness = party.as_known;
        witness.known_size = known;
        const auto back = cosign(client, log.checkpoint(8), {witness}, prover(log), 5s);
        CHECK(back[0].status == CosignStatus::log_went_back);
        CHECK(back[0].known_size == 12);
    }
    const merkle::Checkpoint twelve{log.origin(), 12, Hash{5}, {}};
    const std::string forked = merkle::sign_checkpoint(twelve, log.signer()).value();
    CHECK(
        cosign(client, forked, {party.as_known}, prover(log), 5s)[0].status
        == CosignStatus::log_forked
    );
    const merkle::Checkpoint thirteen{log.origin(), 13, Hash{5}, {}};
    const std::string grown = merkle::sign_checkpoint(thirteen, log.signer()).value();
    CHECK(
        cosign(client, grown, {party.as_known}, prover(log), 5s)[0].status
        == CosignStatus::log_forked
    );
}

TEST_CASE("submit: what a witness says of our past is believed when it shows our own signature") {
    Watched watched;
    const TestLog& log = watched.log;
    const Party& honest = watched.party;
    outbound::HttpClient& client = watched.client;
    const auto policy_of = [](const merkle::NoteSigner& signer) {
        return merkle::Policy::parse("log " + signer.key().text() + "\nquorum none\n").value();
    };
    const auto policy = policy_of(log.signer());
    const auto root_of = [&](std::uint64_t size) -> Result<Hash> {
        return merkle::parse_checkpoint(merkle::parse_note(log.checkpoint(size)).value().text)
            .value()
            .root;
    };
    const auto at = [&](std::uint64_t size) {
        return OwnLog{log.origin(), policy, {}, size, root_of};
    };
    const auto asked = [&](const Witness& witness, const OwnLog& own) {
        return shows_another_history(client, witness, own, 5s);
    };
    CHECK(asked(honest.as_known, at(11)));
    CHECK_FALSE(asked(honest.as_known, at(12)));
    CHECK_FALSE(asked(honest.as_known, at(20)));
    auto forked = at(20);
    forked.root_at = [](std::uint64_t) -> Result<Hash> { return Hash{5}; };
    CHECK(asked(honest.as_known, forked));
    forked.root_at = [](std::uint64_t) -> Result<Hash> { return fail("cannot be read"); };
    CHECK_FALSE(asked(honest.as_known, forked));
    // One that only says so has nothing to show, and what it makes up is not signed by the log.
    const Liar liar([](const http::Request&) { return http::Response::text("999\n", 409); });
    CHECK_FALSE(asked(liar.as_known, at(11)));
    const TestLog other(log.origin(), 2);
    const merkle::Checkpoint larger{log.origin(), 999, Hash{5}, {}};
    const auto made_up = merkle::sign_checkpoint(larger, other.signer()).value();
    CHECK_FALSE(shows_another_history(made_up, at(11)));
    CHECK_FALSE(shows_another_history("no note", at(11)));
    CHECK(shows_another_history(merkle::sign_checkpoint(larger, log.signer()).value(), at(11)));
    // Under a former key it is ours, too; a checkpoint of another log that we watch is not.
    const std::vector<merkle::Policy> former{policy_of(other.signer())};
    auto rotated = at(11);
    rotated.former = former;
    CHECK(shows_another_history(made_up, rotated));
    rotated.origin = "log.example/other";
    CHECK_FALSE(shows_another_history(made_up, rotated));

    std::string lines = "log " + log.signer().key().text() + '\n';
    std::vector<std::unique_ptr<Party>> parties;
    for (const char* name : {"x", "y", "z"}) {
        parties.push_back(std::make_unique<Party>(std::string(name) + ".example", log));
        lines += std::string("witness ") + name + ' ' + parties.back()->as_known.key.text() + '\n';
    }
    const auto two = merkle::Policy::parse(lines + "group g 2 x y z\nquorum g\n").value();
    CHECK(quorum_without(two, {false, false, false}));
    CHECK(quorum_without(two, {false, true, false}));
    CHECK_FALSE(quorum_without(two, {false, true, true}));
}

TEST_CASE("submit: witnesses that are slow, ill, wrong or lie; the others are not held up") {
    TestLog log;
    log.grow(20);
    Party good("good.example", log);
    Seed seed{};
    seed.fill(78);
    const merkle::Cosigner stranger("stranger.example", KeyPair::from_seed(seed));
    const merkle::Cosigner impostor("liar.example", KeyPair::from_seed(seed));
    const auto conflict = [](const char* size) {
        return [size](const http::Request&) { return http::Response::text(size, 409); };
    };
    const merkle::Checkpoint eight =
        merkle::parse_checkpoint(merkle::parse_note(log.checkpoint(8)).value().text).value();
    const auto line_of = [&](const merkle::Cosigner& key, std::string_view name) {
        merkle::NoteSignature line = key.cosign(eight, 1'700'000'000).value();
        line.name = name;
        return merkle::format_signature_line(line);
    };
    seed.fill(77);
    const merkle::Cosigner liar_key("liar.example", KeyPair::from_seed(seed));
    merkle::NoteSignature broken = liar_key.cosign(eight, 1'700'000'000).value();
    broken.signature.back() ^= 1;
    const auto says = [](std::string text, int status = 200) {
        return [text, status](const http::Request&) { return http::Response::text(text, status); };
    };

    struct Row {
        const char* what;
        std::function<http::Response(const http::Request&)> answer;
        CosignStatus expected;
        std::uint64_t kept = 3; // the size that is remembered
    };

    // What each is asked for, by the size it is asked to go on from.
    std::vector<std::uint64_t> asked;
    std::uint64_t restless_size = 0;

    const Row rows[] = {
        {"good", says(line_of(liar_key, "liar.example")), CosignStatus::cosigned, 8},
        {"with a stranger's line",
         says(line_of(stranger, "stranger.example") + line_of(liar_key, "liar.example")),
         CosignStatus::cosigned,
         8},
        {"only a stranger's", says(line_of(stranger, "stranger.example")), CosignStatus::bad_answer
        },
        {"another key, the same name",
         says(line_of(impostor, "liar.example")),
         CosignStatus::bad_answer},
        {"broken", says(merkle::format_signature_line(broken)), CosignStatus::bad_answer},
        {"garbage", says("yes\n"), CosignStatus::bad_answer},
        {"nothing", says(""), CosignStatus::bad_answer},
        {"too much", says(std::string(200'000, 'x')), CosignStatus::unreachable},
        {"409 ahead", conflict("999\n"), CosignStatus::log_went_back, 999},
        {"409 just ahead", conflict("9\n"), CosignStatus::log_went_back, 9},
        {"409 the same", conflict("3\n"), CosignStatus::bad_answer},
        {"409 behind, and again", conflict("1\n"), CosignStatus::bad_answer, 1},
        {"409 another size each time",
         [&](const http::Request& request) {
             asked.push_back(merkle::parse_add_checkpoint(request.body)->old_size);
             return http::Response::text(std::to_string(++restless_size % 3) + "\n", 409);
         },
         CosignStatus::unreachable,
         0},
        {"409 no number", conflict("many\n"), CosignStatus::bad_answer},
        {"403", says("no", 403), CosignStatus::refused},
        {"404", says("no", 404), CosignStatus::refused},
        {"400", says("no", 400), CosignStatus::refused},
        {"408", says("late", 408), CosignStatus::unreachable},
        {"422", says("no", 422), CosignStatus::log_forked},
        {"429", says("too often", 429), CosignStatus::unreachable},
        {"499", says("no", 499), CosignStatus::refused},
        {"500", says("ill", 500), CosignStatus::unreachable},
        {"503", says("ill", 503), CosignStatus::unreachable},
        {"redirect", says("", 302), CosignStatus::refused},
        {"slow",
         [](const http::Request&) {
             std::this_thread::sleep_for(1500ms);
             return http::Response::text("late");
         },
         CosignStatus::unreachable},
    };
    outbound::HttpClient client;
    std::vector<std::unique_ptr<Liar>> liars;
    std::vector<Witness> witnesses{good.as_known};
    for (const Row& row : rows) {
        liars.push_back(std::make_unique<Liar>(row.answer));
        witnesses.push_back(liars.back()->as_known);
        witnesses.back().known_size = 3;
    }
    witnesses.push_back(good.as_known);
    witnesses.back().url = "http://127.0.0.1:1";
    const auto begun = std::chrono::steady_clock::now();
    const auto outcomes = cosign(client, log.checkpoint(8), witnesses, prover(log), 500ms);
    CHECK(std::chrono::steady_clock::now() - begun < 1400ms);
    CHECK(outcomes[0].status == CosignStatus::cosigned);
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        CAPTURE(rows[i].what);
        CAPTURE(outcomes[i + 1].detail);
        CHECK(name(outcomes[i + 1].status) == name(rows[i].expected));
        CHECK(outcomes[i + 1].known_size == rows[i].kept);
        const bool cosigned = rows[i].expected == CosignStatus::cosigned;
        CHECK(outcomes[i + 1].lines.size() == (cosigned ? 1 : 0));
        CHECK(outcomes[i + 1].unix_seconds == (cosigned ? 1'700'000'000 : 0));
    }
    CHECK(asked == std::vector<std::uint64_t>{3, 1, 2}); // and no more
    CHECK(outcomes.back().status == CosignStatus::unreachable);
    CHECK(
        cosign(client, "not a note", {good.as_known}, prover(log), 500ms)[0].status
        == CosignStatus::refused
    );
}

TEST_CASE("submit: what a witness shows, what it does not know and what cannot be asked") {
    outbound::HttpClient client;
    const auto shown = [&](int status) {
        http::Router router;
        router.add<http::auth::none>(
            http::Method::get,
            "/{name}/checkpoint",
            [status](const http::Request& request) {
                return http::Response::text(
                    "note of " + std::string(request.param("name")), status
                );
            }
        );
        const auto server = http::Server::start({}, std::move(router));
        REQUIRE(server);
        return latest_checkpoint(
            client, "http://127.0.0.1:" + std::to_string((*server)->ports()[0]), "log.example", 5s
        );
    };
    CHECK(shown(200).value() == "note of " + origin_name("log.example"));
    CHECK(shown(404).value() == std::nullopt);
    for (const int status : {204, 302, 403, 429, 500}) {
        CAPTURE(status);
        CHECK_FALSE(shown(status));
    }
    CHECK_FALSE(latest_checkpoint(client, "http://127.0.0.1:1", "log.example", 5s));
}
