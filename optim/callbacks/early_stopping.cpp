#include "rondo/optim/callbacks/early_stopping.hpp"

#include <utility>

#include "rondo/optim/detail/check_options.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

template <Real T>
EarlyStopping<T>::EarlyStopping(EarlyStoppingOptions options)
    : options_(std::move(options)),
      monitor_("EarlyStopping", options_.monitor, options_.mode, options_.min_delta) {
  detail::check_not_negative("EarlyStopping", "patience", options_.patience);
  detail::check_not_negative("EarlyStopping", "start_from_epoch", options_.start_from_epoch);
}

template <Real T>
void EarlyStopping<T>::on_train_begin(Trainer<T>&) {
  best_.reset();
  best_weights_.clear();
  wait_ = 0;
}

template <Real T>
void EarlyStopping<T>::on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) {
  const auto value = monitor_.value(trainer, epoch, logs);
  if (!value || epoch < static_cast<std::size_t>(options_.start_from_epoch)) {
    return;
  }
  if (options_.restore_best_weights && best_weights_.empty()) {
    remember_weights(trainer);
  }
  ++wait_;
  if (monitor_.improved(trainer, *value, best_)) {
    best_ = value;
    if (options_.restore_best_weights) {
      remember_weights(trainer);
    }
    if (!options_.baseline || monitor_.improved(trainer, *value, options_.baseline)) {
      wait_ = 0;
    }
  } else if (wait_ >= static_cast<std::uint64_t>(options_.patience) && epoch > 0) {
    trainer.stop();
  }
}

template <Real T>
void EarlyStopping<T>::on_train_end(Trainer<T>& trainer, const Logs&) {
  const auto weights = trainer.model().weights();
  for (std::size_t i = 0; i < best_weights_.size(); ++i) {
    weights[i]->assign(best_weights_[i]);
  }
}

template <Real T>
void EarlyStopping<T>::visit_state(RunStateVisitor<T>& visitor) {
  visitor.visit_optional("best", best_);
  visitor.visit_count("wait", wait_, visitor.bounds().epochs);
  visitor.visit_tensors("best_weights", best_weights_, visitor.bounds().weights);
  if (!options_.restore_best_weights) {
    best_weights_.clear();  // of a run that did
  }
}

template <Real T>
void EarlyStopping<T>::remember_weights(Trainer<T>& trainer) {
  best_weights_.clear();
  for (const Parameter<T>* weight : trainer.model().weights()) {
    best_weights_.push_back(Tensor<T>::copy_of(weight->value()));
  }
}

template class EarlyStopping<float>;
template class EarlyStopping<double>;

}  // namespace rondo
