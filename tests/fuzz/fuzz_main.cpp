// The fuzzer of all decoders: FUZZ_DECODER names one. With FUZZ_SEEDS it writes the decoder's seeds
// into that folder and ends; with FUZZ_LIST it prints the names.

#include "tests/fuzz/decoder.hpp"

// The market's test rig speaks doctest, which wants to be told that there is no test around it.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace {

using namespace handprint;

const fuzz::Decoder& chosen() {
    static const std::vector<fuzz::Decoder> all = fuzz::decoders();
    const char* name = std::getenv("FUZZ_DECODER");
    const auto found = std::ranges::find_if(all, [name](const fuzz::Decoder& each) {
        return name != nullptr && std::string_view(name) == each.name;
    });
    if (found == all.end()) {
        std::fputs("FUZZ_DECODER names no decoder\n", stderr);
        std::exit(2);
    }
    return *found;
}

void write_seeds(const std::string& folder) {
    std::size_t number = 0;
    for (const std::string& seed : chosen().seeds()) {
        std::ofstream file(folder + "/seed-" + std::to_string(number++), std::ios::binary);
        file.write(seed.data(), static_cast<std::streamsize>(seed.size()));
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
    static doctest::Context context;
    context.setAsDefaultForAssertsOutOfTestCases();
    if (std::getenv("FUZZ_LIST") != nullptr) {
        for (const auto& each : fuzz::decoders())
            std::puts(each.name);
        std::exit(0);
    }
    if (const char* folder = std::getenv("FUZZ_SEEDS")) {
        write_seeds(folder);
        std::exit(0);
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::Decoder& decoder = chosen();
    decoder.run({reinterpret_cast<const char*>(data), size});
    return 0;
}
