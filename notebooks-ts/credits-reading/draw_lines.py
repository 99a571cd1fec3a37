"""Draws lines of credits for the recogniser's last layer: names and roles of the real lists, with many accents, in fonts that
no measure uses, as small and as worn as films carry them. Writes lines.bin (pictures, 48 high) and lines.json (width, text).

    python3 draw_lines.py --data ../../../shared/data --out ../../models/.training/lines --count 16000
"""
import argparse
import csv
import glob
import gzip
import io
import json
import os
import random
import unicodedata

from PIL import Image, ImageDraw, ImageFilter, ImageFont

HEIGHT, LONGEST = 48, 640
# Folders and beginnings of file names below /usr/share/fonts; the fonts of bench/credits-reading.ts are others.
FONTS = [
    'truetype/liberation/Liberation', 'truetype/noto/NotoSans-', 'truetype/noto/NotoSerif-', 'truetype/roboto/unhinted/RobotoTTF/Roboto-',
    'truetype/roboto/unhinted/RobotoCondensed-', 'truetype/open-sans/OpenSans', 'truetype/freefont/Free', 'opentype/ebgaramond/EBGaramond12-',
    'opentype/linux-libertine/Lin', 'opentype/cantarell/', 'truetype/comfortaa/', 'opentype/league-spartan/', 'truetype/league-spartan/',
    'truetype/cabin/', 'opentype/cabin/', 'truetype/jura/', 'truetype/dosis/', 'opentype/dosis/', 'truetype/noto/NotoSansDisplay-',
    'truetype/noto/NotoSerifDisplay-',
]
ACCENTED = {
    'a': 'áàâäãåāăą', 'c': 'çćč', 'd': 'ďđ', 'e': 'éèêëēėęě', 'g': 'ğģ', 'h': 'ħ', 'i': 'íìîïīį', 'k': 'ķ', 'l': 'łľĺļ',
    'n': 'ñńňņ', 'o': 'óòôöõøōő', 'r': 'řŕ', 's': 'śšşș', 't': 'ťţț', 'u': 'úùûüūůűų', 'w': 'ŵ', 'y': 'ýÿŷ', 'z': 'źžż',
}
OTHERS = ['ß', 'æ', 'œ', 'þ', 'ð', 'ı', 'İ', 'Æ', 'Œ', 'Þ', 'Ð']
MARKS = list('.,:;-–—\'’‘“”"&/()[]!?¡¿*+#@©®°«»…·$%=<>_')


def alphabet():
    """All that can be read, the space first."""
    letters = ' ' + ''.join(map(chr, range(48, 58))) + ''.join(map(chr, range(65, 91))) + ''.join(map(chr, range(97, 123)))
    accented = ''.join(ACCENTED.values())
    upper = ''.join(c.upper() for c in accented if len(c.upper()) == 1)
    return list(dict.fromkeys(letters + accented + upper + ''.join(OTHERS) + ''.join(MARKS)))


def texts(data):
    names, roles = [], []
    with gzip.open(os.path.join(data, 'credits-reading/cast-roles.csv.gz'), 'rt', encoding='utf8') as file:
        for row in csv.DictReader(file):
            names.append(row['name'])
            if row['role']:
                roles.append(row['role'])
    return names, roles


JOBS = ('Director of Photography;Executive Producer;Gaffer;Best Boy Electric;Key Grip;Costume Designer;Editor;Music by;Written by;'
        'Produced by;Assistant Director;Sound Mixer;Boom Operator;Casting by;Make-up Artist;Script Supervisor;Visual Effects;Stunts;'
        'Additional Photography;Re-recording Mixer;Foley Artist;Production Manager;Drehbuch;Régie;Musique;Réalisateur;Montage;Kamera;'
        'Szenenbild;Ton;Scénario;Producción;Fotografía;Dirección;Sceneggiatura;Regia;Musica di;Câmera;Edição;Střih;Režie;Zdjęcia').split(';')
MORE = ('© 1998 ABC Film GmbH & Co. KG;All rights reserved.;Filmed on location in New York, N.Y.;"Blue Moon" (R. Rodgers/L. Hart);'
        'Courtesy of Sony Music, Inc.;1st Assistant Camera;2nd Unit;No. 14;Dolby® Digital;24/7 Rentals;3D artist;M.P.A.A. #45231').split(';')


def accent(text, chance, rng):
    out = []
    for c in text:
        marks = ACCENTED.get(c.lower())
        if marks and rng.random() < chance:
            a = marks[int(len(marks) * rng.random() ** 1.7)]
            out.append(a.upper() if c.isupper() and len(a.upper()) == 1 else a)
        else:
            out.append(c)
    return ''.join(out)


def line(names, roles, rng):
    kind = rng.random()
    if kind < 0.6:
        text = rng.choice(names)
    elif kind < 0.8:
        text = rng.choice(roles)
    elif kind < 0.9:
        text = rng.choice(JOBS)
    elif kind < 0.96:
        text = rng.choice(MORE)
    else:
        text = ''.join(rng.choice(alphabet()) for _ in range(rng.randint(3, 12))).strip() or 'A'
    if rng.random() < 0.1:
        text = f'{text} {rng.choice("&-/")} {rng.choice(names)}'
    text = ' '.join(text.replace("'", rng.choice("'’")).split())
    shape = rng.random()
    if shape < 0.4:
        text = text.upper()
    elif shape < 0.43:
        text = text.lower()
    if rng.random() < 0.35:
        text = accent(text, 0.25, rng)
    text = unicodedata.normalize('NFC', text)
    return ''.join(c for c in text if c in KNOWN).strip()[:44] or 'A'


