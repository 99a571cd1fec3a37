import { channel } from 'node:diagnostics_channel';

/** What is told of the work as it goes on, to anyone who listens (the metrics); telling nobody costs nothing. */
export interface Signal<T> {
  tell(news: T): void;
  /** @returns an unsubscribe */
  listen(listener: (news: T) => void): () => void;
}

function signal<T>(name: string): Signal<T> {
  const told = channel(`kinoscope:${name}`);
  return {
    tell(news) {
      if (told.hasSubscribers) told.publish(news);
    },
    listen(listener) {
      const hear = (news: unknown): void => listener(news as T);
      told.subscribe(hear);
      return () => told.unsubscribe(hear);
    },
  };
}

/** A frame was decoded. */
export const frameDecoded = signal<null>('frame');
/** A network has seen a batch of pictures. */
export const inferenceDone = signal<{ readonly network: string; readonly pictures: number; readonly seconds: number }>(
  'inference',
);
