import { describe, expect, test } from '@jest/globals';
import { parseBilling } from '../../src/credits/billing/parse.js';
import { screen } from '../library/screen.js';

const parsed = (text: string) => {
  const { cast, crew, companies, songs } = parseBilling(screen(text));
  return {
    cast: cast.map(({ character, actor }) => [character, actor]),
    crew: crew.map(({ role, names }) => [role, ...names.map((name) => name.text)]),
    companies: companies.map((company) => company.text),
    songs: songs.map(({ title, lines }) => [title, ...lines]),
  };
};

describe('what rows of credits say', () => {
  test('roles on the left, names in capitals on the right, some of them below each other', () => {
    const { crew, cast } = parsed(`
                              ELECTRIC

                        Gaffer   ANTHONY LULLO
             Best Boy Electric   KEVIN WISOR
           Generator Operators   LARRY HAMMER
                                 JAMES DISANTIS
                                 JOHN FREITAG
            Balloon Technician   BILL LINDGREN
                                 TOM SCOTT`);
    expect(crew).toEqual([
      ['Gaffer', 'Anthony Lullo'],
      ['Best Boy Electric', 'Kevin Wisor'],
      ['Generator Operators', 'Larry Hammer', 'James Disantis', 'John Freitag'],
      ['Balloon Technician', 'Bill Lindgren', 'Tom Scott'],
    ]);
    expect(cast).toEqual([]);
  });

  test('a cast with its heading, characters that are names themselves', () => {
    const { cast, crew } = parsed(`
                               CAST

                   JACK DAWSON   LEONARDO DICAPRIO
           ROSE DEWITT BUKATER   KATE WINSLET
                   MOLLY BROWN   KATHY BATES
                      OLD ROSE   GLORIA STUART
                 CAPTAIN SMITH   BERNARD HILL`);
    expect(cast).toContainEqual(['Jack Dawson', 'Leonardo Dicaprio']);
    expect(cast).toContainEqual(['Captain Smith', 'Bernard Hill']);
    expect(cast).toHaveLength(5);
    expect(crew).toEqual([]);
  });

  test('names on the left, characters on the right', () => {
    const { cast } = parsed(`
        HERB ARMSTRONG            Calvin Engle
        HANK ROLIKE               Nitehawk
        GARY DOWNEY               Officer Hogarth
        SANDER VANOCUR            Newscaster
        SHERRI WHEATON            Highway Patrol Dispatcher
        JACKSON BAKER             Camper`);
    expect(cast).toEqual([
      ['Calvin Engle', 'Herb Armstrong'],
      ['Nitehawk', 'Hank Rolike'],
      ['Officer Hogarth', 'Gary Downey'],
      ['Newscaster', 'Sander Vanocur'],
      ['Highway Patrol Dispatcher', 'Sherri Wheaton'],
      ['Camper', 'Jackson Baker'],
    ]);
  });

  test('roles above names, in the middle of the screen', () => {
    const { crew } = parsed(`
                         Cinematography by
                            Steve Smith

                        Executive Producers
                          Peter Fieldbrook
                          Cynthia Andrews

                            Editing by
                          William McGrath`);
    expect(crew).toEqual([
      ['Cinematography by', 'Steve Smith'],
      ['Executive Producers', 'Peter Fieldbrook', 'Cynthia Andrews'],
      ['Editing by', 'William McGrath'],
    ]);
  });

  test('first names alone, in lines that gaps part', () => {
    const { crew } = parsed(`
                              Production

                                 Carl

                                 Cian

                              Direction

                                 Carl`);
    expect(crew).toEqual([
      ['Production', 'Carl', 'Cian'],
      ['Direction', 'Carl'],
    ]);
  });

  test('a group side by side under its heading', () => {
    const { crew } = parsed(`
                              Electricians

       ZACHARY JONES         JEREMY LONG          RICK DEAR
       JORN VYLONIS          JULIO ALVAREZ        PAUL BIANCO`);
    expect(crew).toEqual([
      ['Electricians', 'Zachary Jones', 'Jeremy Long', 'Rick Dear', 'Jorn Vylonis', 'Julio Alvarez', 'Paul Bianco'],
    ]);
  });

  test('a role of two lines belongs to the name beside its second one', () => {
    const { crew } = parsed(`
           Script Supervisor     MARY DOE
    Assistant to the Executive
                     Producer    LESLIE MAIER
                       Gaffer    JOHN ROE`);
    expect(crew).toContainEqual(['Assistant to the Executive Producer', 'Leslie Maier']);
    expect(crew).toHaveLength(3);
  });

  test('columns that stand too close to be found apart are parted where the other rows are', () => {
    const { cast } = parsed(`
                         CAST

         Flash Gordon   SAM J. JONES
           Dale Arden   MELODY ANDERSON
         Princess Aura ORNELLA MUTI
        Prince Vultan   BRIAN BLESSED`);
    expect(cast).toContainEqual(['Princess Aura', 'Ornella Muti']);
    expect(cast).toHaveLength(4);
    const { crew } = parsed(`
                  CAMERA DEPARTMENT

    Camera Operator   ANNA KELLER
     Focus Puller     TOM HALL
        Clapper Loader   IDA BELL`);
    expect(crew.flatMap(([, ...names]) => names)).toEqual(['Anna Keller', 'Tom Hall', 'Ida Bell']);
  });

  test('columns that stand so close that each row was read as one text', () => {
    const { cast } = parsed(`
                  Eve Caleigh SURANNE JONES
                 Gabe Caleigh TOM ELLIS
              Augustus Cribben DOUGLAS HENSHALL
                   Percy Judd DAVID WARNER
                Magda Cribben SARAH SMART
                   Lord Young IAIN DE CAESTECKER
           Reverend Augustus NICK SIDI
                        Lili SUSAN LYNCH`);
    expect(cast).toContainEqual(['Lord Young', 'Iain de Caestecker']);
    expect(cast).toContainEqual(['Percy Judd', 'David Warner']);
    expect(cast).toHaveLength(8);
  });

  test('leaders, a job with its name in one line, an actor as a character', () => {
    expect(parsed('      Zachary . . . . . BRODY HUTZLER\n      Marina . . . . . . ANNA KELLER').cast).toEqual([
      ['Zachary', 'Brody Hutzler'],
      ['Marina', 'Anna Keller'],
    ]);
    expect(parsed('                 Directed by Anna Keller').crew).toEqual([['Directed by', 'Anna Keller']]);
    expect(parsed('               Dan Castellaneta as Homer Simpson').cast).toEqual([
      ['Homer Simpson', 'Dan Castellaneta'],
    ]);
  });

  test('starring names that play nobody', () => {
    expect(parsed('                  Starring\n              DAN CASTELLANETA').cast).toEqual([
      [null, 'Dan Castellaneta'],
    ]);
  });

  test('songs are no people', () => {
    const { songs, cast, crew } = parsed(`
                             "Runaway Country"
                       Written by Mike Settle
                  Performed by Jimmy Walker
                 Courtesy of Warner Records`);
    expect(songs).toEqual([
      ['Runaway Country', 'Written by Mike Settle', 'Performed by Jimmy Walker', 'Courtesy of Warner Records'],
    ]);
    expect([cast, crew]).toEqual([[], []]);
  });

  test('companies and sentences are no people either', () => {
    const { companies, cast, crew } = parsed(`
                       Panavision Rentals Inc.

     The persons and events in this motion picture are fictitious and any similarity is not intended`);
    expect(companies).toEqual(['Panavision Rentals Inc.']);
    expect([cast, crew]).toEqual([[], []]);
  });

  test('names of which nobody says what they did are left out', () => {
    expect(parsed('                 Anna Keller\n                 Tom Hall')).toMatchObject({ cast: [], crew: [] });
  });

  test('several names in one line', () => {
    expect(
      parsed('             Edited by   ANNA KELLER & TOM HALL\n          Produced by   IDA BELL, ACE').crew,
    ).toEqual([
      ['Edited by', 'Anna Keller', 'Tom Hall'],
      ['Produced by', 'Ida Bell, ACE'],
    ]);
  });
});

