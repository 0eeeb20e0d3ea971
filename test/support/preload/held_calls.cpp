// Loaded into a program before its libraries (LD_PRELOAD), it keeps libcurl's work from returning
// for as long as the file $TEST_HOLD_FILE exists, a minute at most.

#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

#include <curl/curl.h>

extern "C" CURLMcode curl_multi_socket_action(CURLM* multi, curl_socket_t socket, int events,
                                              int* running) {
  static const auto real = reinterpret_cast<decltype(&curl_multi_socket_action)>(
      dlsym(RTLD_NEXT, "curl_multi_socket_action"));
  constexpr int pauses = 1'200;
  constexpr timespec pause{0, 50'000'000};
  const auto* file = std::getenv("TEST_HOLD_FILE");
  for (auto i = 0; i < pauses && file != nullptr && ::access(file, F_OK) == 0; ++i)
    ::nanosleep(&pause, nullptr);
  return real(multi, socket, events, running);
}
