#pragma once

#include <string>

#include "messages/picture_spec.hpp"

namespace meme {

/// The name under which a picture is cached: `meme:v1:` and 64 hexadecimal digits, the SHA-256 of
/// everything that decides what the picture looks like: endpoint, inputs, the parameters in the
/// order of `request_fields`, type asked for; not the model's name, that follows from the endpoint.
///
/// The fields are hashed as netstrings (https://cr.yp.to/proto/netstrings.txt: length, colon,
/// bytes, comma), an absent one as `-,`: no two different requests run into the same bytes, however
/// their texts are chosen. Numbers are spelled in the shortest decimal form that reads back as the
/// same value, so a key is the same in every process and on every machine.
///
/// A `field_kind::later_parameter` is hashed as its name and value where the request has it, and
/// leaves all other keys as they are. Any other change of the serialisation means a new version in
/// the name.
std::string cache_key(const picture_spec& spec);

} // namespace meme
