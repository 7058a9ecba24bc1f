#!/usr/bin/env node
// Makes parity cases with TensorFlow.js on its CPU backend: GRU layers, cells, stacks and optimizers.
//   usage: make_tfjs_cases.js --out FOLDER [--curated | --cases N --seed S]
'use strict';

const fs = require('fs');
const path = require('path');

const warn = console.warn;
console.warn = () => {};  // a greeting, and a note at each unrolled layer
const tf = require('@tensorflow/tfjs');

const ACTIVATIONS = [
  null, 'linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'softplus', 'softsign',
  'tanh', 'softmax', 'logSoftmax', 'gelu', 'gelu_new', 'mish', 'swish',
];
const KINKS = {relu: [0], relu6: [0, 6], selu: [0], hardSigmoid: [-2.5, 2.5]};
const CELL_OPTIONS = [
  'units', 'activation', 'recurrentActivation', 'useBias', 'implementation', 'resetAfter', 'dropout',
  'recurrentDropout',
];
const LARGEST_MAGNITUDE = 20;
const TOLERANCE = 1e-5;

// -- numbers ---------------------------------------------------------------------------------------

/** A generator of its own for each name: mulberry32. */
function generator(name) {
  let state = 2166136261;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    uniform,
    chance: (p) => uniform() < p,
    integer: (low, high) => low + Math.floor(uniform() * (high - low)),
    pick: (list) => list[Math.floor(uniform() * list.length)],
  };
}

const count = (shape) => shape.reduce((a, b) => a * b, 1);

function nested(values, shape) {
  if (shape.length === 0) return values[0];
  const size = values.length / shape[0];
  return Array.from({length: shape[0]}, (_, i) =>
    nested(values.slice(i * size, (i + 1) * size), shape.slice(1)));
}

/** Normal numbers with four decimals. */
function normal(rng, shape, scale = 1) {
  const draw = () => {
    const radius = Math.sqrt(-2 * Math.log(1 - rng.uniform()));
    return Number((scale * radius * Math.cos(2 * Math.PI * rng.uniform())).toFixed(4)) + 0;
  };
  return nested(Array.from({length: count(shape)}, draw), shape);
}

/** Nested lists of nine significant digits. */
function numbers(tensor) {
  return nested(Array.from(tensor.dataSync(), (v) => Number(v.toPrecision(9)) + 0), tensor.shape);
}

function largest(value) {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number') return Number.isFinite(value) ? Math.abs(value) : Infinity;
  return Math.max(0, ...Object.values(value).map(largest));
}

// -- a case ----------------------------------------------------------------------------------------

function only(options, names, without = false) {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => names.includes(name) !== without));
}

/** The layer of a case, its cells, and a function that runs it: (x, states, mask) → results. */
function makeSubject(testCase) {
  const {kind, options, dropout_masks: masks} = testCase;
  if (kind === 'tfjs_cell') {
    const cell = tf.layers.gruCell(options);
    const list = (m) => (m ? m.map((array) => tf.tensor(array)) : null);
    const run = (x, states) => {
      cell.dropoutMask = list(masks && masks.input);
      cell.recurrentDropoutMask = list(masks && masks.recurrent);
      return [cell.call([x, ...states], {training: testCase.training === true})[0]];
    };
    return {layer: cell, cells: [cell], run};
  }
  const queue = [];  // masks in the order in which the cell asks for them
  const dropoutFunc = () => tf.tensor(queue.shift());
  const layer = kind === 'tfjs_gru'
    ? tf.layers.gru(masks ? {...options, dropoutFunc} : options)
    : tf.layers.rnn({...options, cell: options.cells.map((cell) => tf.layers.gruCell(cell))});
  const run = (x, states, mask) => {
    for (const list of masks ? [masks.input, masks.recurrent] : []) queue.push(...(list || []));
    // A stateful layer keeps the states that back-propagation needs only while training.
    const kwargs = {training: Boolean(masks || options.stateful)};
    if (states.length > 0) kwargs.initialState = states;
    if (mask) kwargs.mask = tf.tensor(mask);
    const result = layer.apply(x, kwargs);
    return Array.isArray(result) ? result : [result];
  };
  return {layer, cells: kind === 'tfjs_gru' ? [layer.cell] : layer.cell.cells, run};
}

