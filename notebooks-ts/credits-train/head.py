"""Logistic regression on Inception V3's 2048 features, on the same stills as the network: the reference, and a fallback.

    for set in "trailers 344" "stills 312" "posters 300"; do set -- $set
      npx tsx evaluate.ts ../../../shared/data --features ../../models/.training/inception-$1 ../../models/.training/$1.x.npy $2
    done
    npx tsx evaluate.ts ../../../shared/data --features ../../models/.training/inception
    npx tsx evaluate.ts ../../../shared/data --features ../../models/.training/inception-synthetic-001 ../../models/.training/synth/synthetic-001.x.npy
    python3 head.py --features ../../models/.training/inception --out ../../models/.training/credits-head.json

Two heads: one fitted on the training stills alone (141 credits, 150 film), one also on drawn frames, film stills, trailer
frames and posters, each of which counts 1/20 of a still. The L2 penalties were chosen by 5-fold cross-validation among
the training stills; the second head is written to --out as {"weights": 2048 numbers, "bias"}, for
probability = 1 / (1 + exp(-(weights . features + bias))).
"""
import argparse
import json
import os

import numpy as np
import torch

PENALTY_ALONE, PENALTY_MIXED, WEIGHT_OF_OTHERS = 1e-3, 1e-4, .05
Head = tuple[torch.Tensor, torch.Tensor]


def fit(x: torch.Tensor, y: torch.Tensor, weight: torch.Tensor, penalty: float) -> Head:
    w, b = torch.zeros(x.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([w, b], max_iter=150, line_search_fn='strong_wolfe')

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        each = torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, y, reduction='none')
        value = (each * weight).sum() / weight.sum() + penalty * (w @ w) / 2
        value.backward()
        return value
    optimiser.step(loss)
    return w.detach(), b.detach()


def says_credits(x: torch.Tensor, head: Head) -> torch.Tensor:
    return (x @ head[0] + head[1]) > 0


def load(prefix: str) -> tuple[list[str], torch.Tensor]:
    names = json.load(open(f'{prefix}.json'))
    return names, torch.from_numpy(np.fromfile(f'{prefix}.f32', np.float32).reshape(len(names), -1).copy())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--features', required=True)
    parser.add_argument('--out', help='where the second head is written as JSON')
    args = parser.parse_args()
    torch.set_num_threads(1)
    names, x = load(args.features)
    y = torch.tensor([float(n.startswith('credits/')) for n in names])
    held = set(json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'holdout.json')))['files'])
    out = torch.tensor([n in held for n in names])
    xt, yt, xh, yh = x[~out], y[~out], x[out], y[out]

    indices, drawn = load(f'{args.features}-synthetic-001')
    shard = os.path.join(os.path.dirname(args.features), 'synth/synthetic-001')
    index = [int(i) for i in indices]
    negatives = torch.cat([load(f'{args.features}-{name}')[1] for name in ('trailers', 'stills', 'posters')])
    extra = torch.cat([drawn, negatives])
    extra_y = torch.cat([torch.from_numpy(np.load(f'{shard}.y.npy')[index]).float(), torch.zeros(len(negatives))])
    extra_w = torch.cat([torch.from_numpy(np.load(f'{shard}.w.npy')[index]), torch.ones(len(negatives))]) * WEIGHT_OF_OTHERS

    def alone(keep: torch.Tensor) -> Head:
        return fit(xt[keep], yt[keep], torch.ones(int(keep.sum())), PENALTY_ALONE)

    def mixed(keep: torch.Tensor) -> Head:
        return fit(torch.cat([xt[keep], extra]), torch.cat([yt[keep], extra_y]), torch.cat([torch.ones(int(keep.sum())), extra_w]), PENALTY_MIXED)
    fold = torch.from_numpy(np.random.default_rng(1).permutation(len(xt)) % 5)
    for name, make in (('stills alone', alone), ('with other pictures', mixed)):
        right = sum((says_credits(xt[fold == k], make(fold != k)) == (yt[fold == k] > .5)).sum().item() for k in range(5))
        head = make(torch.ones(len(xt), dtype=torch.bool))
        hits = says_credits(xh, head) == (yh > .5)
        print(f'{name}: 5-fold {right / len(xt):.4f}; held-out stills {hits.float().mean():.4f} ({int(hits.sum())} of {len(hits)}), '
              f'credits {hits[yh > .5].float().mean():.4f}, film {hits[yh < .5].float().mean():.4f}')
        print('  wrong:', [n for n, right in zip([n for n in names if n in held], hits) if not right])
    if args.out:
        with open(args.out, 'w') as file:
            json.dump({'weights': [float(f'{v:.5g}') for v in head[0].tolist()], 'bias': float(f'{head[1].item():.6g}')}, file)


if __name__ == '__main__':
    main()
