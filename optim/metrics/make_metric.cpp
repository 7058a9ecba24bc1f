#include "rondo/optim/metrics/make_metric.hpp"

#include <array>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/optim/metrics/accuracy.hpp"
#include "rondo/optim/metrics/confusion.hpp"
#include "rondo/optim/metrics/likelihood.hpp"
#include "rondo/optim/metrics/mean.hpp"
#include "rondo/optim/metrics/r2_score.hpp"

namespace rondo {

namespace {

template <Real T>
struct NamedMetric {
  using Made = std::unique_ptr<Metric<T>>;

  std::string_view name;
  std::string_view class_name;
  std::array<std::string_view, 2> aliases = {};  // empty if there are fewer
  Made (*make)(std::string name) = nullptr;      // null: the mean of the loss of this name

  [[nodiscard]] bool answers_to(std::string_view text) const {
    return !text.empty() &&
           (text == name || text == class_name || text == aliases[0] || text == aliases[1]);
  }
};

template <class M>
std::unique_ptr<Metric<typename M::value_type>> plain(std::string name) {
  return std::make_unique<M>(std::move(name));
}

template <class M, class Options>
std::unique_ptr<Metric<typename M::value_type>> with(std::string name) {
  return std::make_unique<M>(Options{}, std::move(name));
}

template <class M>
std::unique_ptr<Metric<typename M::value_type>> top_5(std::string name) {
  return std::make_unique<M>(5, std::move(name));
}

template <Real T>
std::unique_ptr<Metric<T>> binary_accuracy(std::string name) {
  return std::make_unique<BinaryAccuracy<T>>(0.5, std::move(name));
}

template <Real T>
std::unique_ptr<Metric<T>> log_cosh_error(std::string name) {
  return std::make_unique<LossMetric<T>>(std::move(name), log_cosh<T>);
}

template <Real T>
const std::array metrics{
    NamedMetric<T>{"accuracy", "Accuracy", {"acc"}, plain<ResolvedAccuracy<T>>},
    NamedMetric<T>{"binary_accuracy", "BinaryAccuracy", {}, binary_accuracy<T>},
    NamedMetric<T>{
        "categorical_accuracy", "CategoricalAccuracy", {}, plain<CategoricalAccuracy<T>>},
    NamedMetric<T>{"sparse_categorical_accuracy",
                   "SparseCategoricalAccuracy",
                   {},
                   plain<SparseCategoricalAccuracy<T>>},
    NamedMetric<T>{"top_k_categorical_accuracy",
                   "TopKCategoricalAccuracy",
                   {},
                   top_5<TopKCategoricalAccuracy<T>>},
    NamedMetric<T>{"sparse_top_k_categorical_accuracy",
                   "SparseTopKCategoricalAccuracy",
                   {},
                   top_5<SparseTopKCategoricalAccuracy<T>>},
    NamedMetric<T>{"auc", "AUC", {}, with<AUC<T>, AUCOptions>},
    NamedMetric<T>{"precision", "Precision", {}, with<Precision<T>, PrecisionOptions>},
    NamedMetric<T>{"recall", "Recall", {}, with<Recall<T>, RecallOptions>},
    NamedMetric<T>{"f1_score", "F1Score", {}, with<F1Score<T>, F1ScoreOptions>},
    NamedMetric<T>{"r2_score", "R2Score", {}, with<R2Score<T>, R2ScoreOptions>},
    NamedMetric<T>{"mean_squared_error", "MeanSquaredError", {"mse", "MSE"}},
    NamedMetric<T>{"root_mean_squared_error",
                   "RootMeanSquaredError",
                   {"rmse"},
                   plain<RootMeanSquaredError<T>>},
    NamedMetric<T>{"mean_absolute_error", "MeanAbsoluteError", {"mae", "MAE"}},
    NamedMetric<T>{
        "mean_absolute_percentage_error", "MeanAbsolutePercentageError", {"mape", "MAPE"}},
    NamedMetric<T>{
        "mean_squared_logarithmic_error", "MeanSquaredLogarithmicError", {"msle", "MSLE"}},
    NamedMetric<T>{"log_cosh_error", "LogCoshError", {"logcosh"}, log_cosh_error<T>},
    NamedMetric<T>{"cosine_similarity", "CosineSimilarity", {}, plain<CosineSimilarity<T>>},
    NamedMetric<T>{"poisson", "Poisson"},
    NamedMetric<T>{"kl_divergence", "KLDivergence", {"kld"}},
    NamedMetric<T>{"hinge", "Hinge"},
    NamedMetric<T>{"squared_hinge", "SquaredHinge"},
    NamedMetric<T>{"categorical_hinge", "CategoricalHinge"},
    NamedMetric<T>{"binary_crossentropy", "BinaryCrossentropy", {"bce", "BCE"}},
    NamedMetric<T>{"categorical_crossentropy", "CategoricalCrossentropy"},
    NamedMetric<T>{"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"},
    NamedMetric<T>{"crossentropy", "", {"ce"}},
    NamedMetric<T>{"perplexity", "Perplexity", {}, with<Perplexity<T>, LikelihoodOptions>},
    NamedMetric<T>{"bits_per_character",
                   "BitsPerCharacter",
                   {"bpc"},
                   with<BitsPerCharacter<T>, LikelihoodOptions>},
    NamedMetric<T>{"frame_negative_log_likelihood",
                   "FrameNegativeLogLikelihood",
                   {},
                   with<FrameNegativeLogLikelihood<T>, FrameLikelihoodOptions>}};

}  // namespace

template <Real T>
MadeMetric<T> make_metric(std::string_view name) {
  std::string known;
  for (const NamedMetric<T>& metric : metrics<T>) {
    if (metric.answers_to(name)) {
      std::string own(name);
      return MadeMetric<T>(metric.make != nullptr ? metric.make(std::move(own))
                                                  : std::make_unique<LossMetric<T>>(
                                                        std::move(own), make_loss<T>(metric.name)));
    }
    known += (known.empty() ? "" : ", ") + std::string(metric.name);
  }
  throw_argument_error("metric", fmt::format("unknown name '{}', known are {}", name, known));
}

template MadeMetric<float> make_metric<float>(std::string_view name);
template MadeMetric<double> make_metric<double>(std::string_view name);

}  // namespace rondo
