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
      ['Gaffer', 'ANTHONY LULLO'],
      ['Best Boy Electric', 'KEVIN WISOR'],
      ['Generator Operators', 'LARRY HAMMER', 'JAMES DISANTIS', 'JOHN FREITAG'],
      ['Balloon Technician', 'BILL LINDGREN', 'TOM SCOTT'],
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
    expect(cast).toContainEqual(['JACK DAWSON', 'LEONARDO DICAPRIO']);
    expect(cast).toContainEqual(['CAPTAIN SMITH', 'BERNARD HILL']);
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
      ['Calvin Engle', 'HERB ARMSTRONG'],
      ['Nitehawk', 'HANK ROLIKE'],
      ['Officer Hogarth', 'GARY DOWNEY'],
      ['Newscaster', 'SANDER VANOCUR'],
      ['Highway Patrol Dispatcher', 'SHERRI WHEATON'],
      ['Camper', 'JACKSON BAKER'],
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
      ['Electricians', 'ZACHARY JONES', 'JEREMY LONG', 'RICK DEAR', 'JORN VYLONIS', 'JULIO ALVAREZ', 'PAUL BIANCO'],
    ]);
  });

  test('a role of two lines belongs to the name beside its second one', () => {
    const { crew } = parsed(`
           Script Supervisor     MARY DOE
    Assistant to the Executive
                     Producer    LESLIE MAIER
                       Gaffer    JOHN ROE`);
    expect(crew).toContainEqual(['Assistant to the Executive Producer', 'LESLIE MAIER']);
    expect(crew).toHaveLength(3);
  });

  test('columns that stand too close to be found apart are parted where the other rows are', () => {
    const { cast } = parsed(`
                         CAST

         Flash Gordon   SAM J. JONES
           Dale Arden   MELODY ANDERSON
         Princess Aura ORNELLA MUTI
        Prince Vultan   BRIAN BLESSED`);
    expect(cast).toContainEqual(['Princess Aura', 'ORNELLA MUTI']);
    expect(cast).toHaveLength(4);
    const { crew } = parsed(`
                  CAMERA DEPARTMENT

    Camera Operator   ANNA KELLER
     Focus Puller     TOM HALL
        Clapper Loader   IDA BELL`);
    expect(crew.flatMap(([, ...names]) => names)).toEqual(['ANNA KELLER', 'TOM HALL', 'IDA BELL']);
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
    expect(cast).toContainEqual(['Lord Young', 'IAIN DE CAESTECKER']);
    expect(cast).toContainEqual(['Percy Judd', 'DAVID WARNER']);
    expect(cast).toHaveLength(8);
  });

  test('leaders, a job with its name in one line, an actor as a character', () => {
    expect(parsed('      Zachary . . . . . BRODY HUTZLER\n      Marina . . . . . . ANNA KELLER').cast).toEqual([
      ['Zachary', 'BRODY HUTZLER'],
      ['Marina', 'ANNA KELLER'],
    ]);
    expect(parsed('                 Directed by Anna Keller').crew).toEqual([['Directed by', 'Anna Keller']]);
    expect(parsed('               Dan Castellaneta as Homer Simpson').cast).toEqual([
      ['Homer Simpson', 'Dan Castellaneta'],
    ]);
  });

  test('starring names that play nobody', () => {
    expect(parsed('                  Starring\n              DAN CASTELLANETA').cast).toEqual([
      [null, 'DAN CASTELLANETA'],
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
      ['Edited by', 'ANNA KELLER', 'TOM HALL'],
      ['Produced by', 'IDA BELL, ACE'],
    ]);
  });
});
