#!/usr/bin/env python3
"""Trains the Keras model of a .keras file three steps further and prints some weights, which model_file_test.cpp
has.   usage: make_training.py cases/keras/k3_gru_dense_trained/model.keras   (keras 3.15.1 on tensorflow)"""
import sys

import keras
import numpy as np

model = keras.saving.load_model(sys.argv[1])
x = np.linspace(-1, 1, 4 * 5 * 3).reshape(4, 5, 3).astype('float32')
y = np.ones((4, 2), 'float32')
for _ in range(3):
    model.train_on_batch(x, y)
print('bias', model.trainable_weights[-1].numpy().tolist())
print('kernel', model.trainable_weights[0].numpy()[0, :4].tolist())
