/// A callback made of functions, for what is used once.
#pragma once

#include <functional>
#include <utility>

#include "rondo/optim/callback.hpp"

namespace rondo {

/// Any of them may stay empty.
template <Real T>
struct LambdaCallbackOptions {
  std::function<void(Trainer<T>&, std::size_t)> on_epoch_begin = {};
  std::function<void(Trainer<T>&, std::size_t, Logs&)> on_epoch_end = {};
  std::function<void(Trainer<T>&)> on_train_begin = {};
  std::function<void(Trainer<T>&, const Logs&)> on_train_end = {};
  std::function<void(Trainer<T>&, std::size_t)> on_train_batch_begin = {};
  std::function<void(Trainer<T>&, std::size_t, const Logs&)> on_train_batch_end = {};
  std::function<void(Trainer<T>&)> on_test_begin = {};
  std::function<void(Trainer<T>&, const Logs&)> on_test_end = {};
  std::function<void(Trainer<T>&, std::size_t)> on_test_batch_begin = {};
  std::function<void(Trainer<T>&, std::size_t, const Logs&)> on_test_batch_end = {};
  std::function<void(Trainer<T>&)> on_predict_begin = {};
  std::function<void(Trainer<T>&)> on_predict_end = {};
};

template <Real T = float>
class LambdaCallback : public Callback<T> {
 public:
  explicit LambdaCallback(LambdaCallbackOptions<T> functions) : functions_(std::move(functions)) {}

  void on_epoch_begin(Trainer<T>& trainer, std::size_t epoch) override {
    call(functions_.on_epoch_begin, trainer, epoch);
  }

  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override {
    call(functions_.on_epoch_end, trainer, epoch, logs);
  }

  void on_train_begin(Trainer<T>& trainer) override { call(functions_.on_train_begin, trainer); }

  void on_train_end(Trainer<T>& trainer, const Logs& logs) override {
    call(functions_.on_train_end, trainer, logs);
  }

  void on_train_batch_begin(Trainer<T>& trainer, std::size_t batch) override {
    call(functions_.on_train_batch_begin, trainer, batch);
  }

  void on_train_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs& logs) override {
    call(functions_.on_train_batch_end, trainer, batch, logs);
  }

  void on_test_begin(Trainer<T>& trainer) override { call(functions_.on_test_begin, trainer); }

  void on_test_end(Trainer<T>& trainer, const Logs& logs) override {
    call(functions_.on_test_end, trainer, logs);
  }

  void on_test_batch_begin(Trainer<T>& trainer, std::size_t batch) override {
    call(functions_.on_test_batch_begin, trainer, batch);
  }

  void on_test_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs& logs) override {
    call(functions_.on_test_batch_end, trainer, batch, logs);
  }

  void on_predict_begin(Trainer<T>& trainer) override {
    call(functions_.on_predict_begin, trainer);
  }

  void on_predict_end(Trainer<T>& trainer) override { call(functions_.on_predict_end, trainer); }

 private:
  template <class Function, class... Args>
  static void call(const Function& function, Args&... args) {
    if (function) {
      function(args...);
    }
  }

  LambdaCallbackOptions<T> functions_;
};

}  // namespace rondo
