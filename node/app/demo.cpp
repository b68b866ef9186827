#include "node/app/demo.hpp"

#include "node/app/children.hpp"
#include "node/app/demo_mark.hpp"
#include "node/app/demo_payday.hpp"
#include "node/app/demo_people.hpp"
#include "node/app/running_node.hpp"
#include "node/app/wait_for_signal.hpp"
#include "node/client/key_file.hpp"
#include "node/client/signer.hpp"
#include "node/files/files.hpp"
#include "node/http/server.hpp"
#include "node/pipeline/intake.hpp"
#include "node/tools/complaint.hpp"
#include "node/witness/key_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

namespace handprint::app {

namespace fs = std::filesystem;

namespace {

constexpr int witness_count = 3;

std::string witness_dir(const std::string& data, int number) {
    return data + "/witness-" + std::to_string(number);
}

Result<void> found_demo(const DemoOptions& options, const NodeFiles& files) {
    std::string policy;
    std::string group = "group coop 2";
    for (int i = 1; i <= witness_count; ++i) {
        const std::string dir = witness_dir(options.data, i);
        if (auto made = handprint::files::make_directories(dir); !made) return made;
        const std::string name = "witness-" + std::to_string(i);
        const auto key = witness::make_key_file(dir + "/key", "witness.example/" + name);
        const auto port = port_to_keep();
        if (!key) return unexpected(key.error());
        if (!port) return unexpected(port.error());
        if (auto ok = write_text(dir + "/port", std::to_string(*port), false); !ok) return ok;
        policy += "witness " + name + ' ' + key->text()
                  + " http://127.0.0.1:" + std::to_string(*port) + '\n';
        group += ' ' + name;
    }
    policy += group + "\nquorum coop\n";
    if (auto made = handprint::files::make_directories(options.data + "/people"); !made)
        return made;
    const KeyPair first = client::new_key();
    const KeyPair second = client::new_key();
    for (const auto& [name, key] : {std::pair{"d:0", first}, std::pair{"d:1", second}}) {
        std::string file = name;
        file[1] = '-';
        const std::string path = options.data + "/people/" + file + ".key";
        if (auto ok = client::write_key_file(path, name, key); !ok) return ok;
    }
    return found(
        files,
        {.origin = "handprint.example/demo",
         .currencies = {"KES", "USD", "EUR"},
         .witness_policy = policy,
         .delegates = {first.public_key(), second.public_key()},
         .first_delegate = first,
         .rules = {}}
    );
}

Result<void>
start_witnesses(const DemoOptions& options, const NodeFiles& files, Children& children) {
    const auto keys = files.load_keys();
    if (!keys) return unexpected(keys.error());
    for (int i = 1; i <= witness_count; ++i) {
        const std::string dir = witness_dir(options.data, i);
        if (auto ok = write_text(dir + "/logs", "log " + keys->log.key().text() + '\n', false);
            !ok) {
            return ok;
        }
        const auto port = read_text(dir + "/port");
        if (!port) return unexpected(port.error());
        auto started = children.start(
            {"witness",
             "--key",
             dir + "/key",
             "--state",
             dir + "/state.db",
             "--logs",
             dir + "/logs",
             "--publish",
             dir + "/published",
             "--port",
             *port,
             "--quiet"}
        );
        if (!started) return started;
    }
    return {};
}

Config config_of(const DemoOptions& options) {
    Config config;
    config.data = options.data;
    config.listen = options.listen;
    config.port = options.port;
    config.web = options.web;
    config.period_ms = options.empty ? 0 : options.period_ms;
    config.publish_ms = 500;
    config.refresh_ms = 30'000;
    config.rate_per_second = 0;
    config.log_level = "warn";
    return config;
}

/// The clock may have stood still over night; the demo's delegate vouches for it.
void vouch_for_clock(RunningNode& running, const KeyPair& delegate) {
    (void)send_as(running, "d:0", delegate, market::ConfirmClock{wall_clock_ms()});
}

/// Its notes are written when all of it is there: not when it was cut short.
Result<DemoWorld> world_of(
    const DemoOptions& options,
    RunningNode& running,
    const KeyPair& delegate,
    DemoPayday& payday,
    const std::stop_token& stop
) {
    const std::string notes = options.data + "/people/demo.json";
    if (fs::exists(notes)) {
        const auto text = read_text(notes);
        if (!text) return unexpected(text.error());
        vouch_for_clock(running, delegate);
        return DemoWorld::parse(*text);
    }
    DemoWorld world;
    if (!options.empty) {
        auto made = populate(running, options.data + "/people", delegate);
        if (!made) return made;
        world = std::move(*made);
        if (auto ok = payday.first(0, stop); !ok) return unexpected(ok.error());
    }
    if (stop.stop_requested()) return world;
    world.delegate_file = options.data + "/people/d-0.key";
    if (auto ok = write_text(notes, world.json().encode(), true); !ok)
        return unexpected(ok.error());
    return world;
}

/// How long the demo's bank takes: long enough to be seen, and done before the next close.
std::chrono::milliseconds in_transit(const DemoOptions& options) {
    constexpr std::int64_t most = 5'000;
    return std::chrono::milliseconds(std::clamp<std::int64_t>(options.period_ms / 4, 0, most));
}

void say_ready(const DemoOptions& options, RunningNode& running, const DemoWorld& world) {
    const std::string url = "http://" + options.listen + ':' + std::to_string(running.port());
    if (options.json) {
        Json json = world.json();
        json.set("url", Json(url));
        json.set("log_url", Json(url + "/log"));
        json.set("log_vkey", Json(running.keys().log.key().text()));
        json.set("policy", Json(fs::absolute(options.data + "/policy").string()));
        json.set("data", Json(fs::absolute(options.data).string()));
        std::cout << json.encode() << std::endl;
        return;
    }
    std::cout << "Handprint is running.\n\n"
              << "  Open             " << url << "\n"
              << "  Public ledger    " << url << "/ledger\n"
              << "  Interface        " << url << "/docs\n"
              << "  Trust policy     " << options.data << "/policy\n";
    if (!world.api_key.empty()) std::cout << "  Requester's key  " << world.api_key << "\n";
    std::cout << "\nThree witnesses run beside it; two must agree before anything is published.\n"
              << "Stop with Ctrl-C. Your data stays in " << options.data << ".\n"
              << std::endl;
}

Result<void> serve(const DemoOptions& options) {
    const NodeFiles files(options.data);
    const std::string people = options.data + "/people";
    auto lock = DataLock::take(options.data);
    if (!lock) return unexpected(lock.error());
    const DemoMark founding(options.data);
    if (founding.is_due()) {
        if (founding.is_set()) {
            std::cerr << "The founding of the cooperative in " << options.data
                      << " was interrupted; it begins again from nothing.\n";
        }
        if (auto ok = founding.set(); !ok) return ok;
        if (!options.json) std::cerr << "Founding a cooperative in " << options.data << " ...\n";
        if (auto ok = found_demo(options, files); !ok) return ok;
    }
    const auto delegate = client::read_key_file(people + "/d-0.key");
    if (!delegate) return unexpected(delegate.error());
    Children children;
    if (auto ok = start_witnesses(options, files, children); !ok) return ok;

    const std::string origin = "handprint.example/demo";
    DemoParts demo;
    demo.lock.emplace(std::move(*lock));
    demo.delegate = [key = delegate->key, origin](market::Command command) {
        return pipeline::sign_command(std::move(command), "d:0", client::new_id(), key, origin);
    };
    Json info = Json::object({
        {"accept_s", Json(20)},
        {"currency", Json("KES")},
        {"demo", Json(true)},
        {"period_s", Json(options.period_ms / 1000)},
    });
    demo.info = info.encode();
    // Who may read the files there may act for the people; the name alone helps nobody.
    info.set("people", Json(fs::absolute(people).string()));
    demo.info_here = info.encode();
    const SignalWait stop;
    auto running = RunningNode::start(config_of(options), std::move(demo));
    if (!running) return unexpected(running.error());
    auto payday = std::make_unique<DemoPayday>(**running, delegate->key);
    const auto world = world_of(options, **running, delegate->key, *payday, stop.token());
    if (!world) return unexpected(world.error());
    if (!stop.token().stop_requested()) {
        if (auto ok = founding.clear(); !ok) return ok;
        // Ready means that something can be checked.
        if (!(*running)->node().publisher.wait_for(0, 15'000)) {
            return fail("the witnesses did not cosign; is something else on their ports?");
        }
        if (!options.empty) payday->start(in_transit(options));
        say_ready(options, **running, *world);
        stop.wait();
    }
    payday.reset();
    (*running)->stop();
    children.stop();
    return {};
}

} // namespace

int run_demo(const DemoOptions& given) {
    DemoOptions options = given;
    std::error_code error;
    options.data = fs::absolute(given.data, error).lexically_normal().string();
    // Nothing is founded that could not be served. Where something is, its lock is asked first.
    Result<void> ok;
    if (!error && !fs::exists(NodeFiles(options.data).database(), error)) {
        error.clear(); // what is wrong with the path is said below
        ok = http::can_listen({options.listen, options.port, {}});
    }
    if (error) ok = fail("--data " + given.data + ": " + error.message());
    if (ok) {
        if (auto made = handprint::files::make_directories(options.data); !made)
            ok = fail("--data " + given.data + ": " + made.error().what);
    }
    if (ok) ok = serve(options);
    return ok ? 0 : tools::complain("demo", ok.error().what, options.json);
}

} // namespace handprint::app
