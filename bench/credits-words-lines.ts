/** Lines to learn from: what credits say, and what other text on a screen says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { pick, type Random } from '../notebooks-ts/credits-films/drawing.js';

/** What people in credits do, in several languages, as credits write it. */
const JOBS =
  `Director|Directed by|Co-Director|Producer|Produced by|Executive Producer|Executive Producers|Co-Producer|Line Producer|Associate Producer|Supervising Producer|Written by|Screenplay by|Story by|Based on the novel by|
Created by|Editor|Edited by|Film Editor|Assistant Editor|Music by|Original Music|Composer|Music Supervisor|Casting by|Casting Director|Casting Associate|Director of Photography|Cinematography|Cinematographer|Camera Operator|
First Assistant Camera|Second Assistant Camera|Steadicam Operator|Focus Puller|Clapper Loader|Digital Imaging Technician|Data Wrangler|Gaffer|Best Boy|Best Boy Electric|Electrician|Key Grip|Grip|Dolly Grip|Rigging Gaffer|
Production Designer|Art Director|Art Department|Set Decorator|Set Dresser|Property Master|Props|Construction Coordinator|Carpenter|Painter|Scenic Artist|Storyboard Artist|Concept Artist|Graphic Designer|Costume Designer|
Costume Supervisor|Wardrobe|Key Make-up Artist|Makeup Artist|Hair Stylist|Special Effects Supervisor|Visual Effects Supervisor|Visual Effects Producer|Compositor|Digital Compositor|Lighting Artist|Matte Painter|Roto Artist|
Animator|Lead Animator|Animation Director|Character Design|Layout Artist|Technical Director|Modeling|Rigging|Texture Artist|Pipeline|Software Developer|Render Support|Storyboarding|Sound Designer|Sound Mixer|Boom Operator|
Supervising Sound Editor|Dialogue Editor|Foley Artist|Foley Mixer|Re-Recording Mixer|ADR Mixer|Production Manager|Unit Production Manager|Production Coordinator|Production Assistant|Production Secretary|Production Accountant|
First Assistant Director|Second Assistant Director|Second Second Assistant Director|Script Supervisor|Continuity|Location Manager|Location Scout|Transportation Captain|Driver|Drivers|Catering|Craft Service|Stunt Coordinator|Stunts|
Stunt Double|Stand-in|Extras Casting|Dialect Coach|Choreographer|Dancers|Technical Advisor|Legal Services|Insurance|Accounting|Publicist|Still Photographer|Unit Publicist|Titles|Title Design|Main Titles|Colourist|Colorist|
Digital Intermediate|Laboratory|Post Production Supervisor|Post Production Coordinator|Subtitles|Translation|Cast|Starring|With|Guest Starring|Featuring|Introducing|Narrator|Narrated by|Voice of|Voices|Crew|Camera Department|
Second Unit|Additional Photography|Additional Editing|Songs|Performed by|Lyrics by|Courtesy of|Published by|Orchestra|Conducted by|Orchestrations|Musicians|Violin|Piano|Guitar|Drums|Special Thanks|Very Special Thanks|Thanks to|
The producers wish to thank|In memory of|Dedicated to|Filmed on location in|Shot on location|Distributed by|A Production of|In association with|Presented by|Copyright|All Rights Reserved|The End|Cast in order of appearance|
Regie|Drehbuch|Buch und Regie|Buch|Nach dem Roman von|Produktion|Produzent|Produzentin|Ausführender Produzent|Herstellungsleitung|Produktionsleitung|Aufnahmeleitung|Kamera|Kameraassistenz|Schnitt|Musik|Ton|Tonmischung|
Szenenbild|Ausstattung|Requisite|Kostüm|Kostümbild|Maske|Maskenbild|Licht|Oberbeleuchter|Beleuchter|Regieassistenz|Besetzung|Darsteller|In weiteren Rollen|Redaktion|Sprecher|Dank an|Wir danken|Eine Produktion der|Im Auftrag des|
Réalisation|Un film de|Réalisé par|Scénario|Dialogues|Produit par|Producteur|Productrice déléguée|Directeur de la photographie|Image|Cadreur|Montage|Musique originale|Son|Mixage|Décors|Costumes|Maquillage|Coiffure|Premier assistant|
Assistante mise en scène|Scripte|Régie|Électriciens|Machinistes|Avec|Distribution|Remerciements|Dirección|Dirigida por|Guion|Guión de|Producción|Productor ejecutivo|Fotografía|Director de fotografía|Montaje|Música|Sonido|
Dirección de arte|Vestuario|Maquillaje|Reparto|Ayudante de dirección|Agradecimientos|Regia|Regia di|Sceneggiatura|Soggetto|Prodotto da|Produttore esecutivo|Fotografia|Montaggio|Musiche|Scenografia|Costumi|Trucco|Suono|
Interpreti|Aiuto regia|Ringraziamenti|Direção|Roteiro|Produção|Produtor executivo|Fotografia e câmera|Montagem|Música original|Som|Elenco|Figurino|Agradecimentos|Regie en scenario|Productie|Geluid|Kostuums|Grime|Met dank aan|
Manus|Producent|Foto|Klippning|Musik av|Ljud|Kostym|Smink|Medverkande|Tack till|Reżyseria|Scenariusz|Zdjęcia|Montaż|Muzyka|Dźwięk|Scenografia i kostiumy|Charakteryzacja|Obsada|Kierownik produkcji|Režie|Scénář|Kamera a střih|Hudba`
    .split('|')
    .map((job) => job.trim());
