#include "node/tools/load.hpp"
#include "node/tools/machine.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>

namespace handprint::tools {

TEST_CASE("values are cut from an answer's text") {
    const std::string_view body = R"({"index":17,"leaf":"ab+/=","result":{"member":3}})";
    CHECK(value_after(body, R"("index":)") == "17");
    CHECK(value_after(body, R"("leaf":)") == "ab+/=");
    CHECK(value_after(body, R"("member":)") == "3");
    CHECK(value_after(body, R"("none":)").empty());
    CHECK(value_after("Set-Cookie: hp_session=x; Path=/\r\n", "Set-Cookie: ") == "hp_session=x");
}

TEST_CASE("a ratio is told with three digits behind the point") {
    CHECK(ratio_text(0.3452) == "0.345");
    CHECK(ratio_text(1) == "1.000");
}

TEST_CASE("a percentile is a value that was measured") {
    std::vector<std::uint32_t> all{5, 1, 4, 2, 3};
    CHECK(percentile(all, 0) == 1);
    CHECK(percentile(all, 0.5) == 3);
    CHECK(percentile(all, 1) == 5);
    std::vector<std::uint32_t> none;
    CHECK(percentile(none, 0.5) == 0);
}

TEST_CASE("metrics are read with their labels") {
    const auto metrics = parse_metrics("# TYPE a counter\na 12\nb{from=\"4\"} 3.5\n\n");
    CHECK(metrics.at("a") == 12);
    CHECK(metrics.at("b{from=\"4\"}") == 3.5);
    CHECK(metrics.size() == 2);
}

TEST_CASE("a file system in memory is refused") {
    if (std::filesystem::exists("/dev/shm")) CHECK(!on_real_disk("/dev/shm"));
    CHECK(!on_real_disk("/no/such/place"));
}

TEST_CASE("CPU of this process is counted by thread") {
    volatile std::uint64_t work = 0;
    for (int i = 0; i < 60'000'000; ++i)
        work = work + 1;
    CHECK(cpu_by_thread(::getpid()).at("all") > 0);
    CHECK(peak_memory(::getpid()) > 1'000'000);
    CHECK(verify_cpu_us() > 1);
}

} // namespace handprint::tools
