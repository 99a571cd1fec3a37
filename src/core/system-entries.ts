/** What network disks and operating systems put beside people's own files: thumbnails, snapshots, what was deleted. */
const SYSTEM_ENTRIES = new Set([
  '@eadir',
  '#recycle',
  '#snapshot',
  '@recycle',
  '@recently-snapshot',
  '@tmp',
  '@sharebin',
  '@database',
  '@download',
  'lost+found',
  '$recycle.bin',
  'recycler',
  'recycled',
  'system volume information',
  'network trash folder',
  'temporary items',
  '__macosx',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'icon\r',
]);

/** Whether a file or folder of this name is hidden or the system's, and nobody's photo or film. */
export const isSystemEntry = (name: string): boolean => name.startsWith('.') || SYSTEM_ENTRIES.has(name.toLowerCase());
