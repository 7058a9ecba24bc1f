// The GRU of oneDNN. It always computes the gradient of its inputs, so it answers to works that ask
// for it. Weights come in Keras' layout and are brought into oneDNN's own, and gradients back, in
// every run, because a training step changes them; inputs and outputs are time-major as it likes.
#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <omp.h>
#include <unordered_map>

#include <dnnl.hpp>
#include <fmt/format.h>

#include "rondo/bench/server.hpp"

namespace rondo::bench {

namespace {

using dnnl::memory;
using Arguments = std::unordered_map<int, memory>;
using Tag = memory::format_tag;

memory::dim as_dim(std::size_t n) {
  return static_cast<memory::dim>(n);
}

memory::desc describe(const memory::dims& sizes, Tag tag) {
  return {sizes, memory::data_type::f32, tag};
}

struct Device {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};

float* data_of(const memory& m) {
  return static_cast<float*>(m.get_data_handle());
}

memory filled(const Device& device, const memory::desc& desc, const std::vector<float>& values) {
  memory m(desc, device.engine);
  std::copy(values.begin(), values.end(), data_of(m));
  return m;
}

memory constant(const Device& device, const memory::desc& desc, float value) {
  memory m(desc, device.engine);
  std::fill_n(data_of(m), desc.get_size() / sizeof(float), value);
  return m;
}

double sum(const memory& m) {
  const float* const first = data_of(m);
  return std::accumulate(first, first + m.get_desc().get_size() / sizeof(float), 0.0);
}

/// Brings one memory into the layout of another; nothing if that is the same.
class Copy {
 public:
  Copy(memory from, const memory::desc& layout, const Device& device)
      : from_(std::move(from)),
        to_(from_.get_desc() == layout ? from_ : memory(layout, device.engine)),
        needed_(from_.get_desc() != layout),
        reorder_(needed_ ? dnnl::reorder(from_, to_) : dnnl::reorder()) {}

  void run(dnnl::stream& stream) {
    if (needed_) {
      reorder_.execute(stream, from_, to_);
    }
  }

  [[nodiscard]] const memory& from() const { return from_; }

  [[nodiscard]] const memory& to() const { return to_; }

 private:
  memory from_;
  memory to_;
  bool needed_;
  dnnl::reorder reorder_;
};

/// Keras' [2, 3·H] as the four rows z, r, candidate, recurrent candidate; the first row alone is
/// the bias of the form with the reset before the product.
std::vector<float> merge_bias(const std::vector<float>& bias, std::size_t units, bool reset_after) {
  std::vector<float> result(bias.begin(), bias.begin() + static_cast<std::ptrdiff_t>(3 * units));
  if (reset_after) {
    const auto recurrent = bias.begin() + static_cast<std::ptrdiff_t>(3 * units);
    const auto gates = static_cast<std::ptrdiff_t>(2 * units);
    std::transform(
        result.begin(), result.begin() + gates, recurrent, result.begin(), std::plus<>());
    result.insert(result.end(), recurrent + gates, bias.end());
  }
  return result;
}

/// Shapes of a work as oneDNN describes them.
struct Descriptions {
  Descriptions(const GruShape& s, bool reset_after)
      : src(describe({as_dim(s.steps), as_dim(s.batch), as_dim(s.features)}, Tag::tnc)),
        dst(describe({as_dim(s.steps), as_dim(s.batch), as_dim(s.units)}, Tag::tnc)),
        state(describe({1, 1, as_dim(s.batch), as_dim(s.units)}, Tag::ldnc)),
        kernel_sizes{1, 1, as_dim(s.features), 3, as_dim(s.units)},
        recurrent_sizes{1, 1, as_dim(s.units), 3, as_dim(s.units)},
        bias(describe({1, 1, reset_after ? 4 : 3, as_dim(s.units)}, Tag::ldgo)) {}

  [[nodiscard]] memory::desc kernel(Tag tag) const { return describe(kernel_sizes, tag); }

  [[nodiscard]] memory::desc recurrent(Tag tag) const { return describe(recurrent_sizes, tag); }

