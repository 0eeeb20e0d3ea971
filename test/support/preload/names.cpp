// Loaded into a program before its libraries (LD_PRELOAD), it answers for the name server: names
// that end with .test have the address that stands beside them in the file $TEST_NAMES_FILE, a line
// `name address` each, read at every look-up, so that a test can move a name while the program
// runs. All other names are looked up as usual. `silent` in an address's place stands for a name
// server that does not answer: the look-up ends when the file says something else, or after a
// minute.

#include <dlfcn.h>
#include <netdb.h>
#include <time.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace {

std::string address_of(const std::string& name) {
  const auto* file = std::getenv("TEST_NAMES_FILE");
  std::ifstream lines{file != nullptr ? file : ""};
  for (std::string known, address; lines >> known >> address;)
    if (known == name)
      return address;
  return {};
}

/// Waits as long as the name server is silent.
std::string answer_for(const std::string& name) {
  constexpr int pauses = 1'200;
  constexpr timespec pause{0, 50'000'000};
  auto address = address_of(name);
  for (auto i = 0; i < pauses && address == "silent"; ++i) {
    ::nanosleep(&pause, nullptr);
    address = address_of(name);
  }
  return address == "silent" ? "" : address;
}

} // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  static const auto real =
      reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string wanted{name != nullptr ? name : ""};
  const std::string suffix{".test"};
  if (wanted.size() <= suffix.size()
      || wanted.compare(wanted.size() - suffix.size(), suffix.size(), suffix) != 0)
    return real(name, service, hints, result);
  const auto address = answer_for(wanted);
  return address.empty() ? EAI_NONAME : real(address.c_str(), service, hints, result);
}
