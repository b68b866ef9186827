#include "node/tools/paint.hpp"

#include <unistd.h>

#include <cstdlib>

namespace handprint::tools {

namespace {

std::string_view variable(const char* name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view(value);
}

} // namespace

bool for_people(int stream, bool json) {
    return !json && ::isatty(stream) == 1 && variable("TERM") != "dumb";
}

Paint::Paint(int stream, bool json)
    : colours_(for_people(stream, json) && variable("NO_COLOR").empty()) {}

std::string Paint::in(std::string_view colour, std::string_view text) const {
    if (!colours_ || text.empty()) return std::string(text);
    return std::string(colour) + std::string(text) + "\x1b[0m";
}

} // namespace handprint::tools