const VARIABLES = {kernel: 'kernel', recurrent_kernel: 'recurrentKernel', bias: 'bias'};

function assignWeights(cells, weights) {
  cells.forEach((cell, k) => {
    for (const [name, array] of Object.entries(weights[k])) {
      cell[VARIABLES[name]].write(tf.tensor(array));
    }
  });
}

/** Wraps the activations of the cells; the result tells how close an argument came to a kink. */
function watchKinks(cells) {
  const seen = {distance: Infinity};
  for (const cell of cells) {
    for (const member of ['activation', 'recurrentActivation']) {
      const inner = cell[member];
      const kinks = KINKS[inner.constructor.className];
      if (!kinks) continue;
      cell[member] = {
        apply: (x) => {
          for (const value of x.dataSync()) {
            for (const kink of kinks) seen.distance = Math.min(seen.distance, Math.abs(value - kink));
          }
          return inner.apply(x);
        },
      };
    }
  }
  return seen;
}

/** Results, loss and gradients of one call, under the names that a case gives them. */
function answerCall(subject, testCase, call) {
  const x = tf.variable(tf.tensor(call.x));
  const states = (call.initial_state || []).map((state) => tf.variable(tf.tensor(state)));
  const weights = subject.cells.map((cell) =>
    Object.keys(VARIABLES).filter((name) => cell[VARIABLES[name]])
      .map((name) => [name, cell[VARIABLES[name]].val]));
  const variables = [x, ...states, ...weights.flat().map(([, variable]) => variable)];
  let results;
  const {value, grads} = tf.variableGrads(() => {
    results = subject.run(x, states, call.mask).map((result) => tf.keep(result));
    const factors = [call.loss_weights.output, ...(call.loss_weights.state || [])];
    return factors.map((factor, i) => tf.sum(tf.mul(results[i], tf.tensor(factor))))
      .reduce((a, b) => tf.add(a, b));
  }, variables);
  const gradient = (variable) => numbers(grads[variable.name]);
  const answer = {output: numbers(results[0])};
  if (results.length > 1) answer.state = results.slice(1).map(numbers);
  answer.loss = numbers(value);
  answer.grads = {x: gradient(x)};
  if (states.length > 0) answer.grads.initial_state = states.map(gradient);
  answer.grads.weights = weights.map((list) =>
    Object.fromEntries(list.map(([name, variable]) => [name, gradient(variable)])));
  return answer;
}

/** The case with the answers of TF.js, or null if it depends on a kink or on rounding. */
function answered(testCase) {
  const subject = makeSubject(testCase);
  subject.layer.build(tf.tensor(testCase.calls[0].x).shape);
  subject.layer.built = true;
  assignWeights(subject.cells, testCase.weights);
  const seen = watchKinks(subject.cells);
  const answers = testCase.calls.map((call) => answerCall(subject, testCase, call));
  tf.disposeVariables();
  if (seen.distance < 1e-4 || largest(answers) > LARGEST_MAGNITUDE) return null;
  const calls = testCase.calls.map((call, i) => ({...call, ...answers[i]}));
  return {...testCase, calls, tolerance: TOLERANCE};
}

// -- drawing ---------------------------------------------------------------------------------------

function drawMask(rng, form, batch, steps) {
  const lengths = Array.from({length: batch}, () => rng.integer(1, steps + 1));
  const empty = rng.integer(0, batch);
  const valid = {
    random: () => rng.chance(0.6),
    right: (b, t) => t < lengths[b],
    leading: (b, t) => t >= steps - lengths[b],
    empty_row: (b) => b !== empty && rng.chance(0.7),
  }[form];
  return Array.from({length: batch}, (_, b) =>
    Array.from({length: steps}, (__, t) => Number(valid(b, t))));
}

