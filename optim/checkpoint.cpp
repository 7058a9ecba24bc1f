#include "rondo/optim/checkpoint.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/machine.hpp"
#include "rondo/formats/safetensors.hpp"
#include "rondo/optim/detail/model_state.hpp"
#include "rondo/optim/detail/run_state_file.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

constexpr const char* format_name = "rondo checkpoint 1";
constexpr const char* state_prefix = "state/";
constexpr const char* stream_prefix = "stream/";
constexpr std::uint64_t most_iterations = std::uint64_t{1} << 53;  // formulas count in double

/// `(N, 3)`
std::string with_batch(const Shape& sample_shape) {
  std::string text = "(N";
  for (const std::size_t size : sample_shape) {
    text += fmt::format(", {}", size);
  }
  return text + ')';
}

/// Reads a checkpoint: every check and every read comes before the first assignment.
template <Real T>
class Loader {
 public:
  Loader(const std::filesystem::path& path, Layer<T>& model, Optimizer<T>& optimizer)
      : model_(model),
        optimizer_(optimizer),
        weights_(model.weights()),
        moments_(optimizer.state()),
        state_(detail::state_of(model)),
        file_(SafetensorsFile::open(path)) {}

  void read() {
    if (metadata("format") != format_name) {
      fail("is no checkpoint of this version");
    }
    check_model();
    check_optimizer();
    iterations_ = number<std::uint64_t>("iterations");
    if (iterations_ > most_iterations) {
      fail(fmt::format("has {} iterations, at most {} can be", iterations_, most_iterations));
    }
    if (file_.metadata().contains("learning_rate")) {
      rate_ = number<double>("learning_rate");
    }
    if (rate_ && !(std::isfinite(*rate_) && *rate_ >= 0.0)) {
      fail(fmt::format("has the learning rate {}", *rate_));
    }
    for (const Parameter<T>* weight : weights_) {
      read_tensor(weight->path(), weight->shape());
    }
    for (const OptimizerState<T>& moment : moments_) {
      read_tensor(moment.name, moment.values.shape());
    }
    read_carried_states();
    check_nothing_else();
    read_streams();
  }

  [[nodiscard]] SafetensorsFile& file() { return file_; }

  void assign() {
    auto value = values_.begin();
    for (Parameter<T>* weight : weights_) {
      weight->assign(*value++);
    }
    for (const OptimizerState<T>& moment : moments_) {
      std::copy_n(value->data(), value->size(), moment.values.data());
      ++value;
    }
    for (const auto& state : state_.tensors) {
      *state.values = std::move(*value++);
    }
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      *state_.streams[i].second = streams_[i];
    }
    optimizer_.set_iterations(iterations_);
    if (rate_ && !optimizer_.has_schedule()) {
      optimizer_.set_learning_rate(*rate_);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw_format_error("checkpoint", fmt::format("{}: {}", file_.path().string(), problem));
  }

  const std::string& metadata(const std::string& key) const {
    const auto found = file_.metadata().find(key);
    if (found == file_.metadata().end()) {
      fail(fmt::format("has no {} in its metadata", to_text(key)));
    }
    return found->second;
  }

  template <class N>
  N number(const std::string& key) const {
    const std::string& text = metadata(key);
    const char* const last = text.data() + text.size();
    N value{};
    const auto [end, error] = std::from_chars(text.data(), last, value);
    if (error != std::errc() || end != last) {
      fail(fmt::format("{} is not a number: {}", to_text(key), to_short_text(text)));
    }
    return value;
  }

  void check_model() const {
    const Config saved = parse_json(metadata("model"));
    if (saved.is_discarded()) {
      fail("the config of its model is not JSON");
    }
    const Config own = parse_json(to_text(model_.config()));  // as it comes back from a file
    for (const Config& change : Config::diff(saved, own)) {
      const std::string path = change.at("path");
      if (path.ends_with("/trainable")) {
        continue;
      }
      const bool added = change.at("op") == "add";
      const bool removed = change.at("op") == "remove";
      const std::string there =
          added ? "nothing" : to_short_text(saved.at(Config::json_pointer(path)));
      const std::string here = removed ? "nothing" : to_short_text(change.at("value"));
      fail(fmt::format("holds another model: {} is {} there, {} here", path, there, here));
    }
  }

  void check_optimizer() const {
    if (metadata("optimizer") != optimizer_.type_name()) {
      fail(fmt::format("holds the state of another optimizer: {} there, {} here",
                       to_short_text(metadata("optimizer")),
                       to_text(optimizer_.type_name())));
    }
  }

  const Shape& stored_shape(const std::string& name) const {
    const StoredTensor* const tensor = file_.find(name);
    if (tensor == nullptr) {
      fail(fmt::format("has no tensor {}", to_text(name)));
    }
    return tensor->shape;
  }

  [[noreturn]] void fail_shape(const std::string& name, const std::string& expected) const {
    fail(fmt::format(
        "{} has shape {} there, {} here", to_text(name), to_string(stored_shape(name)), expected));
  }

  /// Any batch, or none, but the same for all states of a layer.
  void read_carried_states() {
    std::map<std::string, Shape> batches;  // by layer: (N), or (0) if nothing is stored
    for (const auto& state : state_.tensors) {
      const std::string name = state_prefix + state.path;
      const Shape& shape = stored_shape(name);
      const bool stored = shape != Shape{0};
      if (stored && (shape.rank() == 0 || shape[0] == 0 || shape.erase(0) != state.sample_shape)) {
        fail_shape(name, with_batch(state.sample_shape));
      }
      const Shape batch{shape[0]};
      const std::string layer = state.path.substr(0, state.path.rfind('/'));
      if (batches.try_emplace(layer, batch).first->second != batch) {
        fail(fmt::format("{} has a batch of {}, another state of its layer one of {}",
                         to_text(name),
                         batch[0],
                         batches.at(layer)[0]));
      }
      read_tensor(name, shape);
    }
  }

