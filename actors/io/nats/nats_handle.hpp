#pragma once

#include <memory>

#include <nats/nats.h>

namespace meme::io {

struct nats_deleter {
  void operator()(natsConnection* p) const noexcept { natsConnection_Destroy(p); }
  void operator()(natsInbox* p) const noexcept { natsInbox_Destroy(p); }
  void operator()(natsMsg* p) const noexcept { natsMsg_Destroy(p); }
  void operator()(natsOptions* p) const noexcept { natsOptions_Destroy(p); }
  void operator()(natsStatistics* p) const noexcept { natsStatistics_Destroy(p); }
  void operator()(natsSubscription* p) const noexcept { natsSubscription_Destroy(p); }
  void operator()(jsCtx* p) const noexcept { jsCtx_Destroy(p); }
  void operator()(jsPubAck* p) const noexcept { jsPubAck_Destroy(p); }
};

/// Owner of one object of nats.c.
template <class T>
using nats_ptr = std::unique_ptr<T, nats_deleter>;

} // namespace meme::io
