"""Make ``assets/vowels.npz``: JapaneseVowels, 640 utterances of the vowel /ae/ by nine speakers, as aeon carries them.

Run once::

    pip download aeon==1.6.0 --no-deps --dest wheels
    python assets/make_vowels.py wheels/aeon-1.6.0-py3-none-any.whl

Origin: M. Kudo, J. Toyama, M. Shimbo, "Japanese Vowels", UCI Machine Learning Repository (CC BY 4.0). An utterance is 7
to 29 frames of 12 cepstral coefficients. Short ones are padded with zeros at the end; their lengths are kept.
"""

import sys
import zipfile
from pathlib import Path

import numpy as np

_FOLDER = "aeon/datasets/data/JapaneseVowels"
FRAMES = 29

if __name__ == "__main__":
    utterances, labels = [], []
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        for part in ("TRAIN", "TEST"):
            text = wheel.read(f"{_FOLDER}/JapaneseVowels_{part}.ts").decode()
            for line in text.split("@data", 1)[1].split():
                *cepstra, speaker = line.split(":")
                utterances.append(np.array([cepstrum.split(",") for cepstrum in cepstra], dtype=np.float32).T)
                labels.append(int(speaker) - 1)
    lengths = np.array([len(utterance) for utterance in utterances], dtype=np.uint8)
    frames = np.stack([np.pad(utterance, ((0, FRAMES - len(utterance)), (0, 0))) for utterance in utterances])
    path = Path(__file__).with_name("vowels.npz")
    np.savez_compressed(path, frames=frames, lengths=lengths, labels=np.array(labels, dtype=np.uint8))
    print(f"{path}: {len(labels)} utterances of {lengths.min()} to {lengths.max()} frames")
    print(f"{np.bincount(labels).tolist()} a speaker")
