/** Hand-made answers of YouTube for its players: enough of them for youtubei.js to run on. */

/** A player script in the form that the library looks for: a URL class, a function that signs links, a time stamp. */
const PLAYER = `var _yt_player={};(function(g){
g.Lk=class{
constructor(u){this.parts=new Map();for(var p of (u.split("?")[1]||"").split("&")){var kv=p.split("=");this.parts.set(kv[0],decodeURIComponent(kv[1]||""))}}
set(k,v){this.parts.set(k,v)}
get(k){return this.parts.get(k)}
clone(){return this}
scramble(){var n=this.parts.get("n");if(n)this.parts.set("n",n.split("").reverse().join(""))}
};
var sign=function(u,sp="",s=""){u=new g.Lk(u,!0);u.set("alr","yes");s&&u.set(sp,encodeURIComponent(s.split("").reverse().join("")));return u};
var stamp=function(){var o={html5_preference:1,signatureTimestamp:20042};return o};
g.sign=sign;g.stamp=stamp;
})(_yt_player);`;

export interface PlayerAnswer {
  readonly playabilityStatus: { readonly status: string; readonly reason?: string };
  readonly videoDetails?: Record<string, unknown>;
  readonly streamingData?: Record<string, unknown>;
}

export const VIDEO_ID = 'eRsGyueVLvQ';

const details = {
  videoId: VIDEO_ID,
  title: 'Sintel, a trailer',
  lengthSeconds: '52',
  author: 'Blender',
  shortDescription: 'A girl searches for the dragon that she raised.',
  keywords: ['dragon', 'fantasy'],
  channelId: 'UC0',
  isLiveContent: false,
  thumbnail: { thumbnails: [{ url: 'https://i.ytimg.example/1.jpg', width: 120, height: 90 }] },
  viewCount: '1',
};

const video = (
  itag: number,
  height: number,
  codec: string,
  link: Record<string, unknown>,
): Record<string, unknown> => ({
  itag,
  mimeType: `video/mp4; codecs="${codec}"`,
  bitrate: 1_000_000,
  width: (height * 16) / 9,
  height,
  qualityLabel: `${height}p`,
  quality: 'hd720',
  fps: 24,
  lastModified: '1700000000000000',
  approxDurationMs: '52000',
  ...link,
});

/** A property of a format, as protobuf has it. */
const xtag = (key: string, value: string): Buffer => {
  const strings = [key, value].flatMap((text, at) => [at === 0 ? 0x0a : 0x12, text.length, ...Buffer.from(text)]);
  return Buffer.from([0x0a, strings.length, ...strings]);
};

/** A track of its sound; of another than its own language where it is dubbed. */
const sound = (itag: number, codec: string, bitrate: number, url: string, dubbed = false): Record<string, unknown> => ({
  ...{ itag, bitrate, url },
  mimeType: `audio/mp4; codecs="${codec}"`,
  audioQuality: 'AUDIO_QUALITY_LOW',
  audioSampleRate: '44100',
  audioChannels: 2,
  lastModified: '1700000000000000',
  approxDurationMs: '52000',
  ...(dubbed && {
    xtags: Buffer.concat([xtag('acont', 'dubbed'), xtag('lang', 'de')]).toString('base64url'),
    audioTrack: { displayName: 'German', id: 'de.10', audioIsDefault: false },
  }),
});

/** A video whose pictures and sound come apart, in formats of which those at these links are best. */
export function inParts(pictures: string, track: string, other = 'https://wrong.example/'): PlayerAnswer {
  const { streamingData, ...answer } = playable({ url: pictures }, other);
  const tracks = [
    sound(140, 'mp4a.40.2', 128_000, other),
    sound(139, 'mp4a.40.5', 40_000, other, true),
    sound(139, 'mp4a.40.5', 48_000, track),
    sound(249, 'opus', 45_000, other),
  ];
  const adaptive = streamingData!['adaptiveFormats'] as Record<string, unknown>[];
  return { ...answer, streamingData: { ...streamingData, adaptiveFormats: [...adaptive, ...tracks] } };
}

/** A video whose 720p H.264 format is at this link. */
export function playable(link: Record<string, unknown>, other = 'https://wrong.example/'): PlayerAnswer {
  return {
    playabilityStatus: { status: 'OK' },
    videoDetails: details,
    streamingData: {
      expiresInSeconds: '21540',
      formats: [video(18, 360, 'avc1.42001E, mp4a.40.2', { url: other, audioQuality: 'AUDIO_QUALITY_LOW' })],
      adaptiveFormats: [
        video(137, 1080, 'avc1.640028', { url: other }),
        video(398, 720, 'av01.0.05M.08', { url: other }),
        video(136, 720, 'avc1.64001f', link),
      ],
    },
  };
}

export const SABR_ONLY: PlayerAnswer = {
  playabilityStatus: { status: 'OK' },
  videoDetails: details,
  streamingData: {
    expiresInSeconds: '21540',
    serverAbrStreamingUrl: 'https://sabr.example/videoplayback?sabr=1',
    adaptiveFormats: [video(136, 720, 'avc1.64001f', {}), video(398, 720, 'av01.0.05M.08', {})],
  },
};

export const LIVE: PlayerAnswer = { ...SABR_ONLY, videoDetails: { ...details, isLive: true } };
export const LONG: PlayerAnswer = { ...SABR_ONLY, videoDetails: { ...details, lengthSeconds: '90000' } };

/** A `fetch` that answers as YouTube does, one answer a question about the video (the last one again and again). */
export function youtubeFetch(...answers: readonly PlayerAnswer[]): typeof fetch & { readonly asked: string[] } {
  const asked: string[] = [];
  let next = 0;
  const answer = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    if (pathname === '/iframe_api')
      return new Response(
        'var scriptUrl = "https:\\/\\/www.youtube.com\\/s\\/player\\/abcd1234\\/www-widgetapi.vflset";',
      );
    if (pathname.endsWith('/base.js')) return new Response(PLAYER);
    if (pathname === '/youtubei/v1/player') {
      const { context } = (await request.json()) as { context: { client: { clientName: string } } };
      asked.push(context.client.clientName);
      return Response.json(answers[Math.min(next++, answers.length - 1)]);
    }
    return new Response('', { status: 404 });
  };
  return Object.assign(answer as typeof fetch, { asked });
}
