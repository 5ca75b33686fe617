"""How a network is built and trained, apart from its kind."""

from dataclasses import dataclass, fields, replace

OPTIMISERS = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}  # our name -> Keras' class
MOMENTUM = 0.9  # of "sgd"
SCHEDULES = ("constant", "cosine")


@dataclass(frozen=True)
class Settings:
    """What a run is made of besides variant, task and seed.

    Attributes
    ----------
    width
        n_a, units of each recurrent layer; of each direction, for a bidirectional one.
    epochs, batch_size
        m of a mini-batch.
    learning_rate, optimiser, schedule
        "adam", "rmsprop" or "sgd" (momentum 0.9); "constant", or "cosine" down to zero (Loshchilov and Hutter 2017).
    clip
        The gradient is scaled down where its norm over all weights is larger (Pascanu, Mikolov and Bengio 2013).
    depth
        Recurrent layers, one upon the other.
    dropout
        Share of a recurrent layer's output that is set to zero in training, after each layer.
    trainable_embedding
        Whether training may change the word vectors, where the task has such.
    """

    width: int = 32
    epochs: int = 30
    batch_size: int = 32
    learning_rate: float = 3e-3
    optimiser: str = "adam"
    schedule: str = "constant"
    clip: float = 1.0
    depth: int = 1
    dropout: float = 0.0
    trainable_embedding: bool = False

    def __post_init__(self):
        for name in ("width", "epochs", "batch_size", "depth"):
            if not getattr(self, name) >= 1:
                raise ValueError(f"{name}: expected at least 1, got {getattr(self, name)!r}")
        if not (self.learning_rate > 0 and self.clip > 0):
            raise ValueError(
                f"learning_rate and clip: expected more than 0, got {self.learning_rate!r} and {self.clip!r}"
            )
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout: expected a share from 0 to below 1, got {self.dropout!r}")
        if self.optimiser not in OPTIMISERS:
            raise ValueError(f"optimiser: expected one of {', '.join(OPTIMISERS)}, got {self.optimiser!r}")
        if self.schedule not in SCHEDULES:
            raise ValueError(f"schedule: expected one of {', '.join(SCHEDULES)}, got {self.schedule!r}")

    def changed(self, **changes):
        """A copy with some values changed; None leaves a value as it is. ValueError lists the names there are."""
        names = [field.name for field in fields(self)]
        unknown = sorted(set(changes) - set(names))
        if unknown:
            raise ValueError(f"expected settings among {', '.join(names)}, got {', '.join(unknown)}")
        return replace(self, **{name: value for name, value in changes.items() if value is not None})

    def make_optimiser(self, steps_per_epoch):
        """The Keras optimiser of these settings."""
        from helpers.quiet_keras import keras

        rate = self.learning_rate
        if self.schedule == "cosine":
            rate = keras.optimizers.schedules.CosineDecay(rate, self.epochs * steps_per_epoch)
        more = {"momentum": MOMENTUM} if self.optimiser == "sgd" else {}
        return getattr(keras.optimizers, OPTIMISERS[self.optimiser])(rate, global_clipnorm=self.clip, **more)
