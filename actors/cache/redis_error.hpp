#pragma once

#include <string>
#include <string_view>

namespace meme {

/// What an error of Redis means for this service. Redis begins each error reply with a word in
/// capitals; the library's own errors (a broken connection, a broken protocol) have none.
struct redis_error {
  /// Whom the error concerns.
  enum class scope {
    value,      ///< what lies under this key; other keys are not concerned
    server,     ///< each command of this kind fails until an operator or time mends it
    connection, ///< as `server`, but another server may answer at the same address meanwhile
    cluster,    ///< keys of other cluster nodes: some commands succeed, others never do
  };

  scope concerns = scope::server;
  std::string cause; ///< in plain English, what to do included; empty: the error says it itself
};

/// `error` as Redis or hiredis worded it.
redis_error explain_redis_error(std::string_view error);

} // namespace meme
