#include "test/support/nats_server.hpp"

#include <cstdlib>
#include <fstream>
#include <utility>

#include "test/support/http.hpp"
#include "test/support/json.hpp"

namespace meme::test {

nats_server::nats_server(const std::filesystem::path& folder, std::string extra_config,
                         environment variables)
    : server_{folder / "nats", "nats-server"}, variables_{std::move(variables)} {
  configure(extra_config);
  start();
}

nats_server::nats_server(const std::filesystem::path& folder, const cluster_member& who)
    : server_{folder / who.name, "nats-server"}, alone_{false} {
  configure("server_name: " + who.name + "\n" + who.config);
  start();
}

void nats_server::configure(const std::string& more) {
  std::ofstream{server_.folder() / "nats.conf"}
      << "listen: " << port_.address() << "\nhttp: " << monitor_port_.address()
      << "\njetstream: {store_dir: " << json_string((server_.folder() / "store").string()) << "}\n"
      << more << '\n';
}

namespace {

/// The system's, or another one that scripts/check-nats-versions.sh names.
std::string server_program() {
  const auto* other = std::getenv("MEME_NATS_SERVER");
  return other == nullptr || *other == '\0' ? "nats-server" : other;
}

} // namespace

void nats_server::start() {
  server_.launch({server_program(), {"-c", server_.folder() / "nats.conf"}, variables_}, [this] {
    return alone_ ? healthy() : http_get(monitor_url() + "/varz").status == 200;
  });
}

bool nats_server::healthy() const {
  return http_get(monitor_url() + "/healthz").status == 200;
}

} // namespace meme::test
