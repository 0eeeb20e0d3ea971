# Flags of our own code, and a helper that declares one of the project's libraries.

add_library(meme_flags INTERFACE)
add_library(meme::flags ALIAS meme_flags)
target_include_directories(meme_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(meme_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -Wunused)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(meme_flags INTERFACE -Wduplicated-cond -Wlogical-op)
endif()
target_compile_definitions(meme_flags INTERFACE MEME_VERSION="${PROJECT_VERSION}")
if(MEME_SANITIZE)
  target_compile_options(meme_flags INTERFACE -fsanitize=${MEME_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all -O1)
  target_link_options(meme_flags INTERFACE -fsanitize=${MEME_SANITIZE})
  if(MEME_FUZZ)
    target_compile_options(meme_flags INTERFACE
      -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/test/fuzz/ignore.txt)
  endif()
endif()

# What is shipped is hardened in a release, whatever the compiler's defaults;
# scripts/check-hardening.sh looks at the program.
add_library(meme_hardening INTERFACE)
add_library(meme::hardening ALIAS meme_hardening)
if(CMAKE_BUILD_TYPE STREQUAL Release AND NOT MEME_SANITIZE)
  target_compile_options(meme_hardening INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(meme_hardening INTERFACE -fcf-protection)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES aarch64)
    target_compile_options(meme_hardening INTERFACE -mbranch-protection=standard)
  endif()
  target_link_options(meme_hardening INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# meme_library(NAME SOURCES… LINK LIBRARIES…): a static library meme_NAME, known as meme::NAME.
function(meme_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  add_library(meme_${name} STATIC ${arg_SOURCES})
  add_library(meme::${name} ALIAS meme_${name})
  target_link_libraries(meme_${name} PUBLIC ${arg_LINK} PRIVATE meme::flags meme::hardening)
  target_include_directories(meme_${name} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()
