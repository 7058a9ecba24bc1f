// What users get wrong at first, and what they are told.
#include <cstdio>
#include <filesystem>
#include <unistd.h>

#include "rondo/layers/layers.hpp"
#include "rondo/optim/detail/doubtful_loss.hpp"
#include "rondo/optim/optim.hpp"
#include "rondo/tests/optim/training.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace mistakes_test {

using namespace rondo;
namespace fs = std::filesystem;

namespace {

/// What `run` writes to stderr.
template <class Run>
std::string told(Run run) {
  std::FILE* const file = std::tmpfile();
  std::fflush(stderr);
  const int kept = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  run();
  std::fflush(stderr);
  dup2(kept, STDERR_FILENO);
  close(kept);
  std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  BOOST_TEST(std::fread(text.data(), 1, text.size(), file) == text.size());
  std::fclose(file);
  return text;
}

/// The lines of a fit that begin with `warning: `.
template <class Model>
std::string warnings(Model& model,
                     Loss<float> loss,
                     const Dataset<float>& data,
                     FitOptions<float> options = {.epochs = 2, .verbose = Verbosity::lines}) {
  Adam<float> optimizer;
  Trainer<float> trainer(model, std::move(loss), optimizer);
  const std::string text = told([&] { trainer.fit(data, options); });
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    result += line.starts_with("warning: ") ? line.substr(9) + '\n' : "";
    begin = end == std::string::npos ? text.size() : end + 1;
  }
  return result;
}

/// Class 0 or 1 of two numbers.
TensorDataset<float> classes() {
  return {test::random_tensor<float>({8, 2}, 1),
          Tensor<float>::from_values({8}, {0, 1, 0, 1, 0, 1, 0, 1})};
}

Variable<float> from_logits(const Variable<float>& p, TensorView<const float> y) {
  return sparse_categorical_crossentropy(p, y, {.from_logits = true});
}

