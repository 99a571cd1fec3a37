/** How files are decoded and what an untrusted file may cost. */
export interface FrameSettings {
  /** `node-av` decodes with the FFmpeg libraries that npm installs, `ffmpeg` with the system's programs. */
  readonly kind: 'node-av' | 'ffmpeg';
  /** Decoder threads of one pass. */
  readonly threads: number;
  /** A video with more pixels a picture than this is refused before anything is decoded. */
  readonly maxPixels: number;
  /** Resident megabytes that a decoding process may take (node-av only). */
  readonly maxMemory: number;
  /** Seconds that a pass may make its reader wait in all; a slow reader does not use them up. */
  readonly maxSeconds: number;
  /** Seconds without any sign of life after which a decoder counts as hung. */
  readonly stallSeconds: number;
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
}

export const DEFAULT_FRAME_SETTINGS: FrameSettings = {
  kind: 'node-av',
  threads: 2,
  maxPixels: 8192 * 4320,
  maxMemory: 2048,
  maxSeconds: 6 * 3600,
  stallSeconds: 60,
  ffmpegPath: 'ffmpeg',
  ffprobePath: 'ffprobe',
};

export function completeSettings(settings: Partial<FrameSettings>): FrameSettings {
  return { ...DEFAULT_FRAME_SETTINGS, ...settings };
}

/** Containers of one file each: nothing here (unlike hls, dash, concat or image2) opens a second file or a network link. */
export const CONTAINERS =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,live_flv,asf,ogg,gif,nut,mxf,rm,wtv,ivf,dv,yuv4mpegpipe';

export const PROTOCOLS = 'file,pipe';
