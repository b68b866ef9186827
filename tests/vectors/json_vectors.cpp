#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "tests/vectors/vector_files.hpp"

#include <string_view>

namespace handprint::vectors {

using record::Json;

namespace {

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

Json row(const char* name, std::string_view text) {
    return Json::object({{"hex", hex_encode(as_bytes(text))}, {"name", name}});
}

Json bad(const char* name, std::string_view text, const char* reason) {
    return row(name, text).set("reason", reason);
}

Json accepted() {
    return Json::array(
        {row("null", "null"),
         row("true", "true"),
         row("zero", "0"),
         row("negative", "-1"),
         row("largest integer", "9007199254740991"),
         row("smallest integer", "-9007199254740991"),
         row("empty string", R"("")"),
         row("quote and backslash", R"("a\"b\\c")"),
         row("letter escapes", R"("\b\t\n\f\r")"),
         row("other control characters", R"("\u0000\u000b\u001f")"),
         row("delete and slash stand for themselves", "\"\x7f/\""),
         row("two, three and four bytes", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xb6\""),
         row("line separator stands for itself", "\"\xe2\x80\xa8\""),
         row("private use and noncharacter", "\"\xee\x80\x80\xef\xbf\xbf\""),
         row("empty array", "[]"),
         row("empty object", "{}"),
         row("nesting", R"([1,"x",[null,{}],{"a":1,"b":[]}])"),
         row("keys by byte", R"({"":0," ":1,"\"":2,"A":3,"B":4,"\\":5,"_":6,"a":7,"~":8})"),
         row("a prefix comes first", R"({"a":1,"a ":2,"aa":3,"b":4})"),
         row("depth 16", nested(16))}
    );
}

Json rejected_layout() {
    return Json::array(
        {bad("nothing", "", "not_json"),
         bad("space before", " 1", "not_canonical"),
         bad("space after", "1 ", "not_canonical"),
         bad("newline at the end", "{}\n", "not_canonical"),
         bad("space after a comma", "[1, 2]", "not_canonical"),
         bad("space after a colon", R"({"a": 1})", "not_canonical"),
         bad("byte order mark", "\xef\xbb\xbf{}", "not_json"),
         bad("trailing comma in an array", "[1,]", "not_json"),
         bad("trailing comma in an object", R"({"a":1,})", "not_json"),
         bad("unclosed array", "[1", "not_json"),
         bad("unclosed string", "\"a", "not_json"),
         bad("two values", "[][]", "not_json"),
         bad("comment", "1//x", "not_json"),
         bad("cut word", "tru", "not_json"),
         bad("NaN", "NaN", "not_json"),
         bad("key without quotes", "{a:1}", "not_json"),
         bad("depth 17", nested(17), "too_deep"),
         bad("keys out of order", R"({"b":1,"a":2})", "not_canonical"),
         bad("upper case after lower case", R"({"a":1,"B":2})", "not_canonical"),
         bad("key twice", R"({"a":1,"a":2})", "duplicate_key"),
         bad("key with an accent", "{\"\xc3\xa9\":1}", "bad_key"),
         bad("key with a tab", R"({"\t":1})", "bad_key"),
         bad("key with delete", "{\"\x7f\":1}", "bad_key")}
    );
}

Json rejected_scalars() {
    return Json::array(
        {bad("leading zero", "01", "not_json"),
         bad("plus", "+1", "not_json"),
         bad("minus alone", "-", "not_json"),
         bad("minus zero", "-0", "not_canonical"),
         bad("fraction", "1.5", "not_integer"),
         bad("fraction of zero", "1.0", "not_integer"),
         bad("exponent", "1e3", "not_integer"),
         bad("2^53", "9007199254740992", "out_of_range"),
         bad("-2^53", "-9007199254740992", "out_of_range"),
         bad("thirty digits", "123456789012345678901234567890", "out_of_range"),
         bad("escaped slash", R"("\/")", "not_canonical"),
         bad("escaped letter", R"("\u0041")", "not_canonical"),
         bad("escaped accent", R"("\u00e9")", "not_canonical"),
         bad("newline as \\u", R"("\u000a")", "not_canonical"),
         bad("upper-case hex", R"("\u001F")", "not_canonical"),
         bad("escaped surrogate pair", R"("\ud83d\udcb6")", "not_canonical"),
         bad("unknown escape", R"("\x41")", "not_json"),
         bad("short \\u", R"("\u12")", "not_json"),
         bad("raw newline", "\"\n\"", "not_json"),
         bad("raw zero byte", std::string_view("\"a\0\"", 4), "not_json"),
         bad("stray byte", "\"\xff\"", "not_utf8"),
         bad("overlong zero", "\"\xc0\x80\"", "not_utf8"),
         bad("surrogate in UTF-8", "\"\xed\xa0\x80\"", "not_utf8"),
         bad("above U+10FFFF", "\"\xf4\x90\x80\x80\"", "not_utf8"),
         bad("cut sequence", "\"\xe2\x82\"", "not_utf8")}
    );
}

} // namespace

