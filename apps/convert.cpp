#include "rondo/apps/convert.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "rondo/apps/notice.hpp"
#include "rondo/apps/temporary_folder.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/rng.hpp"
#include "rondo/formats/text.hpp"
#include "rondo/interop/model_file.hpp"

namespace rondo::apps {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& problem) {
  throw_format_error("convert", fmt::format("{}: {}", path.string(), problem));
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// Moves what is in a folder into another one; the file that names the others comes last.
void move_all(const fs::path& from, const fs::path& to, const fs::path& last) {
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(from)) {
    names.push_back(entry.path().filename());
  }
  std::stable_partition(
      names.begin(), names.end(), [&](const fs::path& name) { return name != last; });
  for (const fs::path& name : names) {
    if (fs::is_directory(from / name) && fs::is_directory(to / name)) {
      move_all(from / name, to / name, "model.json");
    } else {
      fs::rename(from / name, to / name);
    }
  }
}

/// A batch that the model takes: word numbers for an Embedding, otherwise numbers around 0.
/// @param whole  without the number 0, which stands for padding
Tensor<float> sample_inputs(const Layer<float>& model, bool whole) {
  constexpr std::size_t open_steps = 7, open_batch = 3;
  const DeclaredInputs& declared = model.declared();
  Shape shape{declared.batch_size.value_or(open_batch)};
  for (const auto& size : declared.sample_shape) {
    shape.append(size.value_or(open_steps));
  }
  std::size_t words = 0;
  const Layer<float>* first = &model;
  while (first != nullptr && words == 0) {
    if (first->type_name() == "Embedding") {
      words = first->weights().front()->shape()[0];
    }
    const auto& inner = first->children();
    const auto next = std::find_if(inner.begin(), inner.end(), [](const auto& layer) {
      return layer->type_name() != "InputLayer";
    });
    first = next == inner.end() ? nullptr : next->get();
  }
  Tensor<float> inputs(shape);
  Rng rng(1);
  const double first_word = whole && words > 1 ? 1.0 : 0.0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const double number = rng.uniform();
    inputs.data()[i] = static_cast<float>(
        words > 0 ? first_word + std::floor(number * (static_cast<double>(words) - first_word))
                  : 2.0 * number - 1.0);
  }
  return inputs;
}

/// The largest difference, relative to max(1, largest magnitude).
double difference(const Tensor<float>& a, const Tensor<float>& b) {
  if (a.shape() != b.shape()) {
    return INFINITY;
  }
  double largest = 1.0, worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a.data()[i], y = b.data()[i];
    largest = std::max(largest, std::abs(x));
    worst = std::isfinite(x - y) ? std::max(worst, std::abs(x - y)) : INFINITY;
  }
  return worst / largest;
}

/// Runs what was written beside the original. @return what is to be said of it
std::string check(const ConvertOptions& o,
                  const fs::path& written,
                  LoadedModel<float>& original,
                  const StoredModel& described) {
  constexpr double most = 2e-6;
  if (file_format(written).empty()) {
    return "not checked: rondo does not read this format";
  }
  LoadedModel<float> copy = rondo::load_model<float>(written, {.architecture = described.config});
  const Tensor<float> inputs = sample_inputs(original.layers(), o.right_padded);
  Tape<float> tape({.recording = false});
  const auto run = [&](Layer<float>& layers) {
    return Tensor<float>::copy_of(layers(tape.borrow(inputs)).value());
  };
  const double error = difference(run(original.layers()), run(copy.layers()));
  if (!(error <= most)) {
    fail(o.out,
         fmt::format("not written: outputs differ by {:.2g} from those of {}, at most {:.0g} was "
                     "expected (--no-check writes all the same)",
                     error,
                     o.in,
                     most));
  }
  return fmt::format("outputs differ by {:.1g} at most", error);
}

}  // namespace

void convert(const ConvertOptions& o) {
  ReadModelOptions reading{.prefix = o.prefix};
  if (!o.architecture.empty()) {
    reading.architecture = read_text(o.architecture);
  }
  LoadedModel<float> model = rondo::load_model<float>(o.in, reading);
  for (const std::string& note : model.about().notes) {
    notice("{}: {}", o.in, note);
  }
  StoredModel described = describe(model.layers());
  described.metadata = model.about().metadata;
  const fs::path out = o.out;
  const TemporaryFolder workshop(folder_of(out));  // beside it: a rename stays in its file system
  const fs::path written = workshop.path() / out.filename();
  const WriteModelOptions writing{
      .format = o.to, .right_padded = o.right_padded, .training = model.about().training};
  for (const std::string& note : write_model(described, written, writing)) {
    notice("{}: {}", o.out, note);
  }
  const std::string checked = o.no_check ? "not checked" : check(o, written, model, described);
  try {
    move_all(workshop.path(), folder_of(out), out.filename());
  } catch (const fs::filesystem_error& error) {
    fail(out, std::string("cannot be written: ") + error.code().message());
  }
  fmt::print("{} → {}: {} weights, {}\n", o.in, o.out, described.weights.size(), checked);
}

}  // namespace rondo::apps
