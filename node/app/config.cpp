#include "node/app/config.hpp"

#include "ledger/base/decimal.hpp"
#include "node/app/node_files.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace handprint::app {

namespace {

/// Nothing is wrong, or what the value must be.
using Setter = std::function<std::string(Config&, const std::string&)>;

template <class T>
Setter number(T Config::* member, std::int64_t least, std::int64_t most) {
    return [=](Config& config, const std::string& text) {
        const auto value = parse_i64(text);
        if (!value || *value < least || *value > most) {
            return "must be a whole number from " + std::to_string(least) + " to "
                   + std::to_string(most);
        }
        config.*member = static_cast<T>(*value);
        return std::string();
    };
}

Setter text(std::string Config::* member) {
    return [=](Config& config, const std::string& value) {
        config.*member = value;
        return std::string();
    };
}

Setter one_of(std::string Config::* member, std::vector<std::string> known) {
    return [member, known = std::move(known)](Config& config, const std::string& value) {
        config.*member = value;
        if (std::ranges::find(known, value) != known.end()) return std::string();
        std::string names;
        for (const auto& name : known)
            names += (names.empty() ? "" : ", ") + name;
        return "must be one of " + names;
    };
}

const std::map<std::string, Setter>& setters() {
    static const std::map<std::string, Setter> all = {
        {"address_rate_per_second", number(&Config::address_rate_per_second, 0, 10'000'000)},
        {"data", text(&Config::data)},
        {"listen", text(&Config::listen)},
        {"log_level",
         one_of(&Config::log_level, {"trace", "debug", "info", "warn", "error", "critical", "off"})
        },
        {"period_ms", number(&Config::period_ms, 0, longest_period_ms)},
        {"port", number(&Config::port, 0, 65535)},
        {"publish_ms", number(&Config::publish_ms, 10, 3'600'000)},
        {"rate_per_second", number(&Config::rate_per_second, 0, 1'000'000)},
        {"refresh_ms", number(&Config::refresh_ms, 100, 300'000)},
        {"threads", number(&Config::threads, 0, 1024)},
        {"tls_certificate", text(&Config::tls_certificate)},
        {"tls_key", text(&Config::tls_key)},
        {"trusted_proxies", text(&Config::trusted_proxies)},
        {"web", text(&Config::web)},
    };
    return all;
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    const auto last = text.find_last_not_of(" \t\r");
    return std::string(text.substr(first, last - first + 1));
}

} // namespace

Result<Config> parse_config(std::string_view text) {
    Config config;
    std::set<std::string> seen;
    std::size_t line = 0;
    while (!text.empty()) {
        ++line;
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string content = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (content.empty() || content[0] == '#') continue;
        const std::string where = "line " + std::to_string(line) + ": ";
        const std::size_t equals = content.find('=');
        if (equals == std::string::npos) return fail(where + "expected key = value");
        const std::string key = trimmed(std::string_view(content).substr(0, equals));
        const std::string value = trimmed(std::string_view(content).substr(equals + 1));
        const auto setter = setters().find(key);
        if (setter == setters().end()) return fail(where + "unknown key: " + key);
        if (!seen.insert(key).second) return fail(where + key + " is given twice");
        if (const auto rule = setter->second(config, value); !rule.empty())
            return fail(where + key + " = " + value + ": it " + rule);
    }
    if (config.tls_certificate.empty() != config.tls_key.empty()) {
        return fail("tls_certificate and tls_key go together");
    }
    return config;
}

Result<Config> load_config(const std::string& path) {
    const auto text = read_text(path);
    if (!text) return unexpected(text.error());
    auto config = parse_config(*text);
    if (!config) return fail(path + ", " + config.error().what);
    return config;
}

std::string print_config(const Config& c) {
    const auto line = [](const char* key, const std::string& value) {
        return std::string(key) + " = " + value + '\n';
    };
    return line("data", c.data) + line("listen", c.listen) + line("port", std::to_string(c.port))
           + line("tls_certificate", c.tls_certificate) + line("tls_key", c.tls_key)
           + line("web", c.web) + line("threads", std::to_string(c.threads))
           + line("publish_ms", std::to_string(c.publish_ms))
           + line("refresh_ms", std::to_string(c.refresh_ms))
           + line("period_ms", std::to_string(c.period_ms))
           + line("rate_per_second", std::to_string(static_cast<long long>(c.rate_per_second)))
           + line(
               "address_rate_per_second",
               std::to_string(static_cast<long long>(c.address_rate_per_second))
           )
           + line("trusted_proxies", c.trusted_proxies) + line("log_level", c.log_level);
}

} // namespace handprint::app
