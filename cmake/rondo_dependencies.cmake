# What rondo is built with: compilers, machines and other people's libraries. What is missing or too old is
# reported in one line, with the packages that bring it.

# Ends the configuration. The leading space keeps CMake from breaking the line.
function(rondo_refuse)
  message(FATAL_ERROR " " ${ARGN})
endfunction()

# "Debian libfmt-dev, Fedora fmt-devel, Arch fmt" for a name of scripts/packages.txt
function(rondo_packages name result)
  file(STRINGS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../scripts/packages.txt row REGEX "^${name} *[|]")
  string(REGEX REPLACE " *[|] *" "|" row "${row}")
  string(REPLACE "?" "" row "${row}")
  if(NOT row MATCHES "^[^|]+[|][^|]+[|]([^|]+)[|]([^|]+)[|]([^|]+)$")
    message(FATAL_ERROR "scripts/packages.txt has no row '${name}' of five columns")
  endif()
  set(${result} "Debian ${CMAKE_MATCH_1}, Fedora ${CMAKE_MATCH_2}, Arch ${CMAKE_MATCH_3}" PARENT_SCOPE)
endfunction()

function(rondo_refuse_missing name)
  rondo_packages(${name} packages)
  list(FILTER ARGN EXCLUDE REGEX "^(CONFIG|COMPONENTS)$")
  list(JOIN ARGN " " wanted)
  string(STRIP "${name} ${wanted}" wanted)
  rondo_refuse("${wanted} was not found. Packages: ${packages}")
endfunction()

# rondo_find_package(fmt): find_package, but what is missing is reported with its packages.
macro(rondo_find_package)
  find_package(${ARGV} QUIET)
  if(NOT ${ARGV0}_FOUND)
    rondo_refuse_missing(${ARGV})
  endif()
endmacro()

function(rondo_check_compiler id version)
  set(oldest_GNU 12)
  set(oldest_Clang 14)
  set(oldest_AppleClang 15)
  if(DEFINED oldest_${id} AND version VERSION_LESS oldest_${id})
    rondo_packages(compiler packages)
    rondo_refuse("rondo needs GCC ${oldest_GNU} or Clang ${oldest_Clang} at least, found ${id} ${version}. "
                 "-D CMAKE_CXX_COMPILER=<file> chooses another one. Packages: ${packages}")
  endif()
endfunction()

# Tensors, kernels and files share one layout in memory, that of safetensors and .npy.
function(rondo_check_byte_order order)
  if(order STREQUAL "BIG_ENDIAN")
    rondo_refuse("rondo does not run on big-endian processors")
  endif()
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  return()  # a test calls the functions
endif()

rondo_check_compiler(${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION})
rondo_check_byte_order("${CMAKE_CXX_BYTE_ORDER}")

find_package(Threads REQUIRED)
# A host project may bring its own of these.
foreach(target IN ITEMS xtensor fmt::fmt-header-only nlohmann_json::nlohmann_json)
  if(NOT TARGET ${target})
    string(REGEX REPLACE "::.*" "" package ${target})
    rondo_find_package(${package})
  endif()
endforeach()
include(${CMAKE_CURRENT_LIST_DIR}/rondo_xtensor.cmake)

# xtensor-blas' config would bring the system's usual BLAS and LAPACK; rondo_links.cmake chooses ours.
find_path(RONDO_XTENSOR_BLAS_INCLUDE_DIR xtensor-blas/xlinalg.hpp)
find_path(RONDO_CBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas openblas-serial openblas-pthread)
mark_as_advanced(RONDO_XTENSOR_BLAS_INCLUDE_DIR RONDO_CBLAS_INCLUDE_DIR)
if(NOT RONDO_XTENSOR_BLAS_INCLUDE_DIR)
  rondo_refuse_missing(xtensor-blas)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/rondo_links.cmake)
if(NOT RONDO_CBLAS_INCLUDE_DIR OR NOT TARGET rondo::openblas)
  rondo_refuse_missing(BLAS "(cblas.h and OpenBLAS)")
endif()

# Optional: ONNX files, and rondo::tensorboard. Newer versions name what they link in a config of their own.
set(Protobuf_USE_STATIC_LIBS ${RONDO_STATIC})
find_package(Protobuf QUIET CONFIG)
if(NOT Protobuf_FOUND)
  find_package(Protobuf QUIET MODULE)
endif()

# Optional: rondo::mpi, of the machine that builds and runs it; there is no archive of an MPI. SKIP_MPICXX: without its own
# classes of C++, which its standard has given up.
if(RONDO_BUILD_MPI AND NOT CMAKE_CROSSCOMPILING AND NOT RONDO_STATIC)
  set(MPI_CXX_SKIP_MPICXX ON)
  find_package(MPI QUIET COMPONENTS CXX)
endif()
