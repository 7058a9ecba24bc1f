// The GRU of libtorch (torch::nn::GRU). It has neither recurrent dropout nor the reset before the
// product; samples of different lengths are its packed sequences.
#include "rondo/bench/peer_libtorch.hpp"

#include <algorithm>
#include <memory>
#include <omp.h>

#include <torch/torch.h>

namespace rondo::bench {

namespace {

namespace rnn = torch::nn::utils::rnn;

std::int64_t signed_size(std::size_t n) {
  return static_cast<std::int64_t>(n);
}

torch::Tensor tensor(const std::vector<float>& values, at::IntArrayRef sizes) {
  return torch::tensor(values).reshape(sizes).contiguous();
}

torch::Tensor inputs_of(const GruShape& s) {
  return tensor(gru_values(s).inputs,
                {signed_size(s.batch), signed_size(s.steps), signed_size(s.features)});
}

/// Keras' [rows, 3·H] with gates z, r, n as one row for each column with gates r, z, n.
torch::Tensor reordered(const torch::Tensor& weight) {
  const auto gates = weight.t().chunk(3);
  return torch::cat({gates[1], gates[0], gates[2]});
}

torch::nn::GRU make_gru(const GruShape& s) {
  const auto features = signed_size(s.features);
  const auto units = signed_size(s.units);
  torch::nn::GRU gru(torch::nn::GRUOptions(features, units).batch_first(true));
  const GruValues v = gru_values(s);
  const auto bias = tensor(v.bias, {2, 3 * units});
  const torch::NoGradGuard guard;
  auto weights = gru->named_parameters();
  weights["weight_ih_l0"].copy_(reordered(tensor(v.kernel, {features, 3 * units})));
  weights["weight_hh_l0"].copy_(reordered(tensor(v.recurrent_kernel, {units, 3 * units})));
  weights["bias_ih_l0"].copy_(reordered(bias[0].unsqueeze(0)).flatten());
  weights["bias_hh_l0"].copy_(reordered(bias[1].unsqueeze(0)).flatten());
  return gru;
}

void clear_gradients(const std::vector<torch::Tensor>& tensors) {
  for (const torch::Tensor& t : tensors) {
    t.mutable_grad() = torch::Tensor();
  }
}

class ForwardBackward {
 public:
  explicit ForwardBackward(const Work& work)
      : variant_(work.variant), gru_(make_gru(work.shape)), x_(inputs_of(work.shape)) {
    cleared_ = gru_->parameters();
    if (work.input_gradient) {
      x_.requires_grad_();
      cleared_.push_back(x_);
    }
    std::vector<std::int64_t> lengths;
    for (std::size_t n = 0; n < work.shape.batch; ++n) {
      lengths.push_back(signed_size(length_of(n, work.shape.steps)));
    }
    lengths_ = torch::tensor(lengths);
  }

  static bool has(const std::string& variant) {
    return variant.empty() || variant == "mask" || variant == "dropout" ||
           variant == "go_backwards" || variant == "return_sequences";
  }

  void run() {
    clear_gradients(cleared_);
    total_ = output().sum();
    total_.backward();
  }

  [[nodiscard]] Results results() {
    if (variant_ == "dropout") {
      return {};
    }
    const auto gradient = gru_->named_parameters()["weight_hh_l0"].grad();
    return {total_.item<double>(), gradient.square().sum().item<double>()};
  }

 private:
  torch::Tensor output() {
    if (variant_ == "mask") {
      const auto packed = rnn::pack_padded_sequence(x_, lengths_, true, false);
      return std::get<1>(gru_->forward_with_packed_input(packed));
    }
    if (variant_ == "dropout") {
      const auto mask =
          torch::dropout(torch::ones({x_.size(0), 1, x_.size(2)}), dropout_rate, /*train=*/true);
      return std::get<1>(gru_(x_ * mask));
    }
    const auto [outputs, last] = gru_(variant_ == "go_backwards" ? x_.flip(1) : x_);
    return variant_ == "return_sequences" ? outputs : last;
  }

  std::string variant_;
  torch::nn::GRU gru_;
  torch::Tensor x_, lengths_, total_;
  std::vector<torch::Tensor> cleared_;
};

class TrainStep {
 public:
  explicit TrainStep(const GruShape& s)
      : gru_(make_gru(s)),
        dense_(signed_size(s.units), 1),
        x_(inputs_of(s)),
        y_(tensor(values(s.batch, salt_targets, 1.0), {signed_size(s.batch), 1})),
        parameters_(gru_->parameters()) {
    const auto more = dense_->parameters();
    parameters_.insert(parameters_.end(), more.begin(), more.end());
    optimizer_ = std::make_unique<torch::optim::Adam>(parameters_);
  }

  void run() {
    clear_gradients(parameters_);
    const auto prediction = dense_(std::get<1>(gru_(x_))[0]);
    torch::mse_loss(prediction, y_).backward();
    optimizer_->step();
  }

 private:
  torch::nn::GRU gru_;
  torch::nn::Linear dense_;
  torch::Tensor x_, y_;
  std::vector<torch::Tensor> parameters_;
  std::unique_ptr<torch::optim::Adam> optimizer_;
};

Prepared stream(const GruShape& s) {
  struct State {
    torch::Tensor x, h;
    std::vector<torch::Tensor> weights;
  };

  const auto state = std::make_shared<State>();
  const torch::NoGradGuard guard;
  state->x = inputs_of(s).select(1, 0).contiguous();
  state->h = torch::zeros({1, signed_size(s.units)});
  for (const torch::Tensor& weight : make_gru(s)->parameters()) {
    state->weights.push_back(weight.detach());
  }
  return {[state] {
            const torch::InferenceMode inference;
            const auto& w = state->weights;
            state->h = torch::gru_cell(state->x, state->h, w[0], w[1], w[2], w[3]);
          },
          [state] { return Results{.result = state->h.sum().item<double>()}; }};
}

/// `CPU capability usage: AVX2`
std::string capability() {
  const std::string all = at::show_config();
  const std::size_t begin = std::min(all.find("CPU capability"), all.size());
  return all.substr(begin, all.find('\n', begin) - begin);
}

/// Threads that a parallel region of libtorch's OpenMP really has, whatever was asked for.
std::size_t team_size() {
  int size = 1;
#pragma omp parallel
#pragma omp single
  size = omp_get_num_threads();
  return static_cast<std::size_t>(size);
}

}  // namespace

Prepared prepare_libtorch_gru(const Work& work) {
  if (work.kind == "stream") {
    return stream(work.shape);
  }
  if (work.kind == "train_step") {
    const auto step = std::make_shared<TrainStep>(work.shape);
    return {[step] { step->run(); }};
  }
  if (work.kind != "forward_backward" || !ForwardBackward::has(work.variant)) {
    return {};
  }
  const auto program = std::make_shared<ForwardBackward>(work);
  return {[program] { program->run(); }, [program] { return program->results(); }};
}

}  // namespace rondo::bench

int main() {
  using namespace rondo::bench;
  torch::set_num_threads(static_cast<int>(requested_threads()));
  torch::manual_seed(1);
  return serve({"libtorch", TORCH_VERSION, team_size(), capability()}, [](const Work& work) {
    Prepared prepared = prepare_libtorch_tape(work);
    return prepared.run ? prepared : prepare_libtorch_gru(work);
  });
}
