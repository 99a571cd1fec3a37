import { KinoscopeError } from '../core/errors.js';
import type { AnalysisKind } from './documents.js';

/** What somebody is told who asks for answers that nobody has asked to make. @param kinds any of them would do */
export function notAnalysed(titleId: string, kinds: readonly AnalysisKind[]): KinoscopeError {
  return new KinoscopeError(
    'not-found',
    `The title ${titleId} was not analysed for ${kinds.join(' or ')} yet ` +
      `(kinoscope analyze ${titleId} --kinds ${kinds.join(',')}; POST /v1/titles/${titleId}/analyses)`,
  );
}
