#pragma once

#include <filesystem>
#include <string>

namespace meme::test {

/// Two PEM files.
struct certificate {
  std::string file;
  std::string key_file;
};

/// A test's own certificate authority, made by openssl(1). Its certificates are valid for a day.
class certificate_authority {
public:
  certificate_authority(std::filesystem::path folder, const std::string& name);

  const std::string& file() const { return own_.file; } ///< what to trust, PEM

  /// `alt_names` are the names and addresses that it is valid for, e.g. `DNS:a.b,IP:127.0.0.1`.
  certificate issue(const std::string& name, const std::string& alt_names) const;

private:
  certificate files(const std::string& name) const;

  std::filesystem::path folder_;
  certificate own_;
};

} // namespace meme::test
