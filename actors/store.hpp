#pragma once

#include <random>
#include <unordered_set>

#include "actors/context.hpp"
#include "actors/io/loop_actor.hpp"
#include "actors/io/redis_client.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// Pictures in Redis. While Redis is down, slow or talks nonsense, every look-up is answered "not
/// there" at once and nothing is kept; meanwhile it tries to get a connection that works, with
/// growing pauses.
class redis_store final : public io::loop_actor<store_actor::base> {
public:
  redis_store(caf::actor_config& config, context_ptr shared);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "store"; }

private:
  void connect();
  void on_ready();
  void on_lost(const std::string& why);
  void on_lasting();
  void look_up(const std::string& key);
  void answer(const std::string& key, picture_ptr picture, std::chrono::milliseconds ttl_left);
  void keep_picture(const keep& what);
  void note_refusal(bool& refuses, const char* what, const std::string& why);
  void count_failure(const char* what, const std::string& why);

  context_ptr shared_;
  peers_ptr peers_ = std::make_shared<peers>();
  std::unique_ptr<io::redis_client> redis_;
  std::minstd_rand random_;
  unsigned attempts_ = 0; ///< since a connection lasted
  io::event_loop::timer_id lasting_ = 0;
  bool refuses_reads_ = false;
  bool refuses_writes_ = false;
  bool said_lost_ = false; ///< one log line for each outage, not one for each attempt
};

store_actor spawn_store(caf::local_actor* parent, context_ptr shared);

} // namespace meme
