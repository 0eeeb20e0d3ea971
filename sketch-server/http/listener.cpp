#include "sketch-server/http/listener.hpp"

#include <chrono>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "sketch-server/http/session.hpp"

namespace meme::sketch {

namespace asio = boost::asio;
using asio::ip::tcp;

listener::listener(asio::io_context& loop, const options& settings, model& subject,
                   studio& painters)
    : settings_{settings}, model_{subject}, studio_{painters}, acceptor_{loop}, pause_{loop} {
  try {
    const tcp::endpoint address{asio::ip::make_address(settings.host), settings.port};
    acceptor_.open(address.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address{true});
    acceptor_.bind(address);
    // Thousands of clients that connect at once; the kernel has the last word (net.core.somaxconn).
    acceptor_.listen(16'384);
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error{"cannot listen on " + settings.host + ':'
                             + std::to_string(settings.port) + ": " + problem.code().message()};
  }
  accept();
}

std::string listener::url() const {
  std::ostringstream text;
  text << "http://" << acceptor_.local_endpoint(); // writes the brackets of IPv6
  return text.str();
}

void listener::accept() {
  acceptor_.async_accept([this](boost::system::error_code problem, tcp::socket socket) {
    if (!problem)
      std::make_shared<session>(std::move(socket), settings_, model_, studio_)->run();
    if (!problem || problem == asio::error::connection_aborted)
      return accept();
    // No descriptors left: trying again at once would only burn the processor.
    pause_.expires_after(std::chrono::milliseconds{50});
    pause_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled)
        accept();
    });
  });
}

} // namespace meme::sketch
