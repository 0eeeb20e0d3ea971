#pragma once

#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "sketch-server/model.hpp"
#include "sketch-server/studio.hpp"

namespace meme::sketch {

/// Takes connections and starts a session for each.
class listener {
public:
  /// Listens. Throws std::runtime_error that names the address. Everything given outlives it, and
  /// `subject` also outlives `loop`.
  listener(boost::asio::io_context& loop, const options& settings, model& subject,
           studio& painters);

  std::string url() const; ///< with the port that the system chose

private:
  void accept();

  const options& settings_;
  model& model_;
  studio& studio_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

} // namespace meme::sketch
