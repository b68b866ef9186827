#include "node/witness/key_file.hpp"
#include "node/witness/published.hpp"
#include "node/witness/server.hpp"
#include "node/witness/service.hpp"
#include "tests/http/raw_client.hpp"
#include "tests/http/scratch.hpp"
#include "tests/witness/test_log.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

using namespace handprint;
using namespace handprint::test;
using namespace handprint::witness;

namespace {

merkle::Cosigner signer(std::uint8_t seed_byte = 9) {
    Seed seed{};
    seed.fill(seed_byte);
    return {"witness.example/w1", KeyPair::from_seed(seed)};
}

struct Clock {
    std::atomic<std::uint64_t> now{1'700'000'000};
};

std::unique_ptr<WitnessService> open_one(
    const Scratch& dir,
    const TestLog& log,
    Clock& clock,
    const std::vector<std::string>& published = {}
) {
    WitnessPorts ports;
    ports.unix_seconds = [&clock] { return clock.now.load(); };
    auto opened = WitnessService::open(
        dir.in("state.db"), signer(), {{log.origin(), {log.signer().key()}}}, ports, published
    );
    REQUIRE(opened);
    return std::move(*opened);
}

std::string error_of(Result<std::unique_ptr<WitnessService>> opened) {
    REQUIRE_FALSE(opened);
    return opened.error().what;
}

} // namespace

TEST_CASE("witness: one of many concurrent requests from the same size wins") {
    Scratch dir;
    TestLog log;
    log.grow(40);
    REQUIRE(make_key_file(dir.in("key"), "witness.example/race"));
    WitnessConfig config;
    config.key_file = dir.in("key");
    config.state_file = dir.in("state.db");
    config.logs = {{log.origin(), {log.signer().key()}}};
    config.http.threads = 4;
    auto server = WitnessServer::start(config);
    REQUIRE(server);
    auto second = WitnessServer::start(config); // another process on the same file, as it were
    REQUIRE(second);
    const std::uint16_t ports[] = {(*server)->port(), (*second)->port()};
    REQUIRE(ask(ports[0], "POST", "/add-checkpoint", "", log.request(0, 8)).status == 200);

    std::atomic<int> won{0};
    std::atomic<int> conflicts{0};
    std::vector<std::thread> threads;
    for (std::uint64_t size = 9; size <= 40; ++size) {
        threads.emplace_back([&, size] {
            const std::string body = log.request(8, size);
            const int status = ask(ports[size % 2], "POST", "/add-checkpoint", "", body).status;
            won += status == 200 ? 1 : 0;
            conflicts += status == 409 ? 1 : 0;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(won == 1);
    CHECK(conflicts == 31);
}

TEST_CASE("witness: another tree of the same size, an empty tree, extension lines") {
    Scratch dir;
    Clock clock;
    TestLog log("log.example/pay", 1);
    log.grow(20);
    const auto witness = open_one(dir, log, clock);
    REQUIRE(witness->add_checkpoint(log.request(0, 8)).status == 200);

    const auto signed_by_log = [&](std::uint64_t size, const Hash& root, std::string more = "") {
        merkle::Checkpoint checkpoint{log.origin(), size, root, {}};
        std::string text =
            size == 0 ? log.origin() + "\n0\n" + "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                      : merkle::format_checkpoint(checkpoint).value();
        text += more;
        return merkle::format_note({text, {log.signer().sign(text)}}).value();
    };
    CHECK(witness->add_checkpoint("old 8\n\n" + signed_by_log(8, Hash{1})).status == 422);
    CHECK(witness->add_checkpoint("old 0\n\n" + signed_by_log(0, Hash{})).status == 422);
    const std::string right = log.request(8, 8);
    CHECK(witness->add_checkpoint(right).status == 200);

    const merkle::Checkpoint eight =
        merkle::parse_checkpoint(merkle::parse_note(log.checkpoint(8)).value().text).value();
    const std::string extended = signed_by_log(8, eight.root, "extra line\n");
    CHECK(witness->add_checkpoint("old 8\n\n" + extended).status == 400);

    TestLog empty("log.example/pay", 1);
    Scratch other;
    const auto fresh = open_one(other, empty, clock);
    CHECK(fresh->add_checkpoint(empty.request(0, 0)).status == 200);
    CHECK(fresh->latest(origin_name(log.origin())).body.starts_with("log.example/pay\n0\n"));
    CHECK(fresh->add_checkpoint(log.request(0, 8)).status == 200);
}

TEST_CASE("witness: cosignature times do not go back") {
    Scratch dir;
    Clock clock;
    TestLog log;
    log.grow(20);
    const auto witness = open_one(dir, log, clock);
    const auto time_of = [&](const WitnessAnswer& answer, std::uint64_t size) {
        REQUIRE(answer.status == 200);
        const auto lines = merkle::parse_signature_lines(answer.body).value();
        const std::string text = merkle::parse_note(log.checkpoint(size)).value().text;
        return merkle::cosignature_time(text, lines[0], witness->key()).value();
    };
    CHECK(time_of(witness->add_checkpoint(log.request(0, 8)), 8) == 1'700'000'000);
    clock.now = 1'700'000'100;
    CHECK(time_of(witness->add_checkpoint(log.request(8, 8)), 8) == 1'700'000'100);
    clock.now = 1'700'000'050;
    CHECK(time_of(witness->add_checkpoint(log.request(8, 9)), 9) == 1'700'000'100);
    clock.now = 1'700'000'100 - 301;
    CHECK(witness->add_checkpoint(log.request(9, 10)).status == 500);
    clock.now = 1'700'000'100 - 300;
    CHECK(time_of(witness->add_checkpoint(log.request(9, 9)), 9) == 1'700'000'100);
    clock.now = 1'700'000'200;
    CHECK(time_of(witness->add_checkpoint(log.request(9, 10)), 10) == 1'700'000'200);
}

TEST_CASE("witness: killed between the disk and the answer, then asked again") {
    Scratch dir;
    Clock clock;
    TestLog log;
    log.grow(20);
    {
        const auto witness = open_one(dir, log, clock);
        REQUIRE(witness->add_checkpoint(log.request(0, 8)).status == 200);
    }
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        WitnessPorts ports;
        ports.unix_seconds = [] { return std::uint64_t{1'700'000'001}; };
        ports.publish = [](const std::string&, const std::string&) -> Result<void> {
            ::kill(::getpid(), SIGKILL);
            return {};
        };
        auto opened = WitnessService::open(
            dir.in("state.db"), signer(), {{log.origin(), {log.signer().key()}}}, ports
        );
        (void)(*opened)->add_checkpoint(log.request(8, 12));
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(WTERMSIG(status) == SIGKILL);

    const auto witness = open_one(dir, log, clock);
    const WitnessAnswer retry = witness->add_checkpoint(log.request(8, 12));
    CHECK(retry.status == 409);
    CHECK(retry.body == "12\n");
    CHECK(witness->add_checkpoint(log.request(12, 12)).status == 200);
}

TEST_CASE("witness: a state file from a backup is refused while the public knows better") {
    Scratch dir;
    Clock clock;
    TestLog log;
    log.grow(20);
    const PublishedFiles files(dir.in("public"));
    WitnessPorts ports;
    ports.unix_seconds = [&clock] { return clock.now.load(); };
    ports.publish = [&](const std::string& name, const std::string& note) {
        return files.write(name, note);
    };
    const std::vector<WatchedLog> logs{{log.origin(), {log.signer().key()}}};
    const auto open = [&](const std::string& state) {
        return WitnessService::open(dir.in(state), signer(), logs, ports, files.read_all().value());
    };
    {
        const auto witness = std::move(open("state.db").value());
        REQUIRE(witness->add_checkpoint(log.request(0, 8)).status == 200);
    }
    std::filesystem::copy_file(dir.in("state.db"), dir.in("backup.db"));
    {
        const auto witness = std::move(open("state.db").value());
        REQUIRE(witness->add_checkpoint(log.request(8, 12)).status == 200);
    }
    CHECK(open("state.db"));
    CHECK(error_of(open("backup.db")).find("old copy") != std::string::npos);
    CHECK(error_of(open("new.db")).find("old copy") != std::string::npos);

    // A copy that is behind, from a crash before publishing, is no reason to stop.
    REQUIRE(files.write(origin_name(log.origin()), "garbage"));
    CHECK_FALSE(open("state.db"));
    const auto older = open_one(dir, log, clock, {});
    const std::string latest = older->latest(origin_name(log.origin())).body;
    REQUIRE(older->add_checkpoint(log.request(12, 13)).status == 200);
    REQUIRE(files.write(origin_name(log.origin()), latest));
    CHECK(open("state.db"));
    // Somebody else's checkpoint in our place says that something is wrong.
    REQUIRE(files.write(origin_name(log.origin()), log.checkpoint(5)));
    CHECK_FALSE(open("state.db"));
}

TEST_CASE("witness: an origin is never forgotten, a key file serves one witness") {
    Scratch dir;
    Clock clock;
    TestLog log;
    TestLog other("log.example/other", 2);
    log.grow(9);
    WitnessPorts ports;
    ports.unix_seconds = [&clock] { return clock.now.load(); };
    {
        REQUIRE(open_one(dir, log, clock)->add_checkpoint(log.request(0, 8)).status == 200);
    }
    const auto open = [&](merkle::Cosigner key, std::vector<WatchedLog> logs) {
        return WitnessService::open(dir.in("state.db"), std::move(key), std::move(logs), ports);
    };
    const WatchedLog watched{log.origin(), {log.signer().key()}};
    CHECK_FALSE(open(signer(), {}));
    CHECK_FALSE(open(signer(), {{other.origin(), {other.signer().key()}}}));
    CHECK_FALSE(open(signer(8), {watched})); // another key, the same file
    auto retired = open(signer(), {{log.origin(), {}}});
    REQUIRE(retired);
    CHECK((*retired)->add_checkpoint(log.request(8, 9)).status == 403);
    CHECK((*retired)->latest(origin_name(log.origin())).status == 200);
    retired->reset();
    // Back with a second key beside the first: it goes on where it was.
    auto back = open(signer(), {{log.origin(), {log.signer().key(), other.signer().key()}}});
    REQUIRE(back);
    CHECK((*back)->add_checkpoint(log.request(0, 9)).status == 409);
    CHECK((*back)->add_checkpoint(log.request(8, 9)).status == 200);
}

TEST_CASE("witness: none watches a log with that log's own key") {
    Scratch dir;
    const TestLog log;
    WitnessPorts ports;
    ports.unix_seconds = [] { return std::uint64_t{1'700'000'000}; };
    const auto open = [&](std::uint8_t seed, const char* file) {
        return WitnessService::open(
            dir.in(file), signer(seed), {{log.origin(), {log.signer().key()}}}, ports
        );
    };
    CHECK(error_of(open(1, "own.db")) == "witness: its key is the key of a log");
    CHECK(open(2, "another.db"));
}

TEST_CASE("witness: nothing is signed when the state cannot be written or published") {
    Scratch dir;
    Clock clock;
    TestLog log;
    log.grow(9);
    WitnessPorts ports;
    bool full = true;
    ports.unix_seconds = [&clock] { return clock.now.load(); };
    ports.publish = [&](const std::string&, const std::string&) -> Result<void> {
        if (full) return fail("disk full");
        return {};
    };
    auto opened = WitnessService::open(
        dir.in("state.db"), signer(), {{log.origin(), {log.signer().key()}}}, ports
    );
    REQUIRE(opened);
    const WitnessAnswer refused = (*opened)->add_checkpoint(log.request(0, 8));
    CHECK(refused.status == 500);
    CHECK(refused.body.find("\u2014") == std::string::npos);
    full = false;
    CHECK((*opened)->add_checkpoint(log.request(8, 8)).status == 200);
    CHECK_FALSE(WitnessService::open(dir.in("no/where.db"), signer(), {}, ports));
    dir.write("garbage.db", std::string(8192, 'x'));
    CHECK_FALSE(WitnessService::open(dir.in("garbage.db"), signer(), {}, ports));
}

TEST_CASE("key file: made once, private, read back") {
    Scratch dir;
    const auto made = make_key_file(dir.in("key"), "w.example");
    REQUIRE(made);
    CHECK(load_key_file(dir.in("key"))->key() == *made);
    CHECK_FALSE(make_key_file(dir.in("key"), "w.example"));
    CHECK_FALSE(make_key_file(dir.in("key2"), "not a name"));
    CHECK_FALSE(load_key_file(dir.in("nothing")));
    ::chmod(dir.in("key").c_str(), 0644);
    CHECK_FALSE(load_key_file(dir.in("key")));
    dir.write("bad", "PRIVATE+KEY+x");
    ::chmod(dir.in("bad").c_str(), 0600);
    CHECK_FALSE(load_key_file(dir.in("bad")));
}

TEST_CASE("watched logs: the list") {
    TestLog a("a.example", 1);
    TestLog b("b.example", 2);
    const std::string key_a = a.signer().key().text();
    const std::string key_b = b.signer().key().text();
    const auto logs = parse_watched_logs(
        "# logs\n\nlog " + key_a + "\n  log " + key_b + "\ta.example \r\nretired old.example\n"
    );
    REQUIRE(logs);
    CHECK(
        *logs
        == std::vector<
            WatchedLog>{{"a.example", {a.signer().key(), b.signer().key()}}, {"old.example", {}}}
    );
    for (const std::string& bad : {
             std::string("log"),
             std::string("log x"),
             "log " + key_a + " one two",
             "log " + key_a + "\nlog " + key_a,
             "witness " + key_a,
             std::string("retired"),
             "log " + signer().key().text(),
         }) {
        CAPTURE(bad);
        CHECK_FALSE(parse_watched_logs(bad));
    }
}
