#include "ledger/base/base64.hpp"
#include "ledger/record/json.hpp"
#include "tests/fuzz/decoder.hpp"

#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace handprint::fuzz {

namespace {

void collect(const record::Json& json, std::set<std::string>& out) {
    if (const auto* text = json.as_string()) {
        out.insert(*text);
        if (const auto bytes = base64_decode(*text)) out.insert(std::string(as_text(*bytes)));
    } else if (const auto* items = json.as_array()) {
        for (const auto& item : *items)
            collect(item, out);
    } else if (const auto* members = json.as_object()) {
        for (const auto& member : *members)
            collect(member.value, out);
    }
}

} // namespace

std::vector<Decoder> decoders() {
    std::vector<Decoder> all;
    for (const auto part :
         {base_decoders(),
          merkle_decoders(),
          record_decoders(),
          market_decoders(),
          node_decoders(),
          import_decoders(),
          form_decoders(),
          http_decoders(),
          tool_decoders()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

Seeds strings_of_vectors() {
    std::set<std::string> found;
    for (const char* name : {"chain", "commit", "dsse", "canonical_json", "payslip_good"}) {
        const std::string text = read_file("tests/vectors/" + std::string(name) + ".json");
        const auto json = record::Json::parse(text, record::JsonMode::lenient);
        if (json) collect(*json, found);
    }
    return {found.begin(), found.end()};
}

} // namespace handprint::fuzz