  memory::desc src, dst, state;
  memory::dims kernel_sizes, recurrent_sizes;
  memory::desc bias;
};

/// [N, S, F] → [S, N, F]
std::vector<float> time_major(const std::vector<float>& x, const GruShape& s) {
  std::vector<float> result(x.size());
  for (std::size_t n = 0; n < s.batch; ++n) {
    for (std::size_t t = 0; t < s.steps; ++t) {
      std::copy_n(x.data() + (n * s.steps + t) * s.features,
                  s.features,
                  result.data() + (t * s.batch + n) * s.features);
    }
  }
  return result;
}

/// Forward in training mode and backward.
template <class Forward, class Backward>
class Training {
 public:
  explicit Training(const Work& work)
      : sequences_(work.variant == "return_sequences"),
        units_(work.shape.units),
        values_(gru_values(work.shape)),
        d_(work.shape, reset_after),
        direction_(work.variant == "go_backwards" ? dnnl::rnn_direction::unidirectional_right2left
                                                  : dnnl::rnn_direction::unidirectional_left2right),
        forward_desc_(forward_description(d_, direction_), device_.engine),
        backward_desc_(backward_description(d_, direction_), device_.engine, forward_desc_),
        forward_(forward_desc_),
        backward_(backward_desc_),
        kernel_(filled(device_, d_.kernel(Tag::ldigo), values_.kernel)),
        recurrent_(filled(device_, d_.recurrent(Tag::ldigo), values_.recurrent_kernel)),
        bias_(device_memory(d_.bias)),
        dst_(device_memory(d_.dst)),
        state_(device_memory(d_.state)),
        into_forward_{Copy(kernel_, forward_desc_.weights_layer_desc(), device_),
                      Copy(recurrent_, forward_desc_.weights_iter_desc(), device_)},
        into_backward_{Copy(kernel_, backward_desc_.weights_layer_desc(), device_),
                       Copy(recurrent_, backward_desc_.weights_iter_desc(), device_)},
        back_{Copy(device_memory(backward_desc_.diff_weights_layer_desc()),
                   d_.kernel(Tag::ldigo),
                   device_),
              Copy(device_memory(backward_desc_.diff_weights_iter_desc()),
                   d_.recurrent(Tag::ldigo),
                   device_)} {
    make_arguments(filled(device_, d_.src, time_major(values_.inputs, work.shape)));
  }

  void run() {
    const auto bias = merge_bias(values_.bias, units_, reset_after);
    std::copy(bias.begin(), bias.end(), data_of(bias_));
    run_all(into_forward_);
    forward_.execute(device_.stream, forward_arguments_);
    run_all(into_backward_);
    for (const int gradient : added_up) {
      const memory& m = backward_arguments_.at(gradient);
      std::fill_n(data_of(m), m.get_desc().get_size() / sizeof(float), 0.0F);
    }
    backward_.execute(device_.stream, backward_arguments_);
    run_all(back_);
    device_.stream.wait();
  }

  [[nodiscard]] Results results() const {
    const memory& shown = sequences_ ? dst_ : state_;
    const memory& gradient = back_[1].to();
    Results results{sum(shown), 0.0};
    for (std::size_t i = 0; i < 3 * units_ * units_; ++i) {
      const auto g = static_cast<double>(data_of(gradient)[i]);
      results.gradient += g * g;
    }
    return results;
  }

 private:
  /// The gradients that oneDNN adds to what is there.
  static constexpr std::array added_up{
      DNNL_ARG_DIFF_WEIGHTS_LAYER, DNNL_ARG_DIFF_WEIGHTS_ITER, DNNL_ARG_DIFF_BIAS};
  static constexpr bool reset_after = std::is_same_v<Forward, dnnl::lbr_gru_forward>;

  static typename Forward::desc forward_description(const Descriptions& d,
                                                    dnnl::rnn_direction direction) {
    return {dnnl::prop_kind::forward_training,
            direction,
            d.src,
            memory::desc(),
            d.kernel(Tag::any),
            d.recurrent(Tag::any),
            d.bias,
            d.dst,
            d.state};
  }

  /// Values and gradients are described alike.
  static typename Backward::desc backward_description(const Descriptions& d,
                                                      dnnl::rnn_direction direction) {
    return {dnnl::prop_kind::backward,
            direction,
            d.src,
            memory::desc(),
            d.kernel(Tag::any),
            d.recurrent(Tag::any),
            d.bias,
            d.dst,
            d.state,
            d.src,
            memory::desc(),
            d.kernel(Tag::any),
            d.recurrent(Tag::any),
            d.bias,
            d.dst,
            d.state};
  }

  [[nodiscard]] memory device_memory(const memory::desc& desc) const {
    return constant(device_, desc, 0.0F);
  }

  void run_all(std::vector<Copy>& copies) {
    for (Copy& copy : copies) {
      copy.run(device_.stream);
    }
  }

  /// The outputs that are summed have gradient 1, the others 0.
  void make_arguments(const memory& src) {
    const auto workspace = device_memory(forward_desc_.workspace_desc());
    forward_arguments_ = {{DNNL_ARG_SRC_LAYER, src},
                          {DNNL_ARG_WEIGHTS_LAYER, into_forward_[0].to()},
                          {DNNL_ARG_WEIGHTS_ITER, into_forward_[1].to()},
                          {DNNL_ARG_BIAS, bias_},
                          {DNNL_ARG_DST_LAYER, dst_},
                          {DNNL_ARG_DST_ITER, state_},
                          {DNNL_ARG_WORKSPACE, workspace}};
    backward_arguments_ = forward_arguments_;
    const Arguments more{
        {DNNL_ARG_WEIGHTS_LAYER, into_backward_[0].to()},
        {DNNL_ARG_WEIGHTS_ITER, into_backward_[1].to()},
        {DNNL_ARG_DIFF_SRC_LAYER, device_memory(d_.src)},
        {DNNL_ARG_DIFF_WEIGHTS_LAYER, back_[0].from()},
        {DNNL_ARG_DIFF_WEIGHTS_ITER, back_[1].from()},
        {DNNL_ARG_DIFF_BIAS, device_memory(d_.bias)},
        {DNNL_ARG_DIFF_DST_LAYER, constant(device_, d_.dst, sequences_ ? 1.0F : 0.0F)},
        {DNNL_ARG_DIFF_DST_ITER, constant(device_, d_.state, sequences_ ? 0.0F : 1.0F)}};
    for (const auto& [key, value] : more) {
      backward_arguments_[key] = value;
    }
  }

