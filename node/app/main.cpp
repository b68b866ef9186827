// The `handprint` command line. Exit code 0 only if all holds.

#include "ledger/base/crypto.hpp"
#include "node/app/commands.hpp"
#include "node/tools/complaint.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

namespace {

/// Also where it makes no sense: who asks is a machine.
bool wants_json(int argc, const char* const* argv) {
    return std::find(argv + 1, argv + argc, std::string_view("--json")) != argv + argc;
}

/// CLI11 lists words that no command takes backwards; here they come as they were given.
void parse(CLI::App& app, int argc, const char* const* argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ExtrasError&) {
        throw CLI::ExtrasError(app.remaining_for_passthrough(true));
    }
}

/// What the words mean is carried out while they are read. Words that make no sense end with 2.
int carry_out(CLI::App& app, int argc, const char* const* argv) {
    try {
        parse(app, argc, argv);
        return 0;
    } catch (const CLI::ParseError& error) {
        const bool good = error.get_exit_code() == 0; // help, or the version
        if (!good && wants_json(argc, argv))
            return handprint::tools::refuse_words(error.what(), true);
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception& error) { // of a library: no memory, a path that is none
        handprint::tools::refuse_words(error.what(), wants_json(argc, argv));
        return 1;
    }
}

/// The first word where a command is wanted and that is none; CLI11 only says that one is required.
std::string unknown_command(const CLI::App& app, int argc, const char* const* argv) {
    const CLI::App* at = &app;
    for (int i = 1; i < argc && at->get_require_subcommand_min() > 0; ++i) {
        std::string word = argv[i];
        if (word.starts_with('-')) return {};
        const auto named =
            at->get_subcommands([&](const CLI::App* one) { return one->check_name(word); });
        if (named.empty()) return word;
        at = named.front();
    }
    return {};
}

} // namespace

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
    if (const auto word = unknown_command(app, argc, argv); !word.empty()) {
        return handprint::tools::refuse_words(
            "there is no command " + word + "; `handprint --help` lists them",
            wants_json(argc, argv)
        );
    }
    const int read = carry_out(app, argc, argv);
    return read != 0 ? read : code;
}
