# cmake --install, and what find_package(rondo) and pkg-config read afterwards. Components: runtime (shared
# libraries), development, program.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(config ${CMAKE_INSTALL_LIBDIR}/cmake/rondo)
set(examples ${CMAKE_INSTALL_DOCDIR}/examples)

# An export for each library and kind: the config takes one of the two kinds.
foreach(library IN ITEMS rondo rondo_interop rondo_tensorboard rondo_mpi)
  foreach(kind IN ITEMS static shared)
    if(TARGET ${library}_${kind})
      install(TARGETS ${library}_${kind} EXPORT ${library}_${kind}_targets
              LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
              ARCHIVE COMPONENT development
              INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
      install(EXPORT ${library}_${kind}_targets NAMESPACE rondo:: DESTINATION ${config} COMPONENT development)
    endif()
  endforeach()
endforeach()
if(TARGET rondo_program)
  install(TARGETS rondo_program RUNTIME COMPONENT program)
endif()

foreach(folder core layers data distributed formats optim interop timeseries testing)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rondo COMPONENT development
          FILES_MATCHING PATTERN "*.hpp" PATTERN "*.inc" PATTERN "sets" EXCLUDE
          PATTERN "detail" EXCLUDE PATTERN "kernels" EXCLUDE)
endforeach()
file(GLOB formulas ${PROJECT_SOURCE_DIR}/core/kernels/formulas*.hpp)  # what the lines of the ops name
install(FILES ${formulas} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rondo/core/kernels COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/rondo.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rondo COMPONENT development)

install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development
        FILES_MATCHING PATTERN "*.md" PATTERN "*.svg" PATTERN "data" EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples/ DESTINATION ${examples} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/sets DESTINATION ${examples} COMPONENT development
        PATTERN "make.sh" EXCLUDE)

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/rondoConfig.cmake.in ${PROJECT_BINARY_DIR}/rondoConfig.cmake
  INSTALL_DESTINATION ${config} NO_SET_AND_CHECK_MACRO)
set(version ${PROJECT_BINARY_DIR}/rondoConfigVersion.cmake)
write_basic_package_version_file(${version} COMPATIBILITY SameMinorVersion)
file(READ ${PROJECT_SOURCE_DIR}/cmake/version_mismatch.cmake mismatch)
file(APPEND ${version} "\n${mismatch}")
install(FILES ${PROJECT_BINARY_DIR}/rondoConfig.cmake ${version} ${PROJECT_SOURCE_DIR}/cmake/rondo_links.cmake
              ${PROJECT_SOURCE_DIR}/cmake/rondo_xtensor.cmake
        DESTINATION ${config} COMPONENT development)

# For builds without CMake. libzip is not among the links, since Debian has no archive of it: programs that read .npz files
# add it.
get_target_property(file rondo::openblas IMPORTED_LOCATION)
cmake_path(GET file PARENT_PATH folder)
set(links -Wl,--gc-sections $<$<TARGET_EXISTS:rondo::z>:-lz> -lopenblas -lpthread -lm)  # of the archive
if(NOT folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
  list(PREPEND links -L${folder} -Wl,-rpath,${folder})
endif()
set(links_private ${rondo_gfortran_options} -lgfortran -lpthread -lm)  # of OpenBLAS' archive
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64|i.86)$")
  string(REPLACE "-lgfortran" "-lgfortran;-lquadmath" links_private "${links_private}")
endif()
if(BUILD_SHARED_LIBS)
  list(PREPEND links_private ${links})
  set(links "")
endif()
list(JOIN links " " links)
set(prefix ${CMAKE_INSTALL_PREFIX})
if(NOT IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  file(RELATIVE_PATH prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  set(prefix "\${pcfiledir}/${prefix}")
endif()
foreach(part IN ITEMS LIBDIR INCLUDEDIR)
  set(${part} "\${prefix}")
  cmake_path(APPEND ${part} ${CMAKE_INSTALL_${part}})
endforeach()
list(JOIN links_private " " links_private)
set(links_interop)
if(NOT BUILD_SHARED_LIBS)
  foreach(library IN ITEMS zip hdf5 protobuf-lite)
    if(TARGET rondo::${library})
      get_target_property(file rondo::${library} IMPORTED_LOCATION)
      cmake_path(GET file STEM stem)
      string(REGEX REPLACE "^lib" " -l" stem ${stem})
      string(APPEND links_interop ${stem})
    endif()
  endforeach()
endif()
foreach(name IN ITEMS rondo rondo_interop)
  set(pc ${PROJECT_BINARY_DIR}/${name}.pc)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${pc}.in @ONLY)
  file(GENERATE OUTPUT ${pc} INPUT ${pc}.in)
  install(FILES ${pc} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endforeach()
