// Prints what TensorFlow.js answers for the weights, inputs and states of tfjs_test.cpp.
const tf = require('@tensorflow/tfjs');

const range = (n) => [...Array(n).keys()];
const matrix = (rows, columns, f) =>
    tf.tensor2d(range(rows).map((i) => range(columns).map((j) => f(i, j))), [rows, columns]);
const cube = (f) =>
    tf.tensor3d(range(2).map((n) => range(3).map((t) => range(2).map((k) => f(n, t, k)))), [2, 3, 2]);

const kernel = (units) => matrix(2, 3 * units, (i, j) => 0.5 * Math.sin(0.7 * i + 1.3 * j + 0.1));
const recurrent = (units) => matrix(units, 3 * units, (i, j) => 0.5 * Math.cos(0.9 * i + 0.4 * j + 0.2));
const bias = (units) => tf.tensor1d(range(3 * units).map((j) => 0.1 * Math.sin(2.1 * j + 0.3)));
const weights = (units) => [kernel(units), recurrent(units), bias(units)];
const state = (units) => matrix(2, units, (n, j) => 0.2 * Math.cos(n + j));
const inputs = cube((n, t, f) => Math.sin(0.3 * n + 0.5 * t + 0.8 * f));
const weighting = cube((n, t, j) => Math.cos(0.6 * n + 0.2 * t + 0.9 * j));
const gaps = tf.tensor2d([[1, 0, 1], [0, 1, 0]]);
const empty = tf.tensor2d([[1, 0, 1], [0, 0, 0]]);

function print(name, tensor) {
  console.log(name, tensor.shape, Array.from(tensor.dataSync()).map((v) => v.toFixed(8)).join(', '));
}

function gru(options) {
  const layer = tf.layers.gru({units: 2, returnSequences: true, returnState: true, ...options});
  layer.apply(inputs);  // makes the weights
  layer.setWeights(weights(2));
  return layer;
}

function gradients(name, scale, options) {
  const layer = gru(options);
  const x = inputs.mul(scale);
  const loss = (x, h) => layer.apply(x, {initialState: [h]})[0].mul(weighting).sum();
  const [y, last] = layer.apply(x, {initialState: [state(2)]});
  print(`${name} y`, y);
  print(`${name} final_state`, last);
  const [dx, dh] = tf.grads(loss)([x, state(2)]);
  print(`${name} dx`, dx);
  print(`${name} dh0`, dh);
  const of = tf.variableGrads(() => loss(x, state(2))).grads;
  Object.keys(of).forEach((key) => print(`${name} d${key}`, of[key]));
}

function masked() {
  const [y, last] = gru({}).apply(inputs, {initialState: [state(2)], mask: gaps});
  print('masked y', y);
  print('masked final_state', last);
  const layer = tf.layers.gru({units: 2});
  layer.apply(inputs);
  layer.setWeights(weights(2));
  print('no valid step', layer.apply(inputs, {initialState: [state(2)], mask: empty}));
}

function stack() {
  const cell = [tf.layers.gruCell({units: 2}), tf.layers.gruCell({units: 3})];
  const layer = tf.layers.rnn({cell, returnSequences: true, returnState: true});
  layer.apply(inputs);
  layer.setWeights([kernel(2), recurrent(2), bias(2), kernel(3), recurrent(3), bias(3)]);
  const initialState = [state(3), state(2)];
  layer.apply(inputs, {initialState}).forEach((t, i) => print(`stack ${i}`, t));
  layer.apply(inputs, {initialState, mask: gaps}).forEach((t, i) => print(`masked stack ${i}`, t));
  layer.apply(inputs).forEach((t, i) => print(`stack from zeros ${i}`, t));
}

tf.setBackend('cpu');
gradients('gru', 1, {});
gradients('strong', 8, {});
gradients('backwards', 1, {goBackwards: true});
masked();
stack();
