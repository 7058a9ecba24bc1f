#include "rondo/optim/history.hpp"

#include <cmath>
#include <fstream>
#include <sstream>

#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace history_test {

using namespace rondo;

namespace {

Logs logs_of(std::initializer_list<Logs::Entry> entries) {
  Logs logs;
  for (const auto& [name, value] : entries) {
    logs.set(name, value);
  }
  return logs;
}

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_history)

BOOST_AUTO_TEST_CASE(logs_keep_the_order_of_their_names) {
  Logs logs = logs_of({{"loss", 1.0}, {"val_loss", 2.0}});
  logs.set("loss", 3.0);
  BOOST_TEST(logs.names() == "loss, val_loss");
  BOOST_TEST(logs.at("loss") == 3.0);
  BOOST_TEST(!logs.find("accuracy").has_value());
  logs.clear();
  BOOST_TEST(logs.entries().empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_answered_with_the_known_ones) {
  const Logs logs = logs_of({{"loss", 1.0}, {"val_loss", 2.0}});
  RONDO_CHECK_THROWS(
      static_cast<void>(logs.at("val_los")),
      ArgumentError,
      "[Logs] unknown value 'val_los' (did you mean 'val_loss'?), known are loss, val_loss");
  History history;
  RONDO_CHECK_THROWS(static_cast<void>(history.last("loss")),
                     ArgumentError,
                     "[History] unknown value 'loss', known are none");
  history.add(0, logs);
  RONDO_CHECK_THROWS(static_cast<void>(history.values("accuracy")),
                     ArgumentError,
                     "[History] unknown value 'accuracy', known are loss, val_loss");
}

BOOST_AUTO_TEST_CASE(a_history_has_a_value_per_epoch) {
  History history;
  history.add(4, logs_of({{"loss", 1.0}}));
  history.add(5, logs_of({{"loss", 0.5}}));
  const std::vector<double> expected{1.0, 0.5};
  BOOST_TEST(history.values("loss") == expected, boost::test_tools::per_element());
  BOOST_TEST(history.last("loss") == 0.5);
  const std::vector<std::size_t> epochs{4, 5};
  BOOST_TEST(history.epochs() == epochs, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_epoch_without_a_value_has_nan) {
  History history;
  history.add(0, logs_of({{"loss", 1.0}}));
  history.add(1, logs_of({{"val_loss", 2.0}}));
  BOOST_TEST(history.names().size() == 2U);
  BOOST_TEST(std::isnan(history.values("loss")[1]));
  BOOST_TEST(std::isnan(history.values("val_loss")[0]));
  BOOST_TEST(history.last("val_loss") == 2.0);
}

BOOST_AUTO_TEST_CASE(a_csv_file_holds_exact_numbers) {
  const test::TempFolder folder;
  History history;
  history.add(0, logs_of({{"loss", 0.1}, {"val_loss", 1.0 / 3.0}}));
  history.add(1, logs_of({{"loss", 1e-30}}));
  history.write_csv(folder / "history.csv");
  BOOST_TEST(content(folder / "history.csv") ==
             "epoch,loss,val_loss\n0,0.1,0.3333333333333333\n1,1e-30,nan\n");
  History().write_csv(folder / "history.csv");
  BOOST_TEST(content(folder / "history.csv") == "epoch\n");
}

BOOST_AUTO_TEST_CASE(a_csv_file_that_cannot_be_written_is_an_error) {
  RONDO_CHECK_THROWS(
      History().write_csv("/nowhere/history.csv"),
      FormatError,
      "[History] /nowhere/history.csv: cannot be written: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace history_test
