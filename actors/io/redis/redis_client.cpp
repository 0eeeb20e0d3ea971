#include "actors/io/redis/redis_client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <vector>

extern "C" {
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
}

namespace meme::io {

namespace {

using clock = event_loop::clock;

/// hiredis frees its read buffer after each larger reply; its default is too small for pictures.
constexpr std::size_t kept_read_buffer = 4 << 20;

/// hiredis reads 16 KiB a call; after so many calls the other sockets are served.
constexpr int max_reads_in_a_row = 64;

/// More than everything that is read besides a value: its length, errors, the rest of one read.
constexpr std::size_t max_beside_value = 64 << 10;

/// The kernel's keep-alive, for a case that a PING cannot detect: a peer that is gone while a
/// command waits to be sent. If the kernel refuses a setting, Redis is used all the same.
void enable_keepalive(int fd, std::chrono::milliseconds silence) {
  const auto set = [fd](int level, int option, int value) {
    ::setsockopt(fd, level, option, &value, sizeof value);
  };
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(silence).count();
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(seconds));
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
}

std::string error_of(const redisReply* reply, const std::string& lost) {
  if (reply == nullptr)
    return lost;
  if (reply->type == REDIS_REPLY_ERROR)
    return std::string{reply->str, std::min<std::size_t>(reply->len, 1'000)}; // for a log line
  return {};
}

} // namespace

/// hiredis asserts, in release builds too, that there is no reply without a command. The peer may
/// not be a Redis, so such a reply is refused while it is read, which ends only the connection.
/// Lists are refused, too; no command used here returns one. hiredis allocates all the parts that a
/// list announces, and removes them from its buffer one by one, so that no limit bounds them.
struct redis_client::reply_guard {
  static void install(redisReader& reader, redis_client& owner) {
    if (original == nullptr)
      original = reader.fn; // the same for every reader
    static redisReplyObjectFunctions guarded = [] {
      auto result = *original;
      result.createString = wrap<&redisReplyObjectFunctions::createString>(result.createString);
      result.createArray = refuse(result.createArray);
      result.createInteger = wrap<&redisReplyObjectFunctions::createInteger>(result.createInteger);
      result.createNil = wrap<&redisReplyObjectFunctions::createNil>(result.createNil);
#if HIREDIS_MAJOR >= 1 // RESP3's types, which hiredis reads even if they were not requested
      result.createDouble = wrap<&redisReplyObjectFunctions::createDouble>(result.createDouble);
      result.createBool = wrap<&redisReplyObjectFunctions::createBool>(result.createBool);
#endif
      return result;
    }();
    reader.fn = &guarded;
    reader.privdata = &owner;
  }

private:
  template <class... Rest>
  using creator = void* (*)(const redisReadTask*, Rest...);

  template <auto Create, class... Rest>
  static void* create(const redisReadTask* task, Rest... rest) {
    auto& owner = *static_cast<redis_client*>(task->privdata);
    if (task->parent == nullptr && owner.deadlines_.empty()) {
      owner.why_lost_ = "a reply that nobody asked for";
      return nullptr;
    }
    return (original->*Create)(task, rest...);
  }

  template <class... Rest>
  static void* refuse_list(const redisReadTask* task, Rest...) {
    static_cast<redis_client*>(task->privdata)->why_lost_ = "a list that nobody asked for";
    return nullptr;
  }

  template <class... Rest>
  static creator<Rest...> refuse(creator<Rest...>) {
    return &refuse_list<Rest...>;
  }

  template <auto Create, class... Rest>
  static creator<Rest...> wrap(creator<Rest...>) {
    return &create<Create, Rest...>;
  }

  static inline redisReplyObjectFunctions* original = nullptr;
};

struct redis_client::command {
  redis_client* owner;
  std::function<void(redisReply*, const std::string&)> done;
};

redis_client::redis_client(event_loop& loop, name_lookup& names, redis_settings settings,
                           events on_event)
    : loop_(loop), names_(names), settings_(std::move(settings)), events_(std::move(on_event)) {
  if (settings_.tls)
    tls_ = std::make_unique<redis_tls>(settings_.ca_file);
}

redis_client::~redis_client() {
  events_ = {};
  lose("closing");
}

void redis_client::connect() {
  why_lost_.clear();
  resolving_ = true;
  timer_ = loop_.call_after(settings_.connect_timeout, [this] {
    timer_ = 0;
    lose(resolving_ ? "the name server does not answer in time" : "no connection in time");
  });
  auto answered = [this, alive = std::weak_ptr<int>{alive_}, attempt = ++attempts_](
                      const std::vector<std::string>& addresses, const std::string& error) {
    if (alive.expired() || attempt != attempts_ || !resolving_)
      return; // the attempt was given up
    if (!error.empty())
      return lose("its host name cannot be resolved: " + error);
    resolving_ = false;
    open(addresses.front());
  };
  names_.start(settings_.host, std::move(answered));
}

void redis_client::open(const std::string& address) {
  context_ = redisAsyncConnect(address.c_str(), settings_.port);
  if (context_ == nullptr)
    throw std::bad_alloc();
  std::string why = context_->errstr;
  if (context_->err == 0 && tls_)
    why = tls_->begin(*context_, settings_.host);
  if (!why.empty()) {
    redisAsyncFree(std::exchange(context_, nullptr));
    loop_.cancel(std::exchange(timer_, 0));
    names_.prefer_next();
    if (events_.lost)
      events_.lost(why);
    return;
  }
  fd_ = context_->c.fd;
  context_->c.reader->maxbuf = kept_read_buffer;
  reply_guard::install(*context_->c.reader, *this);
  context_->data = this;
  auto& hooks = context_->ev;
  hooks.data = this;
  hooks.addRead = [](void* self) { static_cast<redis_client*>(self)->want(EPOLLIN, true); };
  hooks.delRead = [](void* self) { static_cast<redis_client*>(self)->want(EPOLLIN, false); };
  hooks.addWrite = [](void* self) { static_cast<redis_client*>(self)->want(EPOLLOUT, true); };
  hooks.delWrite = [](void* self) { static_cast<redis_client*>(self)->want(EPOLLOUT, false); };
  // Called once for any end of the context, which is freed right after.
  hooks.cleanup = [](void* self) { static_cast<redis_client*>(self)->forget_context(); };
  redisAsyncSetConnectCallback(context_, [](const redisAsyncContext* context, int status) {
    static_cast<redis_client*>(context->data)->on_connected(status == REDIS_OK);
  });
}

void redis_client::on_connected(bool ok) {
  if (!ok) {
    why_lost_ = context_->errstr; // hiredis frees the context itself
    return;
  }
  enable_keepalive(fd_, settings_.ping_interval);
  introduced_ = true;
  introduce();
}

/// Authenticates; the PING shows that the peer is a Redis that serves.
void redis_client::introduce() {
  auto must_succeed = [this](redisReply* reply, const std::string& error) {
    // Without a reply the connection is already ending, with its own reason.
    if (auto why = error_of(reply, error); reply != nullptr && !why.empty() && why_lost_.empty())
      lose(why);
  };
  if (!settings_.password.empty() && !settings_.user.empty())
    send({"AUTH", settings_.user, settings_.password}, must_succeed);
  else if (!settings_.password.empty())
    send({"AUTH", settings_.password}, must_succeed);
  if (settings_.database != 0)
    send({"SELECT", std::to_string(settings_.database)}, must_succeed);
  send({"PING"}, [this, must_succeed](redisReply* reply, const std::string& error) {
    must_succeed(reply, error);
    if (reply == nullptr || reply->type != REDIS_REPLY_STATUS || !why_lost_.empty())
      return;
    loop_.cancel(std::exchange(timer_, 0));
    ready_ = true;
    served_ = true;
    watch_deadline();
    last_heard_ = loop_.now();
    keep_alive();
    if (events_.ready)
      events_.ready();
  });
}

void redis_client::keep_alive() {
  ping_timer_ = loop_.call_at(last_heard_ + settings_.ping_interval, [this] {
    ping_timer_ = 0;
    if (loop_.now() - last_heard_ >= settings_.ping_interval) {
      last_heard_ = loop_.now(); // the next PING is due after an interval
      // Any reply shows that Redis is there, and so does a command that waits for its reply.
      if (deadlines_.empty())
        send({"PING"}, [](redisReply*, const std::string&) {});
    }
    if (ready_)
      keep_alive();
  });
}

void redis_client::get(const std::string& key, std::size_t most, get_callback done) {
  if (!ready_)
    return done({{}, "not connected", {}});
  auto result = std::make_shared<reply_to_get>();
  // The range is inclusive: one byte more than `most` shows that there is more.
  send({"GETRANGE", key, "0", std::to_string(most)},
       [result, most](redisReply* reply, const std::string& error) {
         result->error = error_of(reply, error);
         if (reply == nullptr || reply->type != REDIS_REPLY_STRING)
           return;
         const auto size = static_cast<std::size_t>(reply->len);
         result->value = found{};
         result->value->cut = size > most;
         if (!result->value->cut)
           result->value->bytes.assign(reply->str, size);
       });
  send({"PTTL", key},
       [result, done = std::move(done)](redisReply* reply, const std::string& error) {
         constexpr long long no_such_key = -2;
         const auto known = reply != nullptr && reply->type == REDIS_REPLY_INTEGER;
         if (result->error.empty())
           result->ttl_error = error_of(reply, error);
         // GETRANGE returns the same for a missing key and for an empty value.
         if (result->value && result->value->bytes.empty() && !result->value->cut)
           result->value.reset();
         else if (result->value && known && reply->integer == no_such_key)
           result->value->ttl_left = {}; // it expired between the two commands
         else if (result->value && known)
           result->value->ttl_left = std::chrono::milliseconds{reply->integer};
         done(std::move(*result));
       });
}

void redis_client::exceeds(const std::string& key, std::size_t size,
                           std::function<void(bool)> done) {
  const auto place = std::to_string(size); // counted from 0: the first byte beyond
  send({"GETRANGE", key, place, place},
       [done = std::move(done)](redisReply* reply, const std::string&) {
         done(reply != nullptr && reply->type == REDIS_REPLY_STRING && reply->len > 0);
       });
}

void redis_client::set(const std::string& key, std::string_view bytes, std::chrono::seconds ttl,
                       set_callback done) {
  if (!ready_)
    return done("not connected");
  send({"SET", key, bytes, "EX", std::to_string(ttl.count())},
       [done = std::move(done)](redisReply* reply, const std::string& error) {
         done(error_of(reply, error));
       });
}

bool redis_client::send(std::initializer_list<std::string_view> words,
                        std::function<void(redisReply*, const std::string&)> done) {
  if (context_ == nullptr || !why_lost_.empty()) {
    done(nullptr, "not connected");
    return false;
  }
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (auto word : words) {
    texts.push_back(word.data());
    lengths.push_back(word.size());
  }
  auto owned = std::make_unique<command>(command{this, std::move(done)});
  auto answered = [](redisAsyncContext* context, void* reply, void* data) {
    std::unique_ptr<command> ended{static_cast<command*>(data)};
    auto& self = *ended->owner;
    if (!self.deadlines_.empty())
      self.deadlines_.pop_front();
    if (reply == nullptr)
      self.ready_ = false;
    else
      self.last_heard_ = self.loop_.now();
    std::string lost = self.why_lost_;
    if (lost.empty())
      lost = context->c.errstr[0] != '\0' ? context->c.errstr : "connection lost";
    ended->done(static_cast<redisReply*>(reply), lost);
  };
  if (redisAsyncCommandArgv(context_, answered, owned.get(), static_cast<int>(texts.size()),
                            texts.data(), lengths.data())
      != REDIS_OK) {
    owned->done(nullptr, "connection lost");
    return false;
  }
  [[maybe_unused]] auto* owned_by_callback = owned.release();
  deadlines_.push_back(loop_.now() + settings_.command_timeout);
  if (ready_ && timer_ == 0)
    watch_deadline();
  return true;
}

void redis_client::watch_deadline() {
  if (deadlines_.empty())
    return;
  if (deadlines_.front() <= loop_.now())
    return lose("no answer in time");
  timer_ = loop_.call_at(deadlines_.front(), [this] {
    timer_ = 0;
    watch_deadline();
  });
}

void redis_client::lose(std::string why) {
  ready_ = false;
  why_lost_ = std::move(why);
  if (context_ != nullptr)
    return redisAsyncFree(context_); // answers the open commands, then calls forget_context
  loop_.cancel(std::exchange(timer_, 0));
  if (std::exchange(resolving_, false) && events_.lost)
    events_.lost(why_lost_);
}

void redis_client::forget_context() {
  loop_.unwatch(fd_);
  loop_.cancel(std::exchange(timer_, 0));
  if (auto refusal = tls_ ? tls_->refusal() : std::string{}; !refusal.empty())
    why_lost_ = std::move(refusal);
  if (why_lost_.empty()) {
    const auto ended = context_->err == REDIS_ERR_EOF || context_->err == REDIS_ERR_IO;
    why_lost_ = *context_->errstr != '\0' ? context_->errstr : "connection lost";
    if (ended && introduced_ && !served_ && !tls_)
      why_lost_ += " before it answered, as a port does that speaks TLS (write rediss:// then)";
  }
  introduced_ = false;
  context_ = nullptr;
  interest_ = 0;
  loop_.cancel(std::exchange(ping_timer_, 0));
  if (!std::exchange(served_, false))
    names_.prefer_next(); // if the host has several addresses
  ready_ = false;
  deadlines_.clear();
  if (events_.lost)
    events_.lost(why_lost_);
}

/// hiredis collects a reply of any length until it is complete. Complete replies have left its
/// buffer here, so the buffer's content belongs to one reply.
bool redis_client::reply_is_too_large() const {
  const auto& reader = *context_->c.reader;
  return reader.len - reader.pos > settings_.max_value + max_beside_value;
}

void redis_client::want(std::uint32_t event, bool wanted) {
  auto interest = wanted ? interest_ | event : interest_ & ~event;
  if (interest == interest_)
    return;
  interest_ = interest;
  loop_.watch(fd_, interest, [this](std::uint32_t ready) { on_socket(ready); });
}

void redis_client::on_socket(std::uint32_t epoll_events) {
  if ((epoll_events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    int more = 1;
    for (int i = 0; context_ != nullptr && more > 0 && i < max_reads_in_a_row; ++i) {
      redisAsyncHandleRead(context_);
      more = 0;
      if (context_ != nullptr && reply_is_too_large())
        return lose("a reply larger than what was asked for");
      if (context_ != nullptr)
        ::ioctl(fd_, FIONREAD, &more);
    }
  }
  if (context_ != nullptr && (epoll_events & EPOLLOUT) != 0)
    redisAsyncHandleWrite(context_);
}

} // namespace meme::io
