#include "node/tools/complaint.hpp"

#include "ledger/base/bytes.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/base/utf8.hpp"
#include "ledger/record/json.hpp"
#include "node/tools/paint.hpp"

#include <unistd.h>

#include <iostream>

namespace handprint::tools {

using record::Json;

namespace {

void tell(const std::string& before, const std::string& why, bool json) {
    if (json) {
        std::cout << Json::object({{"error", Json(as_utf8(why))}, {"ok", Json(false)}}).encode()
                  << std::endl;
    } else {
        std::cerr << Paint(STDERR_FILENO, json).bad(before + ':') << ' ' << why << '\n';
    }
}

} // namespace

int refuse_words(const std::string& why, bool json) {
    tell("handprint", why, json);
    return 2;
}

int complain(std::string_view command, const std::string& why, bool json, int code) {
    tell("handprint " + std::string(command), why, json);
    return code;
}

std::string as_utf8(const std::string& octets) {
    return is_utf8(octets) ? octets : "0x" + hex_encode(as_bytes(octets));
}

} // namespace handprint::tools
