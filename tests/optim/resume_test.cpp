// Runs that end in the middle, and go on: bit by bit, whenever they were killed.
#include "rondo/tests/optim/resume.hpp"

#include <algorithm>
#include <chrono>

#include "rondo/optim/checkpoint.hpp"

namespace resume_test {

using namespace rondo;
using namespace rondo::test;

namespace {

/// Killed in a step, gone on to the end: the same as without.
void check_resume(Plan plan) {
  const test::TempFolder one;
  const test::TempFolder other;
  Plan whole = plan;
  whole.folder = one.path();
  whole.kill_at = no_kill;
  const Result expected = Training(whole).run();
  plan.folder = other.path();
  const int status = in_child(plan);
  BOOST_REQUIRE(WIFSIGNALED(status));
  BOOST_REQUIRE(WTERMSIG(status) == SIGKILL);
  plan.kill_at = no_kill;
  check_equal(Training(plan).run(), expected);
}

/// A handler of a user's own.
extern "C" void nothing(int) {}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_resume)

// Four epochs of four batches, then two batches of the fifth.
BOOST_AUTO_TEST_CASE(a_run_killed_within_an_epoch_goes_on_from_its_last_batch) {
  check_resume({.save_freq = 1, .kill_at = 4 * 4 + 2});
}

BOOST_AUTO_TEST_CASE(a_run_killed_within_an_epoch_goes_on_from_its_last_epoch) {
  check_resume({.kill_at = 4 * 4 + 2});
}

BOOST_AUTO_TEST_CASE(a_run_killed_between_two_backups_repeats_the_batches_between) {
  check_resume({.save_freq = 3, .kill_at = 4 * 4 + 1});
}

BOOST_AUTO_TEST_CASE(a_schedule_by_epochs_is_not_applied_twice) {
  check_resume({.save_freq = 1, .plateau = false, .kill_at = 4 * 4 + 2});
}

BOOST_AUTO_TEST_CASE(carried_states_go_on) {
  check_resume({.save_freq = 1, .stateful = true, .kill_at = 9});
}

BOOST_AUTO_TEST_CASE(chunks_of_sequences_go_on) {
  check_resume({.save_freq = 1, .kill_at = 9, .tbptt_steps = 3});
}

BOOST_AUTO_TEST_CASE(a_run_killed_in_its_first_batch_begins_anew) {
  check_resume({.save_freq = 1, .kill_at = 0});
}

BOOST_AUTO_TEST_CASE(a_run_may_be_given_more_epochs) {
  const test::TempFolder one;
  const test::TempFolder other;
  const Result expected = Training({.folder = one.path(), .epochs = 6}).run();
  in_child({.folder = other.path(), .epochs = 3, .kill_at = 9});
  check_equal(Training({.folder = other.path(), .epochs = 6}).run(), expected);
}

// The parent kills at random moments, in the middle of computing, writing or renaming.
BOOST_AUTO_TEST_CASE(whenever_a_program_is_killed_a_whole_backup_is_there) {
  const test::TempFolder folder;
  const Plan plan{.folder = folder.path(), .save_freq = 1, .epochs = 100000};
  Plan first = plan;
  first.kill_at = 3;
  const auto begin = std::chrono::steady_clock::now();
  in_child(first);
  const std::chrono::duration<double, std::micro> start = std::chrono::steady_clock::now() - begin;
  // Long enough for a batch, also under sanitizers.
  const auto longest = static_cast<std::uint64_t>(std::max(50000.0, 4.0 * start.count()));
  Rng rng(3);
  std::uint64_t iterations = 0;
  for (int i = 0; i < 50; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      Training(plan).run();
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(2000 + rng.below(longest)));
    ::kill(child, SIGKILL);
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFSIGNALED(status));
    Training other(plan);
    other.model().build({4, 2});
    other.optimizer().build(other.model().weights());
    BOOST_CHECK_NO_THROW(
        load_checkpoint(other.backup() / "training.safetensors", other.model(), other.optimizer()));
    BOOST_TEST(other.optimizer().iterations() >= iterations);
    iterations = other.optimizer().iterations();
  }
  BOOST_TEST(iterations > 3U);
}

