import {
  AV_BUFFERSRC_FLAG_KEEP_REF,
  AVCOL_PRI_UNSPECIFIED,
  AVCOL_RANGE_UNSPECIFIED,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
} from 'node-av/constants';
import { avGetPixFmtName, FFmpegError, FilterGraph, Frame } from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import { type Colour, sdrFilter } from '../dynamic-range.js';
import { type Dimensions, displayedSize, filterChain, firstAsLarge, type Geometry, outputSize } from '../geometry.js';
import type { FrameSize, RgbImage } from '../types.js';

/** Turns decoded pictures into packed RGB in all of the sizes that were asked for; sizes that come to the same share one picture. */
export interface Scaler {
  scale(frame: Frame): RgbImage[];
}

export function createScaler(geometry: Geometry, sizes: readonly FrameSize[]): Scaler {
  const displayed = displayedSize(geometry);
  const wanted = sizes.map((size) => outputSize(displayed, size));
  const outputs = wanted.filter((one, index) => firstAsLarge(one, wanted) === index);
  const scaled = new Frame();
  scaled.alloc();
  let graph: FilterGraph | null = null;
  let graphSource = '';
  return {
    scale(frame) {
      // A stream may change its picture format on the way.
      const source = sourceFilter(frame);
      const toSdr = sdrFilter(colourOf(frame));
      if (!graph || source + toSdr !== graphSource) {
        graph?.free();
        graph = buildGraph(source, geometry, outputs, toSdr);
        graphSource = source + toSdr;
      }
      const [input, ...sinks] = ['buffer@in', ...outputs.map((_, i) => `buffersink@${i}`)].map((name) => {
        const filter = graph?.getFilter(name);
        if (!filter) throw new Error(`No filter ${name}`);
        return filter;
      });
      check(input?.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF) ?? 0);
      const images = sinks.map((sink) => {
        check(sink.buffersinkGetFrameSync(scaled));
        const image = { width: scaled.width, height: scaled.height, data: scaled.toBuffer() };
        scaled.unref();
        return image;
      });
      return wanted.map((one) => images[firstAsLarge(one, outputs)]!);
    },
  };
}

/** The filter that takes pictures as this one is, by the name `buffer@in`. */
export function sourceFilter({ width, height, format, colorSpace, colorRange }: Frame): string {
  const pixelFormat = avGetPixFmtName(format as Parameters<typeof avGetPixFmtName>[0]);
  return (
    `buffer@in=video_size=${width}x${height}:pix_fmt=${pixelFormat}:time_base=1/1000` +
    `:colorspace=${colorSpace}:range=${colorRange}`
  );
}

export function colourOf({
  colorTrc,
  colorPrimaries,
  colorSpace,
  colorRange,
}: Pick<Frame, 'colorTrc' | 'colorPrimaries' | 'colorSpace' | 'colorRange'>): Colour {
  const stored = (value: number, unspecified: number): string => (value === unspecified ? 'unknown' : `${value}`);
  return {
    transfer:
      { [AVCOL_TRC_SMPTE2084]: 'smpte2084', [AVCOL_TRC_ARIB_STD_B67]: 'arib-std-b67' }[colorTrc as number] ?? 'unknown',
    primaries: stored(colorPrimaries, AVCOL_PRI_UNSPECIFIED),
    matrix: stored(colorSpace, AVCOL_SPC_UNSPECIFIED),
    range: stored(colorRange, AVCOL_RANGE_UNSPECIFIED),
  };
}

function buildGraph(
  source: string,
  { orientation }: Geometry,
  outputs: readonly Dimensions[],
  toSdr: string,
): FilterGraph {
  const graph = new FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  const split = `${source},split=${outputs.length}${outputs.map((_, i) => `[s${i}]`).join('')}`;
  const branches = outputs.map((output, i) => `[s${i}]${filterChain(orientation, output, toSdr)},buffersink@${i}`);
  check(graph.parse2([split, ...branches].join(';')));
  check(graph.configSync());
  return graph;
}

function check(result: number): void {
  if (result < 0)
    throw new KinoscopeError('unreadable', `A picture could not be scaled (${FFmpegError.strerror(result)})`);
}
