# Every library we link that is not ours. All come from Debian (scripts/packages.txt); nothing is
# fetched at configure time. Name them in LIBS of handprint_library():
#
#   Boost::headers Boost::context Boost::coroutine   PkgConfig::sodium   OpenSSL::SSL OpenSSL::Crypto
#   SQLite::SQLite3   ZLIB::ZLIB   nlohmann_json::nlohmann_json   spdlog::spdlog   CLI11::CLI11
#   prometheus-cpp::core   CURL::libcurl   Threads::Threads   doctest::doctest (tests have it already)
#
# Beside them HANDPRINT_ALLOCATOR, for programs: empty where it is not to be had.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS headers context coroutine)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 3.37 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED CONFIG)
find_package(spdlog REQUIRED CONFIG)
find_package(CLI11 REQUIRED CONFIG)
find_package(prometheus-cpp REQUIRED CONFIG)
find_package(CURL REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)

# What one thread frees and another asks for again goes through locks in glibc's malloc, and every
# command passes four threads. None of its functions is called, so its headers are not needed. The
# sanitizers bring their own.
set(HANDPRINT_ALLOCATOR "")
if(NOT HANDPRINT_SANITIZE)
  find_library(HANDPRINT_JEMALLOC NAMES jemalloc libjemalloc.so.2)
  mark_as_advanced(HANDPRINT_JEMALLOC)
  if(HANDPRINT_JEMALLOC)
    set(HANDPRINT_ALLOCATOR "-Wl,--push-state,--no-as-needed" "${HANDPRINT_JEMALLOC}" "-Wl,--pop-state")
  endif()
endif()

if(BUILD_TESTING)
  find_package(doctest 2.4 REQUIRED CONFIG)
endif()
