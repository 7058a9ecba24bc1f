# How every target of the project is made: one include path, one set of flags, one library.

# Sources and users alike write #include "rondo/core/tape.hpp".
set(RONDO_INCLUDE_DIR ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${RONDO_INCLUDE_DIR})
file(CREATE_LINK ${PROJECT_SOURCE_DIR} ${RONDO_INCLUDE_DIR}/rondo SYMBOLIC)

set(optimized $<CONFIG:Release,RelWithDebInfo,MinSizeRel>)

# From version 17 on Clang's symbols hold the constraints of templates, GCC's do not: programs of the one could not
# be linked with a library of the other.
set(RONDO_ONE_ABI
  $<$<AND:$<CXX_COMPILER_ID:Clang>,$<VERSION_GREATER_EQUAL:$<CXX_COMPILER_VERSION>,17>>:-fclang-abi-compat=16>)

add_library(rondo_flags INTERFACE)
target_compile_features(rondo_flags INTERFACE cxx_std_20)
target_compile_options(rondo_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # GCC 12: false alarms in operator+ of strings (PR 105651)
  # GCC takes the sources of a unity build for headers.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wno-subobject-linkage>
  $<$<CXX_COMPILER_ID:Clang,AppleClang>:-Wno-sign-conversion>  # part of -Wconversion there, not in GCC
  # Clang's for std::stable_sort of GCC 12's library; GCC still warns of what is deprecated.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  ${RONDO_ONE_ABI}
  $<$<BOOL:${RONDO_WERROR}>:-Werror>)
if(RONDO_SANITIZE)
  # -g1: a report needs lines, not variables; full debug information doubles the time of the kernels.
  target_compile_options(rondo_flags INTERFACE -fsanitize=${RONDO_SANITIZE} -fno-omit-frame-pointer
                                               -fno-sanitize-recover=all -g1)
  target_link_options(rondo_flags INTERFACE -fsanitize=${RONDO_SANITIZE})
endif()

# For what reads files and command lines. What runs in each step of a training goes without the checks,
# kernels, ops and layers (D53).
add_library(rondo_hardened INTERFACE)
if(NOT RONDO_SANITIZE)
  target_compile_options(rondo_hardened INTERFACE
    $<${optimized}:-fstack-protector-strong> $<${optimized}:-U_FORTIFY_SOURCE> $<${optimized}:-D_FORTIFY_SOURCE=2>)
endif()
set(RONDO_HARDENED_LINK LINKER:-z,relro LINKER:-z,now)

# What the library's sources include of others.
add_library(rondo_dependencies INTERFACE)
target_link_libraries(rondo_dependencies INTERFACE nlohmann_json::nlohmann_json xtensor)
target_include_directories(rondo_dependencies SYSTEM INTERFACE ${RONDO_XTENSOR_BLAS_INCLUDE_DIR}
  $<TARGET_PROPERTY:fmt::fmt-header-only,INTERFACE_INCLUDE_DIRECTORIES>)

# rondo_add_objects(rondo_core a.cpp …): objects for a library. Everything is visible here, whatever a
# host project prefers: rondo.map says what a shared library shows.
function(rondo_add_objects target)
  add_library(${target} OBJECT ${ARGN})
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET default VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(${target} PRIVATE ${RONDO_INCLUDE_DIR})
  target_compile_options(${target} PRIVATE $<${optimized}:-ffunction-sections> $<${optimized}:-fdata-sections>)
  target_link_libraries(${target} PRIVATE rondo_flags rondo_dependencies)
endfunction()

# rondo_add_folder(core SOURCES a.cpp … ONCE b.cpp …): a folder's part of the library. ONCE: sources that
# run once in a model or an epoch; Release builds them for size, which takes a quarter off their time to
# compile and a third off their size. SEPARATE: the objects are for a library of their own.
function(rondo_add_folder name)
  cmake_parse_arguments(ARG "SEPARATE" "" "SOURCES;ONCE" ${ARGN})
  set(objects)
  if(ARG_SOURCES)
    rondo_add_objects(rondo_${name} ${ARG_SOURCES})
    list(APPEND objects rondo_${name})
  endif()
  if(ARG_ONCE)
    rondo_add_objects(rondo_${name}_once ${ARG_ONCE})
    target_compile_options(rondo_${name}_once PRIVATE $<$<CONFIG:Release>:-Os>)
    target_link_libraries(rondo_${name}_once PRIVATE rondo_hardened)
    list(APPEND objects rondo_${name}_once)
  endif()
  if(NOT ARG_SEPARATE)
    set_property(GLOBAL APPEND PROPERTY RONDO_OBJECTS ${objects})
  endif()
endfunction()

set(RONDO_MAP ${PROJECT_SOURCE_DIR}/cmake/rondo.map)

# rondo_add_library(rondo OBJECTS … PUBLIC … PRIVATE …): target rondo_static, with BUILD_SHARED_LIBS
# rondo_shared of the same objects as well. rondo::rondo is the latter where it exists; the tests of
# internals always link the former. `@kind@` in a name becomes static or shared.
function(rondo_add_library name)
  cmake_parse_arguments(ARG "" "" "OBJECTS;PUBLIC;PRIVATE" ${ARGN})
  foreach(kind IN ITEMS static shared)
    if(kind STREQUAL shared AND NOT BUILD_SHARED_LIBS)
      continue()
    endif()
    string(TOUPPER ${kind} type)
    set(target ${name}_${kind})
    add_library(${target} ${type})
    foreach(objects IN LISTS ARG_OBJECTS)
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
    endforeach()
    string(CONFIGURE "${ARG_PUBLIC}" public @ONLY)
    string(REGEX REPLACE "^rondo_?" "" export ${name})
    if(NOT export)
      set(export rondo)
    endif()
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} EXPORT_NAME ${export} LINKER_LANGUAGE CXX
      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
      INSTALL_RPATH $ORIGIN INSTALL_RPATH_USE_LINK_PATH ON)
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_compile_options(${target} INTERFACE ${RONDO_ONE_ABI})
    target_include_directories(${target} INTERFACE $<BUILD_INTERFACE:${RONDO_INCLUDE_DIR}>)
    target_link_libraries(${target} PUBLIC ${public} PRIVATE ${ARG_PRIVATE})
    if(kind STREQUAL static)
      target_link_options(${target} INTERFACE LINKER:--gc-sections)  # a unity build's objects are large
    else()
      target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:rondo_flags>)
      target_link_options(${target} PRIVATE ${RONDO_HARDENED_LINK} $<$<NOT:$<BOOL:${RONDO_SANITIZE}>>:LINKER:-z,defs>
        LINKER:--gc-sections LINKER:-Bsymbolic-functions LINKER:--version-script=${RONDO_MAP})
      set_target_properties(${target} PROPERTIES LINK_DEPENDS ${RONDO_MAP})
    endif()
    set(last ${target})
  endforeach()
  add_library(rondo::${export} ALIAS ${last})
endfunction()

# rondo_add_program(name SOURCES … LINK …)
function(rondo_add_program target)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(${target} PRIVATE rondo_flags ${ARG_LINK})
endfunction()
