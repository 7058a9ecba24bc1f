# Fails if a kernel object compiled for a wider instruction set shares a weak symbol with other code:
# the linker could then choose the wide version for everybody. Such a symbol must name its set.
#
#   cmake -DNM=nm -DOBJECTS=a.o|b.o -P check_kernel_symbols.cmake
cmake_minimum_required(VERSION 3.25)
string(REPLACE "|" ";" objects "${OBJECTS}")
if(NOT objects)
  message(FATAL_ERROR "OBJECTS must name the kernel objects")
endif()
list(FILTER objects INCLUDE REGEX "_avx[0-9]+\\.cpp")
set(offenders "")
foreach(object IN LISTS objects)
  execute_process(COMMAND ${NM} --demangle --defined-only ${object}
                  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]* [WVu] [^\n]*" weak "${symbols}")
  list(FILTER weak EXCLUDE REGEX "InstructionSet\\)[12]")
  list(TRANSFORM weak PREPEND "\n  ${object}: ")
  list(APPEND offenders ${weak})
endforeach()
if(offenders)
  message(FATAL_ERROR "weak symbols that do not name their instruction set:" ${offenders})
endif()
