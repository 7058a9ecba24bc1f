// PyTorch's state_dicts: files of torch itself are among the cases (tests/interop/cases).
#include <array>
#include <fstream>

#include "rondo/interop/detail/zip_archive.hpp"
#include "rondo/tests/interop/random_model.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

using namespace rondo;
using namespace std::string_literals;

namespace {

constexpr const char* linear_2_1 =
    R"([{"name": "fc", "class": "Linear", "arguments": {"in_features": 2, "out_features": 1, "bias": false}}])";

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// A .pt file of this pickle and one storage of floats.
class TorchFile {
 public:
  explicit TorchFile(const std::string& pickle, const std::vector<float>& storage = {2, 3, 5, 7}) {
    const std::array<detail::NewZipMember, 3> members{
        {{"a/data.pkl", bytes_of(pickle)},
         {"a/data/0", std::as_bytes(std::span(storage))},
         {"a/version", bytes_of("3\n"s)}}};
    detail::write_zip("pt", path(), members);
  }

  [[nodiscard]] std::filesystem::path path() const { return folder_ / "model.pt"; }

  [[nodiscard]] StoredModel read(ReadModelOptions options = {}) const {
    return read_model(path(), options);
  }

  /// The error's text behind the file's name.
  [[nodiscard]] std::string problem(const ReadModelOptions& options = {}) const {
    try {
      static_cast<void>(read(options));
    } catch (const FormatError& error) {
      const std::string text = error.what();
      return text.substr(text.find("model.pt: ") + 10);
    }
    return "none";
  }

 private:
  test::TempFolder folder_;
};

std::string text(const std::string& value) {
  return "X"s + static_cast<char>(value.size()) + "\0\0\0"s + value;
}

/// A tensor of storage 0, which has 4 floats; sizes and strides are small.
std::string tensor(const std::string& key,
                   int offset,
                   std::vector<int> sizes,
                   std::vector<int> strides) {
  std::string result = "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") +
                       "ctorch\nFloatStorage\n" + text(key) + text("cpu") + "K\4tQK"s +
                       static_cast<char>(offset);
  for (const auto& list : {sizes, strides}) {
    result += '(';
    for (const int value : list) {
      result += "K"s + static_cast<char>(value);
    }
    result += 't';
  }
  return result + "\x89N" + "tR";
}

std::string dictionary(const std::string& items) {
  return "\x80\x02}(" + items + "u.";
}