  void read_streams() {
    for (const auto& [path, stream] : state_.streams) {
      const std::string key = stream_prefix + path;
      try {
        streams_.emplace_back().set_state(metadata(key));
      } catch (const FormatError&) {
        fail(fmt::format("{} is not the state of a generator", to_text(key)));
      }
    }
  }

  void read_tensor(const std::string& name, const Shape& shape) {
    if (stored_shape(name) != shape) {
      fail_shape(name, to_string(shape));
    }
    values_.emplace_back(shape);
    file_.read(name, values_.back().view());
    names_.push_back(name);
  }

  void check_nothing_else() const {
    const std::set<std::string_view> known(names_.begin(), names_.end());
    for (const StoredTensor& tensor : file_.tensors()) {
      if (!known.contains(tensor.name) && !tensor.name.starts_with(detail::run_prefix)) {
        fail(fmt::format("holds {}, which neither the model nor the optimizer has",
                         to_short_text(tensor.name)));
      }
    }
    std::set<std::string> streams;
    for (const auto& stream : state_.streams) {
      streams.insert(stream_prefix + stream.first);
    }
    for (const auto& [key, value] : file_.metadata()) {
      if (key.starts_with(stream_prefix) && !streams.contains(key)) {
        fail(fmt::format("holds {}, which the model does not have", to_short_text(key)));
      }
    }
  }

  Layer<T>& model_;
  Optimizer<T>& optimizer_;
  std::vector<Parameter<T>*> weights_;
  std::vector<OptimizerState<T>> moments_;
  detail::ModelState<T> state_;
  SafetensorsFile file_;

  // What was read, in the order of the members above.
  std::vector<std::string> names_;
  std::vector<Tensor<T>> values_;
  std::vector<Rng> streams_;
  std::uint64_t iterations_ = 0;
  std::optional<double> rate_;
};

template <Real T>
void save(const std::filesystem::path& path,
          Layer<T>& model,
          Optimizer<T>& optimizer,
          std::span<const NamedTensor> run,
          FileMetadata metadata) {
  const auto state = detail::state_of(model);
  std::vector<NamedTensor> tensors;
  for (const Parameter<T>* weight : model.weights()) {
    tensors.emplace_back(weight->path(), weight->value());
  }
  for (const OptimizerState<T>& moment : optimizer.state()) {
    tensors.emplace_back(moment.name, moment.values);
  }
  for (const auto& carried : state.tensors) {
    tensors.emplace_back(state_prefix + carried.path, carried.values->view());
  }
  tensors.insert(tensors.end(), run.begin(), run.end());
  metadata["format"] = format_name;
  metadata["model"] = to_text(model.config());
  metadata["optimizer"] = optimizer.type_name();
  metadata["iterations"] = std::to_string(optimizer.iterations());
  metadata["machine"] = machine_name();
  if (!optimizer.has_schedule()) {
    metadata["learning_rate"] = fmt::format("{}", optimizer.learning_rate());
  }
  for (const auto& [name, stream] : state.streams) {
    metadata[stream_prefix + name] = stream->state();
  }
  write_safetensors(path, tensors, metadata);
}

/// Reading a run changes it value by value, so what was there before is kept until all is read.
template <Real T>
void read_run(SafetensorsFile& file, Trainer<T>& trainer) {
  detail::RunStateWriter<T> before;
  trainer.visit_state(before);
  try {
    detail::RunStateReader<T> run(file);
    trainer.visit_state(run);
    run.check_nothing_else();
  } catch (...) {
    detail::RunStateRestorer<T> restorer(before);
    trainer.visit_state(restorer);
    throw;
  }
}

}  // namespace

template <Real T>
void save_checkpoint(const std::filesystem::path& path, Layer<T>& model, Optimizer<T>& optimizer) {
  save<T>(path, model, optimizer, {}, {});
}

template <Real T>
void load_checkpoint(const std::filesystem::path& path, Layer<T>& model, Optimizer<T>& optimizer) {
  Loader<T> loader(path, model, optimizer);
  loader.read();
  loader.assign();
}

template <Real T>
void save_checkpoint(const std::filesystem::path& path, Trainer<T>& trainer) {
  detail::RunStateWriter<T> run;
  trainer.visit_state(run);
  save<T>(path, trainer.model(), trainer.optimizer(), run.tensors(), run.metadata());
}

template <Real T>
std::string load_checkpoint(const std::filesystem::path& path, Trainer<T>& trainer) {
  Loader<T> loader(path, trainer.model(), trainer.optimizer());
  loader.read();
  read_run(loader.file(), trainer);
  loader.assign();
  const FileMetadata& metadata = loader.file().metadata();
  const auto machine = metadata.find("machine");
  return machine != metadata.end() ? machine->second : std::string();
}

#define RONDO_INSTANTIATE(T)                                                             \
  template void save_checkpoint(const std::filesystem::path&, Layer<T>&, Optimizer<T>&); \
  template void load_checkpoint(const std::filesystem::path&, Layer<T>&, Optimizer<T>&); \
  template void save_checkpoint(const std::filesystem::path&, Trainer<T>&);              \
  template std::string load_checkpoint(const std::filesystem::path&, Trainer<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
