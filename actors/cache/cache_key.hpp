#pragma once

#include <string>

#include "messages/picture_spec.hpp"

namespace meme {

/// The name under which a picture is cached: `meme:v1:` and 64 hexadecimal digits, the SHA-256 of
/// everything that decides what the picture looks like (endpoint, inputs, negative prompt,
/// guidance, steps, seed, width, height, type asked for; not the model's name, that follows from
/// the endpoint).
///
/// The fields are hashed as netstrings (https://cr.yp.to/proto/netstrings.txt: length, colon,
/// bytes, comma), an absent one as `-,`: no two different requests run into the same bytes, however
/// their texts are chosen. Numbers are spelled in the shortest decimal form that reads back as the
/// same value, so a key is the same in every process and on every machine.
///
/// Changing the serialisation means a new version in the name.
std::string cache_key(const picture_spec& spec);

} // namespace meme
