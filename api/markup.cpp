#include "api/markup.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace handprint::api {

namespace {

/// `text` with what stands between two `mark`s in an element.
std::string between(std::string_view text, std::string_view mark, const std::string& element) {
    std::string out;
    for (std::size_t at = 0;;) {
        const std::size_t begin = text.find(mark, at);
        const std::size_t end =
            begin == std::string_view::npos ? begin : text.find(mark, begin + mark.size());
        if (end == std::string_view::npos) return out += text.substr(at);
        out.append(text.substr(at, begin - at)).append("<" + element + ">");
        out.append(text.substr(begin + mark.size(), end - begin - mark.size()));
        out.append("</" + element + ">");
        at = end + mark.size();
    }
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(by, at), text.size());
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

/// A line of a table between its outer bars.
std::string row_html(std::string_view line, const char* cell) {
    line.remove_prefix(1);
    if (line.ends_with('|')) line.remove_suffix(1);
    std::string out = "<tr>";
    for (const auto text : split(line, '|'))
        out.append("<")
            .append(cell)
            .append(">")
            .append(inline_html(text))
            .append("</")
            .append(cell)
            .append(">");
    return out += "</tr>";
}

bool is_rule(std::string_view line) {
    return line.starts_with('|') && line.find_first_not_of("|-: ") == std::string_view::npos;
}

std::string block_html(const std::vector<std::string_view>& lines) {
    const auto all = [&lines](std::string_view start) {
        return std::all_of(lines.begin(), lines.end(), [start](auto line) {
            return line.starts_with(start) || line.starts_with("  ");
        });
    };
    if (lines.front().starts_with('|') && all("|")) {
        const bool headed = lines.size() > 1 && is_rule(lines[1]);
        std::string out = "<div class=\"table\" tabindex=\"0\"><table>";
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!is_rule(lines[i])) out += row_html(lines[i], headed && i == 0 ? "th" : "td");
        }
        return out + "</table></div>\n";
    }
    const bool list = lines.front().starts_with("- ") && all("- ");
    std::string text, out;
    const auto end_item = [&] {
        if (!text.empty())
            out += (list ? "<li>" : "<p>") + inline_html(text) + (list ? "</li>" : "</p>");
        text.clear();
    };
    for (const auto line : lines) {
        const bool item = list && line.starts_with("- ");
        if (item) end_item();
        if (!text.empty()) text += ' ';
        text +=
            item ? line.substr(2) : line.substr(std::min(line.find_first_not_of(' '), line.size()));
    }
    end_item();
    return list ? "<ul>" + out + "</ul>\n" : out + '\n';
}

} // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

std::string inline_html(std::string_view markdown) {
    std::string out;
    for (std::size_t at = 0;;) {
        // Marks inside of code are text.
        const std::size_t begin = std::min(markdown.find('`', at), markdown.size());
        out += between(escape_html(markdown.substr(at, begin - at)), "**", "strong");
        const std::size_t end = begin == markdown.size() ? begin : markdown.find('`', begin + 1);
        if (begin == markdown.size()) return out;
        if (end == std::string_view::npos) return out += escape_html(markdown.substr(begin));
        out += "<code>" + escape_html(markdown.substr(begin + 1, end - begin - 1)) + "</code>";
        at = end + 1;
    }
}

std::string html_of(std::string_view markdown) {
    std::string out;
    std::vector<std::string_view> block;
    const auto end_block = [&] {
        if (!block.empty()) out += block_html(block);
        block.clear();
    };
    for (const auto line : split(markdown, '\n')) {
        if (line.find_first_not_of(' ') == std::string_view::npos) {
            end_block();
            continue;
        }
        // A list or a table may follow its sentence without an empty line.
        const auto kind = [](std::string_view l) {
            return l.starts_with("- ") ? 1 : l.starts_with('|') ? 2 : 0;
        };
        const bool goes_on = block.empty() || kind(line) == kind(block.front())
                             || (kind(block.front()) == 1 && line.starts_with("  "));
        if (!goes_on) end_block();
        block.push_back(line);
    }
    end_block();
    return out;
}

} // namespace handprint::api
