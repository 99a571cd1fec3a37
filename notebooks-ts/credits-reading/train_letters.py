"""Learns the recogniser's last layer for Latin letters (models/latin-letters.bin) from drawn lines: connectionist temporal
classification over the frozen network's features. The last twentieth of the lines measures.

    python3 train_letters.py --data ../../../shared/data --dir ../../models/.training/lines --out ../../models/latin-letters.bin
"""
import argparse
import collections
import csv
import gzip
import json
import math
import os
import struct
import time
import unicodedata

import numpy as np
import torch

WIDTH = 120
BASE = {'ø': 'o', 'Ø': 'O', 'ł': 'l', 'Ł': 'L', 'đ': 'd', 'Đ': 'D', 'ħ': 'h', 'Ħ': 'H', 'ß': 'B', 'æ': 'a', 'œ': 'o', 'Æ': 'A', 'Œ': 'O', 'þ': 'p', 'ð': 'd',
        'Þ': 'P', 'Ð': 'D', 'ı': 'i', '’': "'", '‘': "'", '“': '"', '”': '"', '–': '-', '—': '-', '…': '.'}


def load(folder):
    with open(os.path.join(folder, 'lines.json'), encoding='utf8') as file:
        table = json.load(file)
    features = np.fromfile(os.path.join(folder, 'features.bin'), dtype=np.float32)
    index = {c: k + 1 for k, c in enumerate(table['alphabet'])}
    lines, at = [], 0
    for wide, text, _ in table['lines']:
        steps = wide // 8
        end = at + steps * WIDTH
        if end > len(features):
            break
        lines.append((features[at:end].reshape(steps, WIDTH), [index[c] for c in text], text))
        at = end
    return table['alphabet'], lines


class Layer(torch.nn.Module):
    def __init__(self, classes, reach):
        super().__init__()
        self.conv = torch.nn.Conv1d(WIDTH, classes, reach, padding=reach // 2)

    def forward(self, x):
        return self.conv(x.transpose(1, 2)).transpose(1, 2)


def begin(layer, folder, alphabet, labels):
    """The classes that the network comes with begin as they are, accented letters as their letter without the accent."""
    values = np.fromfile(os.path.join(folder, 'layer.bin'), dtype=np.float32)
    classes = len(values) // (WIDTH + 1)
    weights, bias = values[:WIDTH * classes].reshape(WIDTH, classes), values[WIDTH * classes:]
    with open(labels, encoding='utf8') as file:
        known = {line.rstrip('\n'): k + 1 for k, line in enumerate(file)}
    known[' '] = classes - 1
    with torch.no_grad():
        layer.conv.weight.zero_()
        for k, letter in enumerate([None, *alphabet]):
            plain = BASE.get(letter) or unicodedata.normalize('NFD', letter)[0] if letter else None
            own = 0 if letter is None else known.get(letter)
            like = own if own is not None else known.get(plain)
            if like is None:
                layer.conv.bias[k] = -5
                continue
            layer.conv.weight[k, :, layer.conv.weight.shape[2] // 2] = torch.from_numpy(weights[:, like].copy())
            layer.conv.bias[k] = float(bias[like]) - (0 if own is not None else 3)


def correct_prior(layer, alphabet, learn, data):
    """Accents are far more frequent in the drawn lines than in credits: half of the logarithm of that ratio, at most 2, is taken off."""
    with gzip.open(os.path.join(data, 'credits-reading/cast-roles.csv.gz'), 'rt', encoding='utf8') as file:
        real = collections.Counter(c for row in csv.DictReader(file) for c in unicodedata.normalize('NFC', row['name']))
    drawn = collections.Counter(c for _, _, text in learn for c in text)
    with torch.no_grad():
        for k, letter in enumerate(alphabet):
            if letter.isalpha() and not letter.isascii():
                ratio = (real[letter] + 1) / real.total() / ((drawn[letter] + 1) / drawn.total())
                layer.conv.bias[k + 1] += max(-2.0, min(0.0, 0.5 * math.log(ratio)))


def read(row, alphabet):
    best = row.argmax(-1).tolist()
    return ''.join(alphabet[c - 1] for k, c in enumerate(best) if c and (k == 0 or best[k - 1] != c)).strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--dir', required=True)
    parser.add_argument('--data', required=True)
    parser.add_argument('--out', required=True)
    parser.add_argument('--labels', default='../../models/.cache/ppocr-rec.labels.txt')
    parser.add_argument('--reach', type=int, default=3)
    parser.add_argument('--passes', type=int, default=14)
    args = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    alphabet, lines = load(args.dir)
    held = len(lines) // 20
    learn, measure = lines[:-held], lines[-held:]
    layer = Layer(len(alphabet) + 1, args.reach)
    begin(layer, args.dir, alphabet, args.labels)
    rate = 0.003
    optimiser = torch.optim.Adam(layer.parameters(), lr=rate)
    loss_of = torch.nn.CTCLoss(zero_infinity=True)
    batch = 64
    batches = (len(learn) + batch - 1) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=batches * args.passes)
    order = np.argsort([len(f) for f, _, _ in learn], kind='stable')
    began = time.time()
    rng = np.random.default_rng(1)
    for number in range(args.passes):
        total = 0.0
        for start in rng.permutation(batches):
            some = [learn[k] for k in order[start * batch:(start + 1) * batch]]
            longest = max(len(f) for f, _, _ in some)
            x = torch.zeros(len(some), longest, WIDTH)
            for k, (f, _, _) in enumerate(some):
                x[k, :len(f)] = torch.from_numpy(f)
            logits = layer(x).log_softmax(-1).transpose(0, 1)
            loss = loss_of(logits, torch.tensor([c for _, t, _ in some for c in t]), torch.tensor([len(f) for f, _, _ in some]),
                           torch.tensor([len(t) for _, t, _ in some]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        if number % 2 == 0 and number < args.passes - 1:
            continue
        right, plain = 0, 0
        with torch.no_grad():
            for f, _, text in measure:
                got = read(layer(torch.from_numpy(f)[None])[0], alphabet)
                right += got == text
                plain += got.replace(' ', '') == text.replace(' ', '')
        print(f'{number}: loss {total / batches:.4f}, right {right / held:.3f}, but for spaces {plain / held:.3f}, {time.time() - began:.0f} s', flush=True)
    correct_prior(layer, alphabet, learn, args.data)
    head = json.dumps({'alphabet': alphabet, 'width': WIDTH, 'reach': args.reach}, ensure_ascii=False).encode()
    weight = layer.conv.weight.detach().permute(2, 1, 0).contiguous().numpy()
    with open(args.out, 'wb') as file:
        file.write(struct.pack('<I', len(head)) + head + weight.astype('<f4').tobytes() + layer.conv.bias.detach().numpy().astype('<f4').tobytes())


if __name__ == '__main__':
    main()
