# handprint_options: everything our own targets are compiled with. Third-party headers are SYSTEM
# (imported targets) and so not held to our warnings.
#
#   HANDPRINT_SANITIZE   "", or a list for -fsanitize= such as "address,undefined"
#   HANDPRINT_FUZZ       ON builds the fuzzers (clang, with HANDPRINT_SANITIZE=fuzzer-no-link,address)
#   HANDPRINT_COVERAGE   ON instruments for gcov
#   HANDPRINT_WERROR     OFF lets warnings pass (sanitizers make g++ see ghosts)

set(HANDPRINT_SANITIZE "" CACHE STRING "Argument for -fsanitize=")
option(HANDPRINT_FUZZ "Build the libFuzzer targets" OFF)
option(HANDPRINT_COVERAGE "Instrument for coverage" OFF)
option(HANDPRINT_WERROR "Treat warnings as errors" ON)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

add_library(handprint_options INTERFACE)
target_compile_options(
  handprint_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wsign-conversion
            -Wold-style-cast
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wnull-dereference
            -Wdouble-promotion
            $<$<BOOL:${HANDPRINT_WERROR}>:-Werror>
            -fstack-protector-strong
            -fdiagnostics-color=auto
            # No path of the building machine ends up in a binary.
            "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/="
            "-ffile-prefix-map=${CMAKE_BINARY_DIR}/=")
target_compile_definitions(handprint_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(handprint_options INTERFACE -Wl,-z,relro,-z,now)

if(HANDPRINT_SANITIZE)
  target_compile_options(
    handprint_options INTERFACE "-fsanitize=${HANDPRINT_SANITIZE}" -fno-sanitize-recover=all
                                -fno-omit-frame-pointer)
  target_link_options(handprint_options INTERFACE "-fsanitize=${HANDPRINT_SANITIZE}")
else()
  # Fortified libc calls need optimisation, and hide overruns from the sanitizers. The -U comes first
  # because some distributions' compilers define it already.
  target_compile_options(
    handprint_options
    INTERFACE "$<$<NOT:$<CONFIG:Debug>>:SHELL:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>")
endif()

if(HANDPRINT_COVERAGE)
  target_compile_options(handprint_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(handprint_options INTERFACE --coverage)
endif()

find_program(HANDPRINT_MOLD mold)
mark_as_advanced(HANDPRINT_MOLD)
if(HANDPRINT_MOLD)
  include(CheckLinkerFlag)
  check_linker_flag(CXX -fuse-ld=mold HANDPRINT_LINKS_WITH_MOLD)
  if(HANDPRINT_LINKS_WITH_MOLD)
    target_link_options(handprint_options INTERFACE -fuse-ld=mold)
  endif()
endif()
