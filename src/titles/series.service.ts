import { Injectable } from '@nestjs/common';
import { DuplicateKeyError } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { Documents } from './collections.js';
import type { Title } from './documents.js';
import { OFFERED, seriesId } from './season-documents.js';

/** Whether series reach players, their episodes of tomorrow included. */
@Injectable()
export class SeriesService {
  constructor(private readonly documents: Documents) {}

  async players(series: string): Promise<boolean> {
    return (await this.documents.seriesSettings.get(seriesId(series)))?.players ?? true;
  }

  async setPlayers(series: string, players: boolean): Promise<void> {
    const { seriesSettings } = this.documents;
    const id = seriesId(series);
    const patch = (): Promise<unknown> => seriesSettings.patch(id, { $set: { players } });
    if (await patch()) return;
    try {
      await seriesSettings.insert({ id, series, skip: OFFERED, players });
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) throw error;
      await patch();
    }
  }

  titlesOf(series: string): Promise<Title[]> {
    return everything(this.documents.titles, { 'metadata.series': series });
  }

  /** Whether players may act on a title's answers: what was said of it, else of its series. */
  async reachesPlayers({ players, metadata: { series } }: Pick<Title, 'players' | 'metadata'>): Promise<boolean> {
    if (players !== undefined && players !== null) return players;
    return series === undefined || (await this.players(series));
  }
}
