// A file of labelled series, by its first byte of UCR's or UEA's kind.
#include "rondo/formats/labelled_series.hpp"

#include "rondo/formats/ts.hpp"
#include "rondo/formats/ucr.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

namespace {

void check(const LabelledSeries& read) {
  fuzz::require(read.size() > 0 && read.lines.size() == read.size(),
                "no series, or no line of one");
  for (const Tensor<double>& series : read.series) {
    fuzz::require(
        series.shape().rank() == 2 && series.shape()[0] > 0 && series.shape()[1] == read.channels(),
        "a series without values, or with other channels");
  }
  fuzz::require(read.labels.empty() == read.class_names.empty(), "labels without classes");
  fuzz::require(read.labels.empty() || read.labels.size() == read.size(), "a series has no label");
  for (const std::size_t label : read.labels) {
    fuzz::require(label < read.class_names.size(), "a label is no class");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  const bool ucr = input.first() % 2 == 0;
  fuzz::accepted([&] {
    const std::string file = fuzz::file_with(input.rest());
    check(ucr ? read_ucr(file) : read_ts(file));
  });
  return 0;
}