function drawWeights(rng, cells, features, scale) {
  return cells.map((cell) => {
    const weights = {
      kernel: normal(rng, [features, 3 * cell.units], scale),
      recurrent_kernel: normal(rng, [cell.units, 3 * cell.units], scale),
    };
    if (cell.useBias !== false) weights.bias = normal(rng, [3 * cell.units], 0.3);
    features = cell.units;
    return weights;
  });
}

function drawMasks(rng, options, batch, features) {
  const draw = (rate, width) => nested(
    Array.from({length: 3 * batch * width},
               () => (rng.uniform() < rate ? 0 : Number((1 / (1 - rate)).toPrecision(9)))),
    [3, batch, width]);
  const acts = (rate) => rate > 0 && rate < 1;
  const masks = {};
  if (acts(options.dropout)) masks.input = draw(options.dropout, features);
  if (acts(options.recurrentDropout)) masks.recurrent = draw(options.recurrentDropout, options.units);
  return masks;
}

function drawCall(rng, spec, cells, [batch, steps, features], form, given) {
  const {kind, options} = spec;
  const one = kind === 'tfjs_cell';
  const sizes = cells.map((cell) => cell.units).reverse();  // TF.js: the last cell's state first
  const call = {
    x: normal(rng, one ? [batch, features] : [batch, steps, features]),
    initial_state: given || one ? sizes.map((size) => normal(rng, [batch, size], 0.8)) : null,
    mask: form === 'none' ? null : drawMask(rng, form, batch, steps),
  };
  const output = options.returnSequences ? [batch, steps, sizes[0]] : [batch, sizes[0]];
  const total = count(output) + (options.returnState ? batch * sizes.reduce((a, b) => a + b) : 0);
  const scale = Math.min(1, 12 / total);  // a bounded sum, so that the loss is well conditioned
  call.loss_weights = {output: normal(rng, output, scale)};
  if (options.returnState) {
    call.loss_weights.state = sizes.map((size) => normal(rng, [batch, size], scale));
  }
  return call;
}

/** spec: id, kind, options, sizes, calls: [form of the mask, state given] of each call, dropout. */
function makeCase(spec) {
  const rng = generator(spec.id);
  const [batch, , features] = spec.sizes;
  const cells = spec.options.cells || [only(spec.options, CELL_OPTIONS)];
  for (let attempt = 0; attempt < 12; ++attempt) {
    const testCase = {
      id: `js_${spec.id}`, kind: spec.kind, system: 'tfjs', version: tf.version.tfjs,
      dtype: 'float32', options: spec.options,
      weights: drawWeights(rng, cells, features, 0.6 * 0.85 ** attempt),
    };
    if (spec.dropout) {
      testCase.training = true;
      testCase.dropout_masks = drawMasks(rng, spec.options, batch, features);
      testCase.note = 'only element 0 of each list is used; masked state is carried';
    }
    testCase.calls = spec.calls.map(([form, given]) =>
      drawCall(rng, spec, cells, spec.sizes, form, given));
    const result = tf.tidy(() => answered(testCase));
    if (result) return result;
  }
  throw new Error(`${spec.id} is badly conditioned with all weights tried`);
}

// -- the committed set -----------------------------------------------------------------------------

const BOTH = {returnSequences: true, returnState: true};

