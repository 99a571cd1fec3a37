import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { isSure } from '../credits/answer.js';
import { saidCredits } from '../credits/corrected.js';
import { withWords } from '../genre/answer.js';
import { saidGenres } from '../genre/corrected.js';
import { Documents } from '../titles/collections.js';
import { noteOf } from '../titles/corrections.js';
import type { Analysis, AnalysisAnswer, CreditsAnswer, OfKind, Title } from '../titles/documents.js';
import { EpisodesService } from './episodes.service.js';

/** Puts what people said before what the machine answered, which stays beside it. Every answer passes here. */
@Injectable()
export class CorrectedAnswers {
  constructor(
    private readonly documents: Documents,
    private readonly episodes: EpisodesService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** With what is told of the title today. */
  async genre({ metadata }: Title, analysis: OfKind<Analysis, 'genre'>): Promise<AnalysisAnswer> {
    const machine = withWords(analysis.result, metadata);
    const correction = await this.documents.corrections.get(analysis.id);
    if (correction?.kind !== 'genre') return { ...analysis, result: { ...machine, corrected: false } };
    const said = saidGenres(correction.said.genres, Object.keys(machine.genres));
    return { ...analysis, result: { ...machine, ...said, corrected: true, correction: noteOf(correction), machine } };
  }

  /** With what today's other episodes say. */
  async credits({ media }: Title, analysis: OfKind<Analysis, 'credits'>): Promise<AnalysisAnswer> {
    const [{ result }, correction] = await Promise.all([
      this.episodes.agreed(analysis),
      this.documents.corrections.get(analysis.id),
    ]);
    const machine: CreditsAnswer = { ...result, sure: isSure(result) };
    if (correction?.kind !== 'credits' || media === null)
      return { ...analysis, result: { ...machine, corrected: false } };
    const said = saidCredits(correction.said, media, this.settings.nextEpisode, correction.frame);
    // that other episodes agree is of the machine's answer
    const { episodes: _agreeing, ...kept } = machine;
    return {
      ...analysis,
      result: { ...kept, ...said, sure: isSure(said), corrected: true, correction: noteOf(correction), machine },
    };
  }
}
