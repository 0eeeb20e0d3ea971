#include "test/support/redis_server.hpp"

#include <memory>
#include <stdexcept>

#include <hiredis/hiredis.h>

namespace meme::test {

namespace {

struct redis_deleter {
  void operator()(redisContext* context) const noexcept { redisFree(context); }
  void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};

std::string as_text(const redisReply& reply) {
  switch (reply.type) {
  case REDIS_REPLY_INTEGER:
    return std::to_string(reply.integer);
  case REDIS_REPLY_ARRAY:
    return std::to_string(reply.elements);
  case REDIS_REPLY_NIL:
    return {};
  default:
    return {reply.str, reply.len};
  }
}

} // namespace

redis_server::redis_server(const std::filesystem::path& folder,
                           std::vector<std::string> extra_arguments)
    : server_{folder / "redis", "redis-server"}, extra_arguments_{std::move(extra_arguments)} {
  start();
}

void redis_server::start() {
  command what{"redis-server",
               {"--bind", "127.0.0.1", "--port", std::to_string(port_.port()), "--save", "",
                "--dir", server_.folder()},
               {}};
  what.arguments.insert(what.arguments.end(), extra_arguments_.begin(), extra_arguments_.end());
  server_.launch(what, [this] {
    try {
      run({"PING"}); // any reply will do: a password may be asked for
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
}

std::string redis_server::run(const std::vector<std::string>& words) const {
  const timeval limit{patience.count(), 0};
  const std::unique_ptr<redisContext, redis_deleter> context{
      redisConnectWithTimeout("127.0.0.1", port_.port(), limit)};
  if (!context || context->err != 0)
    throw std::runtime_error{"Redis cannot be reached"};
  redisSetTimeout(context.get(), limit);
  std::vector<const char*> pointers;
  std::vector<std::size_t> sizes;
  for (const auto& word : words) {
    pointers.push_back(word.data());
    sizes.push_back(word.size());
  }
  const std::unique_ptr<redisReply, redis_deleter> reply{static_cast<redisReply*>(redisCommandArgv(
      context.get(), static_cast<int>(words.size()), pointers.data(), sizes.data()))};
  if (!reply)
    throw std::runtime_error{"Redis does not answer"};
  return as_text(*reply);
}

bool redis_server::answers() const {
  try {
    return run({"PING"}) == "PONG";
  } catch (const std::runtime_error&) {
    return false;
  }
}

} // namespace meme::test
