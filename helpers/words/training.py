"""Train the learner's Emojifier-V2, with a curve that grows while it trains."""

import time
from dataclasses import dataclass, field

from helpers.language import N_, _
from helpers.live import Progress
from helpers.plotting import pyplot


@dataclass(frozen=True)
class TrainingSettings:
    """How V2 is trained: Adam; its learning rate falls to zero along half a cosine (Loshchilov and Hutter 2017)."""

    epochs: int = 16
    batch_size: int = 128
    learning_rate: float = 1e-2


@dataclass
class Curve:
    """One entry for each epoch: mean cross-entropy and accuracy in training; seconds is the whole training."""

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0


def train_classifier(model, X, Y, settings=None, live=None):
    """Train a classifier in place.

    Parameters
    ----------
    model : keras.Model
        Takes X, ends in a softmax over n_y classes. It is compiled here.
    X : ndarray of int, shape (m, max_len)
        Word indices.
    Y : ndarray of float, shape (m, n_y)
        One-hot labels.
    settings : TrainingSettings, optional
        None means ``TrainingSettings()``. The order of the examples follows ``keras.utils.set_random_seed``.
    live : bool, optional
        Draw the curve while training; None means in notebooks only.

    Returns
    -------
    Curve

    Raises
    ------
    ValueError
        X and Y differ in m, or the model's output does not fit Y.
    """
    import keras

    settings = settings or TrainingSettings()
    if len(X) != len(Y) or model.output_shape[1:] != Y.shape[1:]:
        raise ValueError(
            f"expected (m, max_len) indices and (m, {model.output_shape[-1]}) one-hot labels, got {X.shape}, {Y.shape}"
        )
    steps = settings.epochs * -(-len(X) // settings.batch_size)
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps))
    optimizer.build(model.trainable_variables)  # a first step that has to make variables is compiled twice,
    metrics = [keras.metrics.CategoricalAccuracy("accuracy")]  # and it would have to for the name alone
    model.compile(optimizer, loss="categorical_crossentropy", metrics=metrics, jit_compile=False)
    curve = Curve()
    progress = Progress(settings.epochs, N_("{done} of {total} epochs"), lambda: plot_curve(curve), live)
    begun = time.perf_counter()

    def on_epoch_end(_epoch, logs):
        curve.loss.append(logs["loss"])
        curve.accuracy.append(logs["accuracy"])
        text = _("loss {loss:.3f}, accuracy {share:.1%}")
        progress.update(text.format(loss=curve.loss[-1], share=curve.accuracy[-1]))

    callback = keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end)
    try:
        model.fit(X, Y, batch_size=settings.batch_size, epochs=settings.epochs, verbose=0, callbacks=[callback])
    finally:
        curve.seconds = time.perf_counter() - begun
        progress.close()
    return curve


def plot_curve(curve, ax=None):
    """Draw loss and accuracy in training by epoch."""
    plt = pyplot()
    ax = ax or plt.subplots(figsize=(6.4, 3.2), layout="constrained")[1]
    epochs = range(1, len(curve.loss) + 1)
    ax.plot(epochs, curve.loss, label=_("cross-entropy"))
    ax.plot(epochs, curve.accuracy, label=_("accuracy"))
    ax.set(xlabel=_("epoch"), ylim=(0, None))
    ax.legend()
    ax.grid(alpha=0.3)
    return ax
