#include "rondo/timeseries/classifier.hpp"

#include <cmath>

#include "rondo/core/rng.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"
#include "rondo/timeseries/class_errors.hpp"

namespace classifier_test {

using namespace rondo;

namespace {

/// Slow and fast waves of 12 to 19 steps at any phase, in a second channel their mirror.
LabelledSeries waves(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  LabelledSeries data{.source = "waves.ts", .classes = {"slow", "fast"}};
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t length = 12 + i % 8;
    const double phase = 6.28 * rng.uniform(), rate = i % 2 == 0 ? 0.4 : 1.2;
    Tensor<double> series({length, 2});
    for (std::size_t t = 0; t < length; ++t) {
      series.data()[2 * t] = 100 + std::sin(phase + rate * static_cast<double>(t));
      series.data()[2 * t + 1] = 100 - series.data()[2 * t];
    }
    data.series.push_back(std::move(series));
    data.labels.push_back(i % 2);
    data.lines.push_back(i + 1);
  }
  return data;
}

/// Few units, few epochs.
ClassifierOptions small() {
  return {.units = {8}, .dropout = 0.1, .epochs = 30, .learning_rate = 0.02};
}

double accuracy(const Classifier& classifier, const LabelledSeries& data) {
  return class_errors(classifier.labels_of(data),
                      most_probable(classifier.predict(data.series).view()),
                      classifier.classes().size())
      .accuracy;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_classifier)

BOOST_AUTO_TEST_CASE(each_cell_learns_series_of_different_lengths) {
  for (const char* cell : {"gru", "lstm", "rnn"}) {
    ClassifierOptions options = small();
    options.cell = cell;
    options.bidirectional = cell != std::string("lstm");
    Classifier classifier(options);
    const auto history = classifier.fit(waves(64, 1));
    BOOST_REQUIRE(history);
    BOOST_TEST(history->epochs().size() == 30U);
    BOOST_TEST(accuracy(classifier, waves(200, 2)) >= 0.95, cell);
  }
}

BOOST_AUTO_TEST_CASE(probabilities_do_not_depend_on_what_else_is_asked) {
  Classifier classifier(small());
  classifier.fit(waves(32, 1));
  const LabelledSeries data = waves(8, 2);
  const Tensor<double> together = classifier.predict(data.series);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Tensor<double> alone = classifier.predict(std::span(&data.series[i], 1));
    BOOST_TEST(alone.data()[0] + alone.data()[1] == 1.0, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(alone.data()[0] == together.data()[2 * i], boost::test_tools::tolerance(1e-5));
  }
}

BOOST_AUTO_TEST_CASE(a_saved_classifier_is_the_same) {
  const test::TempFolder folder;
  Classifier classifier(small());
  classifier.fit(waves(16, 1));
  classifier.save(folder / "model.safetensors");
  const Classifier loaded = Classifier::load(folder / "model.safetensors");
  const LabelledSeries data = waves(8, 2);
  BOOST_TEST(test::values(loaded.predict(data.series).view()) ==
                 test::values(classifier.predict(data.series).view()),
             boost::test_tools::per_element());
  BOOST_TEST(loaded.classes() == classifier.classes(), boost::test_tools::per_element());
  BOOST_TEST(loaded.options().epochs == 30U);
  BOOST_TEST(loaded.options().cell == "gru");
}

BOOST_AUTO_TEST_CASE(one_seed_gives_one_classifier) {
  ClassifierOptions options = small();
  options.epochs = 3;
  const LabelledSeries data = waves(16, 1);
  const auto after = [&](std::uint64_t seed) {
    options.seed = seed;
    Classifier classifier(options);
    classifier.fit(data);
    return test::values(classifier.predict(data.series).view());
  };
  BOOST_TEST(after(1) == after(1), boost::test_tools::per_element());
  BOOST_TEST((after(1) != after(2)));
}

/// The second fit begins where the first one did.
BOOST_AUTO_TEST_CASE(fit_begins_anew) {
  ClassifierOptions options = small();
  options.epochs = 3;
  const LabelledSeries data = waves(16, 1);
  Classifier classifier(options);
  classifier.fit(data);
  const auto first = test::values(classifier.predict(data.series).view());
  classifier.fit(data);
  BOOST_TEST(test::values(classifier.predict(data.series).view()) == first,
             boost::test_tools::per_element());
}

/// Classes that have nothing to do with the series cannot be learnt.
BOOST_AUTO_TEST_CASE(validation_stops_early_and_is_in_the_history) {
  ClassifierOptions options = small();
  options.validation = 0.25;
  options.patience = 0;
  options.epochs = 200;
  Classifier classifier(options);
  LabelledSeries data = waves(64, 1);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data.labels[i] = i / 2 % 2;
  }
  const auto history = classifier.fit(data);
  BOOST_REQUIRE(history);
  BOOST_TEST(history->epochs().size() < 200U);
  BOOST_TEST(history->values("val_accuracy").size() == history->epochs().size());
}

