// handprint init, serve, demo, witness, keygen, rotate-log-key, backup, restore

#include "ledger/base/base64.hpp"
#include "ledger/record/json.hpp"
#include "ledger/record/party.hpp"
#include "node/app/commands.hpp"
#include "node/app/config.hpp"
#include "node/app/copies.hpp"
#include "node/app/demo.hpp"
#include "node/app/init_command.hpp"
#include "node/app/rotation.hpp"
#include "node/app/running_node.hpp"
#include "node/app/wait_for_signal.hpp"
#include "node/app/whole_number.hpp"
#include "node/client/key_file.hpp"
#include "node/tools/complaint.hpp"
#include "node/witness/key_file.hpp"
#include "node/witness/logs.hpp"
#include "node/witness/server.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <optional>

namespace handprint::app {

using record::Json;
using tools::as_utf8;
using tools::complain;

namespace {

void set_log_level(const std::string& level) {
    spdlog::set_pattern(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","log":%v})", spdlog::pattern_time_type::utc
    );
    spdlog::set_level(spdlog::level::from_str(level));
}

void print_line(std::initializer_list<record::JsonMember> members) {
    std::cout << Json::object(members).encode() << '\n';
}

int found_one(const InitOptions& o, bool json) {
    if (auto ok = init(o); !ok) return complain("init", ok.error().what, json);
    if (json) {
        print_line(
            {{"data", Json(as_utf8(o.data))},
             {"delegate_key", Json(as_utf8(o.delegate))},
             {"origin", Json(o.origin)}}
        );
        return 0;
    }
    std::cout << "Founded " << o.origin << " in " << o.data << ".\n"
              << "The first delegate's key is in " << o.delegate
              << ": keep it apart from the node.\n";
    return 0;
}

int serve(const std::string& path, bool print) {
    Config config;
    if (!path.empty()) {
        auto loaded = load_config(path);
        if (!loaded) return complain("serve", loaded.error().what, false);
        config = std::move(*loaded);
    }
    if (print) {
        std::cout << print_config(config);
        return 0;
    }
    set_log_level(config.log_level);
    const SignalWait stop;
    auto running = RunningNode::start(config);
    if (!running) return complain("serve", running.error().what, false);
    spdlog::info(R"({{"at":"ready","port":{}}})", (*running)->port());
    stop.wait();
    (*running)->stop();
    return 0;
}

struct WitnessOptions {
    std::string key, state, logs, publish, listen = "127.0.0.1";
    std::uint16_t port = 0;
    bool quiet = false;
};

int run_witness_command(const WitnessOptions& o) {
    const auto text = read_text(o.logs);
    if (!text) return complain("witness", text.error().what, false);
    auto logs = witness::parse_watched_logs(*text);
    if (!logs) return complain("witness", o.logs + ", " + logs.error().what, false);
    witness::WitnessConfig config;
    config.key_file = o.key;
    config.state_file = o.state;
    config.publish_directory = o.publish;
    config.logs = std::move(*logs);
    http::Listen listen;
    listen.address = o.listen;
    listen.port = o.port;
    config.http.listen = {listen};
    config.http.threads = 1;
    const auto done = witness::run_witness(config, [&](std::string_view line) {
        if (!o.quiet) std::cout << line << std::endl;
    });
    return done ? 0 : complain("witness", done.error().what, false);
}

int keygen(
    const std::string& path,
    const std::optional<std::string>& witness_name,
    const std::string& party,
    bool json
) {
    if (witness_name) {
        const auto key = witness::make_key_file(path, *witness_name);
        if (!key) return complain("keygen", key.error().what, json);
        if (json)
            print_line({{"file", Json(as_utf8(path))}, {"vkey", Json(as_utf8(key->text()))}});
        else
            std::cout << key->text() << '\n';
        return 0;
    }
    if (party != "new" && !record::Party::parse(party))
        return complain("keygen", "--party " + party + ": no party, such as d:1 or m:12", json);
    const KeyPair key = client::new_key();
    if (auto ok = client::write_key_file(path, party, key); !ok)
        return complain("keygen", ok.error().what, json);
    const std::string shown = base64_encode(key.public_key());
    if (json) {
        print_line(
            {{"file", Json(as_utf8(path))}, {"party", Json(party)}, {"public_key", Json(shown)}}
        );
    } else {
        std::cout << "Written " << path << " (keep it secret). Its public key:\n" << shown << '\n';
    }
    return 0;
}

int backup(const std::string& data, const std::string& to, bool json) {
    const auto entries = back_up(data, to);
    if (!entries) return complain("backup", entries.error().what, json);
    if (json)
        print_line({{"entries", Json(*entries)}, {"to", Json(as_utf8(to))}});
    else
        std::cout << "Copied " << *entries << " entries to " << to << ".\n";
    return 0;
}

int restore_copy(const std::string& from, const std::string& data, bool json) {
    const auto entries = restore(from, data);
    if (!entries) return complain("restore", entries.error().what, json);
    if (json) {
        print_line({{"data", Json(as_utf8(data))}, {"entries", Json(*entries)}});
        return 0;
    }
    std::cout << "Restored " << *entries << " entries. When it starts, the node asks its"
              << " witnesses whether they have seen more.\n";
    return 0;
}

int rotate(const std::string& data, const std::string& delegate_file, bool json) {
    const auto delegate = client::read_key_file(delegate_file);
    if (!delegate) return complain("rotate-log-key", delegate.error().what, json);
    const auto done = rotate_log_key(NodeFiles(data), *delegate);
    if (!done) return complain("rotate-log-key", done.error().what, json);
    if (json) {
        print_line(
            {{"archived", Json(as_utf8(done->archived))},
             {"log_vkey", Json(done->key.text())},
             {"size", Json(done->size)}}
        );
        return 0;
    }
    std::cout << "The log has a new key. Give it to every witness before the node starts:\n\nlog "
              << done->key.text() << "\n\nThe policy of the old key, for checkpoints up to size "
              << done->size << ", is kept in " << done->archived
              << ".\nPublish it beside the new one in " << data << "/policy.\n";
    return 0;
}

std::shared_ptr<bool> add_json(CLI::App* command) {
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "Print one line of JSON");
    return json;
}

void add_demo(CLI::App& app, int& code) {
    auto demo = std::make_shared<DemoOptions>();
    auto* d =
        app.add_subcommand("demo", "Run a small cooperative with three witnesses on this machine");
    d->add_option("--data", demo->data, "Where it keeps its data")->capture_default_str();
    d->add_option("--port", demo->port, "Port of the page (0: any free one)")
        ->check(whole_number(0, 65'535))
        ->capture_default_str();
    d->add_option("--listen", demo->listen, "Address to listen on")->capture_default_str();
    d->add_option("--web", demo->web, "Directory of the built web client");
    d->add_option("--period-ms", demo->period_ms, "Close a pay period this often")
        ->check(whole_number(0, longest_period_ms))
        ->capture_default_str();
    d->add_flag("--empty", demo->empty, "No people and no projects");
    d->add_flag("--json", demo->json, "Print one line of JSON when ready");
    d->callback([demo, &code] {
        set_log_level("warn");
        code = run_demo(*demo);
    });
}

void add_serve(CLI::App& app, int& code) {
    auto path = std::make_shared<std::string>();
    auto print = std::make_shared<bool>(false);
    auto* s = app.add_subcommand("serve", "Run a node");
    s->add_option("--config", *path, "Configuration file of key = value lines");
    s->add_flag("--print-config", *print, "Print the effective configuration and end");
    s->callback([path, print, &code] { code = serve(*path, *print); });
}

void add_init(CLI::App& app, int& code) {
    auto i = std::make_shared<InitOptions>();
    auto* in = app.add_subcommand("init", "Found a cooperative: keys, tables and entry 0");
    in->add_option("--data", i->data, "New data directory")->required();
    in->add_option("--origin", i->origin, "Name of the log, such as pay.example.coop/log")
        ->required();
    in->add_option("--currency", i->currencies, "Currency codes")->capture_default_str();
    in->add_option("--founder-key", i->founders, "Public keys of founders, for entry 0 (base64)");
    in->add_option("--witnesses", i->witnesses, "Policy lines: witness, group, quorum");
    in->add_option("--delegate-key", i->delegate, "Where to write the first delegate's key")
        ->required();
    in->add_option("--delegate", i->delegates, "Public keys of further delegates (base64)");
    auto i_json = add_json(in);
    in->callback([i, i_json, &code] { code = found_one(*i, *i_json); });
}

void add_witness(CLI::App& app, int& code) {
    auto w = std::make_shared<WitnessOptions>();
    auto* wi = app.add_subcommand("witness", "Run a witness: cosigns logs that only grow");
    wi->add_option("--key", w->key, "Key file (handprint keygen --witness NAME FILE)")->required();
    wi->add_option("--state", w->state, "Database of what it has seen")->required();
    wi->add_option("--logs", w->logs, "File of 'log VKEY' lines")->required();
    wi->add_option("--publish", w->publish, "Directory for cosigned checkpoints");
    wi->add_option("--listen", w->listen, "Address to listen on")->capture_default_str();
    wi->add_option("--port", w->port, "Port (0: any free one)")
        ->check(whole_number(0, 65'535))
        ->capture_default_str();
    wi->add_flag("--quiet", w->quiet, "Say nothing");
    wi->callback([w, &code] { code = run_witness_command(*w); });
}

void add_keygen(CLI::App& app, int& code) {
    auto file = std::make_shared<std::string>();
    auto name = std::make_shared<std::optional<std::string>>();
    auto* k = app.add_subcommand("keygen", "Make a key file");
    k->add_option("file", *file, "File to write; it must not exist")->required();
    k->add_option("--witness", *name, "Make a witness key of this name and print its verifier key");
    auto party = std::make_shared<std::string>("new");
    k->add_option("--party", *party, "Whose key it is, such as d:1 for the second delegate")
        ->capture_default_str();
    auto k_json = add_json(k);
    k->callback([file, name, party, k_json, &code] { code = keygen(*file, *name, *party, *k_json); }
    );
}

void add_rotate(CLI::App& app, int& code) {
    auto rotating = std::make_shared<std::string>();
    auto signer = std::make_shared<std::string>();
    auto* l = app.add_subcommand(
        "rotate-log-key", "Give the log of a node that does not run a new key; its name stays"
    );
    l->add_option("--data", *rotating, "Data directory")->required();
    l->add_option("--delegate-key", *signer, "Key file of a delegate, who enters the change")
        ->required();
    auto l_json = add_json(l);
    l->callback([rotating, signer, l_json, &code] { code = rotate(*rotating, *signer, *l_json); });
}

void add_copies(CLI::App& app, int& code) {
    auto from = std::make_shared<std::string>();
    auto to = std::make_shared<std::string>();
    auto* b = app.add_subcommand("backup", "Copy a data directory while the node runs");
    b->add_option("--data", *from, "Data directory")->required();
    b->add_option("--to", *to, "New directory for the copy")->required();
    auto b_json = add_json(b);
    b->callback([from, to, b_json, &code] { code = backup(*from, *to, *b_json); });
    auto rfrom = std::make_shared<std::string>();
    auto rto = std::make_shared<std::string>();
    auto* r = app.add_subcommand("restore", "Bring a copy back into an empty directory");
    r->add_option("--from", *rfrom, "Directory made by backup")->required();
    r->add_option("--data", *rto, "Empty data directory")->required();
    auto r_json = add_json(r);
    r->callback([rfrom, rto, r_json, &code] { code = restore_copy(*rfrom, *rto, *r_json); });
}

} // namespace

void add_node_commands(CLI::App& app, int& code) {
    add_demo(app, code);
    add_serve(app, code);
    add_init(app, code);
    add_witness(app, code);
    add_keygen(app, code);
    add_rotate(app, code);
    add_copies(app, code);
}

} // namespace handprint::app
