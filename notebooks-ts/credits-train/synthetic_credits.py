"""Draws labelled frames in unlimited number: credits of every archetype and the text that is not credits.

    python3 synthetic_credits.py --out DIR --shards 8 --per-shard 2000 --seed 1 --backgrounds DIR/backgrounds.npy

A shard is four arrays: `x` uint8 [N,180,320,3] RGB, `y` uint8 [N] (1 = credits), `w` float32 [N] (weight in the loss)
and `mask` uint8 [N,2,12,20] (0..255: share of each 16 x 16 px cell under a line of credit text, and of other text).
Frames are drawn at 640 x 360 and reduced, since the real ones are reduced from larger pictures too.
"""
import argparse
import io
import os
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import synthetic_text as T

W, H = 640, 360
OUT = (320, 180)


class Frame:
    """A picture under construction: footage, lines of text, and the boxes that those lines cover."""

    def __init__(self, rng: random.Random, backgrounds: np.ndarray):
        self.rng = rng
        self.backgrounds = backgrounds
        self.image = Image.new('RGB', (W, H))
        self.boxes: list[tuple[int, tuple[float, float, float, float]]] = []
        self.channel = 0
        self.ink = (255, 255, 255)
        self.shadow: tuple[int, int, int] | None = None
        self.stroke = 0
        self.script = T.pick_script(rng)
        self.face = T.pick_font(rng, self.script)
        self.bold = T.pick_font(rng, self.script) if rng.random() < .35 else self.face

    def footage(self) -> Image.Image:
        picture = Image.fromarray(self.backgrounds[self.rng.randrange(len(self.backgrounds))]).resize((W, H), Image.BILINEAR)
        return picture.transpose(Image.FLIP_LEFT_RIGHT) if self.rng.random() < .5 else picture

    def text(self, x: float, y: float, words: str, size: float, align: str = 'left', face: str | None = None) -> float:
        """One line with its top at y; x is the left edge, middle or right edge. Returns its width."""
        font = T.font(face or self.face, max(6, round(size)))
        draw = ImageDraw.Draw(self.image)
        width = draw.textlength(words, font=font)
        left = x - {'left': 0, 'middle': width / 2, 'right': width}[align]
        if y < H and y + size > 0:
            if self.shadow is not None and not self.stroke:
                draw.text((left + max(1, size / 14), y + max(1, size / 14)), words, font=font, fill=self.shadow)
            draw.text((left, y), words, font=font, fill=self.ink, stroke_width=self.stroke, stroke_fill=self.shadow)
            self.boxes.append((self.channel, (left, y, left + width, y + size * 1.15)))
        return width

    def fit(self, words: str, size: float, limit: float, face: str | None = None) -> float:
        width = ImageDraw.Draw(self.image).textlength(words, font=T.font(face or self.face, max(6, round(size))))
        return size if width <= limit else size * limit / width


