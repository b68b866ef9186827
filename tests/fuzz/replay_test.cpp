// What the fuzzer starts from and what it once found, without a fuzzer.

#include "tests/fuzz/decoder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>

namespace handprint::fuzz {

namespace {

namespace fs = std::filesystem;

const std::string kRegressions = "tests/fuzz/regressions";

} // namespace

TEST_CASE("every decoder survives its seeds, and all of them cut short") {
    for (const Decoder& decoder : decoders()) {
        CAPTURE(decoder.name);
        const Seeds seeds = decoder.seeds();
        CHECK(!seeds.empty());
        for (const std::string& seed : seeds) {
            decoder.run(seed);
            decoder.run(std::string_view(seed).substr(0, seed.size() / 2));
        }
        decoder.run("");
    }
}

TEST_CASE("every decoder survives what was once found in any") {
    const auto all = decoders();
    std::set<std::string> names;
    for (const Decoder& decoder : all)
        names.insert(decoder.name);
    std::size_t files = 0;
    for (const auto& each : fs::recursive_directory_iterator(kRegressions)) {
        if (!each.is_regular_file()) continue;
        ++files;
        CAPTURE(each.path().string());
        CHECK(names.contains(each.path().parent_path().filename().string()));
        const std::string bytes = read_file(each.path().string());
        for (const Decoder& decoder : all)
            decoder.run(bytes);
    }
    CHECK(files > 0);
}

} // namespace handprint::fuzz
