// Loaded into a program before its libraries (LD_PRELOAD), it answers for the name server: names
// that end with .test have the address that stands beside them in the file $TEST_NAMES_FILE, a line
// `name address` each, read at every look-up, so that a test can move a name while the program
// runs. All other names are looked up as usual.

#include <dlfcn.h>
#include <netdb.h>

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
  const auto address = address_of(wanted);
  return address.empty() ? EAI_NONAME : real(address.c_str(), service, hints, result);
}
