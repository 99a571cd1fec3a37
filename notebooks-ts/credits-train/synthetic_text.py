"""Names, roles, sentences and fonts for the synthetic credits, by script.

Every word list is short on purpose: the network sees text at about 320 x 180 and must learn layout, not spelling.
"""
import random
import subprocess
from functools import lru_cache

from PIL import ImageFont

FIRST = {
    'latin': 'James Mary Anna Liam Sofia Peter Chloe Hugo Ines Marta Jean-Luc Olga Tom Kim Raj Aisha Noah Émile Zoë '
             'Björn Søren Łukasz Müge José Beatriz Giovanni Francesca Al Ed Constantine Wilhelmina Bob Samantha DJ '
             'Thandiwe Kwame Priya Mei Yuki Hana Viktor Elena Andrés Lucía Siobhán Declan Gwen Rhys'.split(),
    'cyrillic': 'Иван Мария Анна Сергей Ольга Пётр Елена Дмитрий Наталья Юрий Тарас Богдан Зоя Михаил'.split(),
    'greek': 'Γιώργος Μαρία Νίκος Ελένη Κώστας Σοφία Δημήτρης Άννα Θανάσης Χριστίνα'.split(),
}
LAST = {
    'latin': 'Smith Johnson Lee Garcia Martínez Okafor Nguyen Rossi Müller Schneider Dubois Lefèvre Kowalski Novák '
             'Andersson Hansen O’Brien McAllister Fitzgerald Singh Patel Kapoor Tanaka Suzuki Park Chen Wang Silva '
             'Oliveira Papadopoulos Van_der_Berg De_Luca Ivanov Horváth Popescu Yılmaz Ng Wu Li Ross Baker Stone '
             'Montgomery Featherstonehaugh Castellanos Berg Cole Fox Diaz Bell'.replace('_', '\u00a0').split(),
    'cyrillic': 'Иванов Петрова Сидоренко Кузнецов Шевченко Достоевская Ковальчук Лебедев Щукин Ли Жданова'.split(),
    'greek': 'Παπαδόπουλος Γεωργίου Οικονόμου Νικολαΐδης Βασιλείου Ιωάννου Καραγιάννη'.split(),
}
ROLES = {
    'latin': ['Director of Photography', 'Editor', 'Producer', 'Executive Producer', 'Line Producer', 'Gaffer',
              'Key Grip', 'Best Boy', 'Costume Designer', 'Make-Up Artist', 'Sound Mixer', 'Boom Operator',
              'Script Supervisor', 'Location Manager', 'Stunt Co-ordinator', 'Casting', 'Music by', 'Written by',
              'Directed by', 'Visual Effects Supervisor', 'Compositor', 'Colourist', 'Foley Artist', 'Set Decorator',
              'First Assistant Director', 'Second Unit', 'Camera Operator', 'Focus Puller', 'Production Accountant',
              'Catering', 'Drivers', 'Animal Trainer', 'Storyboard Artist', 'Montage', 'Musik', 'Regie', 'Kamera',
              'Dirección de Fotografía', 'Producteur délégué', 'Scénario', 'Montaggio', 'Co-Starring', 'Featuring',
              'Man in Bar', 'Nurse', 'Waitress #2', 'Young Thomas', 'Detective', 'The Old King', 'Policeman'],
    'cyrillic': ['Режиссёр', 'Оператор', 'Композитор', 'Сценарий', 'Художник', 'Монтаж', 'Продюсер', 'В ролях',
                 'Звукорежиссёр', 'Ассистент оператора', 'Костюмы', 'Грим'],
    'greek': ['Σκηνοθεσία', 'Μουσική', 'Σενάριο', 'Παραγωγή', 'Φωτογραφία', 'Μοντάζ', 'Κοστούμια', 'Ήχος'],
    'japanese': ['監督', '脚本', '音楽', '撮影', '編集', '美術', '録音', '照明', '衣装', '制作', 'プロデューサー', 'キャスト', '作画監督', '原画'],
    'chinese': ['导演', '编剧', '摄影', '剪辑', '音乐', '美术指导', '制片人', '演员', '录音', '灯光', '服装', '化妆'],
    'korean': ['감독', '각본', '촬영', '편집', '음악', '미술', '제작', '출연', '조명', '녹음'],
    'arabic': ['إخراج', 'تأليف', 'موسيقى', 'مدير التصوير', 'مونتاج', 'إنتاج', 'بطولة', 'ملابس', 'هندسة الصوت'],
}
HEADINGS = ['Cast', 'CAST', 'Crew', 'Camera Department', 'Art Department', 'Second Unit', 'Music', 'Songs',
            'Special Thanks', 'Stunts', 'VISUAL EFFECTS', 'Post Production', 'Additional Voices', 'Costume Department',
            'With', 'In order of appearance', 'For Pixelhaus', 'Location Services', 'The Producers Wish to Thank']