function curated() {
  const specs = [];
  const add = (id, kind, options = {}, calls = [['none', true]], more = {}) =>
    specs.push({id, kind, options: options.cells ? options : {units: 3, ...options},
                sizes: [2, 4, 3], calls, ...more});
  ACTIVATIONS.forEach((activation, i) => add(
    `activation_${activation || 'null'}`, 'tfjs_gru',
    {activation, recurrentActivation: ACTIVATIONS[(i + 6) % ACTIVATIONS.length], returnState: true}));
  add('gru_defaults', 'tfjs_gru', {}, [['none', false]]);
  add('gru_sequences', 'tfjs_gru', BOTH);
  add('gru_no_bias', 'tfjs_gru', {useBias: false, returnSequences: true});
  add('gru_options', 'tfjs_gru', {implementation: 1, resetAfter: false, unroll: true});
  add('gru_backwards', 'tfjs_gru', {...BOTH, goBackwards: true});
  for (const form of ['random', 'right', 'leading', 'empty_row']) {
    add(`gru_mask_${form}`, 'tfjs_gru', BOTH, [[form, true]]);
    add(`gru_mask_${form}_backwards`, 'tfjs_gru',
        {goBackwards: true, returnSequences: form === 'right'}, [[form, form === 'random']]);
  }
  add('gru_stateful', 'tfjs_gru', {...BOTH, stateful: true},
      [['none', false], ['none', false], ['none', true], ['none', false]]);
  add('gru_stateful_masked', 'tfjs_gru', {stateful: true}, [['right', false], ['random', false]]);
  add('gru_ones', 'tfjs_gru', {units: 1, ...BOTH}, [['none', true]], {sizes: [1, 2, 1]});
  const rates = {dropout: 0.4, recurrentDropout: 0.5};
  add('gru_rates_without_training', 'tfjs_gru', rates);
  add('gru_dropout', 'tfjs_gru', {...rates, ...BOTH}, [['none', true]], {dropout: true});
  add('gru_dropout_masked', 'tfjs_gru', {...rates, ...BOTH}, [['random', true]], {dropout: true});
  add('cell', 'tfjs_cell');
  add('cell_sigmoid', 'tfjs_cell', {recurrentActivation: 'sigmoid', useBias: false});
  add('cell_dropout_input', 'tfjs_cell', {dropout: 0.4}, [['none', true]], {dropout: true});
  add('cell_dropout_recurrent', 'tfjs_cell', {recurrentDropout: 0.4}, [['none', true]], {dropout: true});
  add('cell_dropout_both', 'tfjs_cell', rates, [['none', true]], {dropout: true});
  add('cell_dropout_one', 'tfjs_cell', {dropout: 1, recurrentDropout: 1});
  const two = [{units: 2}, {units: 4, recurrentActivation: 'sigmoid'}];
  const three = [{units: 3, useBias: false}, {units: 1, activation: 'softsign'}, {units: 2}];
  add('stack_two', 'tfjs_stack', {cells: two, ...BOTH});
  add('stack_last', 'tfjs_stack', {cells: two}, [['none', false]]);
  add('stack_three', 'tfjs_stack', {cells: three, ...BOTH});
  add('stack_backwards', 'tfjs_stack', {cells: two, goBackwards: true, ...BOTH});
  add('stack_masked', 'tfjs_stack', {cells: two, ...BOTH}, [['random', true]]);
  add('stack_empty_row', 'tfjs_stack', {cells: three, returnState: true}, [['empty_row', true]]);
  add('stack_stateful', 'tfjs_stack', {cells: two, stateful: true, ...BOTH},
      [['none', false], ['none', false]]);
  return specs;
}

function randomCell(rng) {
  const cell = {units: rng.integer(1, 10)};
  if (rng.chance(0.5)) cell.activation = rng.pick(ACTIVATIONS);
  if (rng.chance(0.5)) cell.recurrentActivation = rng.pick(ACTIVATIONS);
  if (rng.chance(0.2)) cell.useBias = false;
  if (rng.chance(0.2)) cell.implementation = rng.integer(1, 3);
  return cell;
}

