# After find_package(xtensor), here and in an installed rondoConfig.cmake: xtensor before 0.25 does not compile by the
# rules for template arguments that are templates which Clang has from version 19 on.
if(xtensor_VERSION VERSION_LESS 0.25 AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND
   CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 19)
  target_compile_options(xtensor INTERFACE -fno-relaxed-template-template-args
                                           -Wno-deprecated-no-relaxed-template-template-args)
endif()
