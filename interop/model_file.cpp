#include "rondo/interop/model_file.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/file_content.hpp"
#include "rondo/interop/detail/model_format.hpp"
#include "rondo/interop/detail/zip_archive.hpp"

namespace rondo {

namespace {

namespace fs = std::filesystem;
using detail::ModelFormat;

constexpr const char* op = "model";
constexpr std::size_t most_names = 8;

detail::ModelSource open_source(fs::path path) {
  std::error_code none;
  if (fs::is_directory(path, none)) {
    if (!fs::exists(path / "model.json", none)) {
      detail::refuse_file(
          op,
          path,
          "is a folder without model.json; expected a file, or a folder of TensorFlow.js");
    }
    path /= "model.json";  // the one format that is a folder
  }
  detail::ModelSource file{.path = path, .content = detail::read_content(op, path), .members = {}};
  if (detail::is_zip(file.content)) {
    const detail::ZipArchive archive(op, path, file.content);
    for (const detail::ZipMember& member : archive.members()) {
      file.members.push_back(member.name);
    }
  }
  return file;
}

std::string names_of_formats(bool FormatDescription::*capable) {
  std::vector<std::string_view> names;
  for (const ModelFormat& format : detail::model_formats()) {
    if (format.about.*capable) {
      names.push_back(format.about.name);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Null if it is none.
const ModelFormat* find_format(const detail::ModelSource& file) {
  const auto all = detail::model_formats();
  const auto found =
      std::ranges::find_if(all, [&](const ModelFormat& format) { return format.matches(file); });
  return found == all.end() ? nullptr : &*found;
}

const ModelFormat& format_of(const detail::ModelSource& file) {
  if (const ModelFormat* const format = find_format(file)) {
    return *format;
  }
  detail::refuse_file(op,
                      file.path,
                      fmt::format("is a file of an unknown kind, read are {}",
                                  names_of_formats(&FormatDescription::readable)));
}

const ModelFormat& format_for(const fs::path& path, const WriteModelOptions& options) {
  const auto all = detail::model_formats();
  const auto wanted = [&](const ModelFormat& format) {
    return options.format.empty() ? path.string().ends_with(format.about.extension)
                                  : options.format == format.about.name;
  };
  const ModelFormat* best = nullptr;  // .weights.h5 is more than .h5
  for (const ModelFormat& format : all) {
    if (format.write != nullptr && wanted(format) &&
        (best == nullptr || format.about.extension.size() > best->about.extension.size())) {
      best = &format;
    }
  }
  if (best == nullptr) {
    throw_argument_error(op,
                         options.format.empty()
                             ? fmt::format("{}: the extension names no format: give one of {}",
                                           path.string(),
                                           names_of_formats(&FormatDescription::writable))
                             : fmt::format("no format is called {}, written are {}",
                                           in_quotes(options.format),
                                           names_of_formats(&FormatDescription::writable)));
  }
  return *best;
}

/// Gives a build the weights of a file, in the file's order or by their paths, and knows in the end
/// whether one is left.
template <Real T>
class WeightSupply {
 public:
  WeightSupply(const StoredModel& stored, const std::string& origin)
      : stored_(stored), origin_(origin), used_(stored.weights.size()) {
    for (std::size_t i = 0; stored.named_by_path && i < stored.weights.size(); ++i) {
      if (!by_name_.emplace(stored.weights[i].name, i).second) {
        fail(fmt::format("two weights are called {}", in_quotes(stored.weights[i].name)));
      }
    }
  }

  Tensor<T> give(const std::string& path, const Shape& shape) {
    const StoredWeight& weight = stored_.weights[index_of(path, shape)];
    if (weight.shape != shape) {
      fail(fmt::format("{} has shape {} in the file ({}), {} in the model",
                       in_quotes(path),
                       to_string(weight.shape),
                       printable(weight.name),
                       to_string(shape)));
    }
    return weight.values<T>();
  }

  void check_all_used() const {
    const auto unused = std::find(used_.begin(), used_.end(), false);
    if (unused != used_.end()) {
      const auto& weight = stored_.weights[static_cast<std::size_t>(unused - used_.begin())];
      fail(fmt::format("holds {}, which is no weight of the model", in_quotes(weight.name)));
    }
  }

 private:
  std::size_t index_of(const std::string& path, const Shape& shape) {
    std::size_t i = next_++;
    if (stored_.named_by_path) {
      const auto found = by_name_.find(path);
      i = found == by_name_.end() ? used_.size() : found->second;
    }
    if (i >= used_.size()) {
      fail(fmt::format("has no weight {} of shape {}", in_quotes(path), to_string(shape)));
    }
    used_[i] = true;
    return i;
  }

  [[noreturn]] void fail(const std::string& problem) const {
    detail::refuse_file(stored_.format, origin_, problem);
  }

  const StoredModel& stored_;
  const std::string& origin_;
  std::map<std::string, std::size_t> by_name_;
  std::vector<bool> used_;
  std::size_t next_ = 0;
};

/// Open sizes are 1: no weight depends on them.
Shape smallest_shape(const PartialShape& declared) {
  Shape shape;
  for (const auto& size : declared) {
    shape.append(size.value_or(1));
  }
  return shape;
}

template <Real T>
std::unique_ptr<Layer<T>> build_layers(const StoredModel& stored,
                                       const std::string& origin,
                                       const LayerTypes<T>& user_types) {
  std::string problem;
  const Config config = parse_json(stored.config, 200, &problem);
  if (config.is_discarded()) {
    detail::refuse_file(stored.format, origin, fmt::format("the config of its layers {}", problem));
  }
  auto layers = make_layer<T>(config, user_types);
  if (layers->declared().sample_shape.empty()) {
    detail::refuse_file(stored.format, origin, "the shape of the model's inputs is not known");
  }
  WeightSupply<T> supply(stored, origin);
  const WeightSource<T> source = [&supply](const std::string& path, const Shape& shape) {
    return supply.give(path, shape);
  };
  layers->build(smallest_shape(layers->declared().sample_shape), source);
  supply.check_all_used();
  return layers;
}

/// What `use` makes of a file; each error names it.
template <class Use>
auto in_file(std::string_view format, const std::string& path, Use use) {
  try {
    return use();
  } catch (const Error& error) {
    if (std::string_view(error.what()).find(path) != std::string_view::npos) {
      throw;
    }
    detail::refuse_file(format, path, error.what());
  }
}

bool is_below(const std::string& path, const std::string& layer) {
  return path == layer || (path.starts_with(layer) && path[layer.size()] == '/');
}

/// Whether a weight is below one of these layers, or there are none; those that it is below leave `unused`.
bool is_wanted(const std::string& path,
               const std::vector<std::string>& layers,
               std::set<std::string>& unused) {
  bool any = layers.empty();
  for (const std::string& layer : layers) {
    if (is_below(path, layer)) {
      unused.erase(layer);
      any = true;
    }
  }
  return any;
}

}  // namespace

StoredModel read_model(const fs::path& path, const ReadModelOptions& options) {
  const detail::ModelSource file = open_source(path);
  const ModelFormat& format = format_of(file);
  StoredModel model =
      in_file(format.about.name, file.path.string(), [&] { return format.read(file, options); });
  if (model.format.empty()) {
    model.format = format.about.name;
  }
  return model;
}

std::string file_format(const fs::path& path) {
  std::error_code none;
  if (!fs::exists(path, none)) {
    return {};
  }
  const ModelFormat* const format = find_format(open_source(path));
  return format == nullptr ? std::string() : std::string(format->about.name);
}

template <Real T>
StoredModel describe(const Layer<T>& model) {
  StoredModel stored{.format = "rondo", .config = to_text(model.config()), .named_by_path = true};
  for (const Parameter<T>* parameter : model.weights()) {
    stored.weights.push_back(StoredWeight::of<T>(parameter->path(), parameter->value()));
  }
  return stored;
}

std::vector<std::string> write_model(const StoredModel& model,
                                     const fs::path& path,
                                     const WriteModelOptions& options) {
  const ModelFormat& format = format_for(path, options);
  std::vector<std::string> notes = format.write(model, path, options);
  if (options.training && format.about.name != "keras") {  // the one that holds it
    notes.emplace_back("left out: the optimizer and its state");
  }
  return notes;
}

template <Real T>
LoadedModel<T> make_model(const StoredModel& stored,
                          const std::string& origin,
                          const LayerTypes<T>& user_types) {
  if (stored.config.empty()) {
    detail::refuse_file(stored.format,
                        origin,
                        "holds weights alone: give the JSON of the model that they belong to "
                        "(--architecture, ReadModelOptions)");
  }
  auto layers =
      in_file(stored.format, origin, [&] { return build_layers<T>(stored, origin, user_types); });
  StoredModel about;
  about.format = stored.format;
  about.producer = stored.producer;
  about.input = stored.input;
  about.output = stored.output;
  about.lengths = stored.lengths;
  about.training = stored.training;
  about.notes = stored.notes;
  about.metadata = stored.metadata;
  return {std::move(layers), std::move(about)};
}

template <Real T>
WeightReport take_weights(const Layer<T>& source,
                          Layer<T>& target,
                          const std::vector<std::string>& layers) {
  std::map<std::string, const Parameter<T>*> offered;
  WeightReport report;
  std::set<std::string> unused(layers.begin(), layers.end());
  for (const Parameter<T>* parameter : source.weights()) {
    if (is_wanted(parameter->path(), layers, unused)) {
      offered.emplace(parameter->path(), parameter);
    } else {
      report.left.push_back(parameter->path());
    }
  }
  if (!unused.empty()) {
    throw_argument_error(
        "take_weights",
        fmt::format("the source has no weights below {}", in_quotes(*unused.begin())));
  }
  std::vector<std::pair<Parameter<T>*, const Parameter<T>*>> pairs;
  for (Parameter<T>* parameter : target.weights()) {
    const auto found = offered.find(parameter->path());
    if (found == offered.end()) {
      report.kept.push_back(parameter->path());
      continue;
    }
    if (found->second->shape() != parameter->shape()) {
      throw_shape_error("take_weights",
                        parameter->path() + " differs in shape",
                        {{"source", found->second->shape()}, {"target", parameter->shape()}});
    }
    pairs.emplace_back(parameter, found->second);
    offered.erase(found);
  }
  for (const auto& [to, from] : pairs) {
    to->assign(Tensor<T>::copy_of(from->value()));
    report.taken.push_back(to->path());
  }
  for (const auto& [path, ignored] : offered) {
    report.left.push_back(path);
  }
  return report;
}

std::vector<FormatDescription> known_formats() {
  std::vector<FormatDescription> result;
  for (const ModelFormat& format : detail::model_formats()) {
    result.push_back(format.about);
  }
  return result;
}

#define RONDO_INSTANTIATE(T)                                         \
  template StoredModel describe(const Layer<T>&);                    \
  template LoadedModel<T> make_model(                                \
      const StoredModel&, const std::string&, const LayerTypes<T>&); \
  template WeightReport take_weights(const Layer<T>&, Layer<T>&, const std::vector<std::string>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
