#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace meme::test {

/// The faults of one direction of every connection. Default: none.
struct path_faults {
  /// Bytes are read and dropped, and so is the sender's close: the receiver keeps a connection on
  /// which nothing arrives. In both directions this is a half-open connection, like a pulled cable.
  /// When the fault ends, a connection that has lost bytes is cut, because its stream has a gap.
  bool vanish = false;

  /// Nothing is read from the sender: after some megabytes its own writes block.
  bool stall = false;

  /// Each byte is delayed by this time and up to `jitter` more; the order is kept.
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds jitter{0};

  std::size_t bytes_per_second = 0; ///< of each connection; 0: no limit

  /// The connection is cut (both ways, by a reset) after so many more bytes have passed this way.
  std::optional<std::uint64_t> cut_after_bytes;

  double garbled_share = 0; ///< 0..1: share of the bytes that are replaced by others
};

/// What happens to new connections.
enum class admission {
  serve,
  refuse, ///< nobody listens on the port
  drop,   ///< accepted, and reset at once
};

struct faults {
  admission newcomers = admission::serve;

  /// A load balancer's idle timeout: a connection that was idle for longer is silent from then on
  /// (see fault_proxy::silence). 0: no timeout.
  std::chrono::milliseconds forgets_idle_after{0};
  path_faults to_server;
  path_faults to_client;
};

/// Both directions vanish.
faults half_open();

struct traffic {
  std::uint64_t connections = 0; ///< ever accepted, dropped ones too
  std::uint64_t open = 0;        ///< now
  std::uint64_t bytes_to_server = 0;
  std::uint64_t bytes_to_client = 0;
  std::uint64_t bytes_vanished = 0; ///< both ways
  std::uint64_t silenced = 0;       ///< connections that are silent for ever
};

/// A TCP proxy on a free loopback port in front of a server. It produces faults of a network, which
/// can be changed while connections are open:
///
///     nats_server nats{folder};
///     fault_proxy path{nats.url()};
///     … the service gets path.url() as its NATS_URL …
///     path.set(half_open());
///     … what must hold …
///     path.heal();
///
/// A change applies to open and new connections when its call returns. The server may stop and
/// start; while it is away, connections are reset. All randomness (jitter,
/// garbling) comes from the seed, the number of the connection and the direction, so that a seed
/// replays a failure. Runs on a thread of its own. Only one thread may use the object.
class fault_proxy {
public:
  /// `server_url` as for its clients: scheme://127.0.0.1:port, or localhost, with an optional path.
  explicit fault_proxy(const std::string& server_url, std::uint64_t seed = 1);
  ~fault_proxy(); ///< cuts open connections
  fault_proxy(const fault_proxy&) = delete;
  fault_proxy& operator=(const fault_proxy&) = delete;

  /// The server's URL with the proxy's address in place of the server's.
  const std::string& url() const { return url_; }

  void set(const faults& what); ///< replaces what was set before
  void heal() { set({}); }
  void cut(); ///< resets every open connection, now

  /// The server has moved to `host`, another loopback address (the port stays): open connections
  /// are reset, and its old address refuses newcomers.
  void move_to(const std::string& host);

  /// Makes every open connection silent for ever: bytes of both sides are dropped, and neither sees
  /// the other's close. New connections are served. `heal` does not change this.
  void silence();

  traffic seen() const;

private:
  class relay;
  std::string url_;
  std::unique_ptr<relay> relay_;
};

} // namespace meme::test
