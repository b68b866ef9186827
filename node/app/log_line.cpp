#include "node/app/log_line.hpp"

#include "node/tools/complaint.hpp"

namespace handprint::app {

using record::Json;

std::string log_line(
    std::string_view at, std::initializer_list<std::pair<const char*, std::string_view>> members
) {
    Json line = Json::object({{"at", Json(std::string(at))}});
    for (const auto& [name, value] : members)
        line.set(name, Json(tools::as_utf8(std::string(value))));
    return line.encode();
}

} // namespace handprint::app
