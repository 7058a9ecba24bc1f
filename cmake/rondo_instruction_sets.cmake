# Sources that are compiled once per instruction set; the kernels choose one at run time (D9).
set(rondo_instruction_sets baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  list(APPEND rondo_instruction_sets avx2 avx512)
  set(rondo_flags_avx2 -mavx2 -mfma)
  set(rondo_flags_avx512 ${rondo_flags_avx2} -mavx512f -mavx512cd -mavx512dq -mavx512bw)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False alarms inside GCC 12's own avx512fintrin.h.
    list(APPEND rondo_flags_avx512 -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
endif()

# rondo_add_for_each_set(target path/of/source.cpp options …): path from the project's folder.
function(rondo_add_for_each_set target path)
  get_filename_component(name ${path} NAME_WE)
  foreach(set IN LISTS rondo_instruction_sets)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}_${set}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"rondo/${path}\"\n")
    set_source_files_properties(${source} PROPERTIES
      COMPILE_DEFINITIONS RONDO_KERNELS_FOR=${set}
      COMPILE_OPTIONS "${rondo_flags_${set}};${ARGN}")
    target_sources(${target} PRIVATE ${source})
  endforeach()
endfunction()
