# What rondo is built with: compilers, machines and other people's libraries. What is missing or too old is
# told in one line, with the packages that bring it.

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

# rondo_find_package(fmt): find_package, but what is missing is told with its packages.
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

set(BLA_VENDOR OpenBLAS)  # before xtensor-blas, whose config resolves BLAS and LAPACK by itself
rondo_find_package(BLAS)
rondo_find_package(LAPACK)
rondo_find_package(xtensor)
rondo_find_package(xtensor-blas)
rondo_find_package(xsimd)
rondo_find_package(fmt)
rondo_find_package(nlohmann_json)
find_path(RONDO_CBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas openblas-serial openblas-pthread)
if(NOT RONDO_CBLAS_INCLUDE_DIR)
  rondo_refuse_missing(BLAS (cblas.h))
endif()

# Optional: rondo::tensorboard. Newer versions name what they link in a config of their own.
find_package(Protobuf QUIET CONFIG)
if(NOT Protobuf_FOUND)
  find_package(Protobuf QUIET MODULE)
endif()
