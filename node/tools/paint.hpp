#pragma once

#include <string>
#include <string_view>

namespace handprint::tools {

/// Whether people read this stream at a terminal that can redraw a line. What machines are to read
/// (`json`) is never for people.
[[nodiscard]] bool for_people(int stream, bool json);

/// Green and red for words that say the same without them: only where for_people() holds and the
/// variable NO_COLOR is not set (no-color.org).
class Paint {
public:
    Paint(int stream, bool json);

    [[nodiscard]] std::string good(std::string_view text) const { return in("\x1b[32m", text); }

    [[nodiscard]] std::string bad(std::string_view text) const { return in("\x1b[31m", text); }

    [[nodiscard]] std::string verdict(bool is_good, std::string_view text) const {
        return is_good ? good(text) : bad(text);
    }

private:
    [[nodiscard]] std::string in(std::string_view colour, std::string_view text) const;

    bool colours_;
};

} // namespace handprint::tools
