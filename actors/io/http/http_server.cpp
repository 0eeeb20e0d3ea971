#include "actors/io/http/http_server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <stdexcept>

#include <microhttpd.h>

namespace meme::io {

namespace {

/// Connections accepted in a row, before existing ones are served.
constexpr int accept_burst = 64;
/// For a probe or two and a scrape at a time.
constexpr std::size_t reserved_descriptors = 4;
/// The pause before the next accept if not even a closed connection has freed a descriptor.
constexpr std::chrono::milliseconds accept_pause{50};
/// The library's own limit of silence; the limits here end a connection earlier.
constexpr unsigned idle_seconds = 30;
/// For the head of a request; a larger one is refused with status 431.
constexpr std::size_t head_bytes = 8'192;

int descriptor_of(MHD_Connection* connection) {
  return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

MHD_Result respond(MHD_Connection* connection, const server_response& content) {
  auto* response = MHD_create_response_from_buffer(
      content.body.size(), const_cast<char*>(content.body.data()), MHD_RESPMEM_MUST_COPY);
  if (response == nullptr)
    return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content.content_type.c_str());
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
  auto result = MHD_queue_response(connection, content.status, response);
  MHD_destroy_response(response);
  return result;
}

MHD_Result on_request(void* closure, MHD_Connection* connection, const char* url,
                      const char* method, const char*, const char*, std::size_t* body_size,
                      void** seen) {
  static int marker;
  if (*seen == nullptr) { // only the head was received; an answer now would truncate a body
    *seen = &marker;
    return MHD_YES;
  }
  if (*body_size > 0) { // nothing here takes a body
    *body_size = 0;
    return MHD_YES;
  }
  auto& server = *static_cast<http_server*>(closure);
  server.on_request_complete(descriptor_of(connection));
  auto* argument = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "actor");
  server_request request{method, url, argument == nullptr ? "" : argument};
  try {
    return respond(connection, server.serve(request));
  } catch (const std::exception&) { // the library is C: it closes the connection
    return MHD_NO;
  }
}

void on_connection(void* closure, MHD_Connection* connection, void**,
                   MHD_ConnectionNotificationCode code) {
  if (code == MHD_CONNECTION_NOTIFY_CLOSED)
    static_cast<http_server*>(closure)->on_closed(descriptor_of(connection));
}

/// The peer's address in bytes: an IPv4 address, or the network of an IPv6 address, because one
/// host may have any number of IPv6 addresses.
std::string origin_of(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) {
    auto& address = reinterpret_cast<const sockaddr_in&>(peer).sin_addr;
    return {reinterpret_cast<const char*>(&address), sizeof address};
  }
  auto& address = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
  const auto* bytes = reinterpret_cast<const char*>(&address);
  if (IN6_IS_ADDR_V4MAPPED(&address))
    return {bytes + 12, 4};
  return {bytes, 8};
}

} // namespace

http_server::http_server(event_loop& loop, unique_fd listener, handler serve,
                         server_connection_limits limits)
    : loop_(loop), listener_(std::move(listener)), serve_(std::move(serve)), connections_(limits) {
  // Connections that are being closed count until the library has noticed.
  const auto most = static_cast<unsigned>(limits.total + accept_burst);
  daemon_ =
      MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, nullptr, nullptr, &on_request,
                       this, MHD_OPTION_NOTIFY_CONNECTION, &on_connection, this,
                       MHD_OPTION_CONNECTION_LIMIT, most, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                       head_bytes, MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds, MHD_OPTION_END);
  if (daemon_ == nullptr)
    throw std::runtime_error("the HTTP pages cannot be served");
  epoll_fd_ = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  loop_.watch(epoll_fd_, EPOLLIN, [this](std::uint32_t) { run(); });
  refill_reserve();
  watch_listener();
}

http_server::~http_server() {
  loop_.cancel(timer_);
  loop_.cancel(pause_timer_);
  loop_.unwatch(listener_.get());
  loop_.unwatch(epoll_fd_);
  MHD_stop_daemon(daemon_);
}

void http_server::on_request_complete(int connection) {
  connections_.request_complete(connection, loop_.now());
}

void http_server::on_closed(int connection) {
  connections_.remove(connection);
}

void http_server::watch_listener() {
  loop_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t) { accept_some(); });
}

void http_server::accept_some() {
  run(); // answers complete requests before any connection is closed
  for (auto i = 0; i < accept_burst; ++i) {
    sockaddr_storage peer{};
    auto connection = accept_one(peer);
    if (!connection)
      break;
    admit(std::move(connection), peer);
  }
  run();
}

/// Nothing if no connection waits, or none can be accepted now.
unique_fd http_server::accept_one(sockaddr_storage& peer) {
  for (;;) {
    socklen_t length = sizeof peer;
    unique_fd connection{::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&peer), &length,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (connection || errno == EAGAIN)
      return connection;
    if (errno == EINTR || errno == ECONNABORTED)
      continue;
    if ((errno == EMFILE || errno == ENFILE) && free_descriptor())
      continue;
    // The listener stays readable: trying again at once would only use CPU time.
    pause_accepting();
    return {};
  }
}

/// If the process has no descriptor left: a reserved one, or that of a connection.
bool http_server::free_descriptor() {
  if (!reserve_.empty()) {
    reserve_.pop_back();
    return true;
  }
  const auto victim = connections_.victim();
  if (!victim)
    return false;
  close(*victim);
  MHD_run(daemon_);
  return true;
}

void http_server::pause_accepting() {
  loop_.unwatch(listener_.get());
  loop_.cancel(pause_timer_);
  pause_timer_ = loop_.call_after(accept_pause, [this] { watch_listener(); });
}

void http_server::admit(unique_fd connection, const sockaddr_storage& peer) {
  auto origin = origin_of(peer);
  if (const auto victim = connections_.victim_for(origin))
    close(*victim);
  const auto descriptor = connection.release(); // the library closes it, in any case
  connections_.add(descriptor, std::move(origin), loop_.now());
  if (MHD_add_connection(daemon_, descriptor, reinterpret_cast<const sockaddr*>(&peer), sizeof peer)
      != MHD_YES)
    connections_.remove(descriptor);
}

/// The library sees the end of the connection when it runs next, and closes the descriptor.
void http_server::close(int connection) {
  ::shutdown(connection, SHUT_RDWR);
  connections_.remove(connection);
}

void http_server::run() {
  for (const auto connection : connections_.overdue(loop_.now()))
    close(connection);
  MHD_run(daemon_);
  refill_reserve();
  set_timer();
}

void http_server::refill_reserve() {
  while (reserve_.size() < reserved_descriptors) {
    unique_fd spare{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    if (!spare)
      return;
    reserve_.push_back(std::move(spare));
  }
}

void http_server::set_timer() {
  loop_.cancel(timer_);
  timer_ = 0;
  auto due = connections_.next_deadline();
  MHD_UNSIGNED_LONG_LONG wait_ms = 0;
  if (MHD_get_timeout(daemon_, &wait_ms) == MHD_YES) {
    const auto wanted = loop_.now() + std::chrono::milliseconds{wait_ms};
    due = std::min(due.value_or(wanted), wanted);
  }
  if (due)
    timer_ = loop_.call_at(*due, [this] { run(); });
}

} // namespace meme::io