const COMPANY = [
  'Pictures',
  'Films',
  'Productions',
  'Studios',
  'Entertainment',
  'Film GmbH',
  'Media Group',
  'Records',
  'Music Publishing',
  'Post',
  'Digital',
  'Sound',
  'Casting',
  'Television',
  'Rentals',
  'Foundation',
  'Animation',
  'Orchestra',
  'Film Fund',
  'Institute',
];
const FIRST =
  'Blue,Red,North,Silver,Golden,Iron,Harbour,Summit,Lion,Echo,Crow,Atlas,Nova,Delta,Maple,River,Storm,Orion,Velvet,Stone'.split(
    ',',
  );

/** What people say, sing and write to each other; descriptions of films have no first or second person. */
const SPOKEN =
  `I don't know what you mean.|Where have you been?|Come on, let's go!|What are you doing here?|I told you not to come.|Please, just listen to me.|You can't be serious.|We have to leave right now.|I love you.|Are you all right?|
That's not what I said.|Who told you that?|It doesn't matter anymore.|Help me with this, will you?|I'm sorry, I didn't mean to.|Let me see that.|How much time do we have?|You should have called me.|Nobody is coming for us.|Wait, wait, wait.|
He never came back.|She was here a minute ago.|Do you remember the first time we met?|I'll be right there.|Don't touch anything.|Get down!|Yes, sir.|No, thank you.|What happened to your hand?|They won't believe us.|Good morning, everyone.|
Today we will talk about the next step.|As you can see here, this works.|So what does that mean for us?|In this lesson we write a small program.|Let me know if you have questions.|thanks, see you tomorrow|haha yes|ok great|when do you arrive?|
i'm at the station|can you send me the address|lol|no idea|are you awake|call me back please|typing...|seen 10:42|Delivered|Today 21:15|miss you so much|what's wrong?|be there in 5|did you get my message|sorry i'm late|
I can feel it in my bones tonight|you and I will never be the same|oh, baby, hold on to me|and I would walk a thousand miles|we are young and we are free|the stars are shining over you|take me home, take me home|don't let me down|
every time I close my eyes|let it all go and dance with me|I've been waiting for so long|nothing's gonna stop us now|hey, hey, yeah|under the moon and over the sea|my love is like a burning fire|sing it loud, sing it for me|
Three years later|Ten days earlier|The next morning|London, 1943|To be continued|Previously on|The following is based on true events.|In 1997 he was sentenced to life in prison.|She never saw her brother again.|
They live in Boston with their two children.|The case was closed and nobody was charged.|Breaking news: the storm has reached the coast|Shares fell by three percent on Monday|Police are looking for witnesses|The minister said that talks will go on|
Subscribe to our channel|Click the link below|Follow us on|Terms and conditions apply|Press any key to continue|File Edit View Help|Search messages|Send a message|Reply to all|Sign in|Settings|New document|Page 3 of 12|Access denied|
Ich weiß nicht, was du meinst.|Wo bist du gewesen?|Das habe ich nicht gesagt.|Wir müssen jetzt gehen.|Es tut mir leid.|Kommst du heute Abend?|Sie lebte noch viele Jahre in der Stadt.|Niemand hat ihn je wieder gesehen.|Und was machen wir jetzt?|
Je ne sais pas ce que tu veux dire.|Où est-ce que tu étais?|Il faut partir maintenant.|Je suis désolé.|Qu'est-ce que tu fais ici?|Elle ne l'a jamais revu.|On se voit demain?|C'est pas possible.|Tu ne comprends pas.|
No sé lo que quieres decir.|¿Dónde has estado?|Tenemos que irnos ahora.|Lo siento mucho.|¿Qué haces aquí?|Nadie lo volvió a ver.|Nos vemos mañana.|No puede ser.|Te quiero.|
Non so cosa vuoi dire.|Dove sei stato?|Dobbiamo andare via.|Mi dispiace.|Cosa fai qui?|Nessuno lo vide più.|Ci vediamo domani.|Eu não sei o que você quer dizer.|Onde você estava?|Precisamos ir agora.|Ik weet het niet.|Waar was je?|We moeten nu gaan.|
Jag vet inte vad du menar.|Var har du varit?|Nie wiem, o co ci chodzi.|Gdzie byłeś?|Musimy już iść.`
    .split('|')
    .map((line) => line.trim());
