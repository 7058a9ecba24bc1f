// ONNX: files of exporters are among the cases (tests/interop/cases).
#include <fstream>

#include "rondo/interop/detail/onnx_file.hpp"
#include "rondo/tests/interop/random_model.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

using namespace rondo;
using namespace std::string_literals;
using detail::OnnxModel;
using detail::OnnxNode;
using detail::OnnxTensor;

namespace {

OnnxTensor floats(const std::string& name, std::vector<std::int64_t> dims, float value = 0.5F) {
  std::int64_t size = 1;
  for (const std::int64_t dim : dims) {
    size *= dim;
  }
  const std::vector<float> values(static_cast<std::size_t>(size), value);
  return {.name = name,
          .dims = std::move(dims),
          .bytes = std::string(reinterpret_cast<const char*>(values.data()), values.size() * 4)};
}

/// x [time, batch, 1] → GRU of one unit → more nodes → y.
OnnxModel gru_model(std::vector<OnnxNode> more, const std::string& output) {
  OnnxModel model{.producer = "test", .graph_name = "g"};
  model.nodes.push_back(
      {.type = "GRU", .name = "gru", .inputs = {"x", "W", "R", "B"}, .outputs = {"Y", "Y_h"}});
  model.nodes.insert(model.nodes.end(), more.begin(), more.end());
  model.initializers = {floats("W", {1, 3, 1}), floats("R", {1, 3, 1}), floats("B", {1, 6})};
  model.inputs = {{.name = "x", .dims = {{-1, "t"}, {-1, "n"}, {1, ""}}}};
  model.outputs = {{.name = output}};
  return model;
}

class OnnxFile {
 public:
  explicit OnnxFile(const OnnxModel& model) {
    std::ofstream(path()) << detail::serialize_onnx(model, path());
  }

  [[nodiscard]] std::filesystem::path path() const { return folder_ / "model.onnx"; }

  [[nodiscard]] std::string problem() const {
    try {
      static_cast<void>(read_model(path()));
    } catch (const FormatError& error) {
      const std::string text = error.what();
      return text.substr(text.find("model.onnx: ") + 12);
    }
    return "none";
  }

