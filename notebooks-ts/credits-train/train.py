"""Trains the credits frame classifier from scratch, for a given wall time, resumably.

    python3 pack_stills.py --data ../../../shared/data --out ../../models/.training
    python3 synthetic_credits.py --out ../../models/.training/synth --backgrounds ../../models/.training/backgrounds.npy
    npx tsx teacher.ts ../../models/.training/{credits,film,stills,trailers,posters}.x.npy ../../models/.training/synth/*.x.npy
    python3 train.py --dir ../../models/.training --minutes 60

The learning rate and the picture's size follow the share of the time that is spent, so that a slower machine makes
fewer steps of the same course. The text map of the synthetic frames (where is credit text, where other text) is a
second task: it teaches the trunk to see lines long before 141 real credits could. The third is distillation: to say
what Inception V3 sees in the same picture (the principal components of its features), which stands in for the
pre-training on ImageNet that cannot be had. The hold-out is not read here.
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

from model import FEATURES, NET_HEIGHT, NET_WIDTH, ResNet50, normalise
from pack_stills import HEIGHT, WIDTH

DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'
# (share of the time until which, (width, height), frames a step)
COURSE = [(.4, (112, 64), 32), (.8, (160, 90), 32), (1.01, (NET_WIDTH, NET_HEIGHT), 24)]
# share of each set in a step; label; are its text maps known (real film has no text: zeros)
REAL = {'credits': (.16, 1., False), 'film': (.08, 0., True), 'stills': (.10, 0., True), 'trailers': (.08, 0., False), 'posters': (.05, 0., False)}


def principal_components(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features [N,2048] -> their mean, and the first FEATURES directions [2048,FEATURES] of most variance."""
    mean = features.mean(0)
    _, vectors = np.linalg.eigh(np.cov((features - mean).T))
    return mean, np.ascontiguousarray(vectors[:, ::-1][:, :FEATURES]).astype(np.float32)


class Source:
    """Draws random training steps from the packed sets and from every shard of synthetic frames present."""

    def __init__(self, folder: str, seed: int):
        self.folder, self.random = folder, np.random.default_rng(seed)
        self.real = {k: np.load(f'{folder}/{k}.x.npy', mmap_mode='r') for k in REAL}
        self.shards: list[dict[str, np.ndarray]] = []
        self.looked = 0.
        self.taught = {k: np.load(f'{folder}/{k}.t.npy') for k in REAL}
        self.teacher_mean, self.components = principal_components(np.concatenate(list(self.taught.values())))

    def look_for_shards(self) -> None:
        if time.time() - self.looked > 30:
            self.looked = time.time()
            paths = sorted(glob.glob(f'{self.folder}/synth/synthetic-*.x.npy'))[len(self.shards):]
            for p in paths:
                self.shards.append({k: np.load(p.replace('.x.', f'.{k}.'), mmap_mode='r') for k in 'x y w mask'.split()})
        for p, shard in zip(sorted(glob.glob(f'{self.folder}/synth/synthetic-*.x.npy')), self.shards):
            taught = p.replace('.x.', '.t.')
            if 't' not in shard and os.path.exists(taught):
                shard['t'] = np.load(taught, mmap_mode='r')

    def step(self, n: int) -> tuple[torch.Tensor, ...]:
        """uint8 frames [n,180,320,3]; labels [n]; weights [n]; text maps [n,2,12,20]; is the map known [n]; the teacher's
        components [n,FEATURES], zeros where the teacher was not asked."""
        self.look_for_shards()
        r = self.random
        names = list(REAL) + ['synthetic']
        shares = [REAL[k][0] for k in REAL]
        picked = r.choice(len(names), n, p=[*shares, 1 - sum(shares)])
        x, y = np.zeros((n, HEIGHT, WIDTH, 3), np.uint8), np.zeros(n, np.float32)
        w, mask, known = np.ones(n, np.float32), np.zeros((n, 2, 12, 20), np.float32), np.ones(n, np.float32)
        taught = np.zeros((n, FEATURES), np.float32)
        for i, k in enumerate(picked):
            if names[k] == 'synthetic':
                shard = self.shards[r.integers(len(self.shards))]
                j = r.integers(len(shard['x']))
                x[i], y[i], w[i], mask[i] = shard['x'][j], shard['y'][j], shard['w'][j], shard['mask'][j] / 255
                if 't' in shard:
                    taught[i] = self.seen_by_teacher(shard['t'][j])
            else:
                pool = self.real[names[k]]
                j = r.integers(len(pool))
                x[i], taught[i] = pool[j], self.seen_by_teacher(self.taught[names[k]][j])
                y[i], known[i] = REAL[names[k]][1], REAL[names[k]][2]
                if names[k] == 'credits':
                    x[i] = self.vary(x[i])
                elif r.random() < .5:
                    x[i] = x[i][:, ::-1]
        return tuple(torch.from_numpy(a) for a in (x, y, w, mask, known, taught))

    def seen_by_teacher(self, features: np.ndarray) -> np.ndarray:
        return (features - self.teacher_mean) @ self.components

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