const TOPICS =
  'Introduction,Agenda,Overview,Summary,Results,Method,Conclusion,Next steps,Questions,Risks,Goals,Background,Status,Analysis,Strategy,Product,Sales,Finance,Quality,Planning,Chapter,Lesson,Exercise,Example,Definition,Report,Statement,Contract,Invoice,Notice'.split(
    ',',
  );
const LABELS =
  'Date,Time,Name,Ref,Case,Status,Total,Address,Subject,To,From,Signed,Age,Room,Phone,Amount,Order,Page,Weight,Height,Result,Patient,Suspect,Location'.split(
    ',',
  );

export interface Line {
  readonly text: string;
  readonly credits: boolean;
  readonly kind: string;
}

function table(file: string): Record<string, string>[] {
  return parse(gunzipSync(readFileSync(file)), { columns: true, relaxQuotes: true, skipEmptyLines: true });
}

/** What lines are made of; every second title teaches, the others measure. */
export interface Source {
  readonly names: readonly string[];
  readonly roles: readonly string[];
  readonly prose: readonly string[];
  readonly code: readonly string[];
}

/** @param data the folder of real data */
export function sourcesOf(data: string, root: string): { learn: Source; measure: Source } {
  const billed = table(join(data, 'credits-reading/cast-roles.csv.gz'));
  const told = table(join(data, 'descriptions/descriptions.csv.gz'));
  const code = ['src', 'scripts', 'notebooks-ts/credits-train'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs|py)$/.test(name))
      .sort()
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  );
  const half = (k: number): Source => ({
    names: billed
      .filter(({ imdb_id: id }) => Number(id!.at(-1)) % 2 === k)
      .map(({ name }) => name!)
      .filter(Boolean),
    roles: billed
      .filter(({ imdb_id: id }) => Number(id!.at(-1)) % 2 === k)
      .map(({ role }) => role!)
      .filter((role) => role !== undefined && role.length > 2),
    prose: told.filter((_, n) => n % 2 === k).map(({ text }) => text!),
    code: code
      .filter((_, n) => n % 2 === k)
      .flatMap((text) => text.split('\n'))
      .map((line) => line.trim())
      .filter((line) => line.length > 5 && line.length < 70),
  });
  return { learn: half(0), measure: half(1) };
}

const share = (random: Random, p: number): boolean => random() < p;
const number = (random: Random): string =>
  pick(random, [
    () => `${Math.floor(random() * 24)}:${10 + Math.floor(random() * 50)}`,
    () => `${(random() * 100).toFixed(1)} %`,
    () => `$${Math.floor(random() * 9000)}`,
    () => `${1 + Math.floor(random() * 28)}.${1 + Math.floor(random() * 12)}.${1950 + Math.floor(random() * 75)}`,
    () => `${Math.floor(random() * 9999)}-${pick(random, ['A', 'B', 'C', 'X'])}`,
    () => String(Math.floor(random() * 99_999)),
    () => `${Math.floor(random() * 99)}/${Math.floor(random() * 99)}/${Math.floor(random() * 9999)}`,
  ])();

