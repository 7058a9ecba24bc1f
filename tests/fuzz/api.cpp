// Sequences of calls: models of any layers on two tapes, ops and losses of live and stale
// variables, rules that throw, weights that change in between, optimizers with extreme options.
#include "rondo/core/graph.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/optim/make_optimizer.hpp"
#include "rondo/tests/fuzz/any_layer.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

namespace {

/// A user's exception.
struct OwnError {};

template <class T>
class Session {
 public:
  explicit Session(fuzz::Choices& choices) : c_(choices) {
    for (int n = c_.number(1, 3); n > 0; --n) {
      fuzz::accepted([&] { model_.add(fuzz::any_layer<T>(c_)); });
    }
  }

  void run() {
    for (int i = 0; i < 40 && c_.left(); ++i) {
      try {
        call();
      } catch (const Error&) {
      } catch (const OwnError&) {
      }
      volatile float smallest = std::numeric_limits<float>::min();
      fuzz::require(smallest / 2 > 0, "denormal numbers are still flushed to zero");
    }
  }

 private:
  Variable<T> any() {
    return variables_.empty() ? Variable<T>()
                              : variables_[c_.size(0, static_cast<int>(variables_.size()) - 1)];
  }

  Tape<T>& tape() { return tapes_[c_.size(0, 1)]; }

  void keep(const Variable<T>& variable) {
    if (variables_.size() > 12) {
      variables_.erase(variables_.begin());
    }
    variables_.push_back(variable);
  }

  void call_model() {
    const Variable<T> x = c_.flag() ? tape().variable(c_.tensor<T>(c_.shape())) : any();
    CallOptions<T> options{.training = c_.flag()};
    if (c_.one_in(3) && x) {
      const Shape shape = x.shape();
      mask_ = Tensor<bool>(shape.rank() >= 2 ? Shape{shape[0], shape[1]} : c_.shape());
      for (std::size_t i = 0; i < mask_.size(); ++i) {
        mask_.data()[i] = c_.flag();
      }
      options.mask = std::as_const(mask_).view();
    }
    keep(model_(x, options));
  }

  void call_op() {
    const Variable<T> a = any();
    const Variable<T> b = any();
    const int axis = c_.number(-5, 5);
    switch (c_.number(0, 12)) {
      case 0:
        return keep(a + b);
      case 1:
        return keep(a * b);
      case 2:
        return keep(a / b);
      case 3:
        return keep(matmul(a, b));
      case 4:
        return keep(sum(a));
      case 5:
        return keep(mean(a, {axis}));
      case 6:
        return keep(max(a, {axis}));
      case 7:
        return keep(softmax(a, axis));
      case 8:
        return keep(layer_normalization(a));
      case 9:
        return keep(glu(a, axis));
      case 10:
        return keep(sparsemax(a, axis));
      case 11:
        return keep(clip(a, number(), number()));
      default:
        return keep(pow(a, number()));
    }
  }

  void call_shape_op() {
    const Variable<T> a = any();
    const Variable<T> b = any();
    const int axis = c_.number(-5, 5);
    switch (c_.number(0, 8)) {
      case 0:
        return keep(reshape(a, c_.shape()));
      case 1:
        return keep(transpose(a));
      case 2:
        return keep(slice(a, axis, c_.size(0, 6), c_.size(0, 6)));
      case 3:
        return keep(select(a, axis, c_.size(0, 6)));
      case 4:
        return keep(concat({a, b}, axis));
      case 5:
        return keep(stack({a, b}, axis));
      case 6:
        return keep(broadcast_to(a, c_.shape()));
      case 7: {
        const Tensor<T> indices = c_.tensor<T>(c_.shape());
        return keep(gather(a, indices.view()));
      }
      default:
        for (const auto& part : split(a, c_.size(0, 4), axis)) {
          keep(part);
        }
    }
  }

  void call_loss() {
    const Variable<T> a = any();
    const Variable<T> b = any();
    if (!b) {
      return;
    }
    const Tensor<T> copy = Tensor<T>::copy_of(b.value());
    const auto y = copy.view();
    switch (c_.number(0, 9)) {
      case 0:
        return keep(mean_squared_error(a, y));
      case 1:
        return keep(categorical_crossentropy(a, y));
      case 2:
        return keep(sparse_categorical_crossentropy(a, y));
      case 3:
        return keep(binary_crossentropy(a, y));
      case 4:
        return keep(cosine_similarity(a, y));
      case 5:
        return keep(kl_divergence(a, y));
      case 6:
        return keep(categorical_hinge(a, y));
      case 7:
        return keep(huber(a, y));
      case 8:
        return keep(categorical_focal_crossentropy(a, y));
      default:
        return keep(sparse_categorical_crossentropy(a, y, {.from_logits = true}));
    }
  }

