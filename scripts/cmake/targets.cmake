# The ways to add code. Each target is compiled with exactly one include directory of ours, its
# *view*: build/<preset>/include-views/<target>/, which holds symbolic links to the target's own
# folder and to the folders of what it DEPENDS on, directly or through another, and to nothing else.
# Sources write `#include "ledger/base/bytes.hpp"` as from the repository's root; an include that the
# diagram in the root CMakeLists.txt does not allow finds no file.

# Links FOLDERS into the view of TARGET and makes the view its include directory.
function(_handprint_view target)
  set(view "${CMAKE_BINARY_DIR}/include-views/${target}")
  file(REMOVE_RECURSE "${view}") # drops links that DEPENDS no longer allows; links only, never targets
  set(folders ${ARGN})
  list(REMOVE_DUPLICATES folders)
  list(SORT folders) # a parent comes before what is inside it
  set(linked)
  foreach(folder IN LISTS folders)
    set(inside FALSE)
    foreach(parent IN LISTS linked)
      string(FIND "${folder}/" "${parent}/" at)
      if(at EQUAL 0)
        set(inside TRUE)
      endif()
    endforeach()
    if(NOT inside)
      cmake_path(GET folder PARENT_PATH above)
      file(MAKE_DIRECTORY "${view}/${above}")
      file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${folder}" "${view}/${folder}" SYMBOLIC)
      list(APPEND linked "${folder}")
    endif()
  endforeach()
  target_include_directories(${target} BEFORE PRIVATE "${view}")
  # Error messages aside, a header is called by its place in the repository.
  target_compile_options(${target} PRIVATE "-ffile-prefix-map=${view}/=")
  set_target_properties(${target} PROPERTIES HANDPRINT_VISIBLE "${folders}")
endfunction()

# Sets OUT to the folders that DEPENDS open to whoever links them.
function(_handprint_visible out target)
  set(folders)
  foreach(dependency IN LISTS ARGN)
    if(NOT TARGET ${dependency})
      message(FATAL_ERROR "${target} depends on ${dependency}, which does not exist (yet): "
                          "see the order of folders in the root CMakeLists.txt")
    endif()
    get_target_property(more ${dependency} HANDPRINT_VISIBLE)
    if(more)
      list(APPEND folders ${more})
    endif()
  endforeach()
  set(${out} "${folders}" PARENT_SCOPE)
endfunction()

function(_handprint_target target folder depends libs)
  _handprint_visible(visible ${target} ${depends})
  _handprint_view(${target} ${folder} ${visible})
  target_link_libraries(${target} PRIVATE handprint_options)
  if(folder STREQUAL "tests")
    # Compiling tests takes two thirds of the time of -O2, and running them hardly longer, since what they test
    # is compiled as ever. Benchmarks have folders of their own.
    target_compile_options(${target} PRIVATE "$<$<CONFIG:RelWithDebInfo>:-Og>")
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    target_link_libraries(${target} PRIVATE ${depends} ${libs})
  else()
    target_link_libraries(${target} PUBLIC ${depends} ${libs})
  endif()
endfunction()

# handprint_library(<target> FOLDER <folder> SOURCES <file>... [DEPENDS <our targets>...]
#                   [LIBS <third-party targets>...])
# A static library whose sources see FOLDER (relative to the root) and the folders of DEPENDS. A
# library without sources (headers only) names no SOURCES.
function(handprint_library target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER" "SOURCES;DEPENDS;LIBS")
  if(NOT arg_FOLDER OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "handprint_library(${target}): needs FOLDER; not understood: "
                        "${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    _handprint_target(${target} ${arg_FOLDER} "${arg_DEPENDS}" "${arg_LIBS}")
  else()
    add_library(${target} INTERFACE)
    _handprint_visible(visible ${target} ${arg_DEPENDS})
    set_target_properties(${target} PROPERTIES HANDPRINT_VISIBLE "${arg_FOLDER};${visible}")
    target_link_libraries(${target} INTERFACE ${arg_DEPENDS} ${arg_LIBS})
  endif()
endfunction()

# handprint_executable(<target> FOLDER <folder> SOURCES ... [DEPENDS ...] [LIBS ...])
# A program, put at build/<preset>/<target>.
function(handprint_executable target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER" "SOURCES;DEPENDS;LIBS")
  if(NOT arg_FOLDER OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "handprint_executable(${target}): needs FOLDER and SOURCES; not understood: "
                        "${arg_UNPARSED_ARGUMENTS}")
  endif()
  add_executable(${target} ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
  _handprint_target(${target} ${arg_FOLDER} "${arg_DEPENDS}" "${arg_LIBS}")
endfunction()

# handprint_test(<name> SOURCES ... [DEPENDS ...] [LIBS ...] [TIMEOUT <seconds>] [LABELS <label>...])
# A doctest program (main is supplied) at build/<preset>/tests/<name>, and one CTest test of that name
# which runs it in the repository's root, labelled `unit` unless LABELS says otherwise. Sources see
# tests/ and the folders of DEPENDS.
function(handprint_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;DEPENDS;LIBS;LABELS")
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "handprint_test(${name}): needs SOURCES; not understood: "
                        "${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT BUILD_TESTING)
    return()
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(HANDPRINT_SANITIZE)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 5") # threads that are watched are that much slower
  endif()
  if(NOT TARGET handprint_doctest_main)
    # Static, so that a test with a main of its own leaves this one out.
    add_library(handprint_doctest_main STATIC "${CMAKE_SOURCE_DIR}/scripts/cmake/doctest_main.cpp")
    target_link_libraries(handprint_doctest_main PUBLIC doctest::doctest)
  endif()
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  _handprint_target(${name} tests "${arg_DEPENDS}" "${arg_LIBS};handprint_doctest_main")
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()

# handprint_fuzzer(<name> SOURCES ... [DEPENDS ...] [LIBS ...])
# A libFuzzer program at build/fuzz/fuzz/<name>; nothing outside the fuzz preset.
function(handprint_fuzzer name)
  if(NOT HANDPRINT_FUZZ)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;LIBS")
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
  _handprint_target(${name} tests "${arg_DEPENDS}" "${arg_LIBS}")
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
