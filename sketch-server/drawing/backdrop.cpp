#include "sketch-server/drawing/backdrop.hpp"

#include <algorithm>
#include <string>

#include "sketch-server/drawing/figures/figures.hpp"
#include "sketch-server/drawing/scenes/scenes.hpp"

namespace meme::sketch {

namespace {

template <class Thing>
struct word_entry {
  std::string_view word;
  Thing means;
};

constexpr word_entry<scene> scene_words[] = {
    {"alien", scene::space},        {"astronaut", scene::space},  {"galaxy", scene::space},
    {"mars", scene::space},         {"moon", scene::space},       {"planet", scene::space},
    {"rocket", scene::space},       {"space", scene::space},      {"star", scene::space},
    {"beach", scene::sea},          {"boat", scene::sea},         {"fish", scene::sea},
    {"island", scene::sea},         {"ocean", scene::sea},        {"pirate", scene::sea},
    {"sailing", scene::sea},        {"sea", scene::sea},          {"ship", scene::sea},
    {"surfing", scene::sea},        {"whale", scene::sea},        {"camel", scene::desert},
    {"cactus", scene::desert},      {"desert", scene::desert},    {"sand", scene::desert},
    {"camping", scene::mountains},  {"forest", scene::mountains}, {"hiking", scene::mountains},
    {"mountain", scene::mountains}, {"snow", scene::mountains},   {"tree", scene::mountains},
    {"city", scene::city},          {"deadline", scene::city},    {"deploy", scene::city},
    {"friday", scene::city},        {"meeting", scene::city},     {"midnight", scene::city},
    {"monday", scene::city},        {"night", scene::city},       {"office", scene::city},
    {"production", scene::city},    {"street", scene::city},
};

constexpr word_entry<figure> figure_words[] = {
    {"cat", figure::cat},     {"kitten", figure::cat},     {"kitty", figure::cat},
    {"corgi", figure::dog},   {"dog", figure::dog},        {"doge", figure::dog},
    {"puppy", figure::dog},   {"ai", figure::robot},       {"android", figure::robot},
    {"bot", figure::robot},   {"computer", figure::robot}, {"machine", figure::robot},
    {"robot", figure::robot},
};

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The first word of the prompt that is in the table.
template <class Thing, std::size_t Size>
std::optional<Thing> first_known(std::string_view prompt, const word_entry<Thing> (&table)[Size]) {
  auto next = prompt.begin();
  while ((next = std::find_if(next, prompt.end(), is_letter)) != prompt.end()) {
    const auto end = std::find_if_not(next, prompt.end(), is_letter);
    std::string word{next, end};
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    for (const auto& entry : table)
      if (word == entry.word || word == std::string{entry.word} + 's')
        return entry.means;
    next = end;
  }
  return std::nullopt;
}

void paint(scene what, const stage& where) {
  switch (what) {
  case scene::burst:
    return paint_burst(where);
  case scene::city:
    return paint_city(where);
  case scene::desert:
    return paint_desert(where);
  case scene::mountains:
    return paint_mountains(where);
  case scene::sea:
    return paint_sea(where);
  case scene::space:
    return paint_space(where);
  }
}

void paint(figure what, const stage& where) {
  switch (what) {
  case figure::cat:
    return paint_cat(where.pen, where.random);
  case figure::dog:
    return paint_dog(where.pen, where.random);
  case figure::robot:
    return paint_robot(where.pen, where.random);
  }
}

/// Light falls off towards the corners, and the words' places are a little darker still.
void shade_edges(const stage& where) {
  vertical_blend(where.pen, where.width, 0, where.height * 0.3, {{0, black, 0.30}, {1, black, 0}});
  vertical_blend(where.pen, where.width, where.height * 0.7, where.height,
                 {{0, black, 0}, {1, black, 0.35}});
}

} // namespace

std::optional<scene> scene_named(std::string_view prompt) {
  return first_known(prompt, scene_words);
}

std::optional<figure> figure_named(std::string_view prompt) {
  return first_known(prompt, figure_words);
}

void paint_backdrop(const canvas& target, std::string_view prompt, random_source& random) {
  const stage where{target.pen(), static_cast<double>(target.width()),
                    static_cast<double>(target.height()), random};
  constexpr scene scenes[] = {scene::burst,     scene::city, scene::desert,
                              scene::mountains, scene::sea,  scene::space};
  constexpr figure figures[] = {figure::cat, figure::dog, figure::robot};
  const auto named = figure_named(prompt);
  const auto place = scene_named(prompt).value_or(
      named && random.chance(0.6) ? scene::burst : scenes[random.index(6)]);
  paint(place, where);
  // A landscape stands for itself; a pinwheel without somebody in front of it is an empty stage.
  if (named || place == scene::burst) {
    const saved_pen saved{where.pen};
    cairo_translate(where.pen, where.width / 2, where.height * 0.54);
    cairo_scale(where.pen, where.unit() * 0.21, where.unit() * 0.21);
    paint(named.value_or(figures[random.index(3)]), where);
    if (place == scene::space)
      paint_helmet(where.pen);
  }
  shade_edges(where);
}

} // namespace meme::sketch
