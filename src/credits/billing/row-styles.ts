import { EDGE, standsAs } from './gutters.js';
import { isCapitals, type Told } from './styles.js';
import type { ToldRow } from './told-rows.js';

/** What the look of a text (its case, size and place) says: credits set all roles alike, and all names. */

/** Whether a text is a name, as natural logarithm of the odds against a role. */
export interface NameEvidence {
  readonly odds: number;
}

/** Letters count so much, look so much, and look at most so much. */
const LETTERS = 0.6;
const LOOK = { weight: 1.2, most: 4 };
/** A text alone in its row that is a person by its letters is hardly a role, where its look says nothing. */
const PERSON = { least: 0.4, look: -0.7, odds: 3 };
/** A lone word is at most so unlikely a name: natural logarithm. */
const FIRST_NAME = -3;
/** Rows so near tell how roles and names look; half as much at this distance. */
const NEAR = { rows: 30, half: 10 };
/** Heights of one size differ by less. */
const SIZE = 0.22;
/** Texts of one look that stand elsewhere say so much. */
const ELSEWHERE = 0.3;
/** Where nothing is alike, as if so many texts had what all have. */
const PRIOR = 1;

interface Placed {
  readonly part: Told;
  readonly row: number;
  readonly column: number;
  readonly columns: number;
  readonly capitals: boolean | null;
  readonly name: number;
  readonly role: number;
}

const logit = (share: number): number => Math.log(share / (1 - share));

/** How much the look of one text says about the other: 0 to 1. */
function likeness(a: Placed, b: Placed): number {
  if (a.capitals !== null && b.capitals !== null && a.capitals !== b.capitals) return 0;
  if (Math.abs(Math.log(a.part.height / b.part.height)) > SIZE) return 0;
  return standsAs(a.part, b.part, EDGE) ? 1 : ELSEWHERE;
}

/** What the letters of a text say; a lone word that is no job may be a first name, whatever they say. */
function lettersOdds({ text, nameOdds, kinds }: Told): number {
  const mayBeFirstName = !text.includes(' ') && !kinds.namesJob && kinds.job < 0.5;
  return LETTERS * (mayBeFirstName ? Math.max(FIRST_NAME, nameOdds) : nameOdds);
}

/** @param soFar of each text of each row how probably it is a name and a role; null where nothing is known but its letters */
export function evidenceOf(
  rows: readonly ToldRow[],
  soFar: readonly (readonly { readonly name: number; readonly role: number }[])[] | null,
): NameEvidence[][] {
  if (soFar === null) return rows.map(({ parts }) => parts.map((part) => ({ odds: lettersOdds(part) })));
  const byRow = rows.map(({ parts }, row) =>
    parts.map((part, column): Placed => ({
      part,
      row,
      column,
      columns: parts.length,
      capitals: isCapitals(part.text),
      ...soFar[row]![column]!,
    })),
  );
  return byRow.map((own, row) => {
    const near = byRow.slice(Math.max(0, row - NEAR.rows), row + NEAR.rows + 1).flat();
    return own.map((one) => {
      let [name, role, allName, allRole] = [0, 0, 0, 0];
      for (const other of near) {
        if (other.row === row) continue;
        const weight = 0.5 ** (Math.abs(other.row - row) / NEAR.half);
        const alike = weight * likeness(one, other);
        name += alike * other.name;
        role += alike * other.role;
        allName += weight * other.name;
        allRole += weight * other.role;
      }
      const usual = (allName + 0.5) / (allName + allRole + 1);
      const share = (name + PRIOR * usual) / (name + role + PRIOR);
      // Names of a paragraph look alike, as they are one text: all of them tell once what their look does.
      const alikes = rows[row]!.form === 'paragraph' ? own.length : 1;
      const look = (LOOK.weight * (logit(share) - logit(usual))) / alikes;
      const { kinds } = one.part;
      // A name above a name is none of them's character, unless their look tells them apart or it is a job by its words.
      const person = one.columns === 1 && kinds.person > PERSON.least && !kinds.namesJob && look > PERSON.look;
      return {
        odds: lettersOdds(one.part) + Math.max(-LOOK.most, Math.min(LOOK.most, look)) + (person ? PERSON.odds : 0),
      };
    });
  });
}
