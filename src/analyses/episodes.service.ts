import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { type Agreed, agreeOnEpisodes, type Episode, withAgreement, withoutPreviews } from '../credits/agree.js';
import { SURE } from '../credits/answer.js';
import type { Part } from '../episodes/types.js';
import { Documents } from '../titles/collections.js';
import { correctionId, isCorrectionOf } from '../titles/corrections.js';
import { analysisId, type Analysis, isOfKind, type OfKind, type Title } from '../titles/documents.js';
import { placeOf } from './seasons.service.js';

/** Episodes that are asked, at most: a season has fewer. */
const MOST_EPISODES = 100;

type CreditsAnalysis = OfKind<Analysis, 'credits'>;

interface Watched extends Episode {
  readonly contentHash: string;
}

/**
 * Lets the episodes of a season vouch for each other's credits. What is stored stays each film's own answer: another
 * episode that comes later may change what is said of this one.
 */
@Injectable()
export class EpisodesService {
  constructor(
    private readonly documents: Documents,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * A credits analysis with what the other analysed episodes of its season say, and without scenes that are a preview of the next one;
   * unchanged where they say nothing.
   */
  async agreed(analysis: CreditsAnalysis): Promise<CreditsAnalysis & { readonly result: Partial<Agreed> }> {
    const { items: own } = await this.documents.titles.find({ contentHash: analysis.contentHash });
    const title = own.find(({ metadata, media }) => typeof metadata['series'] === 'string' && media !== null);
    if (!title) return analysis;
    const vouched = await this.vouched(analysis, title);
    const { duration } = title.media!;
    const previews = await this.previewsOf(title);
    const shown = withoutPreviews(vouched.result, previews, duration, this.settings.nextEpisode);
    return shown ? { ...vouched, result: { ...vouched.result, ...shown } } : vouched;
  }

  private async vouched(
    analysis: CreditsAnalysis,
    title: Title,
  ): Promise<CreditsAnalysis & { readonly result: Partial<Agreed> }> {
    const others = (await this.season(title)).filter(({ contentHash }) => contentHash !== analysis.contentHash);
    if (others.length === 0) return analysis;
    const { result } = analysis;
    const [agreement] = agreeOnEpisodes([{ result, duration: title.media!.duration }, ...others]);
    return {
      ...analysis,
      result: { ...result, ...withAgreement(result, agreement!, title.media!, this.settings.nextEpisode) },
    };
  }

  /** Those that are sure, of the season as it is now, or that a person has set. */
  private async previewsOf(title: Title): Promise<readonly Pick<Part, 'start' | 'end'>[]> {
    const place = placeOf(title);
    if (!place) return [];
    const [stored, correction] = await Promise.all([
      this.documents.episodeParts.get(place.contentHash),
      this.documents.corrections.get(correctionId(place.contentHash, 'segments')),
    ]);
    if (correction && isCorrectionOf(correction, 'segments'))
      return correction.said.segments.filter(({ kind }) => kind === 'preview');
    const isNow = stored?.series === place.series && stored.season === place.season && stored.episode === place.number;
    return isNow ? stored.parts.filter(({ kind, confidence }) => kind === 'preview' && confidence >= SURE) : [];
  }

  private async season({ metadata }: Title): Promise<Watched[]> {
    const { items } = await this.documents.titles.find(
      {
        'metadata.series': metadata['series'] as string,
        'metadata.season': (metadata['season'] as number | undefined) ?? null,
      },
      { limit: MOST_EPISODES },
    );
    const episodes = new Map(
      items.flatMap(({ contentHash, media }) => (contentHash && media ? [[contentHash, media.duration]] : [])),
    );
    if (episodes.size === 0) return [];
    const { items: analyses } = await this.documents.analyses.find(
      { id: { $in: [...episodes.keys()].map((contentHash) => analysisId(contentHash, 'credits')) } },
      { limit: MOST_EPISODES },
    );
    const { items: corrections } = await this.documents.corrections.find(
      { id: { $in: analyses.map(({ id }) => id) } },
      { limit: MOST_EPISODES },
    );
    // what a person said of an episode is certain
    const said = new Map(
      corrections.flatMap((one) => (one.kind === 'credits' ? [[one.id, one.said.creditsStart]] : [])),
    );
    return analyses.flatMap((analysis) =>
      isOfKind(analysis, 'credits')
        ? [
            {
              contentHash: analysis.contentHash,
              duration: episodes.get(analysis.contentHash)!,
              result: said.has(analysis.id)
                ? { creditsStart: said.get(analysis.id) ?? null, confidence: 1 }
                : analysis.result,
            },
          ]
        : [],
    );
  }
}
