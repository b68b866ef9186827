#pragma once

#include "node/tools/node_process.hpp"

#include <fstream>
#include <string>
#include <string_view>

namespace handprint::test {

/// A file with that text in a scratch directory.
inline std::string
write_file(const tools::ScratchDir& dir, const std::string& name, std::string_view text) {
    const std::string path = dir.path() + '/' + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

} // namespace handprint::test
