// handprint sign, get, replay-crowd, bench

#include "node/app/commands.hpp"
#include "node/app/signing.hpp"
#include "node/app/whole_number.hpp"
#include "node/tools/bench.hpp"
#include "node/tools/replay_crowd.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace handprint::app {

namespace {

void add_door(CLI::App* command, SignOptions& o, bool required) {
    command->add_option("--key", o.key, "Key file of who signs")->required(required);
    command->add_option("--url", o.url, "Where the node listens, http or https")
        ->required(required);
    command->add_option("--ca", o.ca, "Authorities to trust for https, PEM");
}

void add_sign(CLI::App& app, int& code) {
    auto* command = app.add_subcommand(
        "sign",
        "Sign a command, send it and print its entry: fund, close_period, payout, settle ..."
    );
    auto o = std::make_shared<SignOptions>();
    add_door(command, *o, false);
    command->add_option("kind", o->kind, "Kind of command");
    command->add_option("fields", o->words, "Its fields, each name=value");
    command->add_option("--again", o->again, "Send what got no answer again, from its file");
    command->add_flag("--list", o->list, "Print the kinds with their fields");
    command->add_flag("--json", o->json, "Print JSON, with the promise of the node");
    command->callback([o, &code] { code = sign(*o); });

    auto* reading = app.add_subcommand("get", "Sign in and print what the node says at a path");
    auto r = std::make_shared<SignOptions>();
    add_door(reading, *r, true);
    reading->add_option("path", r->kind, "Such as /v1/payouts/0, /v1/proposals")->required();
    reading->add_flag("--json", r->json, "Print JSON on one line; what is no JSON, as a string");
    reading->callback([r, &code] { code = get(*r); });
}

void add_replay(CLI::App& app, int& code) {
    auto* command =
        app.add_subcommand("replay-crowd", "Play a recorded crowd job and check the money");
    auto o = std::make_shared<tools::ReplayOptions>();
    command->add_option("--items", o->items, "Tasks, JSON Lines with id")->required();
    command->add_option("--answers", o->answers, "Judgments, CSV task,worker,answer")->required();
    command->add_option("--truth", o->truth, "Truth, CSV task,truth");
    command->add_option("--limit", o->limit, "Only the first tasks")->check(whole_number(1));
    command->add_option("--url", o->url, "A running node; else a demo is started for it");
    command->add_option(
        "--delegate", o->delegate, "Key file of a delegate of that node, if it is not a demo here"
    );
    command->add_option("--policy", o->policy, "Trust policy of your own for that node");
    command->add_option("--threads", o->threads, "Connections at a time")
        ->check(whole_number(1, 1024));
    command->add_flag("--json", o->json, "Print JSON");
    command->callback([o, &code] { code = tools::replay_crowd(*o); });
}

void add_completions(CLI::App& bench, int& code) {
    auto* command =
        bench.add_subcommand("completions", "Signed submissions against raw signature checks");
    auto o = std::make_shared<tools::CompletionsOptions>();
    command->add_option("--data", o->data, "A directory on a real disk")->capture_default_str();
    command->add_option("--members", o->members, "Members")
        ->check(whole_number(1, 1'000'000))
        ->capture_default_str();
    command->add_option("--each", o->each, "Assignments of each, at most 50")
        ->check(whole_number(1, 50))
        ->capture_default_str();
    command->add_option("--connections", o->connections, "Connections")
        ->check(whole_number(1, 65'535))
        ->capture_default_str();
    command->add_option("--verify-seconds", o->verify_seconds, "Length of the yardstick")
        ->capture_default_str();
    command->add_flag("--keep", o->keep, "Leave the node's directory");
    command->add_flag_callback("--no-audit", [o] { o->audit = false; }, "Leave the audit out");
    command->add_flag("--json", o->json, "Print JSON");
    command->callback([o, &code] { code = tools::bench_completions(*o); });
}

void add_import(CLI::App& bench, int& code) {
    auto* command =
        bench.add_subcommand("import", "How long others wait while a large import runs");
    auto o = std::make_shared<tools::ImportOptions>();
    command->add_option("--data", o->data, "A directory on a real disk")->capture_default_str();
    command->add_option("--rows", o->rows, "Tasks to import")
        ->check(whole_number(1))
        ->capture_default_str();
    command->add_option("--members", o->members, "Members who work meanwhile")
        ->check(whole_number(1, 1'000'000))
        ->capture_default_str();
    command->add_option("--connections", o->connections, "Connections of theirs")
        ->check(whole_number(1, 65'535))
        ->capture_default_str();
    command->add_flag("--json", o->json, "Print JSON");
    command->callback([o, &code] { code = tools::bench_import(*o); });
}

void add_ledger(
    CLI::App& bench,
    int& code,
    const char* name,
    const char* what,
    int (*measure)(const tools::LedgerOptions&)
) {
    auto* command = bench.add_subcommand(name, what);
    auto o = std::make_shared<tools::LedgerOptions>();
    command->add_option("--entries", o->entries, "Entries")
        ->check(whole_number(1))
        ->capture_default_str();
    command->add_flag("--json", o->json, "Print JSON");
    command->callback([o, measure, &code] { code = measure(*o); });
}

void add_directory(
    CLI::App& bench,
    int& code,
    const char* name,
    const char* what,
    int (*measure)(const tools::AuditOptions&)
) {
    auto* command = bench.add_subcommand(name, what);
    auto o = std::make_shared<tools::AuditOptions>();
    command->add_option("--data", o->data, "Directory of a demo that is not running")->required();
    command->add_flag("--json", o->json, "Print JSON");
    command->callback([o, measure, &code] { code = measure(*o); });
}

} // namespace

void add_tool_commands(CLI::App& app, int& code) {
    add_sign(app, code);
    add_replay(app, code);
    auto* bench = app.add_subcommand("bench", "Measure");
    bench->require_subcommand(1);
    add_completions(*bench, code);
    add_import(*bench, code);
    add_ledger(
        *bench, code, "append", "Appending to the Merkle tree, with tiles", tools::bench_append
    );
    add_ledger(*bench, code, "proof", "Inclusion proofs from tiles", tools::bench_proof);
    add_directory(
        *bench, code, "audit", "An audit against raw signature checks", tools::bench_audit
    );
    add_directory(
        *bench, code, "start", "Time until a node is ready, and its memory", tools::bench_start
    );
}

} // namespace handprint::app
