#include "node/tools/data_directory.hpp"

#include <filesystem>

namespace handprint::tools {

Result<void> has_ledger(const std::string& data) {
    std::error_code error;
    if (std::filesystem::exists(data + "/ledger.db", error)) return {};
    const bool there = std::filesystem::is_directory(data, error);
    return fail(
        "--data " + data + ": " + (there ? "there is no ledger in it" : "no such directory")
    );
}

} // namespace handprint::tools