function randomSpec(seed, index) {
  const rng = generator(`random ${seed} ${index}`);
  const kind = rng.pick(['tfjs_gru', 'tfjs_gru', 'tfjs_gru', 'tfjs_cell', 'tfjs_stack']);
  const options = kind === 'tfjs_stack'
    ? {cells: Array.from({length: rng.integer(2, 4)}, () => randomCell(rng))} : randomCell(rng);
  const dropout = kind !== 'tfjs_stack' && rng.chance(0.3);
  if (dropout) {
    options.dropout = rng.pick([0, 0.25, 0.4]);
    options.recurrentDropout = options.dropout === 0 ? 0.5 : rng.pick([0, 0.5]);
  }
  if (kind !== 'tfjs_cell') {
    for (const name of ['returnSequences', 'returnState', 'goBackwards', 'stateful', 'unroll']) {
      if (rng.chance(name === 'returnSequences' ? 0.6 : 0.3)) options[name] = true;
    }
  }
  const form = () => (kind !== 'tfjs_cell' && rng.chance(0.5)
    ? rng.pick(['random', 'right', 'leading', 'empty_row']) : 'none');
  const calls = Array.from({length: options.stateful ? 2 : 1}, () => [form(), rng.chance(0.5)]);
  // TF.js has no gradient for a sequence of one step.
  const sizes = [rng.integer(1, 6), rng.integer(2, 9), rng.integer(1, 7)];
  return {id: `${kind}_${seed}_${String(index).padStart(5, '0')}`, kind, options, sizes, calls, dropout};
}

// -- optimizers ------------------------------------------------------------------------------------

// Arguments in the order of tf.train.*; null stands for the default.
const OPTIMIZERS = [
  ['sgd', [0.1]],
  ['momentum', [0.1, 0.9]],
  ['momentum', [0.1, 0.8, true]],
  ['adagrad', [0.1]],
  ['adagrad', [0.1, 0.02]],
  ['adadelta', []],
  ['adadelta', [0.5, 0.8, 1e-3]],
  ['adam', []],
  ['adam', [0.05, 0.8, 0.95, 1e-3]],
  ['adamax', []],
  ['adamax', [0.05, 0.8, 0.95, 1e-3, 0.2]],
  ['rmsprop', [0.01]],
  ['rmsprop', [0.05, 0.7, 0.5, 1e-3]],
  ['rmsprop', [0.05, 0.8, 0.0, null, true]],
  ['rmsprop', [0.05, 0.8, 0.6, 1e-4, true]],
];

function optimizerCase() {
  const rng = generator('optimizers');
  const shapes = [[3], [4, 3]];
  const initial = shapes.map((shape) => normal(rng, shape));
  const gradients = Array.from({length: 5}, () => shapes.map((shape) => normal(rng, shape)));
  const runs = OPTIMIZERS.map(([factory, args]) => {
    const optimizer = tf.train[factory](...args.map((a) => (a === null ? undefined : a)));
    const variables = initial.map((value) => tf.variable(tf.tensor(value)));
    const trajectory = gradients.map((step) => {
      optimizer.applyGradients(Object.fromEntries(
        step.map((gradient, i) => [variables[i].name, tf.tensor(gradient)])));
      return variables.map(numbers);
    });
    tf.disposeVariables();
    return {factory, arguments: args, trajectory};
  });
  return {
    id: 'tfjs_optimizers', kind: 'tfjs_optimizers', system: 'tfjs', version: tf.version.tfjs,
    dtype: 'float32', initial, gradients, runs, tolerance: TOLERANCE,
  };
}

// --------------------------------------------------------------------------------------------------

function main() {
  const options = {cases: '100', seed: '1'};
  const words = process.argv.slice(2);
  while (words.length > 0) {
    const name = words.shift().replace(/^--/, '');
    options[name] = name === 'curated' ? true : words.shift();
  }
  if (!options.out) throw new Error('usage: make_tfjs_cases.js --out FOLDER [--curated | --cases N --seed S]');
  if (tf.version.tfjs !== require('./package.json').dependencies['@tensorflow/tfjs']) {
    warn(`the committed cases come from another version than ${tf.version.tfjs}`);
  }
  tf.setBackend('cpu');
  fs.mkdirSync(options.out, {recursive: true});
  const specs = options.curated ? curated()
    : Array.from({length: Number(options.cases)}, (_, i) => randomSpec(options.seed, i));
  const write = (testCase) => fs.writeFileSync(
    path.join(options.out, `${testCase.id}.json`), `${JSON.stringify(testCase)}\n`);
  specs.forEach((spec) => write(makeCase(spec)));
  if (options.curated) write(optimizerCase());
  console.log(`tfjs: ${specs.length} cases`);
}

if (require.main === module) main();
module.exports = {answered};
