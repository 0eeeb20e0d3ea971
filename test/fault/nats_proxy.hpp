#pragma once

#include <memory>

#include "test/support/fault_proxy.hpp"
#include "test/support/world.hpp"

namespace meme::test {

/// From now on the service of `here` reaches NATS through the proxy only.
inline std::unique_ptr<fault_proxy> put_proxy_before_nats(world& here) {
  auto result = std::make_unique<fault_proxy>(here.nats.url());
  here.settings.variables["NATS_URL"] = result->url();
  here.restart_service();
  return result;
}

} // namespace meme::test
