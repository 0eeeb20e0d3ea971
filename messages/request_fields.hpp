#pragma once

// The table of a request's fields. From its rows come: what the parser reads and refuses, and with
// which words; what a client writes; the cache key; the parameters of the call to the model; the
// options of `meme-generator request`. A member without a row does not compile, so a field that
// decides the picture cannot be missing in the cache key.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "messages/field_rules.hpp"

namespace meme {

/// What a request says of the picture and the model gets as it is. An absent parameter leaves the
/// choice to the model.
struct picture_parameters {
  std::optional<std::string> negative_prompt;
  std::optional<double> guidance_scale;
  std::optional<std::uint32_t> num_inference_steps;
  std::optional<std::uint64_t> seed;   ///< 0 .. 2^64 - 1
  std::optional<std::uint32_t> width;  ///< pixels
  std::optional<std::uint32_t> height; ///< pixels
};

/// What a client asks for.
struct meme_request {
  std::string id; ///< empty where the client gave none
  std::string prompt;
  picture_parameters parameters;
  bool fast_mode = false;
  bool small_image = false;
  std::string reply_to; ///< subject that gets the answer as well; empty for none
};

enum class field_kind {
  /// Decides the picture as it is: a member of `picture_parameters`, in the cache key and in the
  /// call to the model. Version 1 of the key has a fixed place for it.
  parameter,
  /// The same, added after version 1: the key has its name and value if the request has it, so that
  /// all other requests keep their keys, and with them their cached pictures.
  later_parameter,
  /// Decides the picture through `plan_picture`, which turns it into parts of the call.
  planned,
  /// Says where the answer goes and what it is called, nothing about the picture.
  delivery,
};

/// How `meme-generator request` spells a field.
struct field_option {
  std::string_view name{};        ///< without dashes; empty: the command has no such option
  std::string_view placeholder{}; ///< for the value in the help; empty for a flag
  std::string_view help{};
};

/// One row of the table.
template <class Owner, class Value, class Rule>
struct request_field {
  std::string_view name; ///< in JSON, and in error messages
  field_kind kind;
  Value Owner::*member; ///< of `meme_request` or of `picture_parameters`
  Rule rule;            ///< the values that it takes
  field_option option;
};

template <class Owner, class Value, class Rule>
request_field(std::string_view, field_kind, Value Owner::*, Rule, field_option)
    -> request_field<Owner, Value, Rule>;

// The order is the one in which the cache key and JSON have them: a new row of a kind stands behind
// the others of its kind.
inline constexpr auto request_fields = std::make_tuple(
    request_field{"id", field_kind::delivery, &meme_request::id,
                  printable_rule{&request_limits::max_id_chars},
                  field_option{"id", "ID", "the request's id; else a new one"}},
    request_field{"prompt", field_kind::planned, &meme_request::prompt, prompt_rule{false},
                  field_option{"prompt", "TEXT", "what to draw"}},
    request_field{"negative_prompt", field_kind::parameter, &picture_parameters::negative_prompt,
                  prompt_rule{true}, field_option{"negative", "TEXT", "what not to draw"}},
    request_field{"guidance_scale", field_kind::parameter, &picture_parameters::guidance_scale,
                  number_rule{&request_limits::max_guidance},
                  field_option{"guidance", "X", "guidance_scale"}},
    request_field{"num_inference_steps", field_kind::parameter,
                  &picture_parameters::num_inference_steps,
                  whole_rule{1U, &request_limits::max_steps},
                  field_option{"steps", "N", "num_inference_steps"}},
    request_field{"seed", field_kind::parameter, &picture_parameters::seed, seed_rule{},
                  field_option{"seed", "N", "the same seed draws the same picture"}},
    request_field{"width", field_kind::parameter, &picture_parameters::width,
                  whole_rule{&request_limits::min_side, &request_limits::max_side},
                  field_option{"width", "N", "in pixels"}},
    request_field{"height", field_kind::parameter, &picture_parameters::height,
                  whole_rule{&request_limits::min_side, &request_limits::max_side},
                  field_option{"height", "N", "in pixels"}},
    request_field{"fast_mode", field_kind::planned, &meme_request::fast_mode, flag_rule{},
                  field_option{"fast", "", "a rough picture in less time"}},
    request_field{"small_image", field_kind::planned, &meme_request::small_image, flag_rule{},
                  field_option{"small", "", "512 x 512 pixels"}},
    request_field{"reply_to", field_kind::delivery, &meme_request::reply_to, reply_subject_rule{},
                  field_option{}});

/// All members but for `parameters`, which has members of its own. The compiler refuses a list with
/// another number of names than the struct has members.
inline auto members_of(const picture_parameters& parameters) {
  const auto& [negative_prompt, guidance_scale, num_inference_steps, seed, width, height] =
      parameters;
  return std::tie(negative_prompt, guidance_scale, num_inference_steps, seed, width, height);
}

inline auto members_of(const meme_request& request) {
  const auto& [id, prompt, parameters, fast_mode, small_image, reply_to] = request;
  return std::tuple_cat(std::tie(id, prompt, fast_mode, small_image, reply_to),
                        members_of(parameters));
}

inline bool operator==(const picture_parameters& a, const picture_parameters& b) {
  return members_of(a) == members_of(b);
}

inline bool operator==(const meme_request& a, const meme_request& b) {
  return members_of(a) == members_of(b);
}

template <class Field>
struct is_parameter : std::false_type {};

/// Whether a row is of a member of `picture_parameters`.
template <class Value, class Rule>
struct is_parameter<request_field<picture_parameters, Value, Rule>> : std::true_type {};

/// Calls `visit(field)` for each row.
template <class Visitor>
constexpr void for_each_field(Visitor&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, request_fields);
}

/// Calls `visit(field, value)` for each parameter; `value` is a `std::optional`.
template <class Visitor>
void for_each_parameter(const picture_parameters& parameters, Visitor&& visit) {
  for_each_field([&](const auto& field) {
    if constexpr (is_parameter<std::decay_t<decltype(field)>>::value)
      visit(field, parameters.*field.member);
  });
}

/// The value of a row in `request`.
template <class Field, class Request>
auto& value_of(const Field& field, Request& request) {
  if constexpr (is_parameter<Field>::value)
    return request.parameters.*field.member;
  else
    return request.*field.member;
}

namespace field_checks {

template <class A, class B>
constexpr bool are_distinct(const A& a, const B& b) {
  if constexpr (std::is_same_v<decltype(a.member), decltype(b.member)>)
    return a.name != b.name && a.member != b.member;
  else
    return a.name != b.name;
}

template <class First, class... Rest>
constexpr bool all_distinct(const First& first, const Rest&... rest) {
  if constexpr (sizeof...(rest) == 0)
    return true;
  else
    return (are_distinct(first, rest) && ...) && all_distinct(rest...);
}

template <class Field>
constexpr bool is_of_its_kind(const Field& field) {
  return is_parameter<Field>::value
         == (field.kind == field_kind::parameter || field.kind == field_kind::later_parameter);
}

using request_members = decltype(members_of(std::declval<const meme_request&>()));
using request_rows = std::decay_t<decltype(request_fields)>;

static_assert(std::tuple_size_v<request_rows> == std::tuple_size_v<request_members>,
              "each member of a request has one row");
static_assert(std::apply([](const auto&... field) { return all_distinct(field...); },
                         request_fields),
              "no two rows have the same name or member");
static_assert(std::apply([](const auto&... field) { return (is_of_its_kind(field) && ...); },
                         request_fields),
              "parameters are the members of picture_parameters, and no others");

} // namespace field_checks

} // namespace meme