 private:
  test::TempFolder folder_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(interop_onnx)

BOOST_AUTO_TEST_CASE(random_models_come_back) {
  const test::TempFolder folder;
  const auto path = folder / "model.onnx";
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    interop::RandomModel model = interop::random_onnx_model(seed);
    write_model(
        *model.layers, path, {.format = {}, .right_padded = model.right_padded, .training = {}});
    auto read = load_model(path);
    const Tensor<float> wanted = interop::output_of(model);
    BOOST_TEST_CONTEXT("seed " << seed) {
      const auto found = read.predict(std::span<const Tensor<float>>(model.inputs));
      BOOST_REQUIRE_EQUAL(found[0].shape(), wanted.shape());
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        BOOST_CHECK_SMALL(found[0].data()[i] - wanted.data()[i], 2e-6F);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_state_comes_in_and_goes_out) {
  Sequential<float> model;
  model.add(GRU<float>{{.units = 2, .stateful = true}});
  model.build({4, 3}, 1);
  const test::TempFolder folder;
  write_model(model, folder / "model.onnx");
  auto read = load_model(folder / "model.onnx");
  BOOST_CHECK(read.layer<GRU<float>>("gru").loop_options().stateful);
}

BOOST_AUTO_TEST_CASE(half_of_a_branch_is_no_chain) {
  const OnnxFile file(
      gru_model({{.type = "MatMul", .name = "a", .inputs = {"Y_h", "R"}, .outputs = {"a"}},
                 {.type = "Tanh", .name = "b", .inputs = {"Y"}, .outputs = {"b"}}},
                "b"));
  BOOST_CHECK_EQUAL(file.problem(), "node 'a' (MatMul) needs a matrix of 1 rows");
  const OnnxFile branch(
      gru_model({{.type = "Tanh", .name = "a", .inputs = {"Y_h"}, .outputs = {"a"}},
                 {.type = "Tanh", .name = "b", .inputs = {"Y"}, .outputs = {"b"}}},
                "b"));
  BOOST_CHECK_EQUAL(branch.problem(),
                    "node 'b' (Tanh) takes a tensor that other layers take too: only chains of "
                    "layers are read");
}

BOOST_AUTO_TEST_CASE(what_is_not_read_is_named) {
  const auto problem = [](OnnxNode node) {
    node.name = "n";
    node.outputs = {"y"};
    return OnnxFile(gru_model({std::move(node)}, "y")).problem();
  };
  BOOST_CHECK_EQUAL(
      problem({.type = "Loop", .inputs = {"Y"}}),
      "node 'n' (Loop) is of an operator that is not read: the exporter did not write "
      "the recurrent operator of ONNX, save the model as .keras instead");
  BOOST_CHECK_EQUAL(problem({.type = "Conv", .inputs = {"Y"}}),
                    "node 'n' (Conv) is of an operator that is not read");
  BOOST_CHECK_EQUAL(problem({.type = "Tanh", .inputs = {"nobody"}}),
                    "node 'n' (Tanh) takes 'nobody', which nothing gives before it");
  BOOST_CHECK_EQUAL(problem({.type = "Add", .inputs = {"Y", "Y"}}),
                    "node 'n' (Add) computes with two tensors that are not the two directions of a "
                    "recurrent layer");
  OnnxModel wrong = gru_model({}, "Y");
  wrong.initializers[1] = floats("R", {1, 3, 2});
  BOOST_CHECK_EQUAL(
      OnnxFile(wrong).problem(),
      "node 'gru' (GRU) has weights that do not fit 1 features, 2 units and 1 directions");
  wrong = gru_model({}, "Y");
  wrong.nodes[0].attributes["clip"] = {.kind = detail::OnnxAttribute::Kind::number, .number = 3};
  BOOST_CHECK_EQUAL(OnnxFile(wrong).problem(),
                    "node 'gru' (GRU) has the attribute 'clip', which is not read");
}

BOOST_AUTO_TEST_CASE(constants_do_not_grow_beyond_the_file) {
  std::vector<OnnxNode> nodes{{.type = "Shape", .inputs = {"x"}, .outputs = {"s0"}}};
  for (int i = 0; i < 40; ++i) {
    const std::string from = "s" + std::to_string(i);
    nodes.push_back({.type = "Concat",
                     .inputs = {from, from},
                     .outputs = {"s" + std::to_string(i + 1)},
                     .attributes = {{"axis", {.kind = detail::OnnxAttribute::Kind::integer}}}});
  }
  BOOST_CHECK(OnnxFile(gru_model(nodes, "Y")).problem().find("no short list") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_onnx_does_not_have_is_not_written) {
  const test::TempFolder folder;
  const auto problem = [&](auto&& layer) {
    Sequential<float> model;
    model.add(std::move(layer));
    model.add(GRU<float>{{.units = 2}});
    model.build({4, 3}, 1);
    try {
      write_model(model, folder / "model.onnx");
    } catch (const ArgumentError& error) {
      return std::string(error.what());
    }
    return "none"s;
  };
  BOOST_CHECK_EQUAL(
      problem(GRU<float>{{.units = 2, .activation = "gelu", .return_sequences = true}}),
      "[onnx] layer 'gru': ONNX' recurrent operators do not have the activation 'gelu'");
  BOOST_CHECK_EQUAL(problem(Masking<float>{{}}),
                    "[onnx] layer 'masking': a Masking needs masks, which ONNX does not have: only "
                    "if sequences are padded at their ends alone (right_padded) their lengths can "
                    "be an input");
  BOOST_CHECK_EQUAL(problem(Dense<float>{{.units = 2, .activation = "sparsemax"}}),
                    "[onnx] layer 'dense': ONNX has no operator for the activation 'sparsemax'");
}

BOOST_AUTO_TEST_SUITE_END()
