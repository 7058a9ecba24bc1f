// The committed TensorFlow.js cases: every option that changes numbers, small sizes.
'use strict';

const ACTIVATIONS = ['elu', 'selu', 'relu', 'relu6', 'linear', 'sigmoid', 'hardSigmoid', 'softplus',
                     'softsign', 'tanh', 'softmax', 'logSoftmax', 'gelu', 'gelu_new', 'mish', 'swish'];

/** masks: the form of each call's mask; state: whether an initial state is given. */
function spec(name, kind, options, more = {}) {
  return {name, kind, options, masks: ['none'], state: kind === 'tfjs_cell', ...more};
}

function* activations() {
  for (const [i, name] of ACTIVATIONS.entries()) {
    const recurrentActivation = ACTIVATIONS[(i + 6) % ACTIVATIONS.length];
    const options = {units: 3, activation: name, recurrentActivation};
    yield spec(`activation_${name}`, 'tfjs_cell', options);
  }
  yield spec('activation_null', 'tfjs_cell', {units: 3, activation: null, recurrentActivation: null});
}

function* layers() {
  yield spec('gru_defaults', 'tfjs_gru', {units: 3});
  yield spec('gru_no_bias', 'tfjs_gru', {units: 4, useBias: false, returnSequences: true}, {state: true});
  yield spec('gru_implementation_1', 'tfjs_gru', {units: 3, implementation: 1, returnState: true});
  yield spec('gru_backwards', 'tfjs_gru', {units: 3, goBackwards: true, returnSequences: true},
             {state: true});
  yield spec('gru_one', 'tfjs_gru', {units: 1, returnSequences: true}, {sizes: [1, 2, 1]});
  yield spec('gru_stateful', 'tfjs_gru', {units: 3, stateful: true, returnSequences: true},
             {masks: ['none', 'none', 'none']});
  yield spec('gru_stateful_given', 'tfjs_gru', {units: 3, stateful: true},
             {masks: ['none', 'none'], given: [false, true]});
  yield spec('cell_defaults', 'tfjs_cell', {units: 5});
  yield spec('cell_no_bias', 'tfjs_cell', {units: 2, useBias: false, implementation: 1});
}

function* masks() {
  for (const form of ['leading', 'middle', 'trailing', 'empty_row']) {
    for (const state of [false, true]) {
      const options = {units: 3, returnSequences: true, returnState: true};
      const name = `gru_mask_${form}_${state ? 'given' : 'zero'}`;
      yield spec(name, 'tfjs_gru', options, {masks: [form], state});
    }
    yield spec(`gru_mask_${form}_last`, 'tfjs_gru', {units: 2, goBackwards: true},
               {masks: [form], state: true});
  }
  yield spec('gru_mask_stateful', 'tfjs_gru', {units: 3, stateful: true, returnSequences: true},
             {masks: ['middle', 'leading']});
}

function* dropout() {
  for (const [name, rates] of Object.entries({
         input: {dropout: 0.4}, recurrent: {recurrentDropout: 0.5},
         both: {dropout: 0.25, recurrentDropout: 0.5}})) {
    for (const implementation of [1, 2]) {
      const options = {units: 4, ...rates, implementation};
      yield spec(`cell_dropout_${name}_impl${implementation}`, 'tfjs_cell', options, {training: true});
    }
    yield spec(`gru_dropout_${name}`, 'tfjs_gru', {units: 3, returnSequences: true, ...rates},
               {training: true, state: true});
  }
  yield spec('cell_dropout_one', 'tfjs_cell', {units: 3, dropout: 1, recurrentDropout: 1},
             {training: true});
  yield spec('cell_dropout_idle', 'tfjs_cell', {units: 3, dropout: 0.5, recurrentDropout: 0.5},
             {training: false});
}

function* stacks() {
  const cells = [{units: 2}, {units: 4, recurrentActivation: 'sigmoid'}];
  const equal = [{units: 3}, {units: 3, activation: 'softsign'}, {units: 3, useBias: false}];
  const both = {returnSequences: true, returnState: true};
  yield spec('stack_two', 'tfjs_stack', {cells, ...both}, {state: true});
  yield spec('stack_last', 'tfjs_stack', {cells});
  yield spec('stack_equal', 'tfjs_stack', {cells: equal, ...both}, {state: true});
  yield spec('stack_backwards', 'tfjs_stack', {cells, goBackwards: true, ...both}, {state: true});
  yield spec('stack_stateful', 'tfjs_stack', {cells, stateful: true, ...both}, {masks: ['none', 'none']});
  for (const form of ['leading', 'middle', 'empty_row']) {
    yield spec(`stack_mask_${form}`, 'tfjs_stack', {cells, ...both}, {masks: [form], state: true});
  }
}

exports.curated = () => [...activations(), ...layers(), ...masks(), ...dropout(), ...stacks()];
