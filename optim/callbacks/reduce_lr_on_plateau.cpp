#include "rondo/optim/callbacks/reduce_lr_on_plateau.hpp"

#include <algorithm>
#include <utility>

#include "rondo/optim/detail/check_options.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

template <Real T>
ReduceLROnPlateau<T>::ReduceLROnPlateau(ReduceLROnPlateauOptions options)
    : options_(std::move(options)),
      monitor_("ReduceLROnPlateau", options_.monitor, options_.mode, options_.min_delta) {
  detail::check_decay("ReduceLROnPlateau", "factor", options_.factor);
  detail::check_not_negative("ReduceLROnPlateau", "patience", options_.patience);
  detail::check_not_negative("ReduceLROnPlateau", "cooldown", options_.cooldown);
  detail::check_not_negative("ReduceLROnPlateau", "min_lr", options_.min_lr);
}

template <Real T>
void ReduceLROnPlateau<T>::on_train_begin(Trainer<T>&) {
  best_.reset();
  wait_ = cooldown_ = 0;
}

template <Real T>
void ReduceLROnPlateau<T>::on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) {
  logs.set("learning_rate", trainer.optimizer().learning_rate());
  const auto value = monitor_.value(trainer, epoch, logs);
  if (!value) {
    return;
  }
  if (cooldown_ > 0) {
    --cooldown_;
    wait_ = 0;
  }
  if (monitor_.improved(trainer, *value, best_)) {
    best_ = value;
    wait_ = 0;
  } else if (cooldown_ == 0 && ++wait_ >= static_cast<std::uint64_t>(options_.patience)) {
    reduce(trainer);
  }
}

template <Real T>
void ReduceLROnPlateau<T>::reduce(Trainer<T>& trainer) {
  const double rate = trainer.optimizer().learning_rate();
  if (rate > options_.min_lr) {
    trainer.optimizer().set_learning_rate(std::max(rate * options_.factor, options_.min_lr));
    cooldown_ = static_cast<std::uint64_t>(options_.cooldown);
    wait_ = 0;
  }
}

template <Real T>
void ReduceLROnPlateau<T>::visit_state(RunStateVisitor<T>& visitor) {
  visitor.visit_optional("best", best_);
  visitor.visit_count("wait", wait_, visitor.bounds().epochs);
  visitor.visit_count("cooldown", cooldown_, static_cast<std::uint64_t>(options_.cooldown));
}

template class ReduceLROnPlateau<float>;
template class ReduceLROnPlateau<double>;

}  // namespace rondo
