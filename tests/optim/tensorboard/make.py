"""Makes tensorflow.tfevents with TensorFlow's own writer:  python make.py  (see requirements.txt)."""
import glob
import os
import shutil
import tempfile

import tensorflow as tf

folder = tempfile.mkdtemp()
writer = tf.summary.create_file_writer(folder)
with writer.as_default():
    tf.summary.scalar("epoch_loss", 0.75, step=0)
    tf.summary.scalar("epoch_loss", float("nan"), step=300)
    tf.summary.histogram("dense/kernel/histogram",
                         tf.constant([[0.5, -1.0], [2.0, 0.25], [-0.125, 1.0]]), step=1)
    tf.summary.histogram("dense/bias/histogram", tf.constant([3.0, 3.0]), step=1)
writer.close()
target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tensorflow.tfevents")
shutil.move(glob.glob(folder + "/*")[0], target)
