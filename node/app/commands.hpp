#pragma once

// Subcommands by family. Each runs when its callback is called and sets `code`.

namespace CLI {
class App;
}

namespace handprint::app {

void add_node_commands(CLI::App& app, int& code);  // init serve ... backup restore
void add_check_commands(CLI::App& app, int& code); // verify audit shares
void add_tool_commands(CLI::App& app, int& code);  // sign get replay-crowd bench

} // namespace handprint::app
