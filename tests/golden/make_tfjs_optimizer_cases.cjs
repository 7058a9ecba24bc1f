// Makes the committed case of kind `tfjs_optimizers` with TensorFlow.js (CPU backend, float32).
//   usage: node make_tfjs_optimizer_cases.cjs FOLDER    in a folder where package.json is installed
'use strict';

const fs = require('fs');
const path = require('path');
const tf = require(require.resolve('@tensorflow/tfjs', {paths: [process.cwd()]}));

const INITIAL = [[0.31, -0.52, 1.27], [[-0.8, 0.44], [1.9, -0.23], [0.05, 0.6]]];
const STEPS = 8;

/** Numbers with four decimals that look random and are the same everywhere. */
function gradients(step) {
  let k = 17 * step;
  const next = () => Math.round(1e4 * 1.5 * Math.sin(12.9898 * ++k)) / 1e4;
  return INITIAL.map(function fill(value) {
    return Array.isArray(value) ? value.map(fill) : next();
  });
}

// name: factory of tf.train, arguments
const RUNS = {
  sgd: ['sgd', [0.05]],
  momentum: ['momentum', [0.05, 0.8]],
  nesterov: ['momentum', [0.05, 0.8, true]],
  rmsprop: ['rmsprop', [0.05]],
  rmsprop_momentum: ['rmsprop', [0.05, 0.7, 0.6, 1e-2]],
  // ε is subtracted here: small, or the root has no value in the first steps.
  rmsprop_centered: ['rmsprop', [0.05, 0.7, 0.6, 1e-5, true]],
  adam: ['adam', []],
  adam_all: ['adam', [0.05, 0.7, 0.8, 1e-2]],
  adadelta: ['adadelta', []],
  adadelta_all: ['adadelta', [0.5, 0.7, 1e-2]],
  adamax: ['adamax', []],
  adamax_all: ['adamax', [0.05, 0.7, 0.8, 1e-2, 0.1]],
  adagrad: ['adagrad', [0.05]],
  adagrad_all: ['adagrad', [0.05, 0.3]],
};

const rounded = (v) => Array.isArray(v) ? v.map(rounded) : Number(v.toPrecision(9));

function trajectory(factory, args) {
  const variables = INITIAL.map((value) => tf.variable(tf.tensor(value)));
  const optimizer = tf.train[factory](...args);
  const result = [];
  for (let step = 0; step < STEPS; ++step) {
    const named = {};
    gradients(step).forEach((g, i) => named[variables[i].name] = tf.tensor(g));
    optimizer.applyGradients(named);
    result.push(variables.map((v) => rounded(v.arraySync())));
  }
  return result;
}

function main(folder) {
  const runs = {};
  for (const [name, [factory, args]] of Object.entries(RUNS)) {
    runs[name] = {factory, arguments: args, trajectory: trajectory(factory, args)};
  }
  const made = {
    id: 'tfjs_optimizers', kind: 'tfjs_optimizers', system: 'tfjs', version: tf.version.tfjs,
    backend: 'cpu', dtype: 'float32', initial: INITIAL,
    gradients: Array.from({length: STEPS}, (_, step) => gradients(step)), runs, tolerance: 1e-5,
  };
  fs.mkdirSync(folder, {recursive: true});
  fs.writeFileSync(path.join(folder, `${made.id}.json`), JSON.stringify(made) + '\n');
}

tf.setBackend('cpu').then(() => main(path.resolve(process.argv[2])));
