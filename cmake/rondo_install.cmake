# cmake --install, and what find_package(rondo) reads afterwards.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY RONDO_LIBRARIES)
install(TARGETS rondo ${libraries} EXPORT rondo_targets)
install(EXPORT rondo_targets NAMESPACE rondo:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rondo)
foreach(folder core layers data formats optim)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rondo
          FILES_MATCHING PATTERN "*.hpp" PATTERN "sets" EXCLUDE
          PATTERN "detail" EXCLUDE PATTERN "kernels" EXCLUDE)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/rondo.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rondo)
if(RONDO_BUILD_APPS)
  install(TARGETS rondo_program)
endif()

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/rondoConfig.cmake.in ${PROJECT_BINARY_DIR}/rondoConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rondo)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/rondoConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rondoConfig.cmake ${PROJECT_BINARY_DIR}/rondoConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/rondo_xtensor.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rondo)
