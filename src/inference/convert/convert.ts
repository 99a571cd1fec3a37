import { z } from 'zod';
import type { Build, FloatBuild } from '../manifest.js';
import type { PackageFiles } from '../npm-package.js';
import { quantizeModel, type Ranges } from '../quantize/quantize.js';
import { readBundledModule } from './bundled-module.js';
import { cutModel } from './cut.js';
import { convertFaceRecognition, convertSsdMobilenet } from './face-api.js';
import { foldModel } from './fold.js';
import { convertGraphModel } from './tfjs-graph.js';
import { convertLayersModel } from './tfjs-layers.js';

/** The files of a package that a build reads. */
export function filesOf(build: Build): readonly string[] {
  if (build.kind === 'quantized') return filesOf(build.of);
  return 'weights' in build ? [build.model, ...build.weights] : [build.model];
}

/**
 * The ONNX file that a build makes of a package's files: the same bytes on every machine.
 * @param ranges of the activations, for a build in 8 bits
 */
export function convert(build: Build, files: PackageFiles, ranges: Ranges): Uint8Array {
  return build.kind === 'quantized'
    ? quantizeModel(convertFloat(build.of, files), ranges, { keep: build.keep })
    : convertFloat(build, files);
}

function convertFloat(build: FloatBuild, files: PackageFiles): Uint8Array {
  const json = (): unknown => JSON.parse(files.read(build.model).toString());
  switch (build.kind) {
    case 'copy':
      return files.read(build.model);
    case 'folded':
      return foldModel(files.read(build.model));
    case 'cut':
      return cutModel(files.read(build.model), build.outputs);
    case 'tfjs-layers': {
      if (build.model.endsWith('.json'))
        return convertLayersModel(json(), Buffer.concat(build.weights.map(files.read)), build.outputs);
      const topology = readBundledModule(files.read(build.model).toString());
      const shards = build.weights.map((path) => z.base64().parse(readBundledModule(files.read(path).toString())));
      return convertLayersModel(
        topology,
        Buffer.concat(shards.map((shard) => Buffer.from(shard, 'base64'))),
        build.outputs,
      );
    }
    case 'tfjs-graph':
      return convertGraphModel(json(), Buffer.concat(build.weights.map(files.read)), build.outputs, build.begin);
    case 'face-api': {
      const convertNetwork = build.network === 'face-recognition' ? convertFaceRecognition : convertSsdMobilenet;
      return convertNetwork(json(), Buffer.concat(build.weights.map(files.read)));
    }
  }
}