def augment(x: torch.Tensor, mask: torch.Tensor, size: tuple[int, int], generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Random zoom and shift of frames and text maps alike, then light, contrast and colour; frames come out at `size`."""
    n = len(x)
    u = lambda *shape: torch.rand(*shape, generator=generator, device=x.device)
    zoom = 1 + (u(n, 2) - .5) * .3
    zoom[u(n) < .35] = 1
    shift = (u(n, 2) - .5) * .2 * (u(n, 1) < .7)
    theta = torch.zeros(n, 2, 3, device=x.device)
    theta[:, 0, 0], theta[:, 1, 1], theta[:, :, 2] = zoom[:, 0], zoom[:, 1], shift
    frames = x.permute(0, 3, 1, 2).float() / 255
    frames = F.grid_sample(frames, F.affine_grid(theta, list(frames.shape), align_corners=False), padding_mode='border', align_corners=False)
    if size != (WIDTH, HEIGHT):
        frames = F.interpolate(frames, (size[1], size[0]), mode='bilinear', antialias=True, align_corners=False)
    mask = F.grid_sample(mask, F.affine_grid(theta, list(mask.shape), align_corners=False), align_corners=False)
    gain, lift, gamma = 1 + (u(n, 3, 1, 1) - .5) * .3, (u(n, 1, 1, 1) - .4) * .12, torch.exp((u(n, 1, 1, 1) - .5) * .8)
    gain = gain * torch.where(u(n, 1, 1, 1) < .15, .4 + .6 * u(n, 1, 1, 1), torch.ones(1, device=x.device))
    grey = (u(n, 1, 1, 1) < .08).float()
    frames = frames * (1 - grey) + frames.mean(1, keepdim=True) * grey
    frames = (frames.clamp(1e-4, 1) ** gamma * gain + lift).clamp(0, 1)
    return frames.mul(255).permute(0, 2, 3, 1), mask


@torch.no_grad()
def probability(net: torch.nn.Module, x: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    net.eval()
    out = []
    for i in range(0, len(x), 50):
        frames = torch.from_numpy(np.ascontiguousarray(x[i:i + 50])).to(DEVICE).permute(0, 3, 1, 2).float()
        if size != (WIDTH, HEIGHT):
            frames = F.interpolate(frames, (size[1], size[0]), mode='bilinear', antialias=True, align_corners=False)
        with torch.autocast(DEVICE, torch.bfloat16):
            logits, _, _ = net(normalise(frames.permute(0, 2, 3, 1)).contiguous(memory_format=torch.channels_last))
        out.append(torch.sigmoid(logits.float()).cpu().numpy())
    return np.concatenate(out)


def work(rank: int, args: argparse.Namespace, net: ResNet50, average: ResNet50, steps: torch.Tensor) -> None:
    """One worker's steps on the shared weights. The first one also averages, writes checkpoints and the history."""
    torch.set_num_threads(args.threads)
    if rank > 0:
        os.nice(40)  # the others take only what nobody else wants: others may work on this machine
    checkpoint, spent, history = f'{args.dir}/resnet50.pt', 0., []
    decayed = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW([{'params': decayed, 'weight_decay': .05}, {'params': plain, 'weight_decay': 0}], lr=args.peak)
    if os.path.exists(checkpoint):
        state = torch.load(checkpoint, map_location=DEVICE, weights_only=False)
        optimiser.load_state_dict(state['optimiser'])
        spent, history = state['spent'], state['history']
        del state
    seed = args.seed + 1000 * rank + int(steps[0])
    torch.manual_seed(seed)
    source, generator = Source(args.dir, seed), torch.Generator(DEVICE).manual_seed(seed)
    begun, saved, checked = time.time() - spent, time.time(), time.time()
    total = min(args.minutes * 60, args.deadline - begun)
    watched = {k: np.load(f'{args.dir}/{k}.x.npy', mmap_mode='r')[::s] for k, s in (('held-stills', 3), ('held-trailers', 5), ('held-posters', 3))}
    losses, text_losses, taught_losses, right, seen = [], [], [], 0., 0

    def save() -> None:
        state = {'net': net.state_dict(), 'average': average.state_dict(), 'optimiser': optimiser.state_dict(), 'step': int(steps[0]),
                 'spent': time.time() - begun, 'history': history}
        torch.save(state, checkpoint + '.part')
        os.replace(checkpoint + '.part', checkpoint)
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'history.json'), 'w') as file:
            file.write('[\n' + ',\n'.join(json.dumps(row) for row in history) + '\n]\n')

    while (share := (time.time() - begun) / total) < 1:
        size, n = next((size, n) for until, size, n in (COURSE[1:] if args.start else COURSE) if share < until)
        rate = args.peak * min(1, (int(steps[0]) + 1) / 150) * (.5 + .5 * math.cos(math.pi * share)) + 1e-6
        for group in optimiser.param_groups:
            group['lr'] = rate
        x, y, w, mask, known, taught = (part.to(DEVICE) for part in source.step(n))
        frames, mask = augment(x, mask, size, generator)
        net.train()
        with torch.autocast(DEVICE, torch.bfloat16):
            logits, text, features = net(normalise(frames).contiguous(memory_format=torch.channels_last))
        logits, text, features = logits.float(), text.float(), features.float()
        loss = (F.binary_cross_entropy_with_logits(logits, y * .98 + .01, reduction='none') * w).mean()
        target = F.interpolate(mask, text.shape[2:], mode='area')
        text_loss = (F.binary_cross_entropy_with_logits(text, target, reduction='none').mean((1, 2, 3)) * known).mean()
        asked = (taught.abs().sum(1) > 0).float()
        taught_loss = ((1 - F.cosine_similarity(features, taught)) * asked).mean()
        optimiser.zero_grad(set_to_none=True)
        # The other tasks' weights go down to nothing: they are there to shape the trunk.
        (loss + (1 - share) * (2 * text_loss + taught_loss)).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.)
        optimiser.step()
        steps += 1
        if rank > 0:
            continue
        keep = min(.99, (1 + int(steps[0])) / (10 + int(steps[0])))
        with torch.no_grad():
            for a, b in zip(average.state_dict().values(), net.state_dict().values()):
                a.lerp_(b, 1 - keep) if a.is_floating_point() else a.copy_(b)
        losses.append(loss.item())
        text_losses.append(text_loss.item())
        taught_losses.append(taught_loss.item())
        right += ((logits > 0) == (y > .5)).float().sum().item()
        seen += n
        if len(losses) == 25:
            history.append({'step': int(steps[0]), 'minutes': round((time.time() - begun) / 60, 2), 'width': size[0], 'rate': round(rate, 7),
                            'loss': round(float(np.mean(losses)), 4), 'text': round(float(np.mean(text_losses)), 4),
                            'teacher': round(float(np.mean(taught_losses)), 4), 'accuracy': round(right / seen, 4)})
            print(json.dumps(history[-1]), flush=True)
            losses, text_losses, taught_losses, right, seen = [], [], [], 0., 0
        if history and time.time() - checked > 420:
            checked = time.time()
            # Share of frames without credits called credits, on pictures kept apart from the credit stills' hold-out.
            history[-1] |= {k: round(float((probability(average, v, size) > .5).mean()), 4) for k, v in watched.items()}
            print(json.dumps(history[-1]), flush=True)
        if time.time() - saved > 150:
            saved = time.time()
            save()
    if rank > 0:
        return

    # Statistics of the averaged weights over the last picture size: batch norms of an average are not the average's.
    for module in average.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    average.train()
    with torch.no_grad(), torch.autocast(DEVICE, torch.bfloat16):
        for _ in range(30):
            x, _, _, mask, _, _ = (part.to(DEVICE) for part in source.step(24))
            frames, _ = augment(x, mask, (NET_WIDTH, NET_HEIGHT), generator)
            average(normalise(frames).contiguous(memory_format=torch.channels_last))
    save()
    torch.save(average.state_dict(), f'{args.dir}/resnet50-final.pt')
    print('done', int(steps[0]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--dir', required=True)
    parser.add_argument('--minutes', type=float, default=60)
    parser.add_argument('--seed', type=int, default=20)
    parser.add_argument('--peak', type=float, default=1e-3, help='highest learning rate')
    parser.add_argument('--start', help='weights of an earlier course to begin a new one with; it passes over the smallest pictures')
    # Workers step on one set of weights without waiting for each other (Hogwild): on shared cores two threads of one
    # step wait for the slower one at every layer.
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--threads', type=int, default=1, help='of each worker')
    parser.add_argument('--deadline', type=float, default=math.inf, help='unix time at which the course must be over')
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    net = ResNet50().to(DEVICE, memory_format=torch.channels_last)
    average = copy.deepcopy(net)  # exponential average of weights and statistics: what is exported
    steps = torch.zeros(1, dtype=torch.int64).share_memory_()
    if args.start:
        net.load_state_dict(torch.load(args.start, map_location=DEVICE))
        average.load_state_dict(net.state_dict())
    if os.path.exists(f'{args.dir}/resnet50.pt'):
        state = torch.load(f'{args.dir}/resnet50.pt', map_location=DEVICE, weights_only=False)
        net.load_state_dict(state['net'])
        average.load_state_dict(state['average'])
        steps[0] = state['step']
        del state
    if args.workers > 1:
        net.share_memory()
    others = [torch.multiprocessing.get_context('spawn').Process(target=work, args=(rank, args, net, average, steps), daemon=True) for rank in range(1, args.workers)]
    for other in others:
        other.start()
    work(0, args, net, average, steps)
    for other in others:
        other.join()


if __name__ == '__main__':
    main()
