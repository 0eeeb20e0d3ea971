#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace meme::test {

/// What one direction of every connection suffers. As it stands: nothing.
struct path_faults {
  /// Bytes are taken and thrown away, and so is the news that the sender has closed: the receiver
  /// keeps a connection on which nothing comes any more. Both directions: the connection is half
  /// open as when a cable is pulled. A connection that has lost something is cut when this ends,
  /// for its bytes would no longer fit together.
  bool vanish = false;

  /// Nothing is read from the sender: after some megabytes its own writes block.
  bool stall = false;

  /// Each byte comes so much later, and up to `jitter` later still; the order is kept.
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds jitter{0};

  std::size_t bytes_per_second = 0; ///< of each connection; 0: as fast as it goes

  /// The connection is cut (both ways, by a reset) after so many more bytes have passed this way.
  std::optional<std::uint64_t> cut_after_bytes;

  double garbled_share = 0; ///< 0..1: of the bytes, replaced by others
};

/// What becomes of new connections.
enum class admission {
  serve,
  refuse, ///< nobody listens on the port
  drop,   ///< accepted, and reset at once
};

struct faults {
  admission newcomers = admission::serve;

  /// A balancer that forgets: a connection on which nothing has passed for longer than this falls
  /// silent for good (see fault_proxy::silence). 0: no connection is forgotten.
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
  std::uint64_t silenced = 0;       ///< connections that fell silent for good
};

/// A TCP proxy on a free loopback port in front of a server, with a network's faults to be switched
/// while connections run:
///
///     nats_server nats{folder};
///     fault_proxy path{nats.url()};
///     … the service gets path.url() as its NATS_URL …
///     path.set(half_open());
///     … what must hold …
///     path.heal();
///
/// A change is in force, for open connections as for new ones, when the call that makes it returns.
/// The server may come and go; while it is away, connections are reset. All randomness (jitter,
/// garbling) comes from the seed, the number of the connection and the direction, so that a seed
/// replays a failure. Runs on a thread of its own. Only one thread may use the object.
class fault_proxy {
public:
  /// `server_url` as its clients have it: scheme://127.0.0.1:port, or localhost, and maybe a path.
  explicit fault_proxy(const std::string& server_url, std::uint64_t seed = 1);
  ~fault_proxy(); ///< cuts what is open
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

  /// Every open connection falls silent for good: bytes of either side vanish and neither hears
  /// that the other has closed. New connections are served. `heal` does not bring them back.
  void silence();

  traffic seen() const;

private:
  class relay;
  std::string url_;
  std::unique_ptr<relay> relay_;
};

} // namespace meme::test
