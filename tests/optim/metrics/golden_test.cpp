#include "rondo/tests/support/golden.hpp"

#include "rondo/optim/metrics/metrics.hpp"
#include "rondo/tests/support/check.hpp"

namespace golden_test {

using namespace rondo;
using nlohmann::json;

namespace {

PrecisionOptions precision_options(const json& o) {
  PrecisionOptions options;
  if (o.contains("thresholds")) {
    options.threshold = o["thresholds"].get<double>();
  }
  if (o.contains("top_k")) {
    options.top_k = o["top_k"].get<std::size_t>();
  }
  if (o.contains("class_id")) {
    options.class_id = o["class_id"].get<std::size_t>();
  }
  return options;
}

F1ScoreOptions f1_options(const json& o) {
  F1ScoreOptions options;
  const std::string average = o["average"];
  options.average = average == "micro"   ? Average::micro
                    : average == "macro" ? Average::macro
                                         : Average::weighted;
  if (o.contains("threshold")) {
    options.threshold = o["threshold"].get<double>();
  }
  return options;
}

AUCOptions auc_options(const json& o) {
  AUCOptions options;
  options.num_thresholds = o.value("num_thresholds", std::size_t{200});
  options.curve = o.value("curve", "ROC") == "PR" ? Curve::pr : Curve::roc;
  const std::string method = o.value("summation_method", "interpolation");
  options.summation_method = method == "minoring"   ? Summation::minoring
                             : method == "majoring" ? Summation::majoring
                                                    : Summation::interpolation;
  options.from_logits = o.value("from_logits", false);
  return options;
}

R2ScoreOptions r2_options(const json& o) {
  R2ScoreOptions options;
  if (o.contains("class_aggregation")) {
    options.class_aggregation = ClassAggregation::variance_weighted_average;
  }
  options.num_regressors = o.value("num_regressors", std::size_t{0});
  return options;
}

/// The metrics that the file has with options; the others come by their class name.
template <Real T>
std::unique_ptr<Metric<T>> metric_of(const std::string& name, const json& o) {
  const auto made = [](auto metric) {
    return std::make_unique<decltype(metric)>(std::move(metric));
  };
  if (o.empty()) {
    return make_metric<T>(name);
  }
  if (name == "BinaryAccuracy") {
    return made(BinaryAccuracy<T>(o["threshold"].get<double>()));
  }
  if (name == "TopKCategoricalAccuracy") {
    return made(TopKCategoricalAccuracy<T>(o["k"].get<std::size_t>()));
  }
  if (name == "SparseTopKCategoricalAccuracy") {
    return made(SparseTopKCategoricalAccuracy<T>(o["k"].get<std::size_t>()));
  }
  if (name == "R2Score") {
    return made(R2Score<T>(r2_options(o)));
  }
  if (name == "Precision") {
    return made(Precision<T>(precision_options(o)));
  }
  if (name == "Recall") {
    return made(Recall<T>(precision_options(o)));
  }
  if (name == "F1Score") {
    return made(F1Score<T>(f1_options(o)));
  }
  BOOST_REQUIRE_EQUAL(name, "AUC");
  return made(AUC<T>(auc_options(o)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_metrics_golden)

// Keras computes some metrics in single precision whatever is asked for.
BOOST_AUTO_TEST_CASE_TEMPLATE(metrics_are_those_of_keras, T, test::RealTypes) {
  const json cases = test::read_golden("tests/golden/losses/metrics.json");
  BOOST_TEST(cases.size() > 100U);
  for (const json& c : cases) {
    BOOST_TEST_CONTEXT(c["metric"] << " " << c["options"] << " "
                                   << c["updates"][0]["predictions"]["shape"]
                                   << c["updates"][0].contains("sample_weights")) {
      auto metric = metric_of<T>(c["metric"], c["options"]);
      for (const json& update : c["updates"]) {
        const auto weights = test::golden_tensor<T>(update, "sample_weights");
        metric->update(test::golden_tensor<T>(update["predictions"]),
                       test::golden_tensor<T>(update["targets"]),
                       test::view_or_none(weights));
      }
      const std::vector<double> found{metric->result()};
      test::check_close(std::span<const double>(found),
                        {c["expected"].get<double>()},
                        std::is_same_v<T, float> ? 1e-5 : 1e-6);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace golden_test
