"""Layer normalisation of the real Keras: prints the numbers of tests/layers/layer_normalization_test.cpp.

    KERAS_BACKEND=tensorflow python make_layer_normalization.py
"""
import keras
import numpy as np

keras.config.set_floatx("float64")
x = np.array([[[1.0, 2.0, 4.0], [-1.0, 0.5, 0.0]], [[3.0, 3.0, 3.0], [0.1, -0.2, 5.0]]])
for axis, width in ((-1, 3), ([-2, -1], (2, 3))):
    layer = keras.layers.LayerNormalization(axis=axis, dtype="float64")
    layer.build(x.shape)
    gamma = np.linspace(0.5, 2.0, int(np.prod(width))).reshape(width)
    beta = np.linspace(-1.0, 1.0, int(np.prod(width))).reshape(width)
    layer.set_weights([gamma, beta])
    print(axis, [w.path for w in layer.weights], np.asarray(layer(x)).ravel().tolist())