function creditLine(random: Random, { names, roles }: Source): [string, string] {
  const name = pick(random, names);
  const kind = random();
  if (kind < 0.4) return [name, 'name'];
  if (kind < 0.62) return [pick(random, JOBS), 'job'];
  if (kind < 0.7) return [pick(random, roles), 'role'];
  if (kind < 0.78)
    return [
      `${pick(random, share(random, 0.5) ? JOBS : roles)}${pick(random, [' ', '  ', ' ... ', ': '])}${name}`,
      'job and name',
    ];
  if (kind < 0.82) return [`${name}  ${pick(random, roles)}`, 'name and role'];
  if (kind < 0.86) return [`${name}${pick(random, [', ', ' & ', ' and ', '  '])}${pick(random, names)}`, 'names'];
  const company = `${pick(random, FIRST)}${share(random, 0.5) ? ' ' : ''}${share(random, 0.5) ? pick(random, FIRST) : ''} ${pick(random, COMPANY)}`;
  if (kind < 0.93) return [company.replace(/\s+/g, ' '), 'company'];
  return [
    pick(random, [
      `© ${1980 + Math.floor(random() * 45)} ${company}`,
      `Courtesy of ${company}`,
      `Written and Directed by ${name}`,
      `Written by ${name}`,
      `Performed by ${name}`,
      `Assistant to ${name}`,
      `Casting by ${name}`,
      `A ${name} Film`,
      `Music by ${name}`,
      `Thanks to ${name}`,
      `${name}, ${pick(random, ['ACE', 'ASC', 'BSC', 'CSA'])}`,
    ]),
    'phrase',
  ];
}

function proseLine(random: Random, prose: readonly string[]): string {
  const words = pick(random, prose).split(/\s+/);
  const length = 3 + Math.floor(random() * 8);
  // Lines begin where sentences begin, or anywhere.
  const from = share(random, 0.35) ? 0 : Math.floor(random() * Math.max(1, words.length - length));
  return words.slice(from, from + length).join(' ');
}

function otherLine(random: Random, { prose, code }: Source): [string, string] {
  const kind = random();
  if (kind < 0.4) return [proseLine(random, prose), 'sentence'];
  if (kind < 0.6) {
    const line = pick(random, SPOKEN);
    const words = line.split(' ');
    // A sentence goes on in the next line.
    const from = share(random, 0.3) ? Math.floor(random() * Math.max(1, words.length - 3)) : 0;
    return [words.slice(from, from + (share(random, 0.3) ? 4 : 20)).join(' '), 'speech'];
  }
  if (kind < 0.72) return [pick(random, code), 'code'];
  if (kind < 0.8)
    return [
      `${pick(random, ['- ', '• ', '* ', '1. ', '2. ', '3. ', '· ', '> '])}${proseLine(random, prose).toLowerCase()}`,
      'point',
    ];
  if (kind < 0.85)
    return [`${share(random, 0.5) ? `${1 + Math.floor(random() * 20)}. ` : ''}${pick(random, TOPICS)}`, 'heading'];
  if (kind < 0.92)
    return [
      `${pick(random, LABELS)}${pick(random, [': ', ' ', '. '])}${share(random, 0.7) ? number(random) : proseLine(random, prose)}`,
      'label',
    ];
  if (kind < 0.96)
    return [Array.from({ length: 1 + Math.floor(random() * 4) }, () => number(random)).join(' '), 'numbers'];
  return [proseLine(random, prose).toLowerCase().replace(/[.,]$/, ''), 'message'];
}

const MISREAD: Readonly<Record<string, string>> = {
  l: 'I',
  I: 'l',
  i: 'l',
  o: 'O',
  O: '0',
  m: 'rn',
  S: '5',
  c: 'e',
  u: 'v',
  t: 'f',
};

/** As a recogniser reads it: spaces are lost, accents too, some letters are taken for others, an end is cut. */
function recognised(random: Random, text: string): string {
  const lost = pick(random, [0, 0, 0.2, 0.6, 1]);
  const flat = text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ß/g, 'B')
    .replace(/[’]/g, "'");
  const read = Array.from(flat, (c) =>
    c === ' ' && share(random, lost) ? '' : share(random, 0.02) ? (MISREAD[c] ?? c) : c,
  ).join('');
  return share(random, 0.05) ? read.slice(Math.floor(random() * 3)) : read;
}

export function drawLine(random: Random, source: Source): Line {
  const credits = share(random, 0.5);
  const [plain, kind] = credits ? creditLine(random, source) : otherLine(random, source);
  const capitals = credits ? 0.4 : kind === 'code' ? 0 : 0.12;
  const cased = share(random, capitals)
    ? plain.toUpperCase()
    : share(random, credits ? 0.05 : 0.1)
      ? plain.toLowerCase()
      : plain;
  return { text: recognised(random, cased), credits, kind };
}
