# What the libraries are linked with: rondo::openblas, zip, hdf5, z and protobuf-lite. The build and the config of an
# installed rondo read this file alike, so a package pins no library: whoever links finds his own.
#
# RONDO_STATIC: archives, for programs that are linked with -static.

# rondo_import(zip [NAMES <others first> …] [FOLDER <preferred>] [LINK target …]): rondo::zip, unless there is no such library.
# Targets to link that do not exist are left out.
function(rondo_import name)
  cmake_parse_arguments(ARG "" "FOLDER" "LINK;NAMES" ${ARGN})
  if(TARGET rondo::${name})
    return()
  endif()
  string(TOUPPER RONDO_${name}_LIBRARY library)
  set(file ${name})
  if(RONDO_STATIC)
    set(file lib${name}.a)
  endif()
  find_library(${library} NAMES ${ARG_NAMES} ${file} PATH_SUFFIXES ${ARG_FOLDER} NO_CACHE
               HINTS ${CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES})
  if(NOT ${library})
    return()
  endif()
  add_library(rondo::${name} UNKNOWN IMPORTED)
  set_target_properties(rondo::${name} PROPERTIES IMPORTED_LOCATION ${${library}})
  foreach(other IN LISTS ARG_LINK)
    if(TARGET ${other})
      target_link_libraries(rondo::${name} INTERFACE ${other})
    endif()
  endforeach()
endfunction()

rondo_import(z)
rondo_import(protobuf-lite)
# libgfortran.a calls these only if it finds one of them, and takes the rest for granted: in an archive of
# glibc each is there only if it is asked for.
set(rondo_gfortran_options)
foreach(call IN ITEMS create join once key_create key_delete getspecific setspecific mutex_init mutex_lock mutex_trylock
                      mutex_unlock mutex_destroy cond_init cond_wait cond_broadcast cond_destroy)
  list(APPEND rondo_gfortran_options -Wl,--undefined=pthread_${call})
endforeach()

set(rondo_openblas_needs)
if(RONDO_STATIC)
  rondo_import(quadmath)  # not on every processor
  rondo_import(gfortran LINK rondo::quadmath)
  if(TARGET rondo::gfortran)
    target_link_options(rondo::gfortran INTERFACE ${rondo_gfortran_options})
  endif()
  set(rondo_openblas_needs rondo::gfortran Threads::Threads)
else()
  # As archives these would need many others: no .npz files and no models of Keras in such programs.
  rondo_import(zip)
  rondo_import(hdf5 NAMES hdf5_serial)  # Debian's name for the one without MPI
endif()
# OpenBLAS' serial variant where it can be chosen: rondo uses one thread of BLAS, and the usual variant
# starts others with the program, which never come to rest if the address space is limited.
rondo_import(openblas FOLDER openblas-serial LINK ${rondo_openblas_needs})
if(TARGET rondo::openblas AND NOT RONDO_STATIC)
  include(CheckFunctionExists)
  get_target_property(CMAKE_REQUIRED_LIBRARIES rondo::openblas IMPORTED_LOCATION)
  check_function_exists(sgeqrf_ RONDO_OPENBLAS_HAS_LAPACK)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(NOT RONDO_OPENBLAS_HAS_LAPACK)
    rondo_import(lapack)
    if(TARGET rondo::lapack)
      target_link_libraries(rondo::openblas INTERFACE rondo::lapack)
    endif()
  endif()
endif()
