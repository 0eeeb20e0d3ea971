# Every dependency is a Debian package. CAF 0.17 ships no CMake config; on Debian 12 nats.c's is
# broken and hiredis' missing: pkg-config serves both releases.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(RapidJSON REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(Boost 1.74 REQUIRED)
pkg_check_modules(nats REQUIRED IMPORTED_TARGET libnats)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(jpeg REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(turbojpeg REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(webp REQUIRED IMPORTED_TARGET libwebp libwebpdemux)
pkg_check_modules(lcms2 REQUIRED IMPORTED_TARGET lcms2)
# Debian 12 has hiredis 0.14, which knows no TLS.
pkg_check_modules(hiredis_ssl IMPORTED_TARGET hiredis_ssl>=1.0)
pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd)

find_path(CAF_INCLUDE_DIR caf/all.hpp REQUIRED)
find_library(CAF_CORE_LIBRARY caf_core REQUIRED)
add_library(caf::core UNKNOWN IMPORTED)
set_target_properties(caf::core PROPERTIES
  IMPORTED_LOCATION ${CAF_CORE_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
  INTERFACE_LINK_LIBRARIES Threads::Threads)

add_library(rapidjson INTERFACE IMPORTED)
target_include_directories(rapidjson INTERFACE ${RapidJSON_INCLUDE_DIR} ${RAPIDJSON_INCLUDE_DIRS})
