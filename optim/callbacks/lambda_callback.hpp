/// A callback made of functions, for what is used once.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "rondo/optim/callback.hpp"

namespace rondo {

namespace detail {

/// A function that may be missing. A wrong one is refused with the arguments it must take.
template <class... Args>
class Hook {
 public:
  Hook() = default;

  template <class F>
  Hook(F function) {  // NOLINT: implicit, as a function is one
    static_assert(
        std::is_invocable_v<F&, Args...>,
        "a function of LambdaCallback takes the arguments of Hook<...> in this order: the "
        "trainer by reference, then the number of the epoch or batch, then the logs by "
        "reference, as LambdaCallbackOptions lists them");
    if constexpr (std::is_invocable_v<F&, Args...>) {
      function_ = std::move(function);
    }
  }

  void operator()(Args... args) const {
    if (function_) {
      function_(args...);
    }
  }

 private:
  std::function<void(Args...)> function_;
};

}  // namespace detail

/// Any of them may stay empty.
template <Real T>
struct LambdaCallbackOptions {
  detail::Hook<Trainer<T>&, std::size_t> on_epoch_begin = {};
  detail::Hook<Trainer<T>&, std::size_t, Logs&> on_epoch_end = {};
  detail::Hook<Trainer<T>&> on_train_begin = {};
  detail::Hook<Trainer<T>&, const Logs&> on_train_end = {};
  detail::Hook<Trainer<T>&, std::size_t> on_train_batch_begin = {};
  detail::Hook<Trainer<T>&, std::size_t, const Logs&> on_train_batch_end = {};
  detail::Hook<Trainer<T>&> on_test_begin = {};
  detail::Hook<Trainer<T>&, const Logs&> on_test_end = {};
  detail::Hook<Trainer<T>&, std::size_t> on_test_batch_begin = {};
  detail::Hook<Trainer<T>&, std::size_t, const Logs&> on_test_batch_end = {};
  detail::Hook<Trainer<T>&> on_predict_begin = {};
  detail::Hook<Trainer<T>&> on_predict_end = {};
};

template <Real T = float>
class LambdaCallback : public Callback<T> {
 public:
  explicit LambdaCallback(LambdaCallbackOptions<T> functions) : functions_(std::move(functions)) {}

  void on_epoch_begin(Trainer<T>& trainer, std::size_t epoch) override {
    functions_.on_epoch_begin(trainer, epoch);
  }

  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override {
    functions_.on_epoch_end(trainer, epoch, logs);
  }

  void on_train_begin(Trainer<T>& trainer) override { functions_.on_train_begin(trainer); }

  void on_train_end(Trainer<T>& trainer, const Logs& logs) override {
    functions_.on_train_end(trainer, logs);
  }

  void on_train_batch_begin(Trainer<T>& trainer, std::size_t batch) override {
    functions_.on_train_batch_begin(trainer, batch);
  }

  void on_train_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs& logs) override {
    functions_.on_train_batch_end(trainer, batch, logs);
  }

  void on_test_begin(Trainer<T>& trainer) override { functions_.on_test_begin(trainer); }

  void on_test_end(Trainer<T>& trainer, const Logs& logs) override {
    functions_.on_test_end(trainer, logs);
  }

  void on_test_batch_begin(Trainer<T>& trainer, std::size_t batch) override {
    functions_.on_test_batch_begin(trainer, batch);
  }

  void on_test_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs& logs) override {
    functions_.on_test_batch_end(trainer, batch, logs);
  }

  void on_predict_begin(Trainer<T>& trainer) override { functions_.on_predict_begin(trainer); }

  void on_predict_end(Trainer<T>& trainer) override { functions_.on_predict_end(trainer); }

 private:
  LambdaCallbackOptions<T> functions_;
};

}  // namespace rondo
