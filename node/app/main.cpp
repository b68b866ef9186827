// The `handprint` command line. Exit code 0 only if all holds.

#include "ledger/base/crypto.hpp"
#include "node/app/commands.hpp"

#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
    handprint::crypto_init();
    CLI::App app{
        "Handprint: a worker-owned marketplace for AI-training work, with pay that anyone can "
        "check.",
        "handprint"
    };
    app.require_subcommand(1);
    app.set_version_flag("--version", "handprint 0.1.0");
    app.get_formatter()->column_width(34);
    int code = 0;
    handprint::app::add_node_commands(app, code);
    handprint::app::add_check_commands(app, code);
    handprint::app::add_tool_commands(app, code);
    CLI11_PARSE(app, argc, argv);
    return code;
}
