import { creditStretches } from '../credits/answer.js';
import { smpteOf } from '../frames/timecode.js';
import type { ExportedFilm } from './film.js';

/** Answers in the shapes of Amazon Rekognition Video, for programs that were written for it. */

function videoMetadata({ media: { codec, duration, format, frameRate, width, height } }: ExportedFilm) {
  return {
    Codec: codec,
    DurationMillis: Math.round(duration * 1000),
    Format: format,
    ...(frameRate === null ? {} : { FrameRate: frameRate }),
    FrameHeight: height,
    FrameWidth: width,
  };
}

/** As `GetCelebrityRecognition` answers: every detection of somebody with a name, in order of time. */
export function celebrityRecognition(film: ExportedFilm) {
  // A celebrity is recognised by a face: whom the body or clothes tell has none.
  const faces = (film.cast?.tracks ?? []).filter(({ by }) => by === 'face');
  const detections = faces.flatMap(({ name, personId, confidence, start, end, samples }) =>
    name === null || personId === null
      ? []
      : samples
          .filter(([time]) => time >= start && time < end)
          .map(([time, left, top, width, height]) => {
            const BoundingBox = { Width: width, Height: height, Left: left, Top: top };
            const Confidence = confidence * 100;
            return {
              Timestamp: Math.round(time * 1000),
              Celebrity: {
                Urls: [] as string[],
                Name: name,
                Id: personId,
                Confidence,
                BoundingBox,
                Face: { BoundingBox, Confidence },
              },
            };
          }),
  );
  return {
    JobStatus: 'SUCCEEDED' as const,
    VideoMetadata: videoMetadata(film),
    Celebrities: detections.sort((a, b) => a.Timestamp - b.Timestamp),
  };
}

/** As `GetSegmentDetection` answers: credits as technical cues, and the shots. Frame numbers are by the average rate. */
export function segmentDetection(film: ExportedFilm) {
  const { frameRate, videoStart = 0 } = film.media;
  const span = (start: number, end: number) => {
    const [from, to] = [Math.floor(start * 1000), Math.floor(end * 1000)];
    const millis = { StartTimestampMillis: from, EndTimestampMillis: to, DurationMillis: to - from };
    if (frameRate === null) return millis;
    const [first, last] = [start, end].map((time) => Math.round((time - videoStart) * frameRate)) as [number, number];
    return {
      ...millis,
      StartTimecodeSMPTE: smpteOf(first, frameRate),
      EndTimecodeSMPTE: smpteOf(last, frameRate),
      DurationSMPTE: smpteOf(last - first, frameRate),
      StartFrameNumber: first,
      EndFrameNumber: last,
      DurationFrames: last - first,
    };
  };
  const cues = (film.credits ? creditStretches(film.credits) : []).map(({ start, end, confidence }) => ({
    Type: 'TECHNICAL_CUE' as const,
    ...span(start, end),
    TechnicalCueSegment: { Type: 'EndCredits' as const, Confidence: confidence * 100 },
  }));
  const shots = (film.cast?.shots ?? []).map(({ start, end }, Index) => ({
    Type: 'SHOT' as const,
    ...span(start, end),
    ShotSegment: { Index },
  }));
  return {
    JobStatus: 'SUCCEEDED' as const,
    VideoMetadata: [videoMetadata(film)],
    AudioMetadata: [],
    Segments: [...cues, ...shots].sort((a, b) => a.StartTimestampMillis - b.StartTimestampMillis),
    SelectedSegmentTypes: [
      ...(film.credits ? [{ Type: 'TECHNICAL_CUE' as const, ModelVersion: film.credits.detectorVersion }] : []),
      ...(film.cast ? [{ Type: 'SHOT' as const, ModelVersion: film.cast.detectorVersion }] : []),
    ],
  };
}
