#include "rondo/optim/metrics/make_metric.hpp"

#include <array>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/optim/metrics/accuracy.hpp"
#include "rondo/optim/metrics/confusion.hpp"
#include "rondo/optim/metrics/likelihood.hpp"
#include "rondo/optim/metrics/mean.hpp"
#include "rondo/optim/metrics/r2_score.hpp"

namespace rondo {

namespace {

/// Null: the mean of the loss of this name.
template <Real T>
using MakeMetric = std::unique_ptr<Metric<T>> (*)(std::string name);

template <Real T>
using NamedMetric = Named<MakeMetric<T>>;

/// With these arguments in front of the name.
template <class M, auto... arguments>
std::unique_ptr<Metric<typename M::value_type>> plain(std::string name) {
  return std::make_unique<M>(arguments..., std::move(name));
}

template <class M, class Options>
std::unique_ptr<Metric<typename M::value_type>> with(std::string name) {
  return std::make_unique<M>(Options{}, std::move(name));
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
constexpr std::array metrics{
    NamedMetric<T>{{"accuracy", "Accuracy", "acc"}, plain<ResolvedAccuracy<T>>},
    NamedMetric<T>{{"binary_accuracy", "BinaryAccuracy"}, binary_accuracy<T>},
    NamedMetric<T>{{"categorical_accuracy", "CategoricalAccuracy"}, plain<CategoricalAccuracy<T>>},
    NamedMetric<T>{{"sparse_categorical_accuracy", "SparseCategoricalAccuracy"},
                   plain<SparseCategoricalAccuracy<T>>},
    NamedMetric<T>{{"top_k_categorical_accuracy", "TopKCategoricalAccuracy"},
                   plain<TopKCategoricalAccuracy<T>, std::size_t{5}>},
    NamedMetric<T>{{"sparse_top_k_categorical_accuracy", "SparseTopKCategoricalAccuracy"},
                   plain<SparseTopKCategoricalAccuracy<T>, std::size_t{5}>},
    NamedMetric<T>{{"auc", "AUC"}, with<AUC<T>, AUCOptions>},
    NamedMetric<T>{{"precision", "Precision"}, with<Precision<T>, PrecisionOptions>},
    NamedMetric<T>{{"recall", "Recall"}, with<Recall<T>, RecallOptions>},
    NamedMetric<T>{{"f1_score", "F1Score"}, with<F1Score<T>, F1ScoreOptions>},
    NamedMetric<T>{{"r2_score", "R2Score"}, with<R2Score<T>, R2ScoreOptions>},
    NamedMetric<T>{{"mean_squared_error", "MeanSquaredError", "mse", "MSE"}, nullptr},
    NamedMetric<T>{{"root_mean_squared_error", "RootMeanSquaredError", "rmse"},
                   plain<RootMeanSquaredError<T>>},
    NamedMetric<T>{{"mean_absolute_error", "MeanAbsoluteError", "mae", "MAE"}, nullptr},
    NamedMetric<T>{
        {"mean_absolute_percentage_error", "MeanAbsolutePercentageError", "mape", "MAPE"}, nullptr},
    NamedMetric<T>{
        {"mean_squared_logarithmic_error", "MeanSquaredLogarithmicError", "msle", "MSLE"}, nullptr},
    NamedMetric<T>{{"log_cosh_error", "LogCoshError", "logcosh"}, log_cosh_error<T>},
    NamedMetric<T>{{"cosine_similarity", "CosineSimilarity"}, plain<CosineSimilarity<T>>},
    NamedMetric<T>{{"poisson", "Poisson"}, nullptr},
    NamedMetric<T>{{"kl_divergence", "KLDivergence", "kld"}, nullptr},
    NamedMetric<T>{{"hinge", "Hinge"}, nullptr},
    NamedMetric<T>{{"squared_hinge", "SquaredHinge"}, nullptr},
    NamedMetric<T>{{"categorical_hinge", "CategoricalHinge"}, nullptr},
    NamedMetric<T>{{"binary_crossentropy", "BinaryCrossentropy", "bce", "BCE"}, nullptr},
    NamedMetric<T>{{"categorical_crossentropy", "CategoricalCrossentropy"}, nullptr},
    NamedMetric<T>{{"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"}, nullptr},
    NamedMetric<T>{{"crossentropy", "ce"}, nullptr},
    NamedMetric<T>{{"quantile_loss", "QuantileLoss", "pinball"}, nullptr},
    NamedMetric<T>{{"perplexity", "Perplexity"}, with<Perplexity<T>, LikelihoodOptions>},
    NamedMetric<T>{{"bits_per_character", "BitsPerCharacter", "bpc"},
                   with<BitsPerCharacter<T>, LikelihoodOptions>},
    NamedMetric<T>{{"frame_negative_log_likelihood", "FrameNegativeLogLikelihood"},
                   with<FrameNegativeLogLikelihood<T>, FrameLikelihoodOptions>},
};

}  // namespace

template <Real T>
std::unique_ptr<Metric<T>> make_metric(std::string_view name) {
  const NamedMetric<T>& row = get_named("metric", metrics<T>, name);
  return row.value != nullptr
             ? row.value(std::string(name))
             : std::make_unique<LossMetric<T>>(std::string(name), make_loss<T>(row.name()));
}

template std::unique_ptr<Metric<float>> make_metric<float>(std::string_view name);
template std::unique_ptr<Metric<double>> make_metric<double>(std::string_view name);

}  // namespace rondo