/// 3 against 45: without weights the rare class costs little.
BOOST_AUTO_TEST_CASE(class_weights_raise_the_probability_of_a_rare_class) {
  LabelledSeries data = waves(90, 1);
  LabelledSeries rare{.source = data.source, .classes = data.classes};
  std::size_t fast = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.labels[i] == 0 || ++fast <= 3) {
      rare.series.push_back(data.series[i]);
      rare.labels.push_back(data.labels[i]);
      rare.lines.push_back(data.lines[i]);
    }
  }
  const auto mean_of_rare = [&](bool weights) {
    ClassifierOptions options = small();
    options.epochs = 2;
    options.class_weights = weights;
    Classifier classifier(options);
    classifier.fit(rare);
    const Tensor<double> probabilities = classifier.predict(rare.series);
    double sum = 0.0;
    for (std::size_t i = 0; i < rare.size(); ++i) {
      sum += probabilities.data()[2 * i + 1];
    }
    return sum / static_cast<double>(rare.size());
  };
  BOOST_TEST(mean_of_rare(true) > mean_of_rare(false) + 0.2);
}

BOOST_AUTO_TEST_CASE(classes_of_other_data_are_found_by_name) {
  Classifier classifier(small());
  classifier.fit(waves(16, 1));
  LabelledSeries other = waves(2, 1);
  std::swap(other.classes[0], other.classes[1]);
  BOOST_TEST(classifier.labels_of(other) == std::vector<std::size_t>({1, 0}),
             boost::test_tools::per_element());
  other.classes[1] = "wild";
  RONDO_CHECK_THROWS(static_cast<void>(classifier.labels_of(other)),
                     ArgumentError,
                     "[classifier] waves.ts:2: the class 'wild' does not occur in training, known "
                     "are 'slow', 'fast'");
}

BOOST_AUTO_TEST_CASE(data_that_cannot_be_learnt_are_refused) {
  Classifier classifier(small());
  const auto refuses = [&](const LabelledSeries& data, const std::string& problem) {
    RONDO_CHECK_THROWS(classifier.fit(data), ArgumentError, "[classifier] " + problem);
  };
  refuses({}, "there are no series");
  LabelledSeries unknown = waves(4, 1);
  unknown.labels.clear();
  refuses(unknown, "waves.ts: the class of its series is not known");
  LabelledSeries one = waves(4, 1);
  one.classes.push_back("rare");
  refuses(
      one,
      "waves.ts: the class 'rare' has no member, expected two members or more: leave it out, or "
      "join it with another one");
  one.labels[3] = 2;
  refuses(
      one,
      "waves.ts:2: the class 'fast' has one member, expected two members or more: leave it out, "
      "or join it with another one");
  LabelledSeries same = waves(4, 1);
  same.classes = {"slow"};
  same.labels = {0, 0, 0, 0};
  refuses(same, "waves.ts: all series are of the class 'slow', expected two classes");
  RONDO_CHECK_THROWS(static_cast<void>(classifier.predict(one.series)),
                     StateError,
                     "[classifier] it is not trained: call fit or load first");
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  const auto refuses = [](const ClassifierOptions& options, const std::string& problem) {
    RONDO_CHECK_THROWS(Classifier{options}, ArgumentError, "[classifier] " + problem);
  };
  refuses({.units = {}}, "units must name at least one layer, each with one unit or more");
  refuses({.units = {8, 0}}, "units must name at least one layer, each with one unit or more");
  refuses({.cell = "gro"}, "unknown cell 'gro' (did you mean 'gru'?), known are gru, lstm, rnn");
  refuses({.dropout = 1.0}, "dropout must lie in [0, 1), got 1");
  refuses({.recurrent_dropout = -0.5}, "recurrent_dropout must lie in [0, 1), got -0.5");
  refuses({.epochs = 0}, "epochs and batch_size must be above 0");
  refuses({.learning_rate = 0.0}, "learning_rate must be above 0, got 0");
  refuses({.validation = 1.0}, "validation must lie in [0, 1), got 1");
  refuses({.patience = -1}, "patience must be 0 or more, got -1");
}

BOOST_AUTO_TEST_CASE(other_files_are_refused) {
  const test::TempFolder folder;
  const std::string path = (folder / "a.safetensors").string();
  Dense<float> dense{{.units = 1}};
  dense.build({1});
  save_weights(path, dense.weights(), {{"format", "rondo model 1"}});
  RONDO_CHECK_THROWS(
      static_cast<void>(Classifier::load(path)),
      FormatError,
      "[classifier] " + path + ": expected 'rondo classifier 1', found 'rondo model 1'");
  save_weights(path, dense.weights(), {{"format", "rondo classifier 1"}});
  RONDO_CHECK_THROWS(static_cast<void>(Classifier::load(path)),
                     FormatError,
                     "[classifier] " + path + ": has no 'options' in its metadata");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace classifier_test
