# How every target of the project is made: one include path, one set of flags.

# Sources and users alike write #include "rondo/core/tape.hpp".
set(RONDO_INCLUDE_DIR ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${RONDO_INCLUDE_DIR})
file(CREATE_LINK ${PROJECT_SOURCE_DIR} ${RONDO_INCLUDE_DIR}/rondo SYMBOLIC)

add_library(rondo_flags INTERFACE)
target_compile_features(rondo_flags INTERFACE cxx_std_20)
target_compile_options(rondo_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # GCC 12: false alarms in operator+ of strings (PR 105651)
  $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>  # takes the sources of a unity build for headers
  $<$<CXX_COMPILER_ID:Clang,AppleClang>:-Wno-sign-conversion>  # part of -Wconversion there, not in GCC
  # Clang's for std::stable_sort of GCC 12's library; GCC still warns of what is deprecated.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  $<$<BOOL:${RONDO_WERROR}>:-Werror>)
if(RONDO_SANITIZE)
  # -g1: a report needs lines, not variables; full debug information doubles the time of the kernels.
  target_compile_options(rondo_flags INTERFACE -fsanitize=${RONDO_SANITIZE} -fno-omit-frame-pointer
                                               -fno-sanitize-recover=all -g1)
  target_link_options(rondo_flags INTERFACE -fsanitize=${RONDO_SANITIZE})
endif()

# rondo_add_library(core SOURCES a.cpp … ONCE b.cpp … LINK other …): target rondo_core, alias
# rondo::core. ONCE: sources that run once in a model or an epoch; Release builds them for size, which
# takes a quarter off their time to compile and a third off their size.
function(rondo_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ONCE;LINK;PRIVATE_LINK" ${ARGN})
  set(target rondo_${name})
  add_library(${target} ${ARG_SOURCES})
  add_library(rondo::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name} SOVERSION ${PROJECT_VERSION_MAJOR} VERSION ${PROJECT_VERSION})
  set(parts ${target})
  if(ARG_ONCE)
    add_library(${target}_once OBJECT ${ARG_ONCE})
    target_compile_options(${target}_once PRIVATE $<$<CONFIG:Release>:-Os>)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_once>)
    list(APPEND parts ${target}_once)
  endif()
  foreach(part IN LISTS parts)
    set_target_properties(${part} PROPERTIES
      CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON VISIBILITY_INLINES_HIDDEN ON)
    target_compile_features(${part} PUBLIC cxx_std_20)
    target_include_directories(${part} PUBLIC
      $<BUILD_INTERFACE:${RONDO_INCLUDE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_link_libraries(${part} PUBLIC ${ARG_LINK}
      PRIVATE $<BUILD_INTERFACE:rondo_flags> ${ARG_PRIVATE_LINK})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY RONDO_LIBRARIES ${target})
endfunction()

# rondo_add_program(name SOURCES … LINK …)
function(rondo_add_program target)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(${target} PRIVATE rondo rondo_flags ${ARG_LINK})
endfunction()