Sequential<float> two_outputs(Activation activation) {
  return Sequential<float>(Dense<float>({.units = 2, .activation = std::move(activation)}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_mistakes)

BOOST_AUTO_TEST_CASE(a_loss_may_be_a_name_or_one_with_options) {
  const auto data = test::line<float>(8);
  const auto loss_of = [&](Loss<float> loss) {
    Sequential model{Dense({.units = 1, .kernel_initializer = "zeros"})};
    Adam optimizer;
    Trainer trainer{model, std::move(loss), optimizer};
    return trainer.fit(data, {.verbose = Verbosity::quiet}).last("loss");
  };
  BOOST_TEST(loss_of("mse") == loss_of(mean_squared_error<float>));
  BOOST_TEST(loss_of(huber<float>) == loss_of("huber"));
  const auto labels = classes();
  Sequential model = two_outputs("softmax");
  model.build({2}, 1);
  Adam optimizer;
  Trainer first{model, sparse_categorical_crossentropy<float>, optimizer};
  Trainer second{model, "sparse_categorical_crossentropy", optimizer};
  BOOST_TEST(first.evaluate(labels).at("loss") == second.evaluate(labels).at("loss"));
  Trainer third{model, binary_crossentropy<float>, optimizer};
  Trainer fourth{model, binary_focal_crossentropy<float>, optimizer};
  Trainer fifth{model, categorical_focal_crossentropy<float>, optimizer};
  const auto own = [](const Variable<float>& p,
                      TensorView<const float> y,
                      double delta,
                      const ReductionOptions<float>& r) { return huber(p, y, delta, r); };
  Variable<float> (*const pointer)(
      const Variable<float>&, TensorView<const float>, double, const ReductionOptions<float>&) =
      own;
  RONDO_CHECK_THROWS(static_cast<void>(Loss<float>{pointer}),
                     ArgumentError,
                     "[Loss] a function with a number of its own: wrap it in a lambda");
}

BOOST_AUTO_TEST_CASE(logs_are_a_range) {
  Logs logs;
  logs.set("loss", 0.5);
  for (const auto& [name, value] : logs) {
    BOOST_TEST(name == "loss");
    BOOST_TEST(value == 0.5);
  }
  BOOST_TEST((logs.end() - logs.begin()) == 1);
}

BOOST_AUTO_TEST_CASE(probabilities_for_logits_are_told) {
  Sequential model = two_outputs("softmax");
  BOOST_TEST(warnings(model, from_logits, classes()) ==
             "the loss has from_logits, and its predictions come from softmax: leave one of them "
             "out\n");
}

BOOST_AUTO_TEST_CASE(logits_for_probabilities_are_told) {
  Sequential model = two_outputs({});
  BOOST_TEST(warnings(model, sparse_categorical_crossentropy<float>, classes()) ==
             "sparse_categorical_crossentropy takes probabilities, and there are predictions "
             "outside [0, 1]: give the last layer a softmax or sigmoid, or the loss from_logits\n");
}

BOOST_AUTO_TEST_CASE(what_is_right_is_not_told) {
  Sequential logits = two_outputs({});
  BOOST_TEST(warnings(logits, from_logits, classes()) == "");
  Sequential probabilities = two_outputs("softmax");
  BOOST_TEST(warnings(probabilities, sparse_categorical_crossentropy<float>, classes()) == "");
  Sequential line{Dense({.units = 1})};
  BOOST_TEST(warnings(line, "mse", test::line<float>(8)) == "");
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_is_told_once) {
  const TensorDataset<float> data(
      Tensor<float>::full({4, 2}, std::numeric_limits<float>::quiet_NaN()),
      Tensor<float>::zeros({4, 1}));
  Sequential model{Dense({.units = 1})};
  BOOST_TEST(warnings(model, "mse", data) ==
             "the loss of epoch 1 is nan: TerminateOnNaN ends such a run and names the first op, "
             "TapeOptions::check_finite does it in a loop by hand\n");
  Sequential quiet{Dense({.units = 1})};
  BOOST_TEST(warnings(quiet, "mse", data, {.verbose = Verbosity::quiet}) == "");
}

BOOST_AUTO_TEST_CASE(a_batch_without_a_valid_step_is_told_once) {
  const TensorDataset<float> data(Tensor<float>::zeros({4, 3, 2}), Tensor<float>::zeros({4, 3, 1}));
  Sequential model{Masking({.mask_value = 0.0}),
                   GRU({.units = 2, .return_sequences = true}),
                   Dense({.units = 1})};
  BOOST_TEST(warnings(model, "mse", data) ==
             "a batch of epoch 1 has a mask without a valid step: nothing is learnt from it\n");
}

BOOST_AUTO_TEST_CASE(an_optimizer_belongs_to_one_model) {
  const auto data = test::line<float>(8);
  Sequential first{Dense({.units = 1, .name = "first"})}, second{Dense({.units = 1})};
  first.build({2});
  second.build({2});
  Adam optimizer;
  optimizer.build(first.weights());
  Trainer trainer{second, "mse", optimizer};
  RONDO_CHECK_THROWS(trainer.fit(data, {.verbose = Verbosity::quiet}),
                     StateError,
                     "[Trainer] the Adam was built for the weights of another model "
                     "('first/kernel'), none is this one's ('dense/kernel'): make a new optimizer "
                     "for each model");
  Tape tape;
  tape.backward(sum(second(tape.constant(Tensor<float>::zeros({1, 2})))));
  RONDO_CHECK_THROWS(optimizer.step(),
                     StateError,
                     "[Adam] step: no trainable parameter has a gradient: call backward before it, "
                     "for a model with the weights that the optimizer was built for (first/kernel, "
                     "...)");
}

BOOST_AUTO_TEST_CASE(one_column_is_no_choice_between_classes) {
  const Tensor<float> column = Tensor<float>::zeros({4, 1});
  const std::string text =
      "one prediction for each sample is no choice between classes: use BinaryAccuracy: "
      "predictions (4, 1)";
  SparseCategoricalAccuracy<float> sparse;
  RONDO_CHECK_THROWS(
      sparse.update(column, column, {}, {}), ShapeError, "[sparse_categorical_accuracy] " + text);
  CategoricalAccuracy<float> categorical;
  RONDO_CHECK_THROWS(
      categorical.update(column, column, {}, {}), ShapeError, "[categorical_accuracy] " + text);
}

BOOST_AUTO_TEST_CASE(checkpoints_make_their_folder) {
  const test::TempFolder folder;
  const auto data = test::line<float>(8);
  Sequential model{Dense({.units = 1})};
  Adam optimizer;
  Trainer trainer{model, "mse", optimizer};
  trainer.add(ModelCheckpoint<float>({.path = (folder / "a" / "b" / "model").string()}));
  trainer.add(ModelCheckpoint<float>({.path = (folder / "{epoch}" / "model").string()}));
  trainer.fit(data, {.verbose = Verbosity::quiet});
  BOOST_TEST(fs::exists(folder / "a" / "b" / "model"));
  BOOST_TEST(fs::exists(folder / "1" / "model"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_costs_no_epoch) {
  const test::TempFolder folder;
  const auto data = test::line<float>(8);
  Sequential model{Dense({.units = 1})};
  Adam optimizer;
  Trainer trainer{model, "mse", optimizer};
  trainer.add(ModelCheckpoint<float>({.path = (folder / "file").string()}));
  trainer.fit(data, {.verbose = Verbosity::quiet});
  Trainer next{model, "mse", optimizer};
  next.add(ModelCheckpoint<float>({.path = (folder / "file" / "model").string()}));
  BOOST_CHECK_THROW(next.fit(data, {.verbose = Verbosity::quiet}), FormatError);
  BOOST_TEST(optimizer.iterations() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace mistakes_test
