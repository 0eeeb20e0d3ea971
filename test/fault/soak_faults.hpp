#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "test/fault/soak_options.hpp"

namespace meme::test {

class soak_stage;
struct planned_fault;

/// Something that goes wrong, and then is well again.
struct fault_kind {
  using act = std::function<void(soak_stage&, const planned_fault&)>;

  std::string name;
  std::string part; ///< what it happens to: one fault at a time
  bool of_replica;  ///< whether each replica has such a part
  std::chrono::milliseconds shortest;
  std::chrono::milliseconds longest;
  bool may_repeat; ///< whether answers may come again: an acknowledgement or a process died
  bool may_damage; ///< whether pictures may be damaged, requests refused: bytes have changed
  act begin;
  act end;
};

const std::vector<fault_kind>& fault_kinds();

struct planned_fault {
  const fault_kind* kind = nullptr;
  std::chrono::milliseconds begin{0}; ///< after the load has begun
  std::chrono::milliseconds end{0};
  std::size_t replica = 0;
  std::uint32_t dice = 0; ///< for what else it has to choose
};

/// Faults until shortly before the end of the load, in the order of their beginnings: the same for
/// the same options. Each kind comes once before one comes again.
std::vector<planned_fault> plan_faults(const soak_options& options);

} // namespace meme::test
