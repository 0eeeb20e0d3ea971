#include "actors/cache/redis_cache.hpp"

#include "actors/base/backoff.hpp"
#include "actors/base/resilience.hpp"
#include "actors/cache/redis_error.hpp"
#include "actors/io/log.hpp"
#include "actors/pictures/charged_picture.hpp"
#include "actors/pictures/formats/picture_check.hpp"
#include "config/address/redis_url.hpp"

namespace meme {

namespace {

/// The service is connected again within five seconds after Redis is well, however long the outage
/// was.
constexpr std::chrono::milliseconds reconnect_base{50};
constexpr std::chrono::milliseconds reconnect_cap{3'000};

/// A connection that has lasted this long resets the pauses between attempts.
constexpr std::chrono::milliseconds healthy_while{3'000};

/// How often the log repeats that an outage goes on.
constexpr std::chrono::minutes repeat_lost{1};

/// How often look-ups that wait for the byte budget look at it.
constexpr std::chrono::milliseconds budget_pause{5};

io::redis_settings make_settings(const config::cache_options& options, std::size_t max_value) {
  const auto& address = *options.redis_url;
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
  result.ping_interval = options.ping_interval;
  result.max_value = max_value;
  return result;
}

std::size_t largest_value(const redis_cache_config& config) {
  return config.max_picture_bytes + (config.seal ? io::value_seal::max_overhead : 0);
}

/// An error with its cause in plain English, where that is known.
std::string in_words(const std::string& error) {
  const auto cause = explain_redis_error(error).cause;
  return cause.empty() ? error : error + " (" + cause + ')';
}

} // namespace

redis_cache::redis_cache(caf::actor_config& actor, redis_cache_config config)
    : loop_actor(actor),
      config_(std::move(config)),
      server_(config::describe(*config_.options.redis_url)),
      max_value_(largest_value(config_)),
      random_(config_.seed),
      range_(max_value_) {
  install_handlers(this, name());
}

redis_cache::behavior_type redis_cache::make_behavior() {
  names_ = std::make_unique<io::name_lookup>(home_system(), loop());
  current_ = make_link();
  current_.client->connect();
  return {
      [this](peers_ptr& next) { peers_ = std::move(next); },
      [this](measure_mailbox order) { report_mailbox(this, order); },
      [this](const fetch& request) { look_up(request.key); },
      [this](const put& request) { put_picture(request); },
  };
}

void redis_cache::on_exit() {
  waiting_.clear();
  for (auto* each : {&successor_, &retired_, &current_})
    each->client.reset();
  names_.reset();
  peers_.reset(); // it holds a reference to this actor
  config_.metrics->redis_connected.Set(0);
}

// -- the connection -----------------------------------------------------------------------------

redis_cache::link redis_cache::make_link() {
  const auto number = ++last_number_;
  io::redis_client::events events;
  events.ready = [this, number] { on_ready(number); };
  events.lost = [this, number](const std::string& error) { on_lost(number, error); };
  return {number, std::make_unique<io::redis_client>(loop(), *names_,
                                                     make_settings(config_.options, max_value_),
                                                     std::move(events))};
}

void redis_cache::on_ready(std::uint64_t number) {
  if (number == successor_.number)
    return adopt_successor();
  update_gauge();
  if (!said_lost_)
    log::info("Redis is connected", {{"server", server_}});
  lasting_ = loop().call_after(healthy_while, [this] { on_lasting(); });
}

/// Only now is the outage over: a server may accept connections and fail them again and again.
void redis_cache::on_lasting() {
  lasting_ = 0;
  attempts_ = 0;
  if (std::exchange(said_lost_, false))
    log::info("Redis is connected again", {{"server", server_}});
}

void redis_cache::on_lost(std::uint64_t number, const std::string& error) {
  if (number == successor_.number)
    return drop_later(number);
  if (number != current_.number)
    return;
  // It is not known what the server of the next connection refuses.
  refuses_reads_ = refuses_writes_ = refuses_lifetimes_ = is_cluster_ = false;
  update_gauge();
  loop().cancel(std::exchange(lasting_, 0));
  const auto now = loop().now();
  if (!said_lost_ || now - said_lost_at_ >= repeat_lost) {
    said_lost_at_ = now;
    log::warning("Redis cannot be used, requests go on without it",
                 {{"error", in_words(error)}, {"server", server_}});
  }
  said_lost_ = true;
  auto pause = equal_jitter(reconnect_base, reconnect_cap, attempts_++, random_);
  loop().call_after(pause, [this, number] {
    if (number == current_.number)
      current_.client->connect();
  });
}

/// A connection stays with the server to which it was made. After a failover behind a stable
/// address (a Service, a load balancer, a managed name) that server is a replica, while new
/// connections reach the new primary.
void redis_cache::try_another_server() {
  const auto now = loop().now();
  if (successor_.client || now < next_successor_)
    return;
  next_successor_ = now + equal_jitter(reconnect_base, reconnect_cap, other_servers_++, random_);
  names_->prefer_next();
  successor_ = make_link();
  successor_.client->connect();
}

void redis_cache::adopt_successor() {
  log::debug("Redis has refused something and was reconnected", {{"server", server_}});
  loop().cancel(std::exchange(lasting_, 0));
  retired_ = std::exchange(current_, std::exchange(successor_, {}));
  lasting_ = loop().call_after(healthy_while, [this] { on_lasting(); });
  update_gauge();
  // By then its open commands are answered, or never will be.
  loop().call_after(config_.options.timeout, [this, number = retired_.number] {
    if (number == retired_.number)
      retired_ = {};
  });
}

/// Destroys the successor later: this function is called by the successor itself.
void redis_cache::drop_later(std::uint64_t number) {
  loop().call_after({}, [this, number] {
    if (number == successor_.number)
      successor_ = {};
  });
}

void redis_cache::update_gauge() {
  const auto well = connected() && !refuses_reads_ && !refuses_writes_ && !is_cluster_;
  config_.metrics->redis_connected.Set(well ? 1 : 0);
}

// -- look-ups and stores ------------------------------------------------------------------------

void redis_cache::look_up(const std::string& key) {
  waiting_.push_back(key);
  ask_waiting();
}

/// Without other look-ups under way, one may start whatever its size, unless the budget is used up.
bool redis_cache::may_ask() const {
  if (!connected())
    return true; // and is answered at once
  const auto& budget = *config_.budget;
  return budget.has_room_for(range_.next()) || (asked_ == 0 && !budget.exhausted());
}

void redis_cache::ask_waiting() {
  if (std::exchange(asking_, true))
    return; // an answer came at once
  while (!waiting_.empty() && may_ask()) {
    auto key = std::move(waiting_.front());
    waiting_.pop_front();
    ask(key);
  }
  asking_ = false;
  if (!waiting_.empty() && waiting_timer_ == 0)
    waiting_timer_ = loop().call_after(budget_pause, [this] {
      waiting_timer_ = 0;
      ask_waiting();
    });
}

void redis_cache::ask(const std::string& key) {
  const auto size = range_.next();
  config_.budget->add(size);
  ++asked_;
  const auto number = current_.number;
  auto answered = [this, key, size, number](io::redis_client::reply_to_get reply) {
    config_.budget->remove(size);
    --asked_;
    note_reply(number, refuses_reads_, "look up", reply.error);
    if (reply.value)
      note_reply(number, refuses_lifetimes_, "tell how long it keeps a picture", reply.ttl_error);
    on_value(key, size, std::move(reply));
    ask_waiting();
  };
  current_.client->get(key, size, std::move(answered));
}

void redis_cache::on_value(const std::string& key, std::size_t asked,
                           io::redis_client::reply_to_get reply) {
  if (!reply.error.empty())
    count_failure("a look-up failed", reply.error);
  if (!reply.value)
    return answer(key, {}, {});
  if (reply.value->cut && range_.fell_short(asked))
    return current_.client->exceeds(key, max_value_, [this, key](bool too_large) {
      if (too_large)
        return refuse_large(key);
      waiting_.push_front(key);
      ask_waiting();
    });
  if (reply.value->cut)
    return refuse_large(key);
  range_.found(reply.value->bytes.size());
  answer(key, read_picture(key, std::move(reply.value->bytes)), reply.value->ttl_left);
}

void redis_cache::refuse_large(const std::string& key) {
  count_failure("what is stored is too large", key);
  warn_once(said_too_large_, "Redis holds a value that is no picture of ours",
            "it is larger than generator.max-body-bytes");
  answer(key, {}, {});
}

/// Accepts a value only if it is a complete picture and, if values are signed, has our signature.
picture_ptr redis_cache::read_picture(const std::string& key, std::string value) {
  std::string_view bytes = value;
  std::string_view type;
  if (config_.seal) {
    const auto opened = config_.seal->verify(key, value);
    if (!opened) {
      config_.metrics->redis_unverified.Increment();
      count_failure("what is stored is not signed by a key of cache.key-file", key);
      warn_once(said_unverified_, "Redis holds a value that is not used",
                "no key of cache.key-file verifies it: it was stored without the file or with "
                "another key, or somebody else wrote it");
      return {};
    }
    bytes = opened->bytes;
    type = opened->type;
  }
  // Checksums would cost each hit 0.5 ms a megabyte; `cache.key-file` vouches for more.
  const auto checked = inspect_picture(bytes, checksums::ignored);
  if (const auto* fault = std::get_if<picture_fault>(&checked)) {
    count_failure("what is stored is not a picture", fault->text);
    return {};
  }
  const auto whole = std::get<complete_picture>(checked);
  if (config_.seal && content_type(whole.type) != type) {
    count_failure("what is stored is of another type than it was signed as", key);
    return {};
  }
  if (config_.seal)
    value.erase(0, value.size() - bytes.size());
  value.resize(whole.size);
  return charged(config_.budget, {whole.type, std::move(value)});
}

void redis_cache::answer(const std::string& key, picture_ptr picture,
                         std::chrono::milliseconds ttl_left) {
  if (peers_ && peers_->cache)
    send(peers_->cache, fetched{key, std::move(picture), ttl_left});
}

void redis_cache::put_picture(const put& request) {
  const auto& bytes = request.picture->bytes;
  const auto value =
      config_.seal ? config_.seal->sign(request.key, content_type(request.picture->type), bytes)
                   : std::string{};
  // The callback holds the picture, so the byte budget counts it until Redis has it.
  current_.client->set(
      request.key, config_.seal ? value : bytes, config_.options.ttl,
      [this, kept = request.picture, number = current_.number](const std::string& error) {
        note_reply(number, refuses_writes_, "store", error);
        if (!error.empty())
          count_failure("a picture was not stored", error);
      });
}

// -- what Redis refuses -------------------------------------------------------------------------

/// A Redis that is connected may still refuse: no memory left, a replica, its master gone.
void redis_cache::note_reply(std::uint64_t number, bool& refused, const char* action,
                             const std::string& error) {
  if (number != current_.number || (!error.empty() && !connected()))
    return; // the connection was lost or replaced (logged elsewhere), or the service ends
  using scope = redis_error::scope;
  const auto concerns = explain_redis_error(error).concerns;
  if (!error.empty() && concerns == scope::value)
    return;
  if (!error.empty() && concerns == scope::cluster)
    return note_cluster(error);
  if (!error.empty() && concerns == scope::connection)
    try_another_server();
  if (std::exchange(refused, !error.empty()) == refused)
    return;
  update_gauge();
  if (refused)
    return log::warning("Redis does not " + std::string{action} + ", requests go on without it",
                        {{"error", in_words(error)}, {"server", server_}});
  other_servers_ = 0;
  log::info("Redis does " + std::string{action} + " again", {{"server", server_}});
}

void redis_cache::note_cluster(const std::string& error) {
  is_cluster_ = true;
  update_gauge();
  warn_once(said_cluster_, "Redis is a node of a cluster, requests go on without it",
            in_words(error));
}

void redis_cache::warn_once(bool& said, const char* text, const std::string& reason) {
  if (!std::exchange(said, true))
    log::warning(text, {{"error", reason}, {"server", server_}});
}

void redis_cache::count_failure(const char* text, const std::string& error) {
  config_.metrics->redis_failures.Increment();
  log::debug(text, {{"error", error}});
}

redis_cache_actor spawn_redis_cache(caf::local_actor* parent, redis_cache_config config) {
  return parent->spawn<redis_cache, caf::detached>(std::move(config));
}

} // namespace meme
