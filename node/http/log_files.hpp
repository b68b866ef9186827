#pragma once

#include "node/http/types.hpp"

#include <string>
#include <string_view>

namespace handprint::http {

/// The directory of a C2SP tlog-tiles log, as it lies on disk.
class LogFiles {
public:
    explicit LogFiles(std::string directory);

    /// For a route such as "/log/{path...}". Only names that the format knows reach the disk:
    /// `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]` and, beside what C2SP has,
    /// `distribution/<N>`. What is not there is 404; whoever asked for a partial tile then asks for
    /// the full one.
    [[nodiscard]] Response serve(const Request& request) const;

private:
    std::string directory_;
};

/// Whether the text is the name of a tile or an entry bundle, written the one right way.
[[nodiscard]] bool is_tile_path(std::string_view path) noexcept;

} // namespace handprint::http
