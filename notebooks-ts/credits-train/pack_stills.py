"""Packs the real pictures into arrays for training and measuring; the hold-out never reaches a training array.

    python3 pack_stills.py --data ../../../shared/data --out ../../models/.training

Each set S becomes S.x.npy, uint8 [N,180,320,3] RGB, and S.json with the file names. The whole picture is squeezed to
320 x 180 as the worker does with frames, except posters: a random 16:9 window, or squeezed.
"""
import argparse
import hashlib
import json
import os
import random

import numpy as np
from PIL import Image

WIDTH, HEIGHT = OUT = (320, 180)
# Frames of trailers that are credits in all but place (billing blocks, names of the cast), found on contact sheets:
# index into the sorted list of all trailer frames.
DROPPED_TRAILER_FRAMES = set(range(504 + 364, 504 + 367)) | set(range(504 + 381, 504 + 385)) | set(range(1008 + 302, 1008 + 306)) | \
    {1008 + 447, 1008 + 448, 1512 + 98, 1512 + 99, 1512 + 198, 1512 + 443, 1512 + 444}


def fifth(name: str) -> int:
    return int(hashlib.sha1(name.encode()).hexdigest()[:8], 16) % 5


def load(path: str, rng: random.Random | None = None) -> np.ndarray:
    image = Image.open(path).convert('RGB')
    if rng is not None and rng.random() < .7:
        h = image.width * 9 / 16
        top = rng.uniform(0, max(0, image.height - h))
        image = image.crop((0, int(top), image.width, int(top + h)))
    return np.asarray(image.resize(OUT, Image.BOX if image.width > 640 else Image.BICUBIC if image.width < 320 else Image.BILINEAR))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--data', required=True)
    parser.add_argument('--out', required=True)
    args = parser.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    held = set(json.load(open(f'{here}/holdout.json'))['files'])
    os.makedirs(args.out, exist_ok=True)

    def under(folder: str) -> list[str]:
        root = os.path.join(args.data, folder)
        return sorted(f'{folder}/{f}' for f in os.listdir(root) if f.lower().endswith(('.jpg', '.jpeg', '.png')))

    trailers = [f for d in sorted(os.listdir(f'{args.data}/trailer-frames')) if os.path.isdir(f'{args.data}/trailer-frames/{d}') for f in under(f'trailer-frames/{d}')]
    trailers = [f for i, f in enumerate(trailers) if i not in DROPPED_TRAILER_FRAMES]
    credits, film = under('credits-stills/credits'), under('credits-stills/film')
    stills = under('film-stills/images')
    posters = under('posters/images')
    random.Random(3).shuffle(posters)

    def is_held(f: str) -> bool:
        return f.removeprefix('credits-stills/') in held
    sets = {
        'credits': [f for f in credits if not is_held(f)], 'film': [f for f in film if not is_held(f)],
        'held-credits': [f for f in credits if is_held(f)], 'held-film': [f for f in film if is_held(f)],
        'stills': [f for f in stills if fifth(f)], 'held-stills': [f for f in stills if not fifth(f)],
        # whole trailers stay together, since neighbouring seconds are near copies
        'trailers': [f for f in trailers if fifth(f.split('/')[1])], 'held-trailers': [f for f in trailers if not fifth(f.split('/')[1])],
        'posters': posters[:1500], 'held-posters': posters[1500:1800],
    }
    rng = random.Random(5)
    for name, files in sets.items():
        x = np.stack([load(os.path.join(args.data, f), rng if 'posters' in name else None) for f in files])
        np.save(os.path.join(args.out, f'{name}.x.npy'), x)
        json.dump(files, open(os.path.join(args.out, f'{name}.json'), 'w'))
        print(name, x.shape, flush=True)
    parts = [np.load(os.path.join(args.out, f'{n}.x.npy'), mmap_mode='r') for n in ('film', 'stills', 'trailers')]
    np.save(os.path.join(args.out, 'backgrounds.npy'), np.concatenate([parts[0], parts[1], parts[2][::3]]))


if __name__ == '__main__':
    main()
