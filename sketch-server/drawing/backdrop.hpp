#pragma once

#include <optional>
#include <string_view>

#include "sketch-server/drawing/canvas.hpp"
#include "sketch-server/drawing/random.hpp"

namespace meme::sketch {

enum class scene { burst, city, desert, mountains, sea, space };
enum class figure { cat, dog, robot };

/// What a prompt's English words ask for, e.g. `on Mars` for scene::space; nothing where none is
/// known. Upper and lower case are the same, and so are singular and plural.
std::optional<scene> scene_named(std::string_view prompt);
std::optional<figure> figure_named(std::string_view prompt);

/// Paints the picture under the words: the scene the prompt names, or one the dice choose.
void paint_backdrop(const canvas& target, std::string_view prompt, random_source& random);

} // namespace meme::sketch
