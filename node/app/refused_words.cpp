#include "node/app/refused_words.hpp"

#include "ledger/base/utf8.hpp"
#include "ledger/record/json.hpp"

#include <iostream>

namespace handprint::app {

using record::Json;

int refuse_words(const std::string& why, bool json) {
    if (json) {
        // Words of a command line are octets of any encoding.
        const std::string shown = is_utf8(why) ? why : "a word that is not UTF-8";
        std::cout << Json::object({{"error", Json(shown)}, {"ok", Json(false)}}).encode() << '\n';
    } else {
        std::cerr << "handprint: " << why << '\n';
    }
    return 2;
}

} // namespace handprint::app
