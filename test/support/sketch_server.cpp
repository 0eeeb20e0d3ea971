#include "test/support/sketch_server.hpp"

#include <cctype>
#include <stdexcept>

#include "test/support/http.hpp"

namespace meme::test {

namespace {

std::string body_of(const http_response& response) {
  if (response.status / 100 != 2)
    throw std::runtime_error{"sketch-server answered " + std::to_string(response.status) + ": "
                             + response.body};
  return response.body;
}

/// For the query of an address: everything but letters and digits as %XX.
std::string escaped(const std::string& text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string result;
  for (const unsigned char c : text)
    if (std::isalnum(c) != 0)
      result += static_cast<char>(c);
    else
      result.append({'%', digits[c >> 4], digits[c & 15]});
  return result;
}

} // namespace

sketch_server::sketch_server(const std::filesystem::path& folder,
                             std::vector<std::string> arguments)
    : server_{folder / "sketch", "sketch-server"}, arguments_{std::move(arguments)} {
  start();
}

void sketch_server::start() {
  command what{MEME_SKETCH_SERVER, {"--listen", port_.address(), "--admin"}, {}};
  what.arguments.insert(what.arguments.end(), arguments_.begin(), arguments_.end());
  server_.launch(what, [this] { return http_get(url() + "/_stats").status == 200; });
}

json sketch_server::stats() const {
  return json{body_of(http_get(url() + "/_stats"))};
}

std::int64_t sketch_server::calls(const std::string& prompt) const {
  return json{body_of(http_get(url() + "/_stats?prompt=" + escaped(prompt)))}.integer("/calls");
}

std::vector<model_call> sketch_server::journal() const {
  const json all{body_of(http_get(url() + "/_calls"))};
  std::vector<model_call> result(all.size("/calls"));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto here = "/calls/" + std::to_string(i);
    result[i] = {all.integer((here + "/at_ms").c_str()), all.text((here + "/prompt").c_str()),
                 static_cast<int>(all.integer((here + "/status").c_str()))};
  }
  return result;
}

void sketch_server::set_faults(const std::string& rules) const {
  body_of(http_post(url() + "/_faults", rules));
}

void sketch_server::reset() const {
  body_of(http_post(url() + "/_reset", ""));
}

} // namespace meme::test