def background(width, height, pictures, rng):
    kind = rng.random()
    if kind < 0.45:
        level = rng.randint(0, 14)
        return Image.new('RGB', (width, height), (level, level, level))
    if kind < 0.55:
        return Image.new('RGB', (width, height), tuple(rng.randint(0, 255) for _ in range(3)))
    picture = Image.open(rng.choice(pictures)).convert('RGB')
    w, h = picture.size
    cut = min(w, max(16, int(width * w / 640 * rng.uniform(0.8, 1.6))))
    tall = min(h, max(4, int(cut * height / width)))
    x, y = rng.randint(0, w - cut), rng.randint(0, h - tall)
    piece = picture.crop((x, y, x + cut, y + tall)).resize((width, height), Image.BILINEAR)
    return piece.point(lambda v, f=rng.uniform(0.15, 1): int(v * f))


def draw(text, font_file, pictures, rng):
    small = rng.random() < 0.75
    size = rng.uniform(9, 20) if small else rng.uniform(20, 44)
    zoom = rng.choice([1, 1, 2, 3])
    font = ImageFont.truetype(font_file, max(6, round(size * zoom)))
    left, top, right, foot = font.getbbox(text)
    if right - left < 2 or foot - top < 2:
        return None
    gap = rng.uniform(0, 0.12) if rng.random() < 0.3 else 0
    spread = round(gap * size * zoom)
    width, tall = right - left + spread * len(text), foot - top
    mx, my = round(rng.uniform(0.05, 0.6) * tall), round(rng.uniform(0.02, 0.35) * tall)
    picture = background(width + 2 * mx, tall + 2 * my, pictures, rng)
    mean = picture.resize((1, 1), Image.BOX).getpixel((0, 0))
    dark = sum(mean) / 3 < 140
    level = rng.randint(150, 255) if dark else rng.randint(0, 60)
    colour = tuple(max(0, min(255, level + rng.randint(-60, 60))) for _ in range(3)) if rng.random() < 0.3 else (level,) * 3
    pen = ImageDraw.Draw(picture)
    if rng.random() < 0.3:
        d = max(1, round(zoom * rng.uniform(0.5, 1.5)))
        pen.text((mx - left + d, my - top + d), text, font=font, fill=(0, 0, 0) if dark else (255, 255, 255)) if spread == 0 else None
    if spread == 0:
        pen.text((mx - left, my - top), text, font=font, fill=colour)
    else:
        x = mx - left
        for c in text:
            pen.text((x, my - top), c, font=font, fill=colour)
            x += font.getlength(c) + spread
    w, h = picture.size
    fine = (max(8, round(w / zoom)), max(6, round(h / zoom)))
    picture = picture.resize(fine, Image.BOX if zoom > 1 else Image.BILINEAR)
    if rng.random() < 0.35:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.9) * min(1.2, size / 16)))
    if rng.random() < 0.8:
        bytes_ = io.BytesIO()
        picture.save(bytes_, 'JPEG', quality=rng.randint(28, 92), subsampling=rng.choice([0, 2]))
        picture = Image.open(bytes_)
    wide = max(32, min(LONGEST, round(HEIGHT * picture.width / picture.height / 32) * 32))
    return picture.convert('RGB').resize((wide, HEIGHT), Image.BILINEAR)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--data', required=True)
    parser.add_argument('--out', required=True)
    parser.add_argument('--count', type=int, default=16000)
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    os.makedirs(args.out, exist_ok=True)
    names, roles = texts(args.data)
    fonts = sorted(f for start in FONTS for f in glob.glob(f'/usr/share/fonts/{start}*') if f.lower().endswith(('ttf', 'otf')))
    fonts = [f for f in fonts if not any(word in f for word in ('Symbol', 'Thin', 'Initials', 'AllSC', 'Keyboard', 'SC-', 'ExtraLight'))]
    pictures = sorted(glob.glob(os.path.join(args.data, 'trailer-frames/*/*.jpg'))) + sorted(glob.glob(os.path.join(args.data, 'film-stills/images/*.jpg')))
    print(len(fonts), 'fonts,', len(pictures), 'pictures')
    rows = []
    with open(os.path.join(args.out, 'lines.bin'), 'wb') as file:
        while len(rows) < args.count:
            text, font = line(names, roles, rng), rng.choice(fonts)
            try:
                picture = draw(text, font, pictures, rng)
            except OSError:
                continue
            if picture is None or picture.width / 8 < len(text) + 1:
                continue
            file.write(picture.tobytes())
            rows.append([picture.width, text, os.path.basename(font)])
    with open(os.path.join(args.out, 'lines.json'), 'w', encoding='utf8') as file:
        json.dump({'alphabet': alphabet(), 'lines': rows}, file, ensure_ascii=False)


KNOWN = set(alphabet())
if __name__ == '__main__':
    main()
