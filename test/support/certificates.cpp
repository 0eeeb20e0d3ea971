#include "test/support/certificates.hpp"

#include <fstream>
#include <stdexcept>
#include <vector>

#include "test/support/child_process.hpp"

namespace meme::test {

namespace {

void openssl(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  child_process run{{"openssl", std::move(arguments), {}}, folder, "openssl"};
  if (run.wait_exit().value_or(-1) != 0)
    throw std::runtime_error{"openssl failed:\n" + run.err()};
}

} // namespace

certificate_authority::certificate_authority(std::filesystem::path folder, const std::string& name)
    : folder_{std::move(folder)}, own_{files(name)} {
  std::filesystem::create_directories(folder_);
  openssl(folder_,
          {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
           "-days", "1", "-subj", "/CN=" + name, "-keyout", own_.key_file, "-out", own_.file});
}

certificate certificate_authority::issue(const std::string& name,
                                         const std::string& alt_names) const {
  const auto result = files(name);
  const auto request = result.file + ".csr";
  const auto extensions = result.file + ".ext";
  std::ofstream{extensions} << "subjectAltName=" << alt_names << "\nbasicConstraints=CA:FALSE\n";
  openssl(folder_, {"req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-subj", "/CN=" + name, "-keyout", result.key_file, "-out", request});
  openssl(folder_, {"x509", "-req", "-in", request, "-CA", own_.file, "-CAkey", own_.key_file,
                    "-CAcreateserial", "-days", "1", "-extfile", extensions, "-out", result.file});
  return result;
}

certificate certificate_authority::files(const std::string& name) const {
  const auto base = (folder_ / name).string();
  return {base + ".pem", base + ".key"};
}

} // namespace meme::test