describe('who is told apart by what stands around', () => {
  /** Characters beside actors, one of which may be a job as well. */
  const list = (...roles: string[]): string =>
    roles.map((role, k) => `${role.padStart(24)}   ${['ANNA KELLER', 'TOM HALL', 'IDA BELL', 'BO BERG', 'AL CHO', 'JO FINN', 'KIM WU'][k]}`).join('\n'); // prettier-ignore

  test('a character with a job’s name among characters, a job with a character’s name among jobs', () => {
    expect(parsed(list('Flash Gordon', 'Dale Arden', 'Driver', 'Prince Vultan', 'Princess Aura')).crew).toEqual([]);
    expect(parsed(list('Driver')).cast).toEqual([]);
    const { cast, crew } = parsed(list('Gaffer', 'Camera Operator', 'Honeywagon', 'Sound Mixer', 'Key Grip'));
    expect([cast, crew.map(([role]) => role)]).toEqual([[], ['Gaffer', 'Camera Operator', 'Honeywagon', 'Sound Mixer', 'Key Grip']]); // prettier-ignore
  });

  test('far from them it is what it is itself', () => {
    const { cast, crew } = parsed(
      list(
        'Flash Gordon',
        'Dale Arden',
        'Prince Vultan',
        'Princess Aura',
        'Zarkov',
        'Best Boy Electric',
        'Sound Mixer',
      ),
    );
    expect(cast).toContainEqual(['Flash Gordon', 'Anna Keller']);
    expect(crew).toContainEqual(['Sound Mixer', 'Kim Wu']);
  });

  test('under a heading of actors all are characters, but for those that are jobs beyond doubt', () => {
    expect(parsed(`                          CAST\n\n${list('Waiter', 'Driver', 'Doctor')}`)).toMatchObject({
      cast: [
        ['Waiter', 'Anna Keller'],
        ['Driver', 'Tom Hall'],
        ['Doctor', 'Ida Bell'],
      ],
      crew: [],
    });
  });

  test('the heading is the department of the jobs below it, until the next', () => {
    const { crew } = parseBilling(
      screen(`
                     ELECTRIC

${list('Gaffer', 'Best Boy Electric')}

                      SOUND

${list('Sound Mixer', 'Boom Operator')}`),
    );
    expect(crew.map(({ role, department }) => [role, department])).toEqual([
      ['Gaffer', 'ELECTRIC'],
      ['Best Boy Electric', 'ELECTRIC'],
      ['Sound Mixer', 'SOUND'],
      ['Boom Operator', 'SOUND'],
    ]);
  });

  test('a heading of names is their job, and no department', () => {
    const { crew } = parseBilling(
      screen(
        '                              Electricians\n\n       ZACHARY JONES         JEREMY LONG          RICK DEAR',
      ),
    );
    expect(crew.map(({ role, department }) => [role, department])).toEqual([['Electricians', null]]);
  });

  test('one job that is told twice is one, under two headings two', () => {
    const twice = list('Grip', 'Grip');
    expect(parsed(twice).crew).toEqual([['Grip', 'Anna Keller', 'Tom Hall']]);
    const { crew } = parseBilling(
      screen(
        `                     ELECTRIC\n\n${list('Assistant')}\n\n                      SOUND\n\n${list('Assistant')}`,
      ),
    );
    expect(crew.map(({ role, department }) => [role, department])).toEqual([
      ['Assistant', 'ELECTRIC'],
      ['Assistant', 'SOUND'],
    ]);
  });

  test('is as sure as its letters and its place', () => {
    const { cast } = parseBilling(screen('       Dan Castellaneta as Homer Simpson'));
    expect(cast[0]!.confidence).toBeGreaterThan(0.5);
    expect(cast[0]!.confidence).toBeLessThanOrEqual(0.9 * 0.9);
    const starring = parseBilling(screen('                  Starring\n              DAN CASTELLANETA'));
    expect(starring.cast[0]!.confidence).toBeGreaterThan(0.5);
    expect(starring.cast[0]!.confidence).toBeLessThanOrEqual(0.9);
    const { crew } = parseBilling(screen(list('Gaffer', 'Key Grip')));
    expect(crew[0]!.names[0]!.confidence).toBeGreaterThan(0.5);
    expect(crew[0]!.names[0]!.confidence).toBeLessThanOrEqual(0.9);
  });

  test('songs under their heading need no quotes; elsewhere they do', () => {
    const song = '                         RUNAWAY\n                 Written by Mike Settle';
    expect(parsed(`                          SONGS\n\n${song}`).songs).toEqual([['RUNAWAY', 'Written by Mike Settle']]);
    expect(parsed(song).songs).toEqual([]);
    expect(parsed(`                          CAST\n\n${song}`).songs).toEqual([]);
    expect(parsed(`                          SONGS\n                  Written by Mike Settle`).songs).toEqual([]);
  });

  test('companies that are told for a job are both', () => {
    const { companies, crew } = parsed('           Camera Equipment   Panavision Rentals Inc.\n           Sound Mixer        ANNA KELLER'); // prettier-ignore
    expect(companies).toEqual(['Panavision Rentals Inc.']);
    expect(crew.map(([role]) => role)).toEqual(['Camera Equipment', 'Sound Mixer']);
  });

  test('what looks like a company but names none is none, nor a person whose name holds such a word', () => {
    expect(parsed('                       Wuppertal\n\n                      Anna Pictures').companies).not.toContain('Wuppertal'); // prettier-ignore
  });
});