  Device device_;
  bool sequences_;
  std::size_t units_;
  GruValues values_;
  Descriptions d_;
  dnnl::rnn_direction direction_;
  typename Forward::primitive_desc forward_desc_;
  typename Backward::primitive_desc backward_desc_;
  Forward forward_;
  Backward backward_;
  memory kernel_, recurrent_, bias_, dst_, state_;
  std::vector<Copy> into_forward_, into_backward_, back_;
  Arguments forward_arguments_, backward_arguments_;
};

/// One step of inference after another; the state of one is that of the next.
class Stream {
 public:
  explicit Stream(const GruShape& shape)
      : d_(shape, true),
        desc_({dnnl::prop_kind::forward_inference,
               dnnl::rnn_direction::unidirectional_left2right,
               d_.src,
               d_.state,
               d_.kernel(Tag::any),
               d_.recurrent(Tag::any),
               d_.bias,
               d_.dst,
               d_.state},
              device_.engine),
        step_(desc_) {
    const GruValues v = gru_values(shape);
    Copy kernel(
        filled(device_, d_.kernel(Tag::ldigo), v.kernel), desc_.weights_layer_desc(), device_);
    Copy recurrent(filled(device_, d_.recurrent(Tag::ldigo), v.recurrent_kernel),
                   desc_.weights_iter_desc(),
                   device_);
    kernel.run(device_.stream);
    recurrent.run(device_.stream);
    device_.stream.wait();
    const memory states[] = {constant(device_, d_.state, 0.0F),  // NOLINT: two of them
                             constant(device_, d_.state, 0.0F)};
    for (std::size_t i = 0; i < 2; ++i) {
      arguments_.push_back(
          {{DNNL_ARG_SRC_LAYER, filled(device_, d_.src, v.inputs)},
           {DNNL_ARG_SRC_ITER, states[i]},
           {DNNL_ARG_WEIGHTS_LAYER, kernel.to()},
           {DNNL_ARG_WEIGHTS_ITER, recurrent.to()},
           {DNNL_ARG_BIAS, filled(device_, d_.bias, merge_bias(v.bias, shape.units, true))},
           {DNNL_ARG_DST_LAYER, constant(device_, d_.dst, 0.0F)},
           {DNNL_ARG_DST_ITER, states[1 - i]}});
    }
  }

  void run() {
    step_.execute(device_.stream, arguments_[next_]);
    device_.stream.wait();
    next_ = 1 - next_;
  }

  /// Of the last step.
  [[nodiscard]] Results results() const {
    return {.result = sum(arguments_[1 - next_].at(DNNL_ARG_DST_ITER))};
  }

 private:
  Device device_;
  Descriptions d_;
  dnnl::lbr_gru_forward::primitive_desc desc_;
  dnnl::lbr_gru_forward step_;
  std::vector<Arguments> arguments_;
  std::size_t next_ = 0;
};

template <class Program>
Prepared with_results(const std::shared_ptr<Program>& program) {
  return {[program] { program->run(); }, [program] { return program->results(); }};
}

Prepared prepare(const Work& work) {
  if (work.kind == "stream") {
    return with_results(std::make_shared<Stream>(work.shape));
  }
  if (work.kind != "forward_backward" || !work.input_gradient) {
    return {};
  }
  if (work.variant == "reset_before") {
    return with_results(std::make_shared<Training<dnnl::gru_forward, dnnl::gru_backward>>(work));
  }
  if (work.variant.empty() || work.variant == "go_backwards" ||
      work.variant == "return_sequences") {
    return with_results(
        std::make_shared<Training<dnnl::lbr_gru_forward, dnnl::lbr_gru_backward>>(work));
  }
  return {};
}

}  // namespace

}  // namespace rondo::bench

int main() {
  using namespace rondo::bench;
  const dnnl_version_t* const v = dnnl_version();
  return serve({"oneDNN",
                fmt::format("{}.{}.{}", v->major, v->minor, v->patch),
                static_cast<std::size_t>(omp_get_max_threads()),
                fmt::format("instruction set {:#x} of dnnl_cpu_isa_t, runtime {}",
                            static_cast<int>(dnnl::get_effective_cpu_isa()),
                            v->cpu_runtime == DNNL_RUNTIME_OMP ? "OpenMP" : "not OpenMP")},
               prepare);
}