// ---- Ctrl-C ----

BOOST_AUTO_TEST_CASE(a_signal_saves_says_how_to_go_on_and_leaves_no_handler) {
  const test::TempFolder one;
  const Result expected = Training({.folder = one.path()}).run();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const test::TempFolder other;
    std::FILE* const out = std::tmpfile();
    const auto before = std::signal(signal, nothing);
    Plan plan{.folder = other.path(), .kill_at = 4 * 4 + 2, .signal = signal, .out = out};
    {
      Training interrupted(plan);
      interrupted.run();
      BOOST_TEST(interrupted.trainer().interrupted());
      BOOST_TEST(interrupted.trainer().history().epochs().size() == 4U);
      BOOST_TEST(interrupted.signal() == signal);
    }
    BOOST_TEST((std::signal(signal, before) == nothing));
    const std::string text = text_of(out);
    BOOST_TEST(text == "\nInterrupted after batch 3 of epoch 5, saved in " +
                           (other / "backup/training.safetensors").string() +
                           ": run the same program again to go on\n");
    plan = {.folder = other.path()};
    check_equal(Training(plan).run(), expected);
  }
}

// As a shell leaves it to programs in the background, and nohup to all.
BOOST_AUTO_TEST_CASE(a_signal_that_is_ignored_stays_so) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const test::TempFolder folder;
    const auto before = std::signal(signal, SIG_IGN);
    Training training({.folder = folder.path(), .kill_at = 3, .signal = signal});
    training.run();
    BOOST_TEST(!training.trainer().interrupted());
    BOOST_TEST(training.signal() == 0);
    BOOST_TEST((std::signal(signal, before) == SIG_IGN));
  }
}

BOOST_AUTO_TEST_CASE(an_error_in_a_run_gives_the_handlers_back) {
  const test::TempFolder folder;
  const auto before = std::signal(SIGINT, nothing);
  Training training({.folder = folder.path(), .signal = SIGINT});
  training.trainer().add(LambdaCallback<float>(
      {.on_epoch_begin = [](auto&, std::size_t) { throw std::runtime_error("stop"); }}));
  BOOST_CHECK_THROW(training.run(), std::runtime_error);
  BOOST_TEST((std::signal(SIGINT, before) == nothing));
}

// The file is deleted, cut or gone on with by another program, while the run is interrupted.
BOOST_AUTO_TEST_CASE(a_log_that_was_changed_has_its_lines_again) {
  const test::TempFolder one;
  const Result expected = Training({.folder = one.path()}).run();
  for (const int length : {0, 1, 60, 100000}) {
    const test::TempFolder other;
    in_child({.folder = other.path(), .kill_at = 4 * 4 + 2});
    if (length == 0) {
      fs::remove(other / "log.csv");
    } else {
      fs::resize_file(other / "log.csv", static_cast<std::uintmax_t>(length));
    }
    check_equal(Training({.folder = other.path()}).run(), expected);
  }
}

BOOST_AUTO_TEST_CASE(two_runs_cannot_wait_for_ctrl_c) {
  const test::TempFolder folder;
  Training outer({.folder = folder.path(), .signal = SIGINT});
  outer.trainer().add(LambdaCallback<float>({.on_epoch_begin = [&](auto&, std::size_t) {
    Training({.folder = folder / "inner", .signal = SIGINT}).run();
  }}));
  fs::create_directory(folder / "inner");
  RONDO_CHECK_THROWS(outer.run(),
                     StateError,
                     "[BackupAndRestore] another run of this process waits for Ctrl-C: set "
                     "save_on_interrupt to false in one of them");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace resume_test
