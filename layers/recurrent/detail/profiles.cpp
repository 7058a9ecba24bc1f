#include "rondo/layers/recurrent/detail/profiles.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

constexpr std::array profiles{
    Profile{},
    Profile{.compat = Compat::keras2,
            .name = "keras2",
            .hard_sigmoid = "hard_sigmoid_keras2",
            .dropout_mask_count = 3,
            .per_step_input_dropout = true,
            .prefer_stored_state = true},
    Profile{.compat = Compat::tf20,
            .name = "tf20",
            .hard_sigmoid = "hard_sigmoid_keras2",
            .legacy_masked_carry = true,
            .dropout_mask_count = 3},
    Profile{.compat = Compat::tfjs,
            .name = "tfjs",
            .reset_after = false,
            .recurrent_activation = "hard_sigmoid_tfjs",
            .hard_sigmoid = "hard_sigmoid_tfjs",
            .kernel_initializer = "glorot_normal_tfjs",
            .corrected_truncated_normal = false,
            .always_implementation_2 = true,
            .legacy_masked_carry = true,
            .dropout_mask_count = 3,
            .masked_output = MaskedOutput::previous_state,
            .reverse_state_order = true,
            .time_major = false},
    Profile{.compat = Compat::v1,
            .name = "v1",
            .reset_after = false,
            .hard_sigmoid = "hard_sigmoid_keras2",
            .time_major = false},
};

}  // namespace

const Profile& profile_of(Compat compat) {
  return *std::find_if(
      profiles.begin(), profiles.end(), [&](const Profile& p) { return p.compat == compat; });
}

Activation resolve(const Activation& activation, const Profile& profile) {
  return activation.name() == "hard_sigmoid" ? Activation(profile.hard_sigmoid) : activation;
}

Initializer resolve(const Initializer& initializer, const Profile& profile) {
  constexpr std::array<const char*, 3> truncated{"glorot_normal", "he_normal", "lecun_normal"};
  const bool differs =
      !profile.corrected_truncated_normal &&
      std::find(truncated.begin(), truncated.end(), initializer.name()) != truncated.end();
  return differs ? Initializer(initializer.name() + "_tfjs") : initializer;
}

void check_time_major(bool time_major, const Profile& profile, const std::string& op) {
  if (time_major && !profile.time_major) {
    throw_argument_error(
        op, fmt::format("time_major = true is not possible with compat = {}", profile.name));
  }
}

int check_implementation(int implementation, const std::string& op) {
  if (implementation != 1 && implementation != 2) {
    throw_argument_error(op, fmt::format("implementation must be 1 or 2, got {}", implementation));
  }
  return implementation;
}

void check_only_keras(Compat compat, const std::string& op) {
  if (compat != Compat::keras3 && compat != Compat::keras2) {
    throw_argument_error(op,
                         fmt::format("compat must be keras3 or keras2, got {}: the other profiles "
                                     "are those of GRU",
                                     profile_of(compat).name));
  }
}

}  // namespace rondo
