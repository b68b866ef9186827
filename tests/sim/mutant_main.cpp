// The simulation with one rule changed (see CMakeLists.txt): says what differs and fails.

#include "tests/sim/driver.hpp"

#include <cstdio>

int main() {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        handprint::sim::Driver driver(seed);
        const auto wrong = driver.run(600);
        if (wrong.empty()) continue;
        std::printf(
            "the simulation differs: HP_SIM_SEED=%d, %s\n", static_cast<int>(seed), wrong.c_str()
        );
        return 1;
    }
    std::printf("nothing was found\n");
    return 0;
}
