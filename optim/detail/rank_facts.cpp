#include "rondo/optim/detail/rank_facts.hpp"

#include <optional>

#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"

namespace rondo::detail {

namespace {

/// One fact for each option, so that a difference is named by its key.
void add_config(RankFacts& facts, const std::string& name, const Config& config) {
  const Config flat = config.flatten();
  for (const auto& [path, value] : flat.items()) {
    facts.emplace_back(name + path, to_text(value));
  }
}

/// None of a model that is made of a user's function: its weights must do.
template <Real T>
std::optional<Config> config_of(const Layer<T>& model) {
  try {
    return model.config();
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

template <Real T>
void add_facts(RankFacts& facts, const Layer<T>& model, const Optimizer<T>& optimizer) {
  facts.emplace_back("the build", build_name());
  facts.emplace_back("bytes per number", std::to_string(sizeof(T)));
  add_config(facts, "optimizer", optimizer.config());
  facts.emplace_back("steps behind it", std::to_string(optimizer.iterations()));
  if (const auto config = config_of(model)) {
    add_config(facts, "model", *config);
  }
  for (const Parameter<T>* weight : optimizer.parameters()) {
    facts.emplace_back("the weight", weight->path() + ' ' + to_string(weight->shape()));
  }
}

template void add_facts(RankFacts&, const Layer<float>&, const Optimizer<float>&);
template void add_facts(RankFacts&, const Layer<double>&, const Optimizer<double>&);

}  // namespace rondo::detail
