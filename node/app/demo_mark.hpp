#pragma once

// DATA/founding is there from before the first file of a demo until it is whole: people, work and
// the notes about them. A start that finds it begins again from nothing.

#include "node/app/node_files.hpp"

#include <string>

namespace handprint::app {

class DemoMark {
public:
    explicit DemoMark(const std::string& data) : files_(data) {}

    /// A demo is to be founded: there is none, or not all of one.
    [[nodiscard]] bool is_due() const;
    /// Whether a founding was interrupted.
    [[nodiscard]] bool is_set() const;
    /// Sets the mark, durably, and removes what an interrupted founding left: the names it makes
    /// and nothing else. Failure if one of them is there and no founding was under way. The
    /// directory's lock is held.
    [[nodiscard]] Result<void> set() const;
    /// All is there: durable on return.
    [[nodiscard]] Result<void> clear() const;

private:
    [[nodiscard]] std::string path() const { return files_.dir() + "/founding"; }

    NodeFiles files_;
};

} // namespace handprint::app
