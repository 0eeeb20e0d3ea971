#include "test/support/http2_model.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <string_view>

#include <openssl/ssl.h>

namespace meme::test {

namespace {

enum frame_type : std::uint8_t {
  data_frame = 0,
  headers_frame = 1,
  rst_stream_frame = 3,
  settings_frame = 4,
  ping_frame = 6,
  goaway_frame = 7
};

constexpr std::uint8_t end_stream = 0x1;
constexpr std::uint8_t acknowledgement = 0x1;
constexpr std::uint8_t end_headers = 0x4;
constexpr std::uint32_t refused_stream = 0x7; // RFC 9113, section 7
constexpr std::size_t longest_frame = 16'384;
constexpr std::string_view status_200 = "\x88"; // RFC 7541, appendix A: an entry of its own

std::string big_endian(std::uint32_t value, int bytes) {
  std::string result;
  for (int i = bytes - 1; i >= 0; --i)
    result += static_cast<char>(value >> (8 * i) & 0xff);
  return result;
}

std::uint32_t number_in(const std::string& bytes) {
  std::uint32_t value = 0;
  for (const char each : bytes)
    value = value << 8 | static_cast<std::uint8_t>(each);
  return value;
}

/// OpenSSL writes without MSG_NOSIGNAL.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int choose_http2(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char*,
                 unsigned, void*) {
  static constexpr std::array<unsigned char, 2> name{'h', '2'};
  *chosen = name.data();
  *size = static_cast<unsigned char>(name.size());
  return SSL_TLSEXT_ERR_OK;
}

} // namespace

void http2_model::tls_deleter::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

void http2_model::tls_deleter::operator()(ssl_st* session) const {
  SSL_free(session);
}

/// One connection, on a thread of its own.
class http2_model::session {
public:
  session(http2_model& model, int fd) : model_(model), tls_(SSL_new(model.context_.get())) {
    SSL_set_fd(tls_.get(), fd);
  }

  void serve() {
    if (SSL_accept(tls_.get()) != 1 || read(24).empty()) // the connection's preface
      return;
    write(settings_frame, 0, 0, {});
    while (serve_frame()) {
    }
  }

private:
  /// Nothing: the connection has ended.
  std::string read(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t done = 0; done < size;) {
      const auto count = SSL_read(tls_.get(), &bytes[done], static_cast<int>(size - done));
      if (count <= 0)
        return {};
      done += static_cast<std::size_t>(count);
    }
    return bytes;
  }

  void write(frame_type type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
    auto frame = big_endian(static_cast<std::uint32_t>(payload.size()), 3);
    frame += static_cast<char>(type);
    frame += static_cast<char>(flags);
    frame += big_endian(stream, 4);
    frame += payload;
    SSL_write(tls_.get(), frame.data(), static_cast<int>(frame.size()));
  }

  bool serve_frame() {
    const auto head = read(9);
    if (head.empty())
      return false;
    const auto size = number_in(head.substr(0, 3));
    const auto type = static_cast<std::uint8_t>(head[3]);
    const auto flags = static_cast<std::uint8_t>(head[4]);
    const auto stream = number_in(head.substr(5, 4));
    const auto payload = size == 0 ? std::string{} : read(size);
    if (payload.size() != size)
      return false;
    if (type == settings_frame && (flags & acknowledgement) == 0)
      write(settings_frame, acknowledgement, 0, {});
    else if (type == ping_frame && (flags & acknowledgement) == 0)
      write(ping_frame, acknowledgement, 0, payload);
    else if (type == headers_frame)
      begin(stream);
    if ((type == headers_frame || type == data_frame) && (flags & end_stream) != 0)
      answer(stream);
    return true;
  }

  void begin(std::uint32_t stream) {
    const std::lock_guard<std::mutex> lock{model_.mutex_};
    switch (model_.react_(++model_.requests_)) {
    case reaction::answer:
      to_answer_.insert(stream);
      last_promised_ = std::max(last_promised_, stream);
      break;
    case reaction::hold:
      break;
    case reaction::refuse:
      write(rst_stream_frame, 0, stream, big_endian(refused_stream, 4));
      break;
    case reaction::go_away:
      write(goaway_frame, 0, 0, big_endian(last_promised_, 4) + big_endian(0, 4));
      break;
    }
  }

  void answer(std::uint32_t stream) {
    if (to_answer_.erase(stream) == 0)
      return;
    write(headers_frame, end_headers, stream, status_200);
    std::string_view rest = model_.body_;
    for (; rest.size() > longest_frame; rest.remove_prefix(longest_frame))
      write(data_frame, 0, stream, rest.substr(0, longest_frame));
    write(data_frame, end_stream, stream, rest);
  }

  http2_model& model_;
  std::unique_ptr<ssl_st, tls_deleter> tls_;
  std::set<std::uint32_t> to_answer_;
  std::uint32_t last_promised_ = 0;
};

http2_model::http2_model(const certificate& own, std::string body, handler react)
    : body_{std::move(body)},
      react_{std::move(react)},
      context_{SSL_CTX_new(TLS_server_method())},
      listener_{io::listen_on("127.0.0.1", 0)} {
  if (SSL_CTX_use_certificate_file(context_.get(), own.file.c_str(), SSL_FILETYPE_PEM) != 1
      || SSL_CTX_use_PrivateKey_file(context_.get(), own.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error{"no certificate for a model: " + own.file};
  SSL_CTX_set_alpn_select_cb(context_.get(), &choose_http2, nullptr);
  thread_ = std::thread{[this] { accept_all(); }};
}

http2_model::~http2_model() {
  stopping_ = true;
  thread_.join();
  for (auto& each : connections_) {
    ::shutdown(each.fd.get(), SHUT_RDWR);
    each.thread.join();
  }
}

std::uint16_t http2_model::port() const {
  const auto address = io::local_address(listener_);
  return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

void http2_model::accept_all() {
  while (!stopping_) {
    pollfd newcomer{listener_.get(), POLLIN, 0};
    if (::poll(&newcomer, 1, 20) != 1)
      continue;
    io::unique_fd caller{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (!caller)
      continue;
    ++accepted_;
    const auto fd = caller.get();
    connections_.push_back({std::move(caller), std::thread{[this, fd] {
                              block_sigpipe();
                              session{*this, fd}.serve();
                              ::shutdown(fd, SHUT_RDWR);
                            }}});
  }
}

} // namespace meme::test
