/** Contracts of `download`: a source (a path, a link, an upload) becomes a local file. */

/** A person of the cast, as an .nfo file names them. */
export interface CastEntry {
  readonly name: string;
  readonly role: string | null;
  /** Link or path of a picture of them. */
  readonly thumb?: string;
}

/** What a source says of itself; everything that it does not say is left out. */
export interface MediaMetadata {
  /** The site as its extractor calls it, e.g. `youtube`; together with `videoId` it names the video for good. */
  readonly site?: string;
  readonly videoId?: string;
  readonly title?: string;
  readonly channel?: string;
  /** Seconds. */
  readonly duration?: number;
  /** Link of a picture. */
  readonly thumbnail?: string;
  readonly year?: number;
  /** Name of the series that `season` and `episode` belong to. */
  readonly series?: string;
  readonly season?: number;
  readonly episode?: number;
  /** Day of the broadcast, `YYYY-MM-DD`: what numbers the episodes of a daily programme. */
  readonly aired?: string;
  /** Ids of its own on sites of films, as `siteId` writes them: `imdb:tt0133093`, `tmdb:movie/603`, `tvdb:episode/4161693`. */
  readonly ids?: readonly string[];
  /** Of its series: `tvdb:series/121361`. */
  readonly seriesIds?: readonly string[];
  readonly cast?: readonly CastEntry[];
  /** As the source that describes the film calls them. */
  readonly genres?: readonly string[];
  /** What is told of the film, at most {@link MOST_DESCRIPTION} characters. */
  readonly description?: string;
  /** Words that its site files it under. */
  readonly tags?: readonly string[];
}

/** A longer description is cut. */
export const MOST_DESCRIPTION = 10_000;
const MOST_TAGS = 100;

/** The words that a source has for a film, as metadata. */
export function describedBy(description: string | undefined, tags: readonly string[] = []): MediaMetadata {
  const text = description?.trim().slice(0, MOST_DESCRIPTION);
  const some = tags.filter((tag) => tag.trim()).slice(0, MOST_TAGS);
  return { ...(text ? { description: text } : {}), ...(some.length > 0 ? { tags: some } : {}) };
}

export interface FetchOptions {
  /** Folder of our own that fetched files are kept in; made if it is missing. */
  readonly dir: string;
  /** Aborting ends the work and deletes what was written, unless its reason is a `DownloadPaused`. */
  readonly signal?: AbortSignal | undefined;
  /** 0 to 1, null while the size is not known. */
  readonly onProgress?: ((fraction: number | null) => void) | undefined;
}

export interface StoredFile {
  /** Absolute path. */
  readonly file: string;
  /** SHA-256 of the content, hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export interface KeptFile extends StoredFile {
  /** The file lies in our folder, named after its content; false for a file used where it was. */
  readonly kept: boolean;
  /** Why the sound that a site has of it is not in it. */
  readonly soundMissing?: string;
}

export interface Fetched extends KeptFile {
  readonly metadata: MediaMetadata;
}

/** A source that was looked at: what it says of itself, and the way to its content. */
export interface ResolvedMedia {
  readonly metadata: MediaMetadata;
  /** @throws KinoscopeError; nothing is left over then */
  fetch(options: FetchOptions): Promise<KeptFile>;
}

/** One way of getting at media. */
export interface MediaSource {
  readonly name: string;
  /** Whether this way may be tried for a source at all; looks at the text only. */
  match(source: string): boolean;
  /** Finds out what there is, without fetching it. @throws KinoscopeError */
  resolve(source: string, signal?: AbortSignal): Promise<ResolvedMedia>;
}

/**
 * The reason to abort a download with when the process is about to end: what was fetched so far stays, and the same
 * source goes on from there the next time.
 */
export class DownloadPaused extends Error {
  override readonly name = 'AbortError';
  constructor() {
    super('The download was paused');
  }
}