ARABIC = 'محمد أحمد فاطمة علي حسن خالد ليلى نور سمير عمر يوسف مريم زينب كريم السيد الحسيني منصور شاهين عبد الله'.split()
HANGUL = '김 이 박 최 정 강 조 윤 장 임 민준 서연 지훈 수빈 영희 철수 하은 도윤 예진 현우'.split()
HAN = '王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗山田中川本村木小松井上佐藤鈴高橋渡辺伊美子太郎一二三雄介明華文英國偉'
KANA = 'あいうえおかきくけこさしすせそたちつてとなにぬのはまみむやゆよらりるろわをんがぎでどアイウエカキクコサシスタテトナニノハマミラリルロンー'
WORDS = ('the a of to in and that was for with he she they we on at by from night house city war love never again people '
         'years later after before story man woman child truth river mountain train letter remember nothing every '
         'where when who what because still only last first went said could would see home world time day dark light '
         'road return found lost found death life family friend government police island winter summer').split()
CYR_WORDS = 'и в не на что он она они город ночь дом война любовь никогда человек время жизнь снова потом мы вернулся домой'.split()
GREEK_WORDS = 'και το να στο που δεν είναι νύχτα σπίτι πόλη ζωή χρόνια μετά ποτέ άνθρωπος κόσμος'.split()
COMPANIES = ['Northlight', 'Panorama', 'Studio 9', 'Kestrel', 'Dolby', 'KODAK', 'IATSE', 'Arri', 'Halcyon Films',
             'Redwood', 'Canal Nord', 'TVX', 'Blue Door', 'MPAA', 'Lumen', 'ZED', 'Atlas Sound', 'Film Fund']
SCRIPTS = ['latin', 'cyrillic', 'greek', 'japanese', 'chinese', 'korean', 'arabic']
SCRIPT_WEIGHTS = [70, 8, 4, 6, 5, 3, 4]


def pick_script(rng: random.Random) -> str:
    return rng.choices(SCRIPTS, SCRIPT_WEIGHTS)[0]


def name(rng: random.Random, script: str) -> str:
    if script == 'arabic':
        return ' '.join(rng.sample(ARABIC, rng.choice([2, 2, 3])))
    if script == 'korean':
        return rng.choice(HANGUL[:10]) + rng.choice(HANGUL[10:])
    if script == 'chinese':
        return ''.join(rng.choices(HAN, k=rng.choice([2, 3, 3])))
    if script == 'japanese':
        return ''.join(rng.choices(HAN, k=rng.choice([3, 4, 4, 5]))) if rng.random() < .8 else ''.join(rng.choices(KANA, k=rng.randint(4, 8)))
    first, last = rng.choice(FIRST[script]), rng.choice(LAST[script])
    if script == 'latin' and rng.random() < .2:
        first += ' ' + (rng.choice('ABCDEFGHJKLMRSTW') + '.' if rng.random() < .6 else rng.choice(FIRST[script]))
    return f'{first} {last}'


def role(rng: random.Random, script: str) -> str:
    return rng.choice(ROLES[script])


def heading(rng: random.Random, script: str) -> str:
    return rng.choice(HEADINGS) if script == 'latin' else role(rng, script)


def sentence(rng: random.Random, script: str, words: int) -> str:
    if script in ('japanese', 'chinese'):
        return ''.join(rng.choices(KANA if script == 'japanese' and rng.random() < .8 else HAN, k=words * 2)) + '。'
    pool = {'latin': WORDS, 'cyrillic': CYR_WORDS, 'greek': GREEK_WORDS, 'korean': HANGUL, 'arabic': ARABIC}[script]
    text = ' '.join(rng.choices(pool, k=words))
    return text[0].upper() + text[1:] + rng.choice(['.', '.', '?', '!', '...', ','])


@lru_cache(maxsize=1)
def font_files() -> dict[str, list[str]]:
    """Installed outline fonts that can draw each script, one list a script."""
    def listed(lang: str) -> list[str]:
        out = subprocess.run(['fc-list', f':lang={lang}', 'file'], capture_output=True, text=True, check=True).stdout
        files = sorted({line.rstrip(': ') for line in out.splitlines() if line.rstrip(': ').endswith(('.ttf', '.otf', '.ttc'))})
        return [f for f in files if not any(bad in f for bad in ('Math', 'Symbol', 'Dingbat', 'D050000L', 'StandardSymbols', 'Colored'))]
    cjk = [f for f in listed('ja') if 'CJK' in f]
    fonts = {
        'latin': [f for f in listed('en') if 'CJK' not in f], 'cyrillic': listed('ru'), 'greek': listed('el'),
        'arabic': [f for f in listed('ar') if any(k in f for k in ('Arabic', 'Amiri', 'Kacst', 'Naskh', 'Kufi', 'DejaVu'))],
        'japanese': cjk, 'chinese': cjk, 'korean': cjk,
    }
    return {script: files or fonts['latin'] for script, files in fonts.items()}


@lru_cache(maxsize=4000)
def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def pick_font(rng: random.Random, script: str) -> str:
    files = font_files()[script]
    # One family of forty weights must not outweigh a family of one: draw the folder first, then the file.
    folders = sorted({f.rsplit('/', 1)[0] for f in files})
    folder = rng.choice(folders)
    return rng.choice([f for f in files if f.rsplit('/', 1)[0] == folder])
