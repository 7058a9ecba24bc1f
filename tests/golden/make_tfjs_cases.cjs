// Makes the committed parity cases of TensorFlow.js (CPU backend, float32).
//   usage: node make_tfjs_cases.cjs FOLDER      in a folder where package.json is installed
'use strict';

const fs = require('fs');
const path = require('path');
const tf = require(require.resolve('@tensorflow/tfjs', {paths: [process.cwd()]}));
const {curated} = require('./curated_tfjs.cjs');

/** Seeded with the name of a case: mulberry32, then Box and Muller. */
function makeRandom(name) {
  let a = 0;
  for (const c of name) a = Math.imul(a ^ c.charCodeAt(0), 2654435761);
  const uniform = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {uniform, normal};
}

/** A nested list; value() is called for each entry. */
function fill(shape, value) {
  if (shape.length === 0) return value();
  return Array.from({length: shape[0]}, () => fill(shape.slice(1), value));
}

function normals(random, shape, scale = 1) {
  return fill(shape, () => Math.round(random.normal() * scale * 1e4) / 1e4);
}

const rounded = (v) => Array.isArray(v) ? v.map(rounded) : Number(v.toPrecision(9));
const numbers = (tensor) => rounded(tensor.arraySync());

const MASKS = {
  leading: [[0, 0, 1, 1, 1], [1, 1, 1, 1, 1]],
  middle: [[1, 0, 0, 1, 1], [1, 1, 0, 1, 0]],
  trailing: [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]],
  empty_row: [[0, 0, 0, 0, 0], [1, 0, 1, 1, 0]],
};

const NAMES = ['kernel', 'recurrent_kernel', 'bias'];

class Subject {
  constructor(spec, [batch, , features]) {
    const {cells, ...rest} = spec.options;
    this.isCell = spec.kind === 'tfjs_cell';
    const loop = {...rest, returnState: true, batchInputShape: [batch, null, features]};
    if (this.isCell) {
      this.layer = tf.layers.gruCell(rest);
      this.layer.build([batch, features]);
      this.cells = [this.layer];
      return;
    }
    if (cells) {
      this.cells = cells.map((options) => tf.layers.gruCell(options));
      this.layer = tf.layers.rnn({...loop, cell: this.cells});
    } else {
      this.layer = tf.layers.gru(loop);
      this.cells = [this.layer.cell];
    }
    this.layer.apply(tf.zeros([batch, 1, features]));  // builds it
    if (rest.stateful) this.layer.resetStates();
  }

  /** The variables of each cell under their short names. */
  variables() {
    return this.cells.map((cell) => Object.fromEntries(
        cell.weights.map((w, i) => [NAMES[i], w.val])));
  }

  /** Masks are drawn in the order z, r, n of the input and then of the state. */
  inject(masks) {
    const queue = ['input', 'recurrent'].flatMap((name) => masks[name] ?? []);
    this.cells[0].dropoutFunc = () => tf.tensor(queue.shift());
  }

  run(x, states, mask, training) {
    if (this.isCell) return [this.layer.call([x, ...states], {training})[0]];
    const kwargs = {training};
    if (mask) kwargs.mask = tf.tensor(mask).toBool();
    if (states.length) kwargs.initialState = states;
    return this.layer.apply(x, kwargs);
  }
}

function drawWeights(random, subject) {
  return subject.variables().map((variables) => {
    const drawn = {};
    for (const [name, variable] of Object.entries(variables)) {
      drawn[name] = normals(random, variable.shape, name === 'bias' ? 0.3 : 0.55);
      variable.assign(tf.tensor(drawn[name]));
    }
    return drawn;
  });
}

function drawMasks(random, options, batch, features) {
  const keep = (rate, width) =>
      fill([3, batch, width], () => random.uniform() < rate ? 0 : Math.fround(1 / (1 - rate)));
  const acts = (rate) => rate > 0 && rate < 1;
  const masks = {};
  if (acts(options.dropout)) masks.input = keep(options.dropout, features);
  if (acts(options.recurrentDropout)) masks.recurrent = keep(options.recurrentDropout, options.units);
  return masks;
}

/** Sizes of the states: last cell first. */
function stateSizes(options) {
  return options.cells ? options.cells.map((cell) => cell.units).reverse() : [options.units];
}

function drawCall(random, spec, index, [batch, steps, features]) {
  const given = spec.given ? spec.given[index] : spec.state;
  const call = {
    x: normals(random, spec.kind === 'tfjs_cell' ? [batch, features] : [batch, steps, features]),
    initial_state: given ? stateSizes(spec.options).map((u) => normals(random, [batch, u], 0.8)) : null,
    mask: MASKS[spec.masks[index]] ?? null,
  };
  const width = stateSizes(spec.options)[0];
  const sequence = spec.options.returnSequences;
  call.loss_weights = {output: normals(random, sequence ? [batch, steps, width] : [batch, width])};
  if (spec.kind !== 'tfjs_cell') {
    call.loss_weights.state = stateSizes(spec.options).map((u) => normals(random, [batch, u]));
  }
  return call;
}

/** Adds output, states, loss and gradients. */
function answer(subject, call, training) {
  const x = tf.variable(tf.tensor(call.x));
  const states = (call.initial_state ?? []).map((s) => tf.variable(tf.tensor(s)));
  const variables = subject.variables();
  let results;
  const loss = () => {
    results = subject.run(x, states, call.mask, training).map((t) => tf.keep(t));
    const weights = [call.loss_weights.output, ...(call.loss_weights.state ?? [])];
    return tf.addN(weights.map((w, i) => results[i].mul(tf.tensor(w)).sum()));
  };
  const list = [x, ...states, ...variables.flatMap((cell) => Object.values(cell))];
  const {value, grads} = tf.variableGrads(loss, list);
  const of = (variable) => numbers(grads[variable.name]);
  call.output = numbers(results[0]);
  if (results.length > 1) call.state = results.slice(1).map(numbers);
  call.loss = rounded(value.dataSync()[0]);
  call.grads = {x: of(x)};
  if (states.length) call.grads.initial_state = states.map(of);
  call.grads.weights = variables.map((cell) => Object.fromEntries(
      Object.entries(cell).map(([name, variable]) => [name, of(variable)])));
}

function makeCase(spec) {
  const random = makeRandom(spec.name);
  const sizes = spec.sizes ?? (spec.kind === 'tfjs_cell' ? [3, 1, 4] : [2, 5, 3]);
  const subject = new Subject(spec, sizes);
  const result = {
    id: `js_${spec.name}`, kind: spec.kind, system: 'tfjs', version: tf.version.tfjs,
    backend: tf.getBackend(), dtype: 'float32', options: spec.options,
  };
  if (spec.training !== undefined) result.training = spec.training;
  result.weights = drawWeights(random, subject);
  if (spec.training) {
    const masks = drawMasks(random, spec.options, sizes[0], sizes[2]);
    if (Object.keys(masks).length) {
      result.dropout_masks = masks;
      subject.inject(masks);
    }
  }
  result.calls = spec.masks.map((_, index) => drawCall(random, spec, index, sizes));
  for (const call of result.calls) answer(subject, call, spec.training ?? false);
  return result;
}

async function main(folder) {
  await tf.setBackend('cpu');
  fs.mkdirSync(folder, {recursive: true});
  const specs = curated();
  for (const spec of specs) {
    const made = makeCase(spec);
    fs.writeFileSync(path.join(folder, `${made.id}.json`), JSON.stringify(made) + '\n');
  }
  console.log(`tfjs: ${specs.length} cases`);
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
