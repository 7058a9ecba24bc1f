"""Reads a run's folder with the real tensorboard package and prints what it finds:
    python check_run.py LOG_DIR        (see requirements.txt; test_tensorboard writes such a folder
                                        if RONDO_TENSORBOARD_DIR names one)
Fails if an expected tag is missing."""
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

EXPECTED = {
    "train": ["batch_loss", "epoch_learning_rate", "epoch_loss", "dense/bias/gradient",
              "dense/bias/histogram", "dense/kernel/gradient", "dense/kernel/histogram"],
    "validation": ["epoch_loss", "evaluation_loss_vs_iterations"],
}

for part, tags in EXPECTED.items():
    events = EventAccumulator(f"{sys.argv[1]}/{part}", size_guidance={"tensors": 0})
    events.Reload()
    found = events.Tags()["tensors"]
    for tag in tags:
        if tag not in found:
            sys.exit(f"{part} lacks {tag}; it has {found}")
        plugin = events.SummaryMetadata(tag).plugin_data.plugin_name
        for event in events.Tensors(tag):
            value = tensor_util.make_ndarray(event.tensor_proto)
            text = f"{value:.6g}" if value.shape == () else f"{value.shape} sum {value[:, 2].sum():g}"
            print(f"{part:<11} {plugin:<11} {tag:<31} step {event.step:<3} {text}")
print("all tags found")
