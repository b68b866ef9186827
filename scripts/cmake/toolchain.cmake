# Tools that make builds faster when they are there, and are not missed when they are not.

find_program(HANDPRINT_CCACHE ccache)
mark_as_advanced(HANDPRINT_CCACHE)
if(HANDPRINT_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${HANDPRINT_CCACHE}")
endif()

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