  /// An op of the user's, whose function or rule may throw.
  void call_own_op() {
    const Variable<T> a = any();
    if (!a) {
      return;
    }
    const Variable<T> inputs[] = {a};
    const bool throws = c_.flag();
    keep(a.tape().record(
        "own",
        std::span<const Variable<T>>(inputs),
        a.shape(),
        [&](TensorView<T> y) {
          if (throws) {
            throw OwnError{};
          }
          std::copy(a.value().begin(), a.value().end(), y.begin());
        },
        [](const Gradients<T>& gradients) {
          if (const auto dx = gradients.of(0)) {
            if (dx.size() % 2 == 0) {
              throw OwnError{};
            }
            for (std::size_t i = 0; i < dx.size(); ++i) {
              dx[i] += gradients.grad()[i];
            }
          }
        }));
  }

  void make_optimizer() {
    if (!model_.built()) {
      return;
    }
    Config options = Config::object();
    for (int n = c_.number(0, 3); n > 0; --n) {
      options[c_.of({"learning_rate",
                     "clipnorm",
                     "clipvalue",
                     "global_clipnorm",
                     "ema_momentum",
                     "weight_decay",
                     "loss_scale_factor",
                     "epsilon",
                     "beta_1",
                     "momentum",
                     "rho"})] = c_.value();
    }
    if (c_.flag()) {
      options["use_ema"] = true;
      options["ema_overwrite_frequency"] = c_.number(0, 3);
    }
    if (c_.one_in(4)) {
      options["gradient_accumulation_steps"] = c_.number(0, 3);
    }
    const char* name = c_.of({"sgd",
                              "rmsprop",
                              "adam",
                              "adamw",
                              "adadelta",
                              "adagrad",
                              "adamax",
                              "adafactor",
                              "nadam",
                              "ftrl",
                              "lion",
                              "lamb",
                              "muon"});
    auto made = rondo::make_optimizer<T>(Config{{"class_name", name}, {"config", options}});
    made->build(model_.weights());
    optimizer_ = std::move(made);
  }

  void call_optimizer() {
    if (!optimizer_) {
      make_optimizer();
    } else if (c_.flag()) {
      optimizer_->step();
    } else {
      optimizer_->zero_grad();
    }
  }

  void go_backward() {
    if (const auto v = any()) {
      const auto scalar = c_.flag() ? sum(v) : v;
      scalar.tape().backward(scalar);
      static_cast<void>(v.grad());
    }
  }

  void look() {
    if (const auto v = any()) {
      static_cast<void>(v.grad());
      static_cast<void>(to_string(v.value()));
    }
  }

  void change_weights() {
    if (!model_.built()) {
      return;
    }
    if (c_.flag()) {
      for (auto* weight : model_.weights()) {
        weight->assign(c_.tensor<T>(c_.flag() ? weight->shape() : c_.shape()));
      }
      return;
    }
    auto weights = model_.get_weights();
    if (!weights.empty() && c_.flag()) {
      weights.pop_back();
    }
    model_.set_weights(weights);
    static_cast<void>(model_.summary());
  }

  void call() {
    switch (c_.number(0, 15)) {
      case 0:
      case 1:
      case 2:
        return call_model();
      case 3:
      case 4:
        return call_op();
      case 5:
        return call_shape_op();
      case 6:
        return call_loss();
      case 7:
        return call_own_op();
      case 8:
        return go_backward();
      case 9:
        return tape().reset();
      case 10:
        return make_optimizer();
      case 11:
        return call_optimizer();
      case 12:
        return change_weights();
      case 13:
        return model_.reset_states();
      case 14:
        return look();
      default: {
        const auto guard = tape().no_grad();
        return call_model();
      }
    }
  }

  T number() { return static_cast<T>(c_.value()); }

  fuzz::Choices& c_;
  Sequential<T> model_{std::string("model")};
  Tape<T> tapes_[2];
  std::vector<Variable<T>> variables_;
  std::unique_ptr<Optimizer<T>> optimizer_;
  Tensor<bool> mask_{Shape{1}};
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices({data, size});
  fuzz::accepted([&] {
    if (choices.flag()) {
      Session<float>(choices).run();
    } else {
      Session<double>(choices).run();
    }
  });
  return 0;
}