Json canonical_json_vectors() {
    Json::Array reject = rejected_layout().items();
    const Json scalars = rejected_scalars();
    for (const Json& item : scalars.items())
        reject.push_back(item);
    return Json::object({{"accept", accepted()}, {"reject", Json(std::move(reject))}});
}

Json patched(const Json& document, const Json& operation) {
    const std::string& path = operation.at("path").text();
    const std::string& op = operation.at("op").text();
    if (path.empty()) return operation.at("value");
    HP_CHECK(path.front() == '/', "a path begins with a slash");
    const std::size_t end = path.find('/', 1);
    const std::string token = path.substr(1, end == std::string::npos ? end : end - 1);
    const bool last = end == std::string::npos;
    Json deeper = operation;
    if (!last) deeper.set("path", path.substr(end));

    if (const Json::Object* members = document.as_object()) {
        HP_CHECK(op == "add" || document.find(token) != nullptr, "no such key");
        Json out = Json::object(Json::Object{});
        for (const auto& [key, value] : *members) {
            if (key != token) {
                out.set(key, value);
            } else if (!last) {
                out.set(key, patched(value, deeper));
            }
        }
        if (last && op != "remove") out.set(token, operation.at("value"));
        return out;
    }
    Json::Array items = document.items();
    const auto place = static_cast<std::size_t>(std::stoul(token));
    HP_CHECK(place < items.size() + (op == "add" ? 1U : 0U), "no such item");
    const auto at = items.begin() + static_cast<std::ptrdiff_t>(place);
    if (!last) {
        *at = patched(*at, deeper);
    } else if (op == "add") {
        items.insert(at, operation.at("value"));
    } else if (op == "remove") {
        items.erase(at);
    } else {
        *at = operation.at("value");
    }
    return Json(std::move(items));
}

namespace {

void pretty_to(const Json& json, std::size_t indent, std::string& out) {
    const std::string flat = json.encode();
    const bool deep = indent >= 8 || (json.as_object() == nullptr && json.as_array() == nullptr);
    if (deep || flat.size() + indent <= 100) {
        out += flat;
        return;
    }
    const std::string pad(indent + 2, ' ');
    const char* separator = "\n";
    if (const Json::Object* members = json.as_object()) {
        out += "{";
        for (const auto& [key, value] : *members) {
            out += separator + pad + Json(key).encode() + ": ";
            pretty_to(value, indent + 2, out);
            separator = ",\n";
        }
        out += "\n" + std::string(indent, ' ') + "}";
        return;
    }
    out += "[";
    for (const Json& item : json.items()) {
        out += separator + pad;
        pretty_to(item, indent + 2, out);
        separator = ",\n";
    }
    out += "\n" + std::string(indent, ' ') + "]";
}

} // namespace

std::string pretty(const Json& json) {
    std::string out;
    pretty_to(json, 0, out);
    return out + "\n";
}

} // namespace handprint::vectors
