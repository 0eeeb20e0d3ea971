#pragma once

#include <chrono>
#include <memory>
#include <string_view>
#include <variant>

#include "sketch-server/counters.hpp"
#include "sketch-server/drawing/random.hpp"
#include "sketch-server/fault_plan.hpp"
#include "sketch-server/options.hpp"
#include "sketch-server/reply.hpp"

namespace meme::sketch {

/// What a call's HTTP request says.
struct call_request {
  std::string_view authorization;
  std::string_view accept;
  std::string_view body;
};

/// A call that will be served, well or badly.
struct accepted_call {
  picture_order order;
  std::shared_ptr<const action> does;
  std::chrono::milliseconds latency;
};

/// Decides what becomes of calls; waiting, drawing and sending are others' work. For one thread.
class model {
public:
  /// Throws bad_plan.
  explicit model(const options& settings);

  /// Counts the call. @returns the reply to a call that is refused.
  std::variant<accepted_call, reply> receive(const call_request& request);

  void replace_plan(fault_plan plan) { plan_ = std::move(plan); }

  /// No faults, all counts zero, the dice as at the start.
  void reset();

  counters& counts() { return counts_; }

private:
  std::chrono::milliseconds next_latency();

  const options& settings_;
  fault_plan plan_;
  counters counts_;
  random_source dice_;
};

} // namespace meme::sketch
