// A table of series: read, made a panel in which all is finite but targets, and made again after JSON; that JSON.
#include <algorithm>
#include <cmath>

#include "rondo/tests/fuzz/common.hpp"
#include "rondo/timeseries/panel_encoder.hpp"

using namespace rondo;

namespace {

bool are_finite(TensorView<const double> values) {
  return std::all_of(
      values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

/// Each column gets a role, or none, by its place and the byte.
PanelOptions choose_roles(const Table& table, std::uint8_t byte) {
  PanelOptions options{
      .calendar = byte % 2 == 0 ? std::vector<std::string>{} : std::vector<std::string>{"month"},
      .missing = static_cast<MissingPolicy>(byte / 2 % 4),
      .horizon = byte % 3U};
  std::vector<std::string>* const roles[] = {
      &options.past, &options.known, &options.statics, nullptr};
  for (std::size_t i = 0; i + 1 < table.columns().size(); ++i) {
    const auto& name = table.columns()[i].name;
    const auto& time = table.times().columns;
    auto* const role = roles[(i + byte / 8) % 4];
    if (role != nullptr && std::find(time.begin(), time.end(), name) == time.end()) {
      role->push_back(name);
    } else if (byte % 5 == 0) {
      options.series = name;
    }
  }
  return options;
}

void check_panel(const Panel& panel) {
  for (const PanelSeries& series : panel.series) {
    fuzz::require(series.size() > 0 && series.known.shape()[0] >= series.size(),
                  "a series has no rows");
    fuzz::require(are_finite(series.past.view()) && are_finite(series.known.view()),
                  "what is missing is not filled");
    fuzz::require(series.statics.size() == panel.columns.statics.size(),
                  "a static column is missing");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  fuzz::accepted([&] {
    const Table table = read_table(fuzz::file_with(input.rest()));
    const PanelEncoder encoder(table, choose_roles(table, input.first()));
    const EncodedPanel made = encoder.encode(table, input.first() % 7 == 0 ? &table : nullptr);
    check_panel(made.panel);
    const PanelEncoder again = PanelEncoder::from_json(encoder.to_json());
    fuzz::require(again.encode(table).panel.columns.past == made.panel.columns.past,
                  "another panel comes back");
  });
  fuzz::accepted([&] {
    const std::string printed = PanelEncoder::from_json(input.rest()).to_json();
    fuzz::require(PanelEncoder::from_json(printed).to_json() == printed,
                  "another encoder comes back");
  });
  return 0;
}
