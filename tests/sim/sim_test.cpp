#include "tests/sim/driver.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace handprint::sim {

namespace {

Int number_of(const char* name, Int otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::atoll(text);
}

/// HP_SIM_SEED and HP_SIM_STEPS run one seed, or longer.
struct Wanted {
    Int first = number_of("HP_SIM_SEED", 1);
    Int seeds = std::getenv("HP_SIM_SEED") != nullptr ? 1 : number_of("HP_SIM_SEEDS", 12);
    Int steps = number_of("HP_SIM_STEPS", 200);
};

void say(const Tally& tally, Int seed, double seconds) {
    std::printf(
        "seed %lld: %lld steps, %lld carried out, %lld refused, %lld faults, %lld restarts, %lld "
        "asked meanwhile, %.1f s\n",
        static_cast<long long>(seed),
        static_cast<long long>(tally.steps),
        static_cast<long long>(tally.entries),
        static_cast<long long>(tally.refusals),
        static_cast<long long>(tally.faults),
        static_cast<long long>(tally.restarts),
        static_cast<long long>(tally.meanwhile),
        seconds
    );
    if (std::getenv("HP_SIM_KINDS") == nullptr) return;
    for (const auto& [what, count] : tally.done)
        std::printf("  %-20s %lld\n", what.c_str(), static_cast<long long>(count));
    for (const auto& [what, count] : tally.refused)
        std::printf("  no %-40s %lld\n", what.c_str(), static_cast<long long>(count));
}

} // namespace

TEST_CASE("the node does what the rules say, whatever is asked and whatever breaks") {
    const Wanted wanted;
    for (Int seed = wanted.first; seed < wanted.first + wanted.seeds; ++seed) {
        const auto start = std::chrono::steady_clock::now();
        Driver driver(static_cast<std::uint64_t>(seed));
        const auto wrong = driver.run(wanted.steps);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        say(driver.tally(), seed, took.count());
        const std::string message =
            "the simulation differs: HP_SIM_SEED=" + std::to_string(seed) + ", " + wrong;
        CAPTURE(message);
        REQUIRE(wrong.empty());
    }
}

namespace {

/// What the program says; it must fail.
std::string failing(const std::string& command) {
    FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string said;
    std::array<char, 512> piece{};
    while (std::fgets(piece.data(), piece.size(), pipe) != nullptr)
        said += piece.data();
    CAPTURE(said);
    CHECK(::pclose(pipe) != 0);
    return said;
}

} // namespace

TEST_CASE("a rule that is changed does not stay hidden, and its seed shows it again") {
    const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    for (const std::string name :
         {"lost_hold",
          "double_accept",
          "fee_rounding",
          "own_price",
          "own_rest",
          "late_claim",
          "late_lease",
          "done_twice",
          "endless_rest",
          "early_confirm",
          "objection_lost",
          "revoked_key",
          "last_key",
          "kept_keys",
          "cover_lost",
          "told_twice",
          "other_payout",
          "closed_books"}) {
        CAPTURE(name);
        const std::string program = (folder / ("sim_mutant_" + name)).string();
        const auto said = failing(program);
        const std::string start = "the simulation differs: ";
        REQUIRE(said.starts_with(start + "HP_SIM_SEED="));
        const auto seed = said.substr(start.size(), said.find(',') - start.size());
        CHECK(failing(seed + ' ' + program) == said);
        std::printf("%s: %s\n", name.c_str(), said.substr(0, said.find('\n')).c_str());
    }
}

} // namespace handprint::sim
