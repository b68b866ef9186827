#include "tests/app/crash/founded.hpp"

#include <filesystem>

namespace handprint::test {

namespace fs = std::filesystem;

std::map<std::string, std::string> files_in(const std::string& directory) {
    std::map<std::string, std::string> out;
    if (!fs::exists(directory)) return out;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        const std::string name = entry.path().lexically_relative(directory).string();
        if (!entry.is_regular_file() || name == "lock" || name.starts_with("ledger.db")) continue;
        out[name] = app::read_text(entry.path().string()).value();
    }
    return out;
}

} // namespace handprint::test
