#!/usr/bin/env python3
"""Random models of PyTorch as cases for rondo_interop (case.hpp): .pt, .safetensors and ONNX by both exporters.

usage: write_torch_cases.py FOLDER COUNT     (needs torch, safetensors, numpy; onnx and onnxscript for ONNX)"""
import json
import os
import random
import sys
import warnings

import torch
import torch.nn as nn
from safetensors.torch import save_file

warnings.filterwarnings('ignore')


class Chain(nn.Module):
    def __init__(self, modules):
        super().__init__()
        self.steps = [(m['name'], m.get('take')) for m in modules]
        for m in modules:
            self.add_module(m['name'], getattr(nn, m['class'])(**m['arguments']))

    def forward(self, x):
        for name, take in self.steps:
            module = getattr(self, name)
            if isinstance(module, nn.RNNBase):
                x, state = module(x)
                if take == 'last_state':
                    hidden = state[0] if isinstance(state, tuple) else state
                    x = torch.cat(list(hidden[-(2 if module.bidirectional else 1):]), dim=-1)
            else:
                x = module(x)
        return x


def random_modules(r):
    features = r.randint(1, 6)
    modules = []

    def add(cls, **arguments):
        modules.append({'name': f'm{len(modules)}', 'class': cls, 'arguments': arguments})
        return modules[-1]

    ids = r.random() < 0.3
    if ids:
        add('Embedding', num_embeddings=11, embedding_dim=features)
    inputs = features
    if not ids and r.random() < 0.3:
        units = r.randint(1, 6)
        add('Linear', in_features=features, out_features=units)
        features = units
    for last in [False] * r.randint(0, 1) + [True]:
        cls, units, both = r.choice(['GRU', 'GRU', 'LSTM', 'RNN']), r.randint(1, 6), r.random() < 0.4
        more = {'nonlinearity': r.choice(['tanh', 'relu'])} if cls == 'RNN' else {}
        m = add(cls, input_size=features, hidden_size=units, num_layers=r.randint(1, 3), bidirectional=both,
                bias=r.random() < 0.8, batch_first=True, **more)
        if last and r.random() < 0.5:
            m['take'] = 'last_state'
        features = units * (2 if both else 1)
        if r.random() < 0.3:
            add('LayerNorm', normalized_shape=features)
    units = r.randint(1, 4)
    add('Linear', in_features=features, out_features=units, bias=r.random() < 0.7)
    if r.random() < 0.5:
        add(*[r.choice(['Tanh', 'ReLU', 'Sigmoid'])])
    return modules, ids, inputs


def array(t):
    dtype = 'float32' if t.is_floating_point() else 'int32'
    return {'shape': list(t.shape), 'dtype': dtype, 'values': t.reshape(-1).tolist()}


def write(folder, form, file, case, save):
    os.makedirs(folder)
    save(os.path.join(folder, file))
    case = dict(case, id=os.path.basename(folder), format=form, file=file)
    if form == 'onnx':
        case.pop('modules')
    with open(os.path.join(folder, 'expected.json'), 'w', encoding='utf-8') as f:
        json.dump(case, f)


def make(root, seed, exporters):
    r = random.Random(seed)
    torch.manual_seed(seed)
    modules, ids, inputs = random_modules(r)
    net = Chain(modules).eval()
    with torch.no_grad():
        for p in net.parameters():
            p.normal_(0, 0.5)
    x = torch.randint(0, 11, (3, 5)) if ids else torch.randn(3, 5, inputs)
    y = net(x).detach()
    case = {'producer': {'system': 'torch', 'version': torch.__version__}, 'expect': 'load', 'modules': modules,
            'tolerance': 2e-6, 'calls': [{'inputs': [array(x)], 'outputs': [array(y)]}]}
    state = net.state_dict()
    write(f'{root}/pt_{seed}', 'pt', 'model.pt', case, lambda p: torch.save(state, p))
    write(f'{root}/safetensors_{seed}', 'safetensors', 'model.safetensors', case,
          lambda p: save_file({k: v.contiguous() for k, v in state.items()}, p))
    axes = {'x': {0: 'batch', 1: 'time'}}
    if 'script' in exporters:
        write(f'{root}/script_{seed}', 'onnx', 'model.onnx', case, lambda p: torch.onnx.export(
            net, (x,), p, dynamo=False, input_names=['x'], output_names=['y'], dynamic_axes=axes))
    if 'dynamo' in exporters:
        # It writes the steps of nn.RNN one by one, which is no operator to read.
        unrolled = any(m['class'] == 'RNN' for m in modules)
        write(f'{root}/dynamo_{seed}', 'onnx', 'model.onnx', dict(case, expect='either' if unrolled else 'load'), lambda p: torch.onnx.export(
            net, (x,), p, dynamo=True, verbose=False, input_names=['x'], output_names=['y'],
            dynamic_shapes={'x': {0: torch.export.Dim('batch')}}))


if __name__ == '__main__':
    found = ['script']
    try:
        import onnxscript  # noqa: F401
        found.append('dynamo')
    except ImportError:
        print('no onnxscript: only the older exporter', file=sys.stderr)
    for number in range(1, int(sys.argv[2]) + 1):
        make(sys.argv[1], number, found)
