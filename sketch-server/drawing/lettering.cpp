#include "sketch-server/drawing/lettering.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <pango/pangocairo.h>

#include "sketch-server/drawing/paint.hpp"

#ifdef __SANITIZE_ADDRESS__
/// Pango keeps its fonts until the process ends, and fontconfig what it knows of them: no leak.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\nleak:libpango\n";
}
#endif

namespace meme::sketch {

namespace {

struct release {
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
using layout_handle = std::unique_ptr<PangoLayout, release>;
using font_handle = std::unique_ptr<PangoFontDescription, release>;

struct typeface {
  const char* family;
  PangoWeight weight; ///< the lettering's own is heavy enough in some: bold would be a smear
  double squeeze;     ///< width relative to the designer's, for those that are not condensed
};

/// The most like a meme first. Impact is not free; the last is in every Debian that has Pango.
constexpr typeface typefaces[] = {
    {"Impact", PANGO_WEIGHT_NORMAL, 1.0},
    {"Anton", PANGO_WEIGHT_NORMAL, 1.0},
    {"League Gothic", PANGO_WEIGHT_NORMAL, 1.0},
    {"Bebas Neue", PANGO_WEIGHT_BOLD, 1.0},
    {"Oswald", PANGO_WEIGHT_BOLD, 1.0},
    {"Liberation Sans Narrow", PANGO_WEIGHT_BOLD, 0.95},
    {"DejaVu Sans", PANGO_WEIGHT_BOLD, 0.8},
};
constexpr typeface any_typeface{"Sans", PANGO_WEIGHT_BOLD, 0.85};

const typeface& choose_typeface() {
  PangoFontFamily** families = nullptr;
  int count = 0;
  pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
  const std::unique_ptr<PangoFontFamily*, decltype(&g_free)> owned{families, &g_free};
  const auto installed = [&](const typeface& face) {
    return std::any_of(families, families + count, [&](PangoFontFamily* family) {
      return std::string_view{pango_font_family_get_name(family)} == face.family;
    });
  };
  const auto found = std::find_if(std::begin(typefaces), std::end(typefaces), installed);
  return found == std::end(typefaces) ? any_typeface : *found;
}

const typeface& chosen_typeface() {
  static const typeface& face = choose_typeface(); // asking takes milliseconds
  return face;
}

/// One block of words, laid out in pixels.
class block {
public:
  block(cairo_t* pen, const std::string& words, double width)
      : face_{chosen_typeface()},
        width_{width / face_.squeeze},
        font_{pango_font_description_from_string(face_.family)},
        layout_{pango_cairo_create_layout(pen)} {
    pango_font_description_set_weight(font_.get(), face_.weight);
    pango_layout_set_text(layout_.get(), words.data(), static_cast<int>(words.size()));
    pango_layout_set_alignment(layout_.get(), PANGO_ALIGN_CENTER);
    pango_layout_set_line_spacing(layout_.get(), 0.92F);
  }

  /// Whether the words fit a height at a size without breaking any of them. Leaves them so laid
  /// out.
  bool fits(double size, double height) {
    set(size, PANGO_WRAP_WORD);
    const auto area = extents();
    return area.width <= width_ && area.height <= height;
  }

  /// Breaks words where it must, and cuts what is more than `height` can hold.
  void force(double size, double height) {
    set(size, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout_.get(), pango_units_from_double(height));
    pango_layout_set_ellipsize(layout_.get(), PANGO_ELLIPSIZE_END);
  }

  /// Evens the lines out: the narrowest width that takes no more of them.
  void balance() {
    const auto lines = pango_layout_get_line_count(layout_.get());
    if (lines < 2)
      return;
    auto enough = width_;
    auto narrow = width_ / 2;
    while (enough - narrow > 2) {
      const auto middle = (enough + narrow) / 2;
      pango_layout_set_width(layout_.get(), pango_units_from_double(middle));
      const auto good =
          pango_layout_get_line_count(layout_.get()) == lines && extents().width <= middle;
      (good ? enough : narrow) = middle;
    }
    pango_layout_set_width(layout_.get(), pango_units_from_double(enough));
  }

  double height() const { return extents().height; }

  /// @param middle  across the picture, pixels
  /// @param top     of the block, pixels
  void paint(cairo_t* pen, double middle, double top, double edge) const {
    const auto area = extents();
    const saved_pen saved{pen};
    cairo_translate(pen, middle, top);
    const auto squeezed = [&](auto draw) {
      const saved_pen unsqueezed{pen};
      cairo_scale(pen, face_.squeeze, 1);
      cairo_translate(pen, -(area.x + area.width / 2), -area.y);
      draw(pen, layout_.get());
    };
    squeezed(pango_cairo_layout_path);
    cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(pen, 2 * edge);
    use(pen, black);
    cairo_stroke_preserve(pen);
    fill(pen, white);
    squeezed(pango_cairo_show_layout); // what has colours of its own: emoji
  }

private:
  struct box {
    double x, y, width, height;
  };

  void set(double size, PangoWrapMode wrap) {
    pango_font_description_set_absolute_size(font_.get(), pango_units_from_double(size));
    pango_layout_set_font_description(layout_.get(), font_.get());
    pango_layout_set_wrap(layout_.get(), wrap);
    pango_layout_set_width(layout_.get(), pango_units_from_double(width_));
  }

  box extents() const {
    PangoRectangle logical;
    pango_layout_get_extents(layout_.get(), nullptr, &logical);
    return {pango_units_to_double(logical.x), pango_units_to_double(logical.y),
            pango_units_to_double(logical.width), pango_units_to_double(logical.height)};
  }

  const typeface& face_;
  double width_; ///< before squeezing
  font_handle font_;
  layout_handle layout_;
};

/// The largest whole size in [smallest, largest] at which `fits`, or 0. Fitting is monotone enough.
template <class Predicate>
int largest_fitting(int smallest, int largest, Predicate fits) {
  if (!fits(smallest))
    return 0;
  while (smallest < largest) {
    const auto middle = (smallest + largest + 1) / 2;
    if (fits(middle))
      smallest = middle;
    else
      largest = middle - 1;
  }
  return smallest;
}

} // namespace

void paint_caption(const canvas& target, const caption& words) {
  const double width = target.width();
  const double height = target.height();
  const auto margin = std::min(width, height) * 0.03;
  std::array<block, 2> blocks{block{target.pen(), words.top, width - 2 * margin},
                              block{target.pen(), words.bottom, width - 2 * margin}};
  const auto largest = std::max(8, static_cast<int>(std::min(height * 0.15, width * 0.15)));
  const auto readable = std::min(largest, std::max(9, static_cast<int>(height * 0.045)));
  constexpr int smallest = 6;

  // A few words leave the middle free; more of them may spread, down to what can be read.
  int size = 0;
  double room = 0;
  for (const auto part : {0.27, 0.36, 0.47}) {
    room = height * part - margin;
    const auto both_fit = [&](int candidate) {
      return blocks[0].fits(candidate, room) && blocks[1].fits(candidate, room);
    };
    size = largest_fitting(smallest, largest, both_fit);
    if (size >= readable)
      break;
  }
  for (auto& one : blocks) {
    if (size == 0)
      one.force(std::max(smallest, readable * 2 / 3), room);
    else {
      one.fits(size, room);
      one.balance();
    }
  }
  const auto edge = std::max(1.0, std::max(size, smallest) * 0.065);
  blocks[0].paint(target.pen(), width / 2, margin, edge);
  blocks[1].paint(target.pen(), width / 2, height - margin - blocks[1].height(), edge);
}

} // namespace meme::sketch
