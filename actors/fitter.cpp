#include "actors/fitter.hpp"

#include "actors/io/log.hpp"
#include "actors/io/picture_codec.hpp"
#include "actors/policy/picture_check.hpp"
#include "actors/policy/picture_fit.hpp"
#include "actors/resilience.hpp"

namespace meme {

namespace {

struct fitter_state {
  peers_ptr now_peers = std::make_shared<peers>();
  context_ptr shared;

  static constexpr const char* name = "fitter";
};

/// Counts what is decoded in the byte budget while it is there.
struct budget_share {
  budget_share(io::byte_budget& of, std::size_t size) : budget(of), bytes(size) {
    budget.add(bytes);
  }
  ~budget_share() { budget.remove(bytes); }
  budget_share(const budget_share&) = delete;
  budget_share& operator=(const budget_share&) = delete;

  io::byte_budget& budget;
  std::size_t bytes;
};

std::string sizes(const fit& what) {
  return "the picture has " + std::to_string(what.picture->bytes.size())
         + " bytes, an answer has room for " + std::to_string(what.limit);
}

std::variant<picture_ptr, std::string> make_fit(const context& shared, const fit& what) {
  auto size = policy::dimensions(what.picture->bytes);
  if (!size)
    return sizes(what) + "; it says no width and height";
  auto count = std::uint64_t{size->width} * size->height;
  if (auto most = shared.options.generator.max_pixels; count > most)
    return sizes(what) + "; its " + std::to_string(count) + " pixels are more than the "
           + std::to_string(most) + " that are decoded";
  budget_share held{*shared.budget, count * io::decoded_bytes_per_pixel};
  auto decoded = io::decode(what.picture->type, what.picture->bytes);
  std::size_t last = 0;
  for (auto quality : policy::jpeg_qualities) {
    auto bytes = io::encode_jpeg(decoded, quality);
    last = bytes.size();
    if (last > what.limit)
      continue;
    log::info("a picture was made to fit", {{"bytes_before", what.picture->bytes.size()},
                                            {"bytes", last},
                                            {"limit", what.limit},
                                            {"quality", quality}});
    return std::make_shared<const picture>(picture{picture_type::jpeg, std::move(bytes)});
  }
  return sizes(what) + "; as a JPEG of the lowest quality it has " + std::to_string(last);
}

fitted answer_to(const context& shared, const fit& what) {
  try {
    auto made = make_fit(shared, what);
    if (auto* fits = std::get_if<picture_ptr>(&made)) {
      shared.metrics->pictures_fitted.Increment();
      return {what.key, std::move(*fits), {}};
    }
    return {what.key, {}, std::move(std::get<std::string>(made))};
  } catch (const std::exception& e) {
    return {what.key, {}, sizes(what) + "; it cannot be decoded: " + e.what()};
  }
}

void work(caf::event_based_actor* self, const context_ptr& shared, const cache_actor& cache,
          const fit& what) {
  auto result = answer_to(*shared, what);
  if (cache)
    self->send(cache, std::move(result));
}

} // namespace

fitter_actor spawn_fitter(caf::local_actor* parent, context_ptr shared) {
  auto behavior = [](fitter_actor::stateful_pointer<fitter_state> self, context_ptr with) {
    install_handlers(self, fitter_state::name);
    self->state.shared = std::move(with);
    return fitter_actor::behavior_type{
        [self](peers_ptr& now) { self->state.now_peers = std::move(now); },
        [self](measure_mailbox to) { report_mailbox(self, to); },
        [self](fit& what) {
          // Linked: what it cannot survive is for the supervisor to know.
          self->spawn<caf::detached + caf::linked>(work, self->state.shared,
                                                   self->state.now_peers->cache, std::move(what));
        },
    };
  };
  return parent->spawn(behavior, std::move(shared));
}

} // namespace meme