std::vector<float> values_of(const StoredWeight& weight) {
  const Tensor<float> values = weight.values<float>();
  return {values.data(), values.data() + values.size()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interop_torch)

BOOST_AUTO_TEST_CASE(random_models_come_back) {
  const test::TempFolder folder;
  for (const char* format : {"pt", "safetensors"}) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      interop::RandomModel model = interop::random_torch_model(seed);
      const auto path = folder / ("model."s + format);
      write_model(*model.layers, path, {.format = format, .training = {}});
      auto read = load_model(path, {.architecture = to_text(model.modules)});
      const Tensor<float> wanted = interop::output_of(model);
      BOOST_TEST_CONTEXT(format << ", seed " << seed) {
        const Tensor<float> found = read.predict(model.inputs[0]);
        BOOST_REQUIRE_EQUAL(found.shape(), wanted.shape());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          BOOST_CHECK_SMALL(found.data()[i] - wanted.data()[i], 1e-6F);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(strides_say_where_the_elements_are) {
  // The storage is 2, 3, 5, 7: transposed, and every second one.
  const TorchFile file(dictionary(text("a") + tensor("0", 0, {2, 2}, {1, 2}) + text("b") +
                                  tensor("0", 1, {2}, {2})));
  const StoredModel model = file.read();
  BOOST_CHECK((values_of(model.weights.at(0)) == std::vector<float>{2, 5, 3, 7}));
  BOOST_CHECK((values_of(model.weights.at(1)) == std::vector<float>{3, 7}));
  BOOST_CHECK_EQUAL(model.weights[1].name, "b");
}

BOOST_AUTO_TEST_CASE(a_state_dict_is_found_in_a_checkpoint) {
  const std::string inner = "}(" + text("fc.weight") + tensor("0", 0, {1, 2}, {2, 1}) + "u";
  const TorchFile file(dictionary(text("epoch") + "K\3" + text("state_dict") + inner));
  const StoredModel found = file.read({.architecture = linear_2_1});
  BOOST_CHECK((values_of(found.weights.at(0)) == std::vector<float>{2, 3}));
  BOOST_CHECK_EQUAL(found.notes.at(0), "took the state_dict under 'state_dict' and nothing else");
  BOOST_CHECK_EQUAL(file.read({.prefix = "state_dict"}).weights.at(0).name, "fc.weight");
  BOOST_CHECK_EQUAL(file.read({.prefix = "state_dict.fc"}).weights.at(0).name, "weight");
}

BOOST_AUTO_TEST_CASE(what_a_pickle_may_not_do_is_named) {
  const auto problem = [](const std::string& pickle) {
    return TorchFile("\x80\x02" + pickle).problem();
  };
  const auto mentions = [&](const std::string& pickle, const char* word) {
    const std::string found = problem(pickle);
    BOOST_CHECK_MESSAGE(found.find(word) != found.npos, found << " does not mention " << word);
  };
  mentions("cos\nsystem\n", "'os system'");
  mentions("\x8c\x08"s + "builtins\x8c\x04" + "eval\x93.", "'builtins eval'");
  mentions("ios\nsystem\n.", "'os system'");
  mentions("c__main__\nNet\n)\x81.", "'__main__ Net'");
  mentions("ctorch._utils\n_rebuild_tensor_v3\n.", "_rebuild_tensor_v3");
  mentions("}\x81.", "NEWOBJ");
  mentions("ctorch\nFloatStorage\n)R.", "torch FloatStorage");
  mentions("N", "is cut off");
  mentions("R", "empty stack");
  mentions("h\1.", "has not stored");
  mentions("t.", "no mark");
  mentions("]NNs.", "expects a dictionary");
  mentions("N.N", "behind its end");
  mentions("].", "holds a list");
}

BOOST_AUTO_TEST_CASE(a_list_may_contain_itself) {
  BOOST_CHECK_EQUAL(TorchFile(dictionary(text("a") + "]q\1h\1a")).problem(),
                    "'a' is a list, expected a tensor: if the state_dict lies deeper, say where "
                    "(prefix)");
}

BOOST_AUTO_TEST_CASE(tensors_stay_inside_their_storages) {
  const auto problem = [](const std::string& one) {
    return TorchFile(dictionary(text("a") + one)).problem();
  };
  BOOST_CHECK(problem(tensor("0", 1, {2, 2}, {2, 1})).find("reaches beyond") != std::string::npos);
  BOOST_CHECK(problem(tensor("../x", 0, {1}, {1})).find("no plain number") != std::string::npos);
  BOOST_CHECK_EQUAL(problem(tensor("7", 0, {1}, {1})), "lacks the storage 'a/data/7'");
  // 127^4 elements of one number.
  BOOST_CHECK(
      problem(tensor("0", 0, {127, 127, 127, 127}, {0, 0, 0, 0})).find("larger than a file of") !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_must_fit_the_layers) {
  const TorchFile file(dictionary(text("fc.weight") + tensor("0", 0, {1, 2}, {2, 1}) +
                                  text("x.weight") + tensor("0", 0, {3, 1}, {1, 1})));
  BOOST_CHECK_EQUAL(file.problem({.architecture = linear_2_1}),
                    "tensor 'x.weight' is used by no layer");
  BOOST_CHECK_EQUAL(
      file.problem({.architecture = R"([{"name": "x", "class": "Linear", "arguments": )"
                                    R"({"in_features": 1, "out_features": 2, "bias": false}}])"}),
      "layer 'x' does not fit the module 'x': 'x.weight' has shape (3, 1), the layer needs 2 rows");
  BOOST_CHECK_EQUAL(
      file.problem({.architecture = R"([{"name": "x", "class": "Conv1d", "arguments": {}}])"}),
      "architecture: module 'x' (nn.Conv1d): unknown class, known are GRU, LSTM, RNN, Linear, "
      "Embedding, LayerNorm, Dropout, Tanh, ReLU, Sigmoid, Softmax");
}

BOOST_AUTO_TEST_CASE(what_pytorch_does_not_have_is_not_written) {
  const test::TempFolder folder;
  const auto problem = [&](auto&& layer) {
    Sequential<float> model;
    model.add(std::move(layer));
    model.build({4, 3}, 1);
    try {
      write_model(model, folder / "model.pt");
    } catch (const ArgumentError& error) {
      return std::string(error.what());
    }
    return "none"s;
  };
  BOOST_CHECK_EQUAL(problem(GRU<float>{{.units = 2, .reset_after = false}}),
                    "[pt] layer 'gru': has reset_after = false: PyTorch resets after the product");
  BOOST_CHECK_EQUAL(problem(GRU<float>{{.units = 2, .recurrent_dropout = 0.1}}),
                    "[pt] layer 'gru': recurrent_dropout has no counterpart in PyTorch");
  BOOST_CHECK_EQUAL(problem(LSTM<float>{{.units = 2, .activation = "relu"}}),
                    "[pt] layer 'lstm': has the activation 'relu', PyTorch's LSTM has tanh");
  BOOST_CHECK_EQUAL(problem(Masking<float>{{}}),
                    "[pt] layer 'masking': a Masking has no counterpart in PyTorch");
  BOOST_CHECK(!std::filesystem::exists(folder / "model.pt"));
}

BOOST_AUTO_TEST_SUITE_END()
