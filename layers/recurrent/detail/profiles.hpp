/// The table of the compatibility profiles (D21) and what names mean under them. For the sources of
/// the recurrent layers.
#pragma once

#include <string>

#include "rondo/layers/activations.hpp"
#include "rondo/layers/initializers.hpp"
#include "rondo/layers/recurrent/options.hpp"

namespace rondo {

/// The defaults of a profile, beside those of keras3; members are named after the options they
/// stand for.
struct Profile {
  Compat compat = Compat::keras3;
  const char* name = "keras3";
  bool reset_after = true;
  const char* recurrent_activation = "sigmoid";
  const char* hard_sigmoid = "hard_sigmoid_keras3";  // what this name means
  const char* kernel_initializer = "glorot_uniform";
  // Whether glorot_normal and the like have the stated variance.
  bool corrected_truncated_normal = true;
  bool always_implementation_2 = false;  // whatever is asked for
  bool legacy_masked_carry = false;      // under implementation 2
  int dropout_mask_count = 1;            // drawn under implementation 2
  bool per_step_input_dropout = false;   // of a layer that a cuDNN kernel could run
  bool prefer_stored_state = false;
  MaskedOutput masked_output = MaskedOutput::previous_output;
  bool reverse_state_order = false;
  bool time_major = true;  // whether true is accepted
};

[[nodiscard]] const Profile& profile_of(Compat compat);

/// `hard_sigmoid` becomes the variant of the profile; everything else stays as it is.
[[nodiscard]] Activation resolve(const Activation& activation, const Profile& profile);

/// `glorot_normal`, `he_normal`, `lecun_normal` become the variant of the profile.
[[nodiscard]] Initializer resolve(const Initializer& initializer, const Profile& profile);

/// @throws ArgumentError if the profile has no time_major
void check_time_major(bool time_major, const Profile& profile, const std::string& op);

/// The implementation itself. @throws ArgumentError unless it is 1 or 2
[[nodiscard]] int check_implementation(int implementation, const std::string& op);

/// @throws ArgumentError unless the profile is keras3 or keras2, from which the layer does not
/// differ
void check_only_keras(Compat compat, const std::string& op);

}  // namespace rondo
