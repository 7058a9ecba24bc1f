"""Losses and metrics of the real Keras: writes losses.json and metrics.json beside this file.

    KERAS_BACKEND=tensorflow python make.py

Packages: ../requirements.txt. Numbers are those of Keras in double precision (its mean is single on JAX).
"""
import json
import pathlib

import keras
import numpy as np
from keras.src import backend

keras.config.set_floatx("float64")
rng = np.random.default_rng(2024)
here = pathlib.Path(__file__).parent


def array(values):
    values = np.asarray(values, dtype=np.float64)
    return {"shape": list(values.shape), "values": values.ravel().tolist()}


def probabilities(*shape):
    values = rng.uniform(0.05, 1.0, shape)
    return values / values.sum(-1, keepdims=True)


def one_hot(*shape):
    return np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]


def errors(*shape):
    return rng.normal(size=shape), rng.normal(size=shape)


def counts(*shape):
    return rng.uniform(0.1, 3.0, shape), rng.integers(0, 4, shape).astype(float)


def units(*shape):
    return rng.uniform(0.05, 0.95, shape), rng.integers(0, 2, shape).astype(float)


def classes(*shape):
    return probabilities(*shape), one_hot(*shape)


def soft(*shape):
    return probabilities(*shape), probabilities(*shape)


def labels(*shape):
    return probabilities(*shape), rng.integers(0, shape[-1], shape[:-1]).astype(float)


def logits_of(make):
    def made(*shape):
        p, y = make(*shape)
        return np.log(p) + rng.normal(), y

    return made


LOSSES = [
    ("MeanSquaredError", errors, {}),
    ("MeanAbsoluteError", errors, {}),
    ("MeanAbsolutePercentageError", errors, {}),
    ("MeanSquaredLogarithmicError", counts, {}),
    ("Huber", errors, {}),
    ("Huber", errors, {"delta": 0.4}),
    ("LogCosh", errors, {}),
    ("Poisson", counts, {}),
    ("Hinge", units, {}),
    ("Hinge", errors, {}),
    ("SquaredHinge", units, {}),
    ("CategoricalHinge", classes, {}),
    ("CosineSimilarity", errors, {}),
    ("KLDivergence", soft, {}),
    ("BinaryCrossentropy", units, {}),
    ("BinaryCrossentropy", logits_of(units), {"from_logits": True, "label_smoothing": 0.2}),
    ("CategoricalCrossentropy", classes, {"label_smoothing": 0.1}),
    ("CategoricalCrossentropy", logits_of(soft), {"from_logits": True}),
    ("SparseCategoricalCrossentropy", labels, {}),
    ("SparseCategoricalCrossentropy", logits_of(labels), {"from_logits": True}),
    ("SparseCategoricalCrossentropy", labels, {"ignore_class": 1}),
    ("BinaryFocalCrossentropy", units, {}),
    ("BinaryFocalCrossentropy", logits_of(units),
     {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5, "from_logits": True, "label_smoothing": 0.1}),
    ("CategoricalFocalCrossentropy", classes, {}),
    ("CategoricalFocalCrossentropy", logits_of(classes),
     {"alpha": 0.4, "gamma": 1.5, "from_logits": True, "label_smoothing": 0.1}),
]
SHAPES = [(5, 3), (2, 4, 3)]
REDUCTIONS = ["sum_over_batch_size", "sum", "mean_with_sample_weight", "none"]


def loss_case(name, options, reduction, p, y, weights, mask):
    p, y = p.round(4), y.round(4)
    weights = weights if weights is None else weights.round(4)
    prediction = keras.ops.convert_to_tensor(p)
    if mask is not None:
        backend.set_keras_mask(prediction, keras.ops.convert_to_tensor(mask))
    loss = getattr(keras.losses, name)(
        reduction=None if reduction == "none" else reduction, dtype="float64", **options)
    value = np.asarray(loss(keras.ops.convert_to_tensor(y), prediction, sample_weight=weights))
    case = {"loss": name, "options": options, "reduction": reduction, "predictions": array(p), "targets": array(y)}
    if weights is not None:
        case["sample_weights"] = array(weights)
    if mask is not None:
        case["mask"] = array(mask)
    return case | {"expected": array(value)}


def loss_cases():
    for name, make, options in LOSSES:
        for shape in SHAPES:
            samples = shape[:-1]
            for i, reduction in enumerate(REDUCTIONS):
                p, y = make(*shape)
                weights = rng.uniform(0.5, 2.0, samples) if i % 2 == 0 else None
                mask = rng.integers(0, 2, samples).astype(bool) if i >= 2 or i == 0 and len(samples) > 1 else None
                if mask is not None:
                    mask.flat[0] = True
                yield loss_case(name, options, reduction, p, y, weights, mask)
    for reduction in REDUCTIONS:  # ranks that differ by one
        p, y = errors(4, 1)
        yield loss_case("MeanSquaredError", {}, reduction, p, y[:, 0], rng.uniform(size=4), None)
        p, y = errors(2, 3, 1)
        yield loss_case("MeanSquaredError", {}, reduction, p, y[..., 0], None, None)
        p, y = errors(4, 1)
        yield loss_case("MeanSquaredError", {}, reduction, p[:, 0], y[:, 0], None, None)


