"""What the jazz notebook needs around the learner's own models: from MIDI to tokens, and from tokens to a band.

| module | holds |
|---|---|
| `notes`, `harmony`, `rhythm` | notes, chords and songs; chord names and their tones; quantising and swing |
| `smf`, `midi`, `weimar` | MIDI files byte by byte; as songs; the Weimar Jazz Database as songs |
| `grammar`, `jazz` | a melody as tokens; the corpus, examples for training, solos from what a model samples |
| `training`, `variations` | training the learner's model fast; layers for the optional part (both need Keras) |
| `recorded` | trained weights and composed phrases, for a learner who is stuck |
| `measuring` | is it any good? |
| `band`, `sound`, `engraving` | bass, piano and ride to a line; hear it; see it |
| `probes` | how the exercises' functions are called |
"""

from helpers import old_names
from helpers.music.band import save_solo
from helpers.music.engraving import piano_roll, song_sheet
from helpers.music.jazz import (
    build_vocabulary,
    hold_out,
    improvise,
    initializers,
    load_corpus,
    load_music_utils,
    one_hot,
    phrase_seeds,
    song_tokens,
)
from helpers.music.measuring import compare_with_corpus, plot_comparison
from helpers.music.midi import read_midi
from helpers.music.notes import chords_per_bar
from helpers.music.sound import play

__all__ = [
    "build_vocabulary",
    "chords_per_bar",
    "compare_with_corpus",
    "hold_out",
    "improvise",
    "initializers",
    "load_corpus",
    "load_music_utils",
    "one_hot",
    "phrase_seeds",
    "piano_roll",
    "play",
    "plot_comparison",
    "read_midi",
    "save_solo",
    "song_sheet",
    "song_tokens",
]

__getattr__ = old_names(__name__, {"compare": "compare_with_corpus"})
