#include "rondo/optim/measures.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

void check_and_copy(const std::string& metric,
                    const std::vector<double>& sums,
                    std::span<double> state) {
  if (sums.size() != state.size()) {
    throw_format_error(
        "checkpoint",
        fmt::format(
            "the metric '{}' has {} sums there, {} here", metric, sums.size(), state.size()));
  }
  std::copy(sums.begin(), sums.end(), state.begin());
}

}  // namespace

template <Real T>
void Measures<T>::add(std::unique_ptr<Metric<T>> metric) {
  std::string name = metric->name();
  if (name.empty() || name == "loss" || name.starts_with("val_") || find(name) != nullptr) {
    throw_argument_error(
        "Trainer",
        fmt::format("a metric cannot be called '{}': the name is taken or reserved", name));
  }
  std::string val_name = "val_" + name;
  metrics_.push_back({std::move(name), std::move(val_name), std::move(metric)});
}

template <Real T>
void Measures<T>::reset() {
  sum_ = weight_ = 0.0;
  for (Named& each : metrics_) {
    each.metric->reset();
    learn_size(each);
    each.pending.clear();
  }
}

template <Real T>
void Measures<T>::update(double loss,
                         double share,
                         const Batch<T>& batch,
                         const BatchResult<T>& result) {
  const double samples = share * static_cast<double>(batch.inputs.shape()[0]);
  sum_ += loss * samples;
  weight_ += samples;
  if (metrics_.empty()) {
    return;
  }
  if (!result.predictions) {
    throw_argument_error("Trainer",
                         "metrics need predictions: return {loss, predictions} from the loss");
  }
  for (Named& each : metrics_) {
    if (!each.pending.empty()) {
      update(each, batch, result);  // for the number of sums alone
      check_and_copy(each.name, each.pending, each.metric->state());
      each.pending.clear();
    }
    update(each, batch, result);
  }
}

template <Real T>
void Measures<T>::update(Named& each, const Batch<T>& batch, const BatchResult<T>& result) {
  each.metric->update(result.predictions.value(), batch.targets, batch.sample_weights, result.mask);
}

template <Real T>
void Measures<T>::check_states() const {
  for (const Named& each : metrics_) {
    if (!each.metric->has_state()) {
      throw_argument_error("Trainer",
                           fmt::format("the metric '{}' does not show its sums, which batches that "
                                       "are cut in shards need: give it state()",
                                       each.name));
    }
  }
}

template <Real T>
void Measures<T>::learn_size(Named& each) {
  each.size = std::max({each.size, each.metric->state().size(), each.pending.size()});
}

template <Real T>
std::size_t Measures<T>::num_sums() const {
  std::size_t sums = 0;
  for (const Named& each : metrics_) {
    sums += std::max(each.size, each.metric->state().size());
  }
  return sums;
}

template <Real T>
void Measures<T>::begin_shards() {
  for (Named& each : metrics_) {
    learn_size(each);
    const std::span<double> state = each.metric->state();
    each.kept.assign(state.begin(), state.end());
    if (!each.pending.empty()) {
      each.kept = std::move(each.pending);
      each.pending.clear();
    }
  }
}

template <Real T>
void Measures<T>::measure_shard(const Batch<T>& batch,
                                const BatchResult<T>& result,
                                std::vector<double>& sums) {
  if (!metrics_.empty() && !result.predictions) {
    throw_argument_error("Trainer",
                         "metrics need predictions: return {loss, predictions} from the loss");
  }
  for (Named& each : metrics_) {
    each.metric->reset();
    update(each, batch, result);
    const std::span<double> state = each.metric->state();
    sums.insert(sums.end(), state.begin(), state.end());
  }
}

template <Real T>
void Measures<T>::end_shards() {
  for (Named& each : metrics_) {
    each.metric->reset();
    learn_size(each);
    const std::span<double> state = each.metric->state();
    if (state.size() != each.size) {
      throw_state_error(
          "Trainer",
          fmt::format(
              "the metric '{}' learns the number of its sums from its first update, and this "
              "rank has no samples of the batch with which the run goes on: start fewer ranks",
              each.name));
    }
    if (!each.kept.empty()) {
      check_and_copy(each.name, each.kept, state);
    }
  }
}

template <Real T>
void Measures<T>::merge_shard(std::span<const double> sums) {
  for (Named& each : metrics_) {
    each.metric->merge(sums.first(each.size));
    sums = sums.subspan(each.size);
  }
}

template <Real T>
void Measures<T>::write(Logs& logs, bool validation) const {
  logs.set(validation ? "val_loss" : "loss", loss());
  for (const Named& each : metrics_) {
    logs.set(validation ? each.val_name : each.name, each.metric->result());
  }
}

template <Real T>
std::vector<std::string> Measures<T>::names() const {
  std::vector<std::string> names;
  for (const Named& each : metrics_) {
    names.push_back(each.name);
  }
  return names;
}

template <Real T>
const Metric<T>* Measures<T>::find(std::string_view name) const {
  const auto found = std::find_if(
      metrics_.begin(), metrics_.end(), [&](const Named& each) { return each.name == name; });
  return found != metrics_.end() ? found->metric.get() : nullptr;
}

template <Real T>
void Measures<T>::visit_state(RunStateVisitor<T>& visitor) {
  visitor.visit_number("loss/sum", sum_);
  double weight = weight_;
  visitor.visit_number("loss/weight", weight);
  if (!(std::isfinite(weight) && weight >= 0.0)) {
    visitor.refuse("loss/weight", fmt::format("is {}, a number of samples is needed", weight));
  }
  weight_ = weight;
  for (Named& each : metrics_) {
    if (!each.metric->has_state()) {
      throw_state_error(
          "checkpoint",
          fmt::format("the metric '{}' does not show its sums: it has no state()", each.name));
    }
    const std::span<double> state = each.metric->state();
    std::vector<double> sums(state.begin(), state.end());
    visitor.visit("metric/" + each.name, sums);
    if (state.empty()) {
      each.pending = std::move(sums);
    } else if (sums.size() != state.size()) {
      visitor.refuse("metric/" + each.name,
                     fmt::format("has {} sums there, {} here", sums.size(), state.size()));
    } else {
      std::copy(sums.begin(), sums.end(), state.begin());
    }
  }
}

template class Measures<float>;
template class Measures<double>;

}  // namespace rondo::detail
