#pragma once

#include <deque>
#include <random>

#include "actors/cache/value_range.hpp"
#include "actors/io/byte_budget.hpp"
#include "actors/io/loop_actor.hpp"
#include "actors/io/redis/redis_client.hpp"
#include "actors/io/redis/value_seal.hpp"
#include "actors/metrics/metrics.hpp"
#include "config/options.hpp"
#include "messages/interfaces.hpp"

namespace meme {

struct redis_cache_config {
  config::cache_options options;
  std::size_t max_picture_bytes = 0; ///< larger ones are not read
  metrics_ptr metrics;
  std::shared_ptr<io::byte_budget> budget;
  std::shared_ptr<const io::value_seal> seal; ///< empty: values are not signed
  std::uint64_t seed = 0;
};

/// Pictures in Redis. While Redis is down, slow or talks nonsense, every look-up is answered "not
/// there" at once and nothing is kept; meanwhile it tries to get a connection that works, with
/// growing pauses.
///
/// A Redis that is connected may refuse what it is asked. Where another server may stand behind the
/// address by now (after a failover), a second connection is opened beside the first one, which
/// serves until the second one does.
///
/// What is read is charged to the byte budget from the moment that it is asked for. Where the
/// budget has no room, look-ups wait here.
class redis_cache final : public io::loop_actor<redis_cache_actor::base> {
public:
  redis_cache(caf::actor_config& actor, redis_cache_config config);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "redis-cache"; }

private:
  /// A connection. Its number tells it apart from those before it.
  struct link {
    std::uint64_t number = 0;
    std::unique_ptr<io::redis_client> client;
  };

  link make_link();
  void on_ready(std::uint64_t number);
  void on_lost(std::uint64_t number, const std::string& error);
  void on_lasting();
  void try_another_server();
  void adopt_successor();
  void drop_later(std::uint64_t number);
  bool connected() const { return current_.client && current_.client->ready(); }

  void look_up(const std::string& key);
  void ask_waiting();
  bool may_ask() const;
  void ask(const std::string& key);
  void on_value(const std::string& key, std::size_t asked, io::redis_client::reply_to_get reply);
  void refuse_large(const std::string& key);
  picture_ptr read_picture(const std::string& key, std::string value);
  void answer(const std::string& key, picture_ptr picture, std::chrono::milliseconds ttl_left);
  void put_picture(const put& request);

  /// Notes what came of a command on the link `number`: nothing, or an error.
  void note_reply(std::uint64_t number, bool& refused, const char* action,
                  const std::string& error);
  void note_cluster(const std::string& error);
  void warn_once(bool& said, const char* text, const std::string& reason);
  void count_failure(const char* text, const std::string& error);
  void update_gauge();

  redis_cache_config config_;
  peers_ptr peers_ = std::make_shared<peers>();
  std::string server_; ///< for logs
  std::size_t max_value_ = 0;
  std::minstd_rand random_;

  std::unique_ptr<io::name_lookup> names_;
  link current_;
  link successor_; ///< connects, to take the place of `current_`
  link retired_;   ///< `current_` before that; its open commands end
  std::uint64_t last_number_ = 0;
  unsigned attempts_ = 0;      ///< since a connection lasted
  unsigned other_servers_ = 0; ///< successors since Redis last refused nothing
  io::event_loop::clock::time_point next_successor_{};
  io::event_loop::timer_id lasting_ = 0;
  io::event_loop::clock::time_point said_lost_at_{};

  value_range range_;
  std::deque<std::string> waiting_; ///< keys of look-ups that the byte budget has no room for
  std::size_t asked_ = 0;           ///< look-ups under way
  bool asking_ = false;
  io::event_loop::timer_id waiting_timer_ = 0;

  bool refuses_reads_ = false;
  bool refuses_writes_ = false;
  bool refuses_lifetimes_ = false;
  bool is_cluster_ = false;
  bool said_lost_ = false; ///< one log line a minute in an outage, not one for each attempt
  bool said_cluster_ = false;
  bool said_too_large_ = false;
  bool said_unverified_ = false;
};

redis_cache_actor spawn_redis_cache(caf::local_actor* parent, redis_cache_config config);

} // namespace meme
