// What answers is no model and hardly HTTP: its headers begin with a blank, which is where older
// libcurls read freed memory. (A sanitizer always sees it, a release build dies sooner or later.)
#define BOOST_TEST_MODULE broken_headers
#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <string>
#include <thread>

#include "actors/io/http/listener.hpp"
#include "test/support/world.hpp"

using namespace meme::test;
using meme::io::unique_fd;

namespace {

/// Answers each request on a connection of its own, every other time with such headers.
class broken_model {
public:
  ~broken_model() {
    stopping_ = true;
    thread_.join();
  }

  std::string url() const { return "http://" + meme::io::local_address(listener_) + "/model"; }
  int answers() const { return answers_; }

private:
  void run() {
    while (!stopping_) {
      pollfd caller{listener_.get(), POLLIN, 0};
      if (::poll(&caller, 1, 20) == 1)
        answer(unique_fd{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)});
    }
  }

  void answer(const unique_fd& caller) {
    std::string request;
    char bytes[4096];
    while (request.empty() || request.back() != '}') { // the body is JSON
      const auto count = ::recv(caller.get(), bytes, sizeof bytes, 0);
      if (count <= 0)
        return;
      request.append(bytes, static_cast<std::size_t>(count));
    }
    const std::string first = ++answers_ % 2 == 0 ? "\tX-Folded: b" : "Content-Type: text/plain";
    const auto reply =
        "HTTP/1.1 429 Slow down\r\n" + first + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    ::send(caller.get(), reply.data(), reply.size(), MSG_NOSIGNAL);
  }

  unique_fd listener_ = meme::io::listen_on("127.0.0.1", 0);
  std::atomic<bool> stopping_{false};
  std::atomic<int> answers_{0};
  std::thread thread_{[this] { run(); }};
};

} // namespace

BOOST_AUTO_TEST_CASE(headers_that_begin_with_a_blank_end_nothing_but_their_call) {
  broken_model model;
  world_settings settings;
  settings.variables = {{"HF_API_URL", model.url()},
                        {"MAX_IN_FLIGHT", "1"},
                        {"MEME_GENERATOR_MAX_CALLS", "1000"},
                        {"MEME_GENERATOR_RETRY_BASE", "1ms"},
                        {"MEME_GENERATOR_RETRY_CAP", "10ms"}};
  world here{settings};
  here.ask(request("1", "a cat"));
  BOOST_TEST(eventually([&] { return model.answers() >= 40 || !here.memes->process().running(); }));
  BOOST_TEST(here.memes->process().running());
  BOOST_TEST(here.memes->page("/livez").status == 200);
}