def ties(*shape):
    """Scores of few values, so that some are equal."""
    return rng.integers(0, 4, shape) / 4.0, one_hot(*shape)


def tied_labels(*shape):
    p, y = ties(*shape)
    return p, y.argmax(-1).astype(float)


METRICS = [
    ("MeanSquaredError", errors, {}, [(4, 3), (3, 5, 2)]),
    ("RootMeanSquaredError", errors, {}, [(4, 3), (3, 5, 2)]),
    ("MeanAbsoluteError", errors, {}, [(4, 3), (3, 5, 2)]),
    ("MeanAbsolutePercentageError", errors, {}, [(4, 3)]),
    ("MeanSquaredLogarithmicError", counts, {}, [(4, 3)]),
    ("LogCoshError", errors, {}, [(4, 3)]),
    ("CosineSimilarity", errors, {}, [(4, 3)]),
    ("Poisson", counts, {}, [(4, 3)]),
    ("KLDivergence", soft, {}, [(4, 3)]),
    ("Hinge", units, {}, [(4, 3)]),
    ("SquaredHinge", units, {}, [(4, 3)]),
    ("CategoricalHinge", classes, {}, [(4, 3)]),
    ("BinaryCrossentropy", units, {}, [(4, 3)]),
    ("CategoricalCrossentropy", classes, {}, [(4, 3)]),
    ("SparseCategoricalCrossentropy", labels, {}, [(4, 3), (3, 5, 4)]),
    ("BinaryAccuracy", units, {}, [(4, 1), (4, 3)]),
    ("BinaryAccuracy", units, {"threshold": 0.3}, [(6, 1)]),
    ("CategoricalAccuracy", ties, {}, [(6, 3), (3, 5, 4)]),
    ("SparseCategoricalAccuracy", tied_labels, {}, [(6, 3), (3, 5, 4)]),
    ("TopKCategoricalAccuracy", ties, {"k": 2}, [(6, 5), (3, 4, 6)]),
    ("SparseTopKCategoricalAccuracy", tied_labels, {"k": 2}, [(6, 5), (3, 4, 6)]),
    ("R2Score", errors, {}, [(6, 3)]),
    ("R2Score", errors, {"class_aggregation": "variance_weighted_average"}, [(6, 3)]),
    ("R2Score", errors, {"num_regressors": 2}, [(6, 3)]),
    ("Precision", units, {}, [(6, 1), (6, 3)]),
    ("Precision", units, {"thresholds": 0.7}, [(6, 3)]),
    ("Precision", classes, {"top_k": 2}, [(6, 4)]),
    ("Precision", classes, {"class_id": 1, "thresholds": 0.2}, [(6, 4)]),
    ("Recall", units, {}, [(6, 1), (6, 3)]),
    ("Recall", classes, {"top_k": 2}, [(6, 4)]),
    ("Recall", classes, {"class_id": 2, "thresholds": 0.2}, [(6, 4)]),
    ("F1Score", classes, {"average": "macro"}, [(6, 4)]),
    ("F1Score", classes, {"average": "micro"}, [(6, 4)]),
    ("F1Score", classes, {"average": "weighted"}, [(6, 4)]),
    ("F1Score", units, {"average": "macro", "threshold": 0.4}, [(6, 4)]),
    ("AUC", units, {}, [(30, 1), (10, 3)]),
    ("AUC", units, {"num_thresholds": 7}, [(30, 1)]),
    ("AUC", units, {"curve": "PR"}, [(30, 1)]),
    ("AUC", logits_of(units), {"curve": "PR", "summation_method": "minoring", "from_logits": True}, [(30, 1)]),
    ("AUC", units, {"summation_method": "majoring"}, [(30, 1)]),
    ("AUC", units, {"summation_method": "minoring"}, [(30, 1)]),
    ("AUC", units, {"curve": "PR", "summation_method": "majoring"}, [(30, 1)]),
]


def metric_case(name, make, options, shape, weighted):
    metric = getattr(keras.metrics, name)(dtype="float64", **options)
    updates = []
    for _ in range(3):
        p, y = (values.round(4) for values in make(*shape))
        per_step = weighted and name not in ("R2Score", "F1Score")
        weights = rng.uniform(0.5, 2.0, shape[:-1] if per_step else shape[:1]).round(4) if weighted else None
        exact = p.astype("float32") if "TopK" in name else p  # TensorFlow has the op in single only
        metric.update_state(y, exact, sample_weight=weights)
        update = {"predictions": array(p), "targets": array(y)}
        if weights is not None:
            update["sample_weights"] = array(weights)
        updates.append(update)
    return {"metric": name, "options": options, "updates": updates, "expected": float(metric.result())}


def metric_cases():
    for name, make, options, shapes in METRICS:
        for shape in shapes:
            for weighted in (False, True):
                yield metric_case(name, make, options, shape, weighted)


def write(name, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    (here / name).write_text(f"[\n{lines}\n]\n")


write("losses.json", loss_cases())
write("metrics.json", metric_cases())
