/// The fields of every options struct with their names: one list for reading and for writing
/// configs. For the sources of this folder.
#pragma once

#include "rondo/optim/adadelta.hpp"
#include "rondo/optim/adafactor.hpp"
#include "rondo/optim/adagrad.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/adamax.hpp"
#include "rondo/optim/adamw.hpp"
#include "rondo/optim/ftrl.hpp"
#include "rondo/optim/lamb.hpp"
#include "rondo/optim/lion.hpp"
#include "rondo/optim/muon.hpp"
#include "rondo/optim/nadam.hpp"
#include "rondo/optim/rmsprop.hpp"
#include "rondo/optim/schedule_free_adamw.hpp"
#include "rondo/optim/sgd.hpp"

namespace rondo::detail {

// Each calls visit(name, member) for what the optimizer has beside the common options.

template <class Visit>
void visit_own(OptimizerOptions&, Visit) {}

template <class Visit>
void visit_own(SGDOptions& o, Visit visit) {
  visit("momentum", o.momentum);
  visit("nesterov", o.nesterov);
  visit("dampening", o.dampening);
  visit("rate_in_momentum", o.rate_in_momentum);
}

template <class Visit>
void visit_own(RMSpropOptions& o, Visit visit) {
  visit("rho", o.rho);
  visit("momentum", o.momentum);
  visit("epsilon", o.epsilon);
  visit("centered", o.centered);
  visit("epsilon_in_root", o.epsilon_in_root);
  visit("centered_subtracts_epsilon", o.centered_subtracts_epsilon);
  visit("rate_in_momentum", o.rate_in_momentum);
}

/// What Adam and its relatives have.
template <class Options, class Visit>
void visit_betas(Options& o, Visit visit) {
  visit("beta_1", o.beta_1);
  visit("beta_2", o.beta_2);
  visit("epsilon", o.epsilon);
}

template <class Visit>
void visit_own(AdamOptions& o, Visit visit) {
  visit_betas(o, visit);
  visit("amsgrad", o.amsgrad);
  visit("epsilon_hat", o.epsilon_hat);
}

template <class Visit>
void visit_own(AdamWOptions& o, Visit visit) {
  visit_betas(o, visit);
  visit("amsgrad", o.amsgrad);
  visit("epsilon_hat", o.epsilon_hat);
}

template <class Visit>
void visit_own(AdamaxOptions& o, Visit visit) {
  visit_betas(o, visit);
  visit("epsilon_in_norm", o.epsilon_in_norm);
}

template <class Visit>
void visit_own(NadamOptions& o, Visit visit) {
  visit_betas(o, visit);
  visit("momentum_decay", o.momentum_decay);
}

template <class Visit>
void visit_own(LambOptions& o, Visit visit) {
  visit_betas(o, visit);
}

template <class Visit>
void visit_own(ScheduleFreeAdamWOptions& o, Visit visit) {
  visit_betas(o, visit);
  visit("warmup_steps", o.warmup_steps);
}

template <class Visit>
void visit_own(LionOptions& o, Visit visit) {
  visit("beta_1", o.beta_1);
  visit("beta_2", o.beta_2);
}

template <class Visit>
void visit_own(AdagradOptions& o, Visit visit) {
  visit("initial_accumulator_value", o.initial_accumulator_value);
  visit("epsilon", o.epsilon);
  visit("epsilon_in_root", o.epsilon_in_root);
}

template <class Visit>
void visit_own(AdadeltaOptions& o, Visit visit) {
  visit("rho", o.rho);
  visit("epsilon", o.epsilon);
  visit("divide_by_previous", o.divide_by_previous);
}

template <class Visit>
void visit_own(FtrlOptions& o, Visit visit) {
  visit("learning_rate_power", o.learning_rate_power);
  visit("initial_accumulator_value", o.initial_accumulator_value);
  visit("l1_regularization_strength", o.l1_regularization_strength);
  visit("l2_regularization_strength", o.l2_regularization_strength);
  visit("l2_shrinkage_regularization_strength", o.l2_shrinkage_regularization_strength);
  visit("beta", o.beta);
}

template <class Visit>
void visit_own(AdafactorOptions& o, Visit visit) {
  visit("beta_2_decay", o.beta_2_decay);
  visit("epsilon_1", o.epsilon_1);
  visit("epsilon_2", o.epsilon_2);
  visit("clip_threshold", o.clip_threshold);
  visit("relative_step", o.relative_step);
}

template <class Visit>
void visit_own(MuonOptions& o, Visit visit) {
  visit("adam_beta_1", o.adam_beta_1);
  visit("adam_beta_2", o.adam_beta_2);
  visit("adam_weight_decay", o.adam_weight_decay);
  visit("epsilon", o.epsilon);
  visit("exclude_layers", o.exclude_layers);
  visit("exclude_embeddings", o.exclude_embeddings);
  visit("muon_a", o.muon_a);
  visit("muon_b", o.muon_b);
  visit("muon_c", o.muon_c);
  visit("adam_lr_ratio", o.adam_lr_ratio);
  visit("momentum", o.momentum);
  visit("ns_steps", o.ns_steps);
  visit("nesterov", o.nesterov);
  visit("rms_rate", o.rms_rate);
}

/// All fields of an optimizer's options.
template <class Options, class Visit>

requires requires(Options& o) {
  o.require_all;
}

void visit_fields(Options& o, Visit visit) {
  visit("learning_rate", o.learning_rate);
  visit_own(o, visit);
  visit("weight_decay", o.weight_decay);
  visit("clipnorm", o.clipnorm);
  visit("clipvalue", o.clipvalue);
  visit("global_clipnorm", o.global_clipnorm);
  visit("use_ema", o.use_ema);
  visit("ema_momentum", o.ema_momentum);
  visit("ema_overwrite_frequency", o.ema_overwrite_frequency);
  visit("loss_scale_factor", o.loss_scale_factor);
  visit("gradient_accumulation_steps", o.gradient_accumulation_steps);
  visit("require_all", o.require_all);
  if constexpr (requires { o.decoupled_weight_decay; }) {
    visit("decoupled_weight_decay", o.decoupled_weight_decay);
  }
}

// And of the schedules.

template <class Options, class Visit>

requires requires(Options& o) {
  o.staircase;
}

void visit_fields(Options& o, Visit visit) {  // ExponentialDecay, InverseTimeDecay
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("decay_steps", o.decay_steps);
  visit("decay_rate", o.decay_rate);
  visit("staircase", o.staircase);
}

template <class Visit>
void visit_fields(PiecewiseConstantDecayOptions& o, Visit visit) {
  visit("boundaries", o.boundaries);
  visit("values", o.values);
}

template <class Visit>
void visit_fields(PolynomialDecayOptions& o, Visit visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("decay_steps", o.decay_steps);
  visit("end_learning_rate", o.end_learning_rate);
  visit("power", o.power);
  visit("cycle", o.cycle);
}

template <class Visit>
void visit_fields(CosineDecayOptions& o, Visit visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("decay_steps", o.decay_steps);
  visit("alpha", o.alpha);
  visit("warmup_target", o.warmup_target);
  visit("warmup_steps", o.warmup_steps);
}

template <class Visit>
void visit_fields(CosineDecayRestartsOptions& o, Visit visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("first_decay_steps", o.first_decay_steps);
  visit("t_mul", o.t_mul);
  visit("m_mul", o.m_mul);
  visit("alpha", o.alpha);
}

template <class Visit>
void visit_fields(LinearWarmupOptions& o, Visit visit) {
  visit("learning_rate", o.learning_rate);
  visit("warmup_steps", o.warmup_steps);
  visit("initial_learning_rate", o.initial_learning_rate);
}

}  // namespace rondo::detail
