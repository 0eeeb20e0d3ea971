#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/settings/setting.hpp"

namespace meme::config {

/// Take requests and answer them.
struct serve_command {};

/// Make or check stream and consumer, then exit.
struct provision_command {
  bool plan = false; ///< only say what would be done
};

/// Ask for one picture and save it. What is out of range is for the service to refuse.
struct request_command {
  std::string subject; ///< empty: nats.request-subject
  std::string prompt;
  std::string id; ///< empty: a new one
  std::optional<std::string> negative_prompt;
  std::optional<double> guidance_scale;
  std::optional<std::uint32_t> num_inference_steps;
  std::optional<std::string> seed; ///< as JSON spells it: a double would not hold 64 bits
  std::optional<std::uint32_t> width;
  std::optional<std::uint32_t> height;
  bool fast_mode = false;
  bool small_image = false;
  std::string output;   ///< empty: a new file, named after the id, in the current folder
  seconds timeout{180}; ///< for the answer
};

/// Save each picture that is published.
struct watch_command {
  std::string subject;             ///< empty: nats.response-subject
  std::string output_folder = "."; ///< made where it is missing
  seconds timeout{0};              ///< stop after so long; 0: never
  std::uint64_t count = 0;         ///< stop after so many answers; 0: never
};

/// Look after the dead letters.
struct dead_command {
  std::string action;      ///< list, show, requeue or purge
  std::string which;       ///< a sequence number, or all; empty where the action needs none
  std::uint64_t count = 0; ///< list no more than so many; 0: all
};

/// Ask for many pictures, and say how long they took.
struct load_command {
  std::string subject;       ///< empty: nats.request-subject
  std::uint64_t count = 100; ///< requests
  double rate = 10;          ///< requests a second; 0: as fast as the queue takes them
  double hit_ratio = 0;      ///< share of them that repeat a prompt that was answered before
  std::uint64_t seed = 0;    ///< of what is repeated
  bool small_image = false;
  seconds timeout{180}; ///< for the answers that are missing after the last request
};

using command = std::variant<serve_command, provision_command, request_command, watch_command,
                             dead_command, load_command>;

/// How a command is called. A new command needs its struct above, its `options_of` and its line in
/// `command_kinds`.
struct command_kind {
  std::string name;
  std::string help;
  command fresh; ///< with its options' defaults
  /// What its exit statuses mean, from 0 on; 2 is the same for all. Empty: no such status.
  std::array<std::string, 4> statuses;
};

/// All of them; the first is what runs when none is named.
const std::vector<command_kind>& command_kinds();

/// The command's own options, bound to `which`, beside which it takes every setting.
std::vector<setting> options_of(command& which);

} // namespace meme::config
