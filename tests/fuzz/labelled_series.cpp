// A file of labelled series, by its first byte of UCR's or UEA's kind.
#include "rondo/formats/labelled_series.hpp"

#include <filesystem>

#include "rondo/tests/fuzz/common.hpp"
#include "rondo/tests/support/temp_folder.hpp"

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
  fuzz::require(read.labels.empty() || read.labels.size() == read.size(), "a series has no label");
  for (const std::size_t label : read.labels) {
    fuzz::require(label < read.classes.size(), "a label is no class");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const test::TempFolder folder;
  const fuzz::Input input(data, size);
  const auto path = folder / (input.first() % 2 == 0 ? "a.tsv" : "a.ts");
  if (!std::filesystem::is_symlink(path)) {  // the reader goes by the extension
    std::filesystem::create_symlink(fuzz::file_with(""), path);
  }
  fuzz::file_with(input.rest());
  fuzz::accepted([&] { check(read_labelled_series(path)); });
  return 0;
}
