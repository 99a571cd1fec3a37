import type { z } from 'zod';

/** A path may hold commas: the next guide begins with a name, a link or an absolute path. */
const NEXT_GUIDE = /,\s*(?=[\w-]+=|https?:\/\/|\/|[a-z]:[\\/])/i;

/** Reads `KINOSCOPE_GUIDE`: guides separated by commas, with their names where they have one. */
export function guidesOf(text: string, context: z.RefinementCtx): { name: string | null; location: string }[] {
  const guides = text
    .split(NEXT_GUIDE)
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry) => {
      const [, name = null, location = entry] = /^([\w-]{1,100})=(.+)$/s.exec(entry) ?? [];
      return { name, location };
    });
  for (const { location } of guides)
    if (/^https?:\/\//i.test(location) ? !URL.canParse(location) : /^[a-z][a-z+.-]+:\/\//i.test(location))
      context.addIssue({ code: 'custom', message: `"${location}" is neither a path nor an http link` });
  const names = guides.flatMap(({ name }) => name ?? []);
  if (new Set(names).size < names.length)
    context.addIssue({ code: 'custom', message: 'two guides have the same name' });
  return guides;
}
