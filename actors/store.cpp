#include "actors/store.hpp"

#include "actors/io/log.hpp"
#include "actors/policy/backoff.hpp"
#include "actors/policy/picture_check.hpp"
#include "actors/resilience.hpp"
#include "config/address.hpp"

namespace meme {

namespace {

/// Back within five seconds of Redis being well, however long it was not.
constexpr std::chrono::milliseconds reconnect_base{50};
constexpr std::chrono::milliseconds reconnect_cap{3'000};

/// A connection that has lasted so long starts the pauses anew.
constexpr std::chrono::milliseconds healthy_while{3'000};

io::redis_settings make_settings(const config::cache_options& options) {
  // Checked with the rest of the configuration, before anything was started.
  auto address = std::get<config::redis_address>(config::parse_redis_url(options.redis_url));
  io::redis_settings result;
  result.host = address.host;
  result.port = address.port;
  result.user = address.user;
  result.password = address.password;
  result.database = address.database;
  result.tls = address.tls;
  result.ca_file = options.ca_file;
  result.connect_timeout = options.connect_timeout;
  result.command_timeout = options.timeout;
  return result;
}

} // namespace

redis_store::redis_store(caf::actor_config& config, context_ptr shared)
    : loop_actor(config), shared_(std::move(shared)), random_(shared_->seed) {
  install_handlers(this, name());
}

redis_store::behavior_type redis_store::make_behavior() {
  redis_ = std::make_unique<io::redis_client>(
      loop(), make_settings(shared_->options.cache),
      io::redis_client::events{[this] { on_ready(); }, [this](const auto& why) { on_lost(why); }});
  connect();
  return {
      [this](peers_ptr& now) { peers_ = std::move(now); },
      [this](measure_mailbox to) { report_mailbox(this, to); },
      [this](const fetch& what) { look_up(what.key); },
      [this](const keep& what) { keep_picture(what); },
  };
}

void redis_store::on_exit() {
  redis_.reset();
  peers_.reset(); // it holds a reference to this actor
  shared_->metrics->redis_connected.Set(0);
}

void redis_store::connect() {
  redis_->connect();
}

void redis_store::on_ready() {
  shared_->metrics->redis_connected.Set(1);
  if (!said_lost_)
    log::info("Redis is connected");
  lasting_ = loop().call_after(healthy_while, [this] { on_lasting(); });
}

/// Not before now is an outage over: what listens there may accept us and fail again and again.
void redis_store::on_lasting() {
  lasting_ = 0;
  attempts_ = 0;
  if (std::exchange(said_lost_, false))
    log::info("Redis is connected again");
}

void redis_store::on_lost(const std::string& why) {
  shared_->metrics->redis_connected.Set(0);
  loop().cancel(std::exchange(lasting_, 0));
  if (!std::exchange(said_lost_, true))
    log::warning("Redis cannot be used, requests go on without it", {{"error", why}});
  auto pause = policy::equal_jitter(reconnect_base, reconnect_cap, attempts_++, random_);
  loop().call_after(pause, [this] { connect(); });
}

void redis_store::look_up(const std::string& key) {
  redis_->get(key,
              [this, key](std::optional<io::redis_client::found> value, const std::string& error) {
                note_refusal(refuses_reads_, "look up", error);
                if (!error.empty())
                  count_failure("a look-up failed", error);
                if (!value)
                  return answer(key, {}, {});
                // Whatever lies there, only a complete picture is one.
                auto checked = policy::inspect_picture(value->bytes);
                auto* type = std::get_if<picture_type>(&checked);
                if (type == nullptr) {
                  count_failure("what is stored is not a picture", std::get<std::string>(checked));
                  return answer(key, {}, {});
                }
                auto found = std::make_shared<picture>(picture{*type, std::move(value->bytes)});
                answer(key, std::move(found), value->ttl_left);
              });
}

void redis_store::answer(const std::string& key, picture_ptr picture,
                         std::chrono::milliseconds ttl_left) {
  if (peers_->cache)
    send(peers_->cache, stored{key, std::move(picture), ttl_left});
}

void redis_store::keep_picture(const keep& what) {
  redis_->set(what.key, what.picture->bytes, shared_->options.cache.ttl,
              // The picture goes along, and is counted until Redis has it.
              [this, kept = what.picture](const std::string& error) {
                note_refusal(refuses_writes_, "store", error);
                if (!error.empty())
                  count_failure("a picture was not stored", error);
              });
}

/// A Redis that is connected may still refuse: no memory left, a replica, its master gone.
void redis_store::note_refusal(bool& refuses, const char* what, const std::string& why) {
  if (!why.empty() && (!redis_ || !redis_->ready()))
    return; // the connection was lost, which is said elsewhere, or we end
  if (std::exchange(refuses, !why.empty()) == refuses)
    return;
  if (refuses)
    log::warning("Redis does not " + std::string{what} + ", requests go on without it",
                 {{"error", why}});
  else
    log::info("Redis does " + std::string{what} + " again");
}

void redis_store::count_failure(const char* what, const std::string& why) {
  shared_->metrics->redis_failures.Increment();
  log::debug(what, {{"error", why}});
}

store_actor spawn_store(caf::local_actor* parent, context_ptr shared) {
  return parent->spawn<redis_store, caf::detached>(std::move(shared));
}

} // namespace meme
