#include "rondo/interop/training_state.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/optim/make_optimizer.hpp"

namespace rondo {

namespace {

constexpr const char* op = "optimizer";

/// `m/0` → `/m/gru/gru_cell/kernel`, the end of a name in `Optimizer::state()`.
template <Real T>
std::string ending(const std::string& name, const std::vector<Parameter<T>*>& weights) {
  const std::size_t cut = name.rfind('/');
  const std::size_t i = cut == name.npos ? weights.size() : std::stoul("0" + name.substr(cut + 1));
  if (i >= weights.size()) {
    throw_format_error(op, fmt::format("{} belongs to no weight of the model", in_quotes(name)));
  }
  return fmt::format("/{}/{}", name.substr(0, cut), weights[i]->path());
}

}  // namespace

template <Real T>
std::unique_ptr<Optimizer<T>> restore_optimizer(const StoredTraining& training, Layer<T>& model) {
  if (training.optimizer.empty()) {
    throw_format_error(op, "the file names none");
  }
  const Config config = parse_json(training.optimizer);
  auto optimizer = make_optimizer<T>(config);
  const auto weights = model.weights();
  optimizer->build(weights);
  optimizer->set_iterations(training.iterations);
  const auto slots = optimizer->state();
  for (const StoredWeight& stored : training.state) {
    const std::string wanted = ending(stored.name, weights);
    const auto slot = std::find_if(slots.begin(), slots.end(), [&](const OptimizerState<T>& s) {
      return s.name.ends_with(wanted);
    });
    if (slot == slots.end() || slot->values.shape() != stored.shape) {
      throw_format_error(op,
                         fmt::format("{} of shape {} is no state of {}",
                                     in_quotes(stored.name),
                                     to_string(stored.shape),
                                     optimizer->type_name()));
    }
    const Tensor<T> values = stored.template values<T>();
    std::copy_n(values.data(), values.size(), slot->values.data());
  }
  return optimizer;
}

template <Real T>
StoredTraining describe_training(const Layer<T>& model,
                                 Optimizer<T>& optimizer,
                                 const std::string& loss) {
  StoredTraining training{.optimizer = to_text(optimizer.config()),
                          .loss = loss.empty() ? "" : to_text(Config(loss)),
                          .iterations = optimizer.iterations()};
  const auto weights = model.weights();
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    index[weights[i]->path()] = i;
  }
  for (const OptimizerState<T>& state : optimizer.state()) {
    // optimizer/adam/m/gru/gru_cell/kernel
    const std::size_t first = state.name.find('/', std::string_view("optimizer/").size()) + 1;
    const std::size_t cut = state.name.find('/', first);
    if (cut == state.name.npos) {
      continue;  // of no single weight
    }
    const auto found = index.find(state.name.substr(cut + 1));
    if (found != index.end()) {
      training.state.push_back(StoredWeight::of<T>(
          fmt::format("{}/{}", state.name.substr(first, cut - first), found->second),
          TensorView<const T>(state.values)));
    }
  }
  return training;
}

#define RONDO_INSTANTIATE(T)                                                                  \
  template std::unique_ptr<Optimizer<T>> restore_optimizer(const StoredTraining&, Layer<T>&); \
  template StoredTraining describe_training(const Layer<T>&, Optimizer<T>&, const std::string&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
