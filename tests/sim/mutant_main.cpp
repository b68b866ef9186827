// The simulation with one rule changed (see CMakeLists.txt): says what differs and fails.
// HP_SIM_SEED runs one seed.

#include "tests/sim/driver.hpp"

#include <cstdio>
#include <cstdlib>

int main() {
    const char* wanted = std::getenv("HP_SIM_SEED");
    const long first = wanted == nullptr ? 1 : std::atol(wanted);
    const long last = wanted == nullptr ? 30 : first;
    for (long seed = first; seed <= last; ++seed) {
        handprint::sim::Driver driver(static_cast<std::uint64_t>(seed));
        const auto wrong = driver.run(400);
        if (wrong.empty()) continue;
        std::printf("the simulation differs: HP_SIM_SEED=%ld, %s\n", seed, wrong.c_str());
        return 1;
    }
    std::printf("nothing was found\n");
    return 0;
}
