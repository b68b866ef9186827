#include "node/files/files.hpp"
#include "tests/http/scratch.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace handprint;

TEST_CASE("a seed is 64 hexadecimal digits and nothing else but ends of lines") {
    const test::Scratch dir;
    const auto read = [&](const std::string& content) {
        dir.write("seed", content);
        return files::read_seed(dir.in("seed"));
    };
    const std::string digits = "0f" + std::string(60, '0') + "a1";
    for (const char* end : {"", "\n", "\n\n"}) {
        const auto seed = read(digits + end);
        REQUIRE(seed.has_value());
        CHECK(seed->front() == 0x0f);
        CHECK(seed->back() == 0xa1);
    }
    for (const std::string& bad :
         {std::string(), digits.substr(2), digits + "00", digits + " ", 'g' + digits.substr(1)}) {
        const auto seed = read(bad);
        REQUIRE_FALSE(seed.has_value());
        CHECK(seed.error().what == dir.in("seed") + " does not hold 64 hex digits");
    }
    CHECK_FALSE(files::read_seed(dir.in("none")).has_value());
}

TEST_CASE("what cannot be looked for is a failure that names it, and nothing is thrown") {
    const test::Scratch dir;
    const std::string odd = dir.in(std::string(300, 'a')); // no name may be as long
    const auto there = files::is_there(odd);
    REQUIRE_FALSE(there.has_value());
    CHECK(there.error().what.find(odd) != std::string::npos);
    CHECK_FALSE(files::make_directories(odd).has_value());
    CHECK_FALSE(files::write_whole(odd + "/file", {}).has_value());

    CHECK_FALSE(files::is_there(dir.in("none")).value());
    dir.write("file", "");
    CHECK(files::is_there(dir.in("file")).value());
    CHECK(files::make_directories(dir.in("new/in/it")).has_value());
    CHECK(files::make_directories(dir.in("new/in/it")).has_value());
    CHECK_FALSE(files::make_directories(dir.in("file")).has_value());
    CHECK_FALSE(files::make_directories(dir.in("file/in/it")).has_value());
}
