"""The reference: logistic regression on Inception V3's 2048 features, on the same stills as the network.

    npx tsx evaluate.ts ../../../shared/data --features ../../models/.training/inception
    python3 head.py --features ../../models/.training/inception

Fits on the training stills alone (141 credits, 150 film), the strength of the L2 penalty chosen by 5-fold
cross-validation among them, and measures on the held-out fifth.
"""
import argparse
import json
import os

import numpy as np
import torch


def fit(x: torch.Tensor, y: torch.Tensor, penalty: float) -> tuple[torch.Tensor, torch.Tensor]:
    w, b = torch.zeros(x.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([w, b], max_iter=200, line_search_fn='strong_wolfe')

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, y) + penalty * (w @ w) / 2
        value.backward()
        return value
    optimiser.step(loss)
    return w.detach(), b.detach()


def accuracy(x: torch.Tensor, y: torch.Tensor, head: tuple[torch.Tensor, torch.Tensor]) -> float:
    return (((x @ head[0] + head[1]) > 0) == (y > .5)).float().mean().item()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--features', required=True)
    parser.add_argument('--out', help='where the head is written as JSON')
    args = parser.parse_args()
    torch.set_num_threads(1)
    names = json.load(open(f'{args.features}.json'))
    x = torch.from_numpy(np.fromfile(f'{args.features}.f32', np.float32).reshape(len(names), -1).copy())
    y = torch.tensor([float(n.startswith('credits/')) for n in names])
    held = set(json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'holdout.json')))['files'])
    out = torch.tensor([n in held for n in names])
    xt, yt, xh, yh = x[~out], y[~out], x[out], y[out]
    fold = torch.from_numpy(np.random.default_rng(1).permutation(len(xt)) % 5)
    scores = {}
    for penalty in (1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1):
        hits = [accuracy(xt[fold == k], yt[fold == k], fit(xt[fold != k], yt[fold != k], penalty)) * (fold == k).sum().item() for k in range(5)]
        scores[penalty] = sum(hits) / len(xt)
        print(f'penalty {penalty}: 5-fold on the training stills {scores[penalty]:.4f}')
    best = max(scores, key=lambda k: scores[k])
    head = fit(xt, yt, best)
    print(f'held-out stills, penalty {best}: right {accuracy(xh, yh, head):.4f}, credits {accuracy(xh[yh > .5], yh[yh > .5], head):.4f}, film {accuracy(xh[yh < .5], yh[yh < .5], head):.4f}')
    p = torch.sigmoid(xh @ head[0] + head[1])
    print('wrong:', [(n, round(v.item(), 2)) for n, v, t in zip([n for n in names if n in held], p, yh) if (v > .5) != (t > .5)])
    if args.out:
        json.dump({'weights': [round(v, 6) for v in head[0].tolist()], 'bias': head[1].item(), 'penalty': best}, open(args.out, 'w'))


if __name__ == '__main__':
    main()