def colour(rng: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return (rng.randint(low, high), rng.randint(low, high), rng.randint(low, high))


def gradient(rng: random.Random, a: tuple[int, int, int], b: tuple[int, int, int]) -> Image.Image:
    angle = rng.random() * 6.28
    yy, xx = np.mgrid[0:H, 0:W]
    t = xx / W * np.cos(angle) + yy / H * np.sin(angle)
    if rng.random() < .4:
        t = np.hypot(xx / W - rng.random(), yy / H - rng.random())
    t = ((t - t.min()) / (np.ptp(t) + 1e-9))[..., None]
    return Image.fromarray((np.array(a) * (1 - t) + np.array(b) * t).astype(np.uint8))


def dimmed(picture: Image.Image, factor: float) -> Image.Image:
    return picture.point(lambda v: int(v * factor))


def paint_background(f: Frame, footage: float = .3) -> str:
    """Fills the frame and chooses a readable ink. Returns 'dark', 'bright' or 'footage'."""
    rng = f.rng
    r = rng.random()
    kind = 'dark'
    if r < footage:
        f.image = f.footage()
        treat = rng.random()
        if treat < .3:
            f.image = f.image.filter(ImageFilter.GaussianBlur(rng.uniform(2, 14)))
        if .2 < treat < .55:
            f.image = dimmed(f.image, rng.uniform(.2, .7))
        if treat > .92:
            f.image = f.image.convert('L').convert('RGB')
        kind = 'footage'
    else:
        r = rng.random()
        if r < .62:
            f.image = Image.new('RGB', (W, H), (0, 0, 0) if rng.random() < .8 else colour(rng, 0, 24))
        elif r < .76:
            f.image = Image.new('RGB', (W, H), colour(rng, 0, 110))
        elif r < .88:
            f.image = gradient(rng, colour(rng, 0, 60), colour(rng, 0, 170))
        else:
            f.image = Image.new('RGB', (W, H), colour(rng, 190, 255)) if rng.random() < .7 else gradient(rng, colour(rng, 170, 255), colour(rng, 200, 255))
            kind = 'bright'
    if kind == 'bright':
        f.ink = colour(rng, 0, 90)
    else:
        f.ink = (255, 255, 255) if rng.random() < .55 else colour(rng, 200, 250) if rng.random() < .5 else \
            rng.choice([(250, 220, 60), (240, 200, 120), (220, 60, 50), (120, 200, 250), (150, 230, 130), (250, 150, 60), (170, 170, 170), (120, 120, 120)])
        if kind == 'footage':
            f.shadow = colour(rng, 0, 30) if rng.random() < .75 else None
            if f.shadow is not None and rng.random() < .4:
                f.stroke = rng.choice([1, 1, 2])
    return kind


def cased(rng: random.Random) -> str:
    return rng.choice(['plain', 'plain', 'upper', 'upper', 'lower'] if rng.random() < .5 else ['plain', 'upper'])


def case(words: str, how: str) -> str:
    return words.upper() if how == 'upper' else words.lower() if how == 'lower' else words


# --- credits ---------------------------------------------------------------------------------------------------------

def span(rng: random.Random) -> tuple[float, float]:
    """The vertical part of the frame that a roll fills: nearly always all, at times just its beginning or its end."""
    r = rng.random()
    if r < .68:
        return (-40, H + 20)
    if r < .8:
        return (rng.uniform(.35, .85) * H, H + 20)
    if r < .92:
        return (-40, rng.uniform(.15, .6) * H)
    return (rng.uniform(.05, .25) * H, rng.uniform(.75, .95) * H)


def pairs_roll(f: Frame, x0: float = 0, x1: float = W) -> None:
    """Role and name around a gutter."""
    rng, width = f.rng, x1 - x0
    top, bottom = span(rng)
    size = rng.uniform(8, 24) * min(1, width / 420)
    step = size * rng.uniform(1.15, 2)
    gutter, gap = x0 + width * rng.uniform(.42, .58), width * rng.uniform(.01, .06)
    mirrored = f.script == 'arabic'
    left_flush = rng.random() < .25
    role_ink, name_ink = f.ink, (f.ink if rng.random() < .7 else colour(rng, 150, 255) if sum(f.ink) > 300 else colour(rng, 0, 90))
    role_case, name_case = cased(rng), cased(rng)
    y = top + rng.uniform(0, step)
    dots = rng.random() < .08
    while y < bottom:
        if rng.random() < .1:
            y += step * rng.uniform(.5, 2)
            f.ink = role_ink
            f.text(x0 + width / 2, y, case(T.heading(rng, f.script), name_case), size * rng.uniform(1, 1.5), 'middle', f.bold)
            y += step * rng.uniform(1.4, 2.2)
        role, who = case(T.role(rng, f.script), role_case), case(T.name(rng, f.script), name_case)
        if mirrored:
            role, who = who, role
        s = f.fit(role, size, gutter - gap - x0 - 8)
        f.ink = role_ink
        if left_flush:
            f.text(x0 + width * .1, y, role + (' ........' if dots else ''), f.fit(role, size, width * .34))
        elif rng.random() < .92:
            f.text(gutter - gap, y, role, s, 'right')
        f.ink = name_ink
        for _ in range(1 if rng.random() < .8 else rng.randint(2, 6)):
            f.text(gutter + gap, y, who, f.fit(who, size, x1 - gutter - gap - 4), 'left', f.bold)
            y += step
            who = case(T.name(rng, f.script), name_case)
        if rng.random() < .1:
            y += step


def centred_roll(f: Frame, x0: float = 0, x1: float = W) -> None:
    """Role above its names, all on one axis."""
    rng, width = f.rng, x1 - x0
    top, bottom = span(rng)
    size = rng.uniform(9, 30) * min(1, width / 380)
    small = size * rng.uniform(.6, 1)
    y, axis = top, x0 + width * (.5 if rng.random() < .85 else rng.uniform(.35, .65))
    how = cased(rng)
    role_ink, name_ink = f.ink, f.ink if rng.random() < .75 else colour(rng, 140, 255)
    while y < bottom:
        role = case(T.role(rng, f.script), cased(rng))
        f.ink = role_ink
        f.text(axis, y, role, f.fit(role, small, width * .9), 'middle')
        y += small * rng.uniform(1.2, 1.6)
        f.ink = name_ink
        for _ in range(rng.choice([1, 1, 1, 2, 3, 5])):
            who = case(T.name(rng, f.script), how)
            f.text(axis, y, who, f.fit(who, size, width * .9, f.bold), 'middle', f.bold)
            y += size * rng.uniform(1.2, 1.4)
        y += size * rng.uniform(.5, 2)


def columns_roll(f: Frame) -> None:
    """A heading, then two to four columns of names."""
    rng = f.rng
    top, bottom = span(rng)
    n = rng.choice([2, 2, 3, 3, 4])
    size = rng.uniform(8, 16)
    margin = rng.uniform(.02, .12) * W
    pitch = (W - 2 * margin) / n
    how, align = cased(rng), rng.choice(['left', 'middle', 'middle'])
    y = top
    while y < bottom:
        f.text(W / 2, y, case(T.heading(rng, f.script), how), size * rng.uniform(1, 1.6), 'middle', f.bold)
        y += size * rng.uniform(2, 3)
        for _ in range(rng.randint(3, 16)):
            for c in range(n):
                who = case(T.name(rng, f.script), how)
                x = margin + pitch * (c if align == 'left' else c + .5)
                f.text(x, y, who, f.fit(who, size, pitch * .96), align)
            y += size * rng.uniform(1.25, 1.5)
        y += size * 2


def card(f: Frame) -> None:
    """One to four role/name groups standing still, anywhere in the frame."""
    rng = f.rng
    n = rng.choice([1, 1, 1, 2, 2, 3, 4])
    size = rng.uniform(16, 44) if n == 1 else rng.uniform(13, 28)
    small = size * rng.uniform(.45, .95)
    align = rng.choice(['middle', 'middle', 'left', 'right'])
    axis = W * (.5 if rng.random() < .55 else {'middle': rng.uniform(.25, .75), 'left': rng.uniform(.05, .5), 'right': rng.uniform(.5, .95)}[align])
    height = n * (small + size) * 1.5
    y = (H - height) / 2 if rng.random() < .6 else rng.uniform(.04 * H, max(.05 * H, .92 * H - height))
    how = cased(rng)
    room = W * .95 if align == 'middle' else (W - axis if align == 'left' else axis) - 6
    if align == 'middle':
        room = 2 * min(axis, W - axis) - 6
    name_first = rng.random() < .12
    for _ in range(n):
        role, who = case(T.role(rng, f.script), how), case(T.name(rng, f.script), how)
        for part in ((who, role) if name_first else (role, who)):
            s = size if part is who else small
            if part is role and n == 1 and rng.random() < .15:
                continue  # a lone name: a cast card
            f.text(axis, y, part, f.fit(part, s, room, f.bold if part is who else None), align, f.bold if part is who else None)
            y += s * 1.3
        for _ in range(rng.choice([0, 0, 0, 1, 2])):
            who = case(T.name(rng, f.script), how)
            f.text(axis, y, who, f.fit(who, size, room, f.bold), align, f.bold)
            y += size * 1.25
        y += size * rng.uniform(.2, .9)


def corner_card(f: Frame) -> None:
    """A role and a name, or a list of names, in one part of the frame: main-on-end titles and series credits."""
    rng = f.rng
    size = rng.uniform(11, 26)
    x, y = rng.uniform(.04, .55) * W, rng.uniform(.05, .8) * H
    how = cased(rng)
    room = W - x - 6
    for k in range(rng.choice([1, 1, 2, 3, 5])):
        role, who = case(T.role(rng, f.script), how), case(T.name(rng, f.script), how)
        f.text(x, y, role, f.fit(role, size * .75, room))
        f.text(x + rng.choice([0, size]), y + size, who, f.fit(who, size, room - size, f.bold), 'left', f.bold)
        y += size * 2.6


def names_over_footage(f: Frame) -> None:
    """A few small lines over the going picture, undimmed: how series and animation end while the story still moves."""
    rng = f.rng
    f.image = f.footage()
    f.ink = (255, 255, 255) if rng.random() < .7 else rng.choice([(250, 220, 60), (0, 0, 0), (240, 240, 220), (120, 200, 250)])
    f.shadow = None if rng.random() < .35 else (0, 0, 0) if f.ink != (0, 0, 0) else (255, 255, 255)
    f.stroke = rng.choice([0, 1, 1]) if f.shadow is not None else 0
    size = rng.uniform(11, 24)
    n = rng.choice([1, 1, 2, 2, 3])
    align = rng.choice(['left', 'right', 'middle'])
    axis = W * {'left': rng.uniform(.04, .5), 'right': rng.uniform(.5, .96), 'middle': rng.uniform(.25, .75)}[align]
    room = {'left': W - axis, 'right': axis, 'middle': 2 * min(axis, W - axis)}[align] - 6
    how, beside = cased(rng), rng.random() < .3
    y = rng.uniform(.05, max(.06, .95 - n * size * 2.6 / H)) * H
    for _ in range(n):
        role, who = case(T.role(rng, f.script), how), case(T.name(rng, f.script), how)
        if beside:
            line = f'{role}  {who}'
            f.text(axis, y, line, f.fit(line, size, room), align)
            y += size * 1.4
            continue
        f.text(axis, y, role, f.fit(role, size * .8, room), align)
        f.text(axis, y + size, who, f.fit(who, size, room, f.bold), align, f.bold)
        y += size * 2.6


def paired_cards(f: Frame) -> None:
    """A few large lines "Role ... Name" wider than tall: the television card."""
    rng = f.rng
    n, size = rng.randint(2, 6), rng.uniform(16, 30)
    y = rng.uniform(.08, .5) * H
    stagger = rng.random() < .5
    how = cased(rng)
    for _ in range(n):
        role, who = case(T.role(rng, f.script), how) + rng.choice(['', '', '...']), case(T.name(rng, f.script), how)
        f.text(W * .06, y, role, f.fit(role, size * rng.choice([.8, 1]), W * .42))
        f.text(W * (.94 if stagger else .54), y + (size * 1.1 if stagger else 0), who, f.fit(who, size, W * .42, f.bold), 'right' if stagger else 'left', f.bold)
        y += size * (2.5 if stagger else 1.6)


def side_credits(f: Frame) -> None:
    """A roll beside a picture, as broadcasters and end-title sequences have it."""
    rng = f.rng
    picture, left = f.footage(), rng.random() < .5
    share = rng.uniform(.35, .6)
    w = int(W * share)
    if rng.random() < .5:  # an inset
        h = int(w * rng.choice([9 / 16, 3 / 4]))
        small = picture.resize((int(w * .9), int(h * .9)))
        f.image.paste(small, (int(W * .03) if left else W - int(w * .95), int((H - h) * rng.random())))
    else:
        half = picture.crop((W // 4, 0, W // 4 + w, H))
        f.image.paste(half, (0 if left else W - w, 0))
    x0, x1 = (w + 6, W) if left else (0, W - w - 6)
    rng.choice([centred_roll, pairs_roll, centred_roll])(f, x0, x1)


def end_of_roll(f: Frame) -> None:
    """Logos, a copyright line and the disclaimer in small print."""
    rng = f.rng
    y = rng.uniform(-.1, .5) * H
    for _ in range(rng.choice([0, 1, 2])):
        logos(f, y, rng.randint(2, 5))
        y += rng.uniform(40, 90)
    if rng.random() < .7:
        f.text(W / 2, y, f'Copyright © {rng.randint(1950, 2026)} {rng.choice(T.COMPANIES)}. All rights reserved.', rng.uniform(9, 15), 'middle')
        y += 24
    if rng.random() < .8:
        size = rng.uniform(8, 13)
        for _ in range(rng.randint(2, 9)):
            line = T.sentence(rng, f.script, rng.randint(9, 14))
            f.text(W / 2, y, line, f.fit(line, size, W * .85), 'middle')
            y += size * 1.35


def logos(f: Frame, y: float, n: int) -> None:
    rng = f.rng
    for k in range(n):
        draw = ImageDraw.Draw(f.image)
        cx, s = W * (k + .5) / n, rng.uniform(12, 30)
        shape = rng.random()
        if shape < .35:
            draw.ellipse((cx - s, y, cx + s, y + 2 * s), outline=f.ink, width=rng.randint(1, 4), fill=f.ink if rng.random() < .3 else None)
        elif shape < .7:
            draw.rectangle((cx - s * 1.4, y, cx + s * 1.4, y + s * 1.6), outline=f.ink, width=rng.randint(1, 3), fill=f.ink if rng.random() < .3 else None)
        else:
            draw.polygon([(cx - s, y + 1.6 * s), (cx, y), (cx + s, y + 1.6 * s)], outline=f.ink)
        f.text(cx, y + s * rng.choice([.5, 2]), rng.choice(T.COMPANIES), rng.uniform(9, 18), 'middle', T.pick_font(rng, 'latin'))


def song_credits(f: Frame) -> None:
    rng = f.rng
    size, y = rng.uniform(9, 18), rng.uniform(0, .3) * H
    for _ in range(rng.randint(1, 6)):
        for line in (f'“{T.sentence(rng, f.script, rng.randint(2, 4))[:-1]}”', f'Written by {T.name(rng, f.script)}', f'Performed by {T.name(rng, f.script)}', f'Courtesy of {rng.choice(T.COMPANIES)}')[:rng.randint(2, 4)]:
            if f.script not in ('latin', 'cyrillic', 'greek'):
                line = T.sentence(rng, f.script, rng.randint(2, 5))
            f.text(W / 2, y, line, f.fit(line, size, W * .9), 'middle')
            y += size * 1.3
        y += size * 1.2


CREDITS = [(pairs_roll, 24), (centred_roll, 17), (columns_roll, 9), (card, 22), (corner_card, 7), (paired_cards, 7),
           (side_credits, 6), (end_of_roll, 5), (song_credits, 3), (names_over_footage, 14)]


# --- text that is not credits, and pictures without text -------------------------------------------------------------

def subtitle(f: Frame) -> None:
    rng = f.rng
    if rng.random() < .8:
        f.image = f.footage()
    f.ink, f.shadow, f.stroke = rng.choice([(255, 255, 255), (255, 255, 255), (250, 240, 120), (200, 200, 200)]), (0, 0, 0), rng.choice([0, 1, 2])
    size = rng.uniform(14, 26)
    lines = rng.choice([1, 1, 2, 2, 2, 3])
    y = H * rng.uniform(.82, .97) - lines * size * 1.2
    if rng.random() < .07:
        y = rng.uniform(.02, .1) * H
    if rng.random() < .15:
        ImageDraw.Draw(f.image).rectangle((W * .15, y - 3, W * .85, y + lines * size * 1.25), fill=(0, 0, 0))
    for _ in range(lines):
        words = rng.choice(['', '- ', '♪ ']) if rng.random() < .2 else ''
        line = words + T.sentence(rng, f.script, rng.randint(2, 8))
        f.text(W / 2, y, line, f.fit(line, size, W * .92), 'middle')
        y += size * 1.2


def title(f: Frame) -> None:
    rng = f.rng
    paint_background(f, .5)
    words = T.sentence(rng, f.script, rng.randint(1, 3))[:-1]
    size = rng.uniform(36, 90)
    how = cased(rng)
    if how == 'upper' and rng.random() < .4 and f.script in ('latin', 'cyrillic', 'greek'):
        words = ' '.join(words)
    size = f.fit(case(words, how), size, W * .9, f.bold)
    y = H * rng.uniform(.25, .65)
    f.text(W * rng.choice([.5, .5, rng.uniform(.4, .6)]), y, case(words, how), size, 'middle', f.bold)
    if rng.random() < .2:
        sub = T.sentence(rng, f.script, rng.randint(2, 4))[:-1]
        f.text(W / 2, y + size * 1.2, sub, f.fit(sub, size * .35, W * .8), 'middle')


def date_card(f: Frame) -> None:
    """A place, a date or a chapter: one or two short lines."""
    rng = f.rng
    paint_background(f, .65)
    size = rng.uniform(12, 30)
    x, y = (W / 2, H * rng.uniform(.4, .6)) if rng.random() < .4 else (rng.uniform(.05, .4) * W, rng.uniform(.6, .88) * H)
    align = 'middle' if x == W / 2 else 'left'
    f.text(x, y, rng.choice(['LONDON, ENGLAND', 'Paris 1943', 'Three years later', 'CHAPTER TWO', 'Tokyo, 6:14 AM', 'Москва, 1956', 'SUMMER', 'Mars', '東京 1964', 'This April', 'COMING SOON', 'February 22']), size, align, f.bold if f.script == 'latin' else T.pick_font(rng, 'japanese'))


def ticker(f: Frame) -> None:
    rng = f.rng
    f.image = f.footage()
    draw = ImageDraw.Draw(f.image)
    h = rng.uniform(18, 44)
    y = H - h - rng.choice([0, 0, 12])
    bar = colour(rng, 0, 200)
    draw.rectangle((0, y, W, y + h), fill=bar)
    f.ink = (255, 255, 255) if sum(bar) < 380 else (10, 10, 10)
    f.text(-rng.uniform(0, 60), y + h * .12, '  •  '.join(T.sentence(rng, f.script, 7) for _ in range(3)), h * .62)
    if rng.random() < .6:
        draw.rectangle((W * .05, y - 40, W * rng.uniform(.4, .9), y - 4), fill=colour(rng, 0, 255))
        f.text(W * .07, y - 36, T.sentence(rng, f.script, 4).upper(), 20, 'left', f.bold)
    if rng.random() < .4:
        draw.rectangle((W * .85, 10, W * .97, 40), fill=colour(rng, 0, 255))
        f.text(W * .87, 13, rng.choice(['LIVE', 'NEWS', '20:15']), 18)


def lower_third(f: Frame) -> None:
    rng = f.rng
    f.image = f.footage()
    y, w = H * rng.uniform(.68, .84), W * rng.uniform(.35, .7)
    bar = colour(rng, 0, 255)
    shade = Image.new('RGB', (int(w), 46), bar)
    f.image = Image.composite(f.image, f.image, Image.new('L', (W, H), 255))
    f.image.paste(Image.blend(f.image.crop((20, int(y), 20 + int(w), int(y) + 46)), shade, rng.choice([1, 1, .6])), (20, int(y)))
    f.ink = (255, 255, 255) if sum(bar) < 400 else (0, 0, 0)
    f.text(30, y + 3, T.name(rng, f.script), 20, 'left', f.bold)
    f.text(30, y + 26, rng.choice(['Historian', 'Eyewitness', 'Senator', 'Coach', 'Professor of Biology', 'Reporter']), 13, 'left', T.pick_font(rng, 'latin'))


def sign(f: Frame) -> None:
    """Lettering that belongs to the scene: turned, skewed, cut by the picture."""
    rng = f.rng
    f.image = f.footage()
    w, h = rng.randint(90, 360), rng.randint(40, 180)
    back = colour(rng, 0, 255)
    board = Image.new('RGBA', (w, h), back + (255 if rng.random() < .8 else 0,))
    draw = ImageDraw.Draw(board)
    ink = colour(rng, 0, 255)
    for k in range(rng.choice([1, 1, 2, 3])):
        size = rng.randint(14, 60)
        draw.text((rng.randint(0, 20), k * size), rng.choice(['EXIT', 'HOTEL', 'TAXI', 'BAR', 'POLICE', 'OPEN', 'CAFÉ', 'STOP', 'ΤΑΒΕΡΝΑ', 'АПТЕКА', '薬局', '出口', 'MOTEL', '24H', 'Joe’s Diner', 'BANK', 'Platform 9']), font=T.font(T.pick_font(rng, 'japanese') if rng.random() < .3 else T.pick_font(rng, 'latin'), size), fill=ink + (255,))
    board = board.rotate(rng.gauss(0, 12), expand=True, resample=Image.BICUBIC)
    if rng.random() < .4:
        board = board.filter(ImageFilter.GaussianBlur(rng.uniform(.5, 2)))
    at = (rng.randint(-40, W - 120), rng.randint(-20, H - 80))
    f.image.paste(board, at, board)


def kinetic(f: Frame) -> None:
    """A few huge words in motion."""
    rng = f.rng
    paint_background(f, .15)
    f.stroke = 0
    size = rng.uniform(40, 130)
    y = rng.uniform(-.1, .5) * H
    for _ in range(rng.choice([1, 2, 2, 3, 4])):
        words = case(T.sentence(rng, f.script, rng.choice([1, 1, 2, 3]))[:-1], cased(rng))
        s = size * rng.choice([.35, .6, 1, 1])
        f.text(rng.uniform(-.05, .6) * W, y, words, s, 'left', f.bold)
        y += s * 1.1
    if rng.random() < .35:
        f.image = f.image.rotate(rng.uniform(-25, 25), resample=Image.BILINEAR)
    if rng.random() < .25:
        f.image = f.image.filter(ImageFilter.BoxBlur(rng.uniform(1, 6)))


def epilogue(f: Frame) -> None:
    """Sentences of prose on black or on the last picture."""
    rng = f.rng
    paint_background(f, .3)
    size = rng.uniform(14, 26)
    lines = rng.randint(2, 7)
    align = rng.choice(['middle', 'middle', 'left'])
    y = (H - lines * size * 1.4) / 2 + rng.uniform(-30, 30)
    for k in range(lines):
        line = T.sentence(rng, f.script, 14)
        font = T.font(f.face, round(size))
        while ImageDraw.Draw(f.image).textlength(line, font=font) > W * .8 and len(line) > 4:
            line = line[:-2]
        line = line[:len(line) // rng.randint(2, 4)] + '.' if k == lines - 1 else line
        f.text(W / 2 if align == 'middle' else W * .1, y, line, size, align)
        y += size * 1.4


def studio_logo(f: Frame) -> None:
    rng = f.rng
    paint_background(f, .25)
    draw = ImageDraw.Draw(f.image)
    cx, cy, s = W / 2, H * .45, rng.uniform(30, 110)
    for _ in range(rng.randint(1, 4)):
        s2 = s * rng.uniform(.4, 1)
        box = (cx - s2, cy - s2, cx + s2, cy + s2)
        rng.choice([draw.ellipse, draw.rectangle])(box, outline=colour(rng, 60, 255), width=rng.randint(2, 14), fill=colour(rng, 0, 255) if rng.random() < .3 else None)
    if rng.random() < .75:
        f.text(cx, cy + rng.choice([-15, s]), rng.choice(T.COMPANIES), rng.uniform(20, 60), 'middle', T.pick_font(rng, 'latin'))


def rating_card(f: Frame) -> None:
    rng = f.rng
    f.image = Image.new('RGB', (W, H), rng.choice([(0, 90, 30), (0, 0, 0), (180, 20, 20), (255, 255, 255), (20, 40, 120)]))
    f.ink = (0, 0, 0) if f.image.getpixel((0, 0)) == (255, 255, 255) else (255, 255, 255)
    draw = ImageDraw.Draw(f.image)
    draw.rectangle((W * .22, H * .35, W * .78, H * .75), outline=f.ink, width=rng.randint(2, 5))
    f.text(W / 2, H * .15, 'THE FOLLOWING PREVIEW HAS BEEN APPROVED FOR', 15, 'middle')
    f.text(W / 2, H * .24, rng.choice(['ALL AUDIENCES', 'APPROPRIATE AUDIENCES', 'MATURE AUDIENCES']), 26, 'middle', f.bold if f.script == 'latin' else None)
    f.text(W * .27, H * .42, rng.choice(['R', 'PG', 'PG-13', '16', '18']), 60, 'left')
    for k in range(rng.randint(1, 3)):
        f.text(W * .45, H * (.45 + .08 * k), T.sentence(rng, 'latin', 3).upper(), 14, 'left', T.pick_font(rng, 'latin'))


def end_card(f: Frame) -> None:
    """The last seconds of a web video: thumbnails, a round portrait, an invitation."""
    rng = f.rng
    paint_background(f, .3)
    draw = ImageDraw.Draw(f.image)
    for k in range(rng.randint(1, 4)):
        thumb = f.footage().resize((rng.randint(120, 240), rng.randint(70, 135)))
        at = (rng.randint(10, W - 250), rng.randint(40, H - 140))
        f.image.paste(thumb, at)
        draw.rectangle((at[0], at[1], at[0] + thumb.width, at[1] + thumb.height), outline=colour(rng, 150, 255), width=rng.randint(1, 5))
    x, y = rng.randint(60, W - 60), rng.randint(60, H - 60)
    draw.ellipse((x - 45, y - 45, x + 45, y + 45), fill=colour(rng, 0, 255))
    f.text(rng.uniform(.1, .7) * W, rng.choice([8, H - 45]), rng.choice(['SUBSCRIBE', 'Watch next', '¡SUSCRÍBETE!', 'More videos', 'ABONNIEREN', 'Thanks for watching']), rng.uniform(18, 40), 'left', T.pick_font(rng, 'latin'))


def screen(f: Frame) -> None:
    """A telephone chat, a terminal or a page of print filling much of the picture."""
    rng = f.rng
    f.image = f.footage()
    draw = ImageDraw.Draw(f.image)
    kind = rng.random()
    if kind < .4:
        x0, x1 = (W * .3, W * .7) if rng.random() < .6 else (0, W)
        draw.rectangle((x0, 0, x1, H), fill=rng.choice([(245, 245, 245), (20, 20, 24)]))
        y = rng.uniform(-20, 30)
        while y < H:
            mine, w = rng.random() < .5, rng.uniform(.3, .7) * (x1 - x0)
            h = rng.choice([22, 40])
            bx = x1 - w - 8 if mine else x0 + 8
            draw.rounded_rectangle((bx, y, bx + w, y + h), 9, fill=(60, 140, 250) if mine else (190, 190, 195))
            f.ink = (255, 255, 255) if mine else (0, 0, 0)
            for k in range(h // 20):
                line = T.sentence(rng, f.script, rng.randint(2, 5))
                f.text(bx + 8, y + 3 + 18 * k, line, f.fit(line, 13, w - 14))
            y += h + rng.uniform(6, 24)
    else:
        paper = kind < .75
        page = Image.new('RGB', (W, H), (colour(rng, 190, 250) if paper else rng.choice([(0, 0, 0), (0, 0, 90), (30, 30, 30)])))
        f.image, behind = page, f.image
        f.ink = colour(rng, 0, 70) if paper else rng.choice([(60, 250, 90), (240, 240, 240), (255, 180, 60)])
        size, y = rng.uniform(9, 26), -10.
        while y < H:
            f.text(W * .06, y, T.sentence(rng, f.script, rng.randint(3, 16)), size)
            y += size * 1.3
        if rng.random() < .8:
            page = f.image.rotate(rng.gauss(0, 8), resample=Image.BILINEAR).resize((int(W * rng.uniform(.4, 1.3)), int(H * rng.uniform(.5, 1.3))))
            f.image = behind
            f.image.paste(page, (rng.randint(-200, 250), rng.randint(-100, 120)))


def intertitle(f: Frame) -> None:
    """A silent film's spoken line inside a frame."""
    rng = f.rng
    f.image, f.ink = Image.new('RGB', (W, H), colour(rng, 0, 30)), (230, 230, 220)
    if rng.random() < .7:
        ImageDraw.Draw(f.image).rectangle((30, 20, W - 30, H - 20), outline=f.ink, width=rng.randint(1, 5))
    y = H * .35
    for _ in range(rng.randint(1, 3)):
        line = T.sentence(rng, f.script, rng.randint(3, 6))
        f.text(W / 2, y, line, f.fit(line, 30, W * .8), 'middle')
        y += 42


def plain(f: Frame) -> None:
    rng = f.rng
    r = rng.random()
    if r < .4:
        f.image = Image.new('RGB', (W, H), colour(rng, 0, 20))
    elif r < .6:
        f.image = Image.new('RGB', (W, H), colour(rng, 0, 255))
    elif r < .8:
        f.image = gradient(rng, colour(rng, 0, 255), colour(rng, 0, 255))
    else:
        f.image = dimmed(f.footage(), rng.uniform(.02, .25))


def footage_only(f: Frame) -> None:
    f.image = f.footage()
    if f.rng.random() < .3:
        f.image = f.image.filter(ImageFilter.GaussianBlur(f.rng.uniform(1, 10)))


# Weight 0: the hand-labelled stills file lone titles, studios and "The End" under credits, and in a film they stand beside
# them; they are examples of neither.
OTHERS = [(subtitle, 20, 1.), (title, 5, 0.), (date_card, 5, .5), (ticker, 6, 1.), (lower_third, 6, 1.), (sign, 10, 1.), (kinetic, 9, 1.),
          (epilogue, 9, 1.), (studio_logo, 5, 0.), (rating_card, 2, 1.), (end_card, 5, 0.), (screen, 9, 1.),
          (intertitle, 3, .5), (plain, 7, 1.), (footage_only, 5, 1.)]


def degrade(f: Frame) -> Image.Image:
    """What cameras, broadcasters and encoders do to a frame; boxes follow the geometry."""
    rng, image = f.rng, f.image
    if rng.random() < .12:  # a channel's logo burnt in
        draw, at = ImageDraw.Draw(image), (rng.choice([20, W - 70]), rng.choice([14, H - 40]))
        draw.text(at, rng.choice(['TV1', 'HD', 'NHK', 'ARTE', 'BBC', 'N24']), font=T.font(T.pick_font(rng, 'latin'), 20), fill=colour(rng, 120, 255))
    r = rng.random()
    if r < .22:  # letterbox or pillarbox: the picture squeezed, or the picture covered
        w, h = (W, int(H * rng.uniform(.72, .9))) if r < .14 else (int(W * rng.uniform(.6, .8)), H)
        x, y = (W - w) // 2, (H - h) // 2
        if rng.random() < .6:
            boxed = Image.new('RGB', (W, H), (0, 0, 0) if rng.random() < .9 else (255, 255, 255))
            boxed.paste(image.resize((w, h), Image.BILINEAR), (x, y))
            f.boxes = [(c, (x + b[0] * w / W, y + b[1] * h / H, x + b[2] * w / W, y + b[3] * h / H)) for c, b in f.boxes]
            image = boxed
        else:
            draw = ImageDraw.Draw(image)
            draw.rectangle((0, 0, W, y), fill=0)
            draw.rectangle((0, H - y, W, H), fill=0)
            draw.rectangle((0, 0, x, H), fill=0)
            draw.rectangle((W - x, 0, W, H), fill=0)
    if rng.random() < .14:
        image = dimmed(image, rng.uniform(.25, .9))
    if rng.random() < .12:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(.5, 1.8)))
    if rng.random() < .25:  # a small version of the film, blown up again
        w = rng.choice([160, 240, 320, 426])
        image = image.resize((w, w * 9 // 16), rng.choice([Image.BILINEAR, Image.BOX, Image.NEAREST]))
    image = image.resize(OUT, rng.choice([Image.BILINEAR, Image.BICUBIC, Image.BOX, Image.LANCZOS]))
    if rng.random() < .1:
        noise = np.random.default_rng(rng.randrange(1 << 30)).normal(0, rng.uniform(2, 14), (OUT[1], OUT[0], 1))
        image = Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))
    if rng.random() < .7:
        buffer = io.BytesIO()
        image.save(buffer, 'JPEG', quality=rng.choice([8, 12, 18, 25, 40, 60, 80]))
        image = Image.open(buffer).convert('RGB')
    return image


def cells(boxes: list[tuple[int, tuple[float, float, float, float]]]) -> np.ndarray:
    """[2,12,20] share of each cell under a line of text; the last row of cells reaches past the picture's 180 lines."""
    fine = np.zeros((2, 48, 80), np.float32)
    for c, (x0, y0, x1, y1) in boxes:
        a, b = max(0, round(x0 / 8)), max(0, round(y0 / 8))
        fine[c, b:max(b + 1, round(y1 / 8)), a:max(a + 1, round(x1 / 8))] = 1
    fine[:, 45:] = 0
    return (fine.reshape(2, 12, 4, 20, 4).mean((2, 4)) * 255).astype(np.uint8)


def draw_one(seed: int, backgrounds: np.ndarray) -> tuple[np.ndarray, int, float, np.ndarray, str]:
    """One frame: picture [180,320,3], label, weight, text cells [2,12,20], archetype."""
    rng = random.Random(seed)
    f = Frame(rng, backgrounds)
    if rng.random() < .5:
        layout = rng.choices([c for c, _ in CREDITS], [n for _, n in CREDITS])[0]
        paint_background(f, .12 if layout is side_credits else .3)
        layout(f)
        label, weight = 1, 1.
        if rng.random() < .05:
            f.channel, f.ink, f.shadow, f.stroke = 1, (255, 255, 255), (0, 0, 0), 1
            f.text(W / 2, H * .88, '♪ ' + T.sentence(rng, f.script, 5), 20, 'middle')
    else:
        k = rng.choices(range(len(OTHERS)), [n for _, n, _ in OTHERS])[0]
        layout, _, weight = OTHERS[k]
        f.channel, label = 1, 0
        layout(f)
    image = degrade(f)
    pixels = np.asarray(image)
    mask = cells(f.boxes)
    if label == 1 and (mask[0] > 40).sum() == 0:  # the roll has left the frame: an empty picture is no credit
        label, weight = 0, .3
    return pixels, label, weight, mask, layout.__name__


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--out', required=True)
    parser.add_argument('--backgrounds', required=True)
    parser.add_argument('--shards', type=int, default=8)
    parser.add_argument('--first', type=int, default=0)
    parser.add_argument('--per-shard', type=int, default=2000)
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    backgrounds = np.load(args.backgrounds, mmap_mode='r')
    os.makedirs(args.out, exist_ok=True)
    for shard in range(args.first, args.first + args.shards):
        n = args.per_shard
        x, y = np.zeros((n, OUT[1], OUT[0], 3), np.uint8), np.zeros(n, np.uint8)
        w, mask = np.zeros(n, np.float32), np.zeros((n, 2, 12, 20), np.uint8)
        for i in range(n):
            x[i], y[i], w[i], mask[i], _ = draw_one(args.seed * 1_000_000_007 + shard * n + i, backgrounds)
        path = os.path.join(args.out, f'synthetic-{shard:03d}')
        for key, array in (('y', y), ('w', w), ('mask', mask), ('x', x)):
            np.save(f'{path}.{key}.part.npy', array)
            os.replace(f'{path}.{key}.part.npy', f'{path}.{key}.npy')
        print(f'{path}: {n} frames, {int(y.sum())} credits', flush=True)


if __name__ == '__main__':
    main()
