#pragma once

#include "ledger/base/result.hpp"

#include <string>
#include <vector>

namespace handprint::witness {

/// A directory of `<name>/checkpoint` files for a web server, apart from the witness's state. As it
/// is not restored together with the state, it shows when the state is an old copy.
class PublishedFiles {
public:
    explicit PublishedFiles(std::string directory);

    /// Replaces the file whole, and returns when it is on the disk.
    [[nodiscard]] Result<void> write(const std::string& name, const std::string& note) const;
    /// All of them; none if the directory is not there yet.
    [[nodiscard]] Result<std::vector<std::string>> read_all() const;

private:
    std::string directory_;
};

} // namespace handprint::witness
