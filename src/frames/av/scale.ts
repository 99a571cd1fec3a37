import { AV_BUFFERSRC_FLAG_KEEP_REF } from 'node-av/constants';
import { avGetPixFmtName, FFmpegError, FilterGraph, Frame } from 'node-av/lib';
import { KinoscopeError } from '../../errors.js';
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
      if (!graph || source !== graphSource) {
        graph?.free();
        graph = buildGraph(source, geometry, outputs);
        graphSource = source;
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

function sourceFilter({ width, height, format, colorSpace, colorRange }: Frame): string {
  const pixelFormat = avGetPixFmtName(format as Parameters<typeof avGetPixFmtName>[0]);
  return (
    `buffer@in=video_size=${width}x${height}:pix_fmt=${pixelFormat}:time_base=1/1000` +
    `:colorspace=${colorSpace}:range=${colorRange}`
  );
}

function buildGraph(source: string, { rotation }: Geometry, outputs: readonly Dimensions[]): FilterGraph {
  const graph = new FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  const split = `${source},split=${outputs.length}${outputs.map((_, i) => `[s${i}]`).join('')}`;
  const branches = outputs.map((output, i) => `[s${i}]${filterChain(rotation, output)},buffersink@${i}`);
  check(graph.parse2([split, ...branches].join(';')));
  check(graph.configSync());
  return graph;
}

function check(result: number): void {
  if (result < 0) throw new KinoscopeError('unreadable', `A picture could not be scaled (${FFmpegError.strerror(result)})`);
}
