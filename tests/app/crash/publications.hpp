#pragma once

// Publications of every shape, each from a directory in which all is ready for it.

#include "tests/audit/world.hpp"

#include <functional>
#include <string>
#include <vector>

namespace handprint::audit_test {

/// What is public, and what comes on top of it and is not yet.
struct Scenario {
    std::string name;
    std::function<void(World&)> published, waiting;
    std::vector<std::string> written = {}; // beside the checkpoint
};

[[nodiscard]] const std::vector<Scenario>& scenarios();

/// A data directory and its witnesses as they are just before a publication.
class Stage {
public:
    explicit Stage(const Scenario& scenario);

    void copy_to(const TempDir& place) const;

    pipeline::Published before;
    store::Head head;
    Int now = 0;

private:
    TempDir dir_;
};

} // namespace handprint::audit_test
