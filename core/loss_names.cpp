#include <array>
#include <string>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/ops_losses.hpp"
#include "rondo/core/ops_quantile_loss.hpp"

namespace rondo {

namespace {

template <Real T>
using Function = Variable<T> (*)(const Variable<T>&,
                                 TensorView<const T>,
                                 const ReductionOptions<T>&);

template <Real T>
using NamedLoss = Named<Function<T>>;

/// A loss whose own options stay at their defaults. It makes them itself: Clang 14 takes no class
/// and no double as an argument of a template.
template <auto loss, Real T>
Variable<T> with_defaults(const Variable<T>& predictions,
                          TensorView<const T> targets,
                          const ReductionOptions<T>& reduction) {
  return loss(predictions, targets, {}, reduction);
}

template <Real T>
Variable<T> huber_with_defaults(const Variable<T>& predictions,
                                TensorView<const T> targets,
                                const ReductionOptions<T>& reduction) {
  return huber(predictions, targets, 1.0, reduction);
}

template <Real T>
Variable<T> default_quantile_loss(const Variable<T>& predictions,
                                  TensorView<const T> targets,
                                  const ReductionOptions<T>& reduction) {
  return quantile_loss(predictions, targets, default_quantiles, reduction);
}

/// Which of the three fits the shapes, as in Keras' compile.
template <Real T>
Variable<T> crossentropy(const Variable<T>& predictions,
                         TensorView<const T> targets,
                         const ReductionOptions<T>& reduction) {
  const Shape p = predictions.shape(), y = targets.shape();
  if (p.rank() == 0 || p.back() == 1) {
    return binary_crossentropy(predictions, targets, {}, reduction);
  }
  if (y.rank() < p.rank() || y.back() == 1) {
    return sparse_categorical_crossentropy(predictions, targets, {}, reduction);
  }
  return categorical_crossentropy(predictions, targets, {}, reduction);
}

/// A loss with options of its own, which stay at their defaults.
template <Real T, class Options>
auto bind_defaults(Variable<T> (*loss)(
    const Variable<T>&, TensorView<const T>, Options, const ReductionOptions<T>&)) {
  return [loss](const Variable<T>& predictions,
                TensorView<const T> targets,
                const ReductionOptions<T>& reduction) {
    return loss(predictions, targets, Options{}, reduction);
  };
}

template <Real T>
constexpr Function<T> sparse = [](const Variable<T>& predictions,
                                  TensorView<const T> targets,
                                  const ReductionOptions<T>& reduction) {
  return sparse_categorical_crossentropy(predictions, targets, {}, reduction);
};

template <Real T>
const std::array losses{
    NamedLoss<T>{{"mean_squared_error", "MeanSquaredError", "mse"}, mean_squared_error<T>},
    NamedLoss<T>{{"mean_absolute_error", "MeanAbsoluteError", "mae"}, mean_absolute_error<T>},
    NamedLoss<T>{{"mean_absolute_percentage_error", "MeanAbsolutePercentageError", "mape"},
                 mean_absolute_percentage_error<T>},
    NamedLoss<T>{{"mean_squared_logarithmic_error", "MeanSquaredLogarithmicError", "msle"},
                 mean_squared_logarithmic_error<T>},
    NamedLoss<T>{{"huber", "Huber"}, huber_with_defaults<T>},
    NamedLoss<T>{{"log_cosh", "LogCosh", "logcosh"}, log_cosh<T>},
    NamedLoss<T>{{"poisson", "Poisson"}, poisson<T>},
    NamedLoss<T>{{"hinge", "Hinge"}, hinge<T>},
    NamedLoss<T>{{"squared_hinge", "SquaredHinge"}, squared_hinge<T>},
    NamedLoss<T>{{"categorical_hinge", "CategoricalHinge"}, categorical_hinge<T>},
    NamedLoss<T>{{"cosine_similarity", "CosineSimilarity"}, cosine_similarity<T>},
    NamedLoss<T>{{"kl_divergence", "KLDivergence", "kld"}, kl_divergence<T>},
    NamedLoss<T>{{"binary_crossentropy", "BinaryCrossentropy", "bce"},
                 with_defaults<binary_crossentropy<T>, T>},
    NamedLoss<T>{{"categorical_crossentropy", "CategoricalCrossentropy"},
                 with_defaults<categorical_crossentropy<T>, T>},
    NamedLoss<T>{{"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"}, sparse<T>},
    NamedLoss<T>{{"binary_focal_crossentropy", "BinaryFocalCrossentropy"},
                 with_defaults<binary_focal_crossentropy<T>, T>},
    NamedLoss<T>{{"categorical_focal_crossentropy", "CategoricalFocalCrossentropy"},
                 with_defaults<categorical_focal_crossentropy<T>, T>},
    NamedLoss<T>{{"crossentropy", "ce"}, crossentropy<T>},
    NamedLoss<T>{{"quantile_loss", "QuantileLoss", "pinball"}, default_quantile_loss<T>},
};

}  // namespace

template <Real T>
Loss<T> make_loss(std::string_view name) {
  return get_named("loss", losses<T>, name).value;
}

template <Real T>
Loss<T>::Loss(const char* name) : Loss(make_loss<T>(name)) {}

template <Real T>
Loss<T>::Loss(WithOptions<CrossentropyOptions>* loss) : Loss(bind_defaults<T>(loss)) {}

template <Real T>
Loss<T>::Loss(WithOptions<SparseCrossentropyOptions>* loss) : Loss(bind_defaults<T>(loss)) {}

template <Real T>
Loss<T>::Loss(WithOptions<BinaryFocalOptions>* loss) : Loss(bind_defaults<T>(loss)) {}

template <Real T>
Loss<T>::Loss(WithOptions<CategoricalFocalOptions>* loss) : Loss(bind_defaults<T>(loss)) {}

template <Real T>
Loss<T>::Loss(WithOptions<double>* loss) : Loss("huber") {
  if (loss != static_cast<WithOptions<double>*>(huber<T>)) {
    throw_argument_error("Loss", "a function with a number of its own: wrap it in a lambda");
  }
}

template Loss<float> make_loss<float>(std::string_view name);
template Loss<double> make_loss<double>(std::string_view name);

#define RONDO_INSTANTIATE(T)                                       \
  template Loss<T>::Loss(const char*);                             \
  template Loss<T>::Loss(WithOptions<CrossentropyOptions>*);       \
  template Loss<T>::Loss(WithOptions<SparseCrossentropyOptions>*); \
  template Loss<T>::Loss(WithOptions<BinaryFocalOptions>*);        \
  template Loss<T>::Loss(WithOptions<CategoricalFocalOptions>*);   \
  template Loss<T>::Loss(WithOptions<double>*);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
