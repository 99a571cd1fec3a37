import type { FaceNetworks } from '../config/face-networks.js';
import type { RgbImage } from '../frames/types.js';

/** Contracts of `inference`: networks by name, tensors in, tensors out. */

export type TensorData = Float32Array | Uint8Array | Int32Array | BigInt64Array;

/** Dense, row-major. `data.length` is the product of `dims`. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** Where a session runs. `cpu` is always there; the others only where the machine and the platform have them. */
export type ExecutionProvider = 'cpu' | 'webgpu' | 'cuda';

/**
 * How pictures become the input tensor: `value = (pixel * scale - mean[c]) / std[c]`, channels in this order. `GRAY` is
 * one channel, the luma .299 R + .587 G + .114 B (ITU-R BT.601), with mean[0] and std[0].
 */
export interface ImageInput {
  readonly name: string;
  readonly layout: 'NCHW' | 'NHWC';
  /** null where the network takes any size (of one batch all the same). */
  readonly width: number | null;
  readonly height: number | null;
  readonly channels: 'RGB' | 'BGR' | 'GRAY';
  readonly scale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** A loaded, warmed network. Safe to call from many places at once. */
export interface Model {
  /** Its name in models/manifest.json, e.g. `inception-v3`. */
  readonly id: string;
  /** `id@hash`: changes whenever its answers may change; results carry it. */
  readonly version: string;
  /** @throws KinoscopeError `internal` where it reads no pictures, but tensors alone */
  readonly input: ImageInput;
  /** What its ONNX file says of it, by key (`metadata_props`). */
  metadata(): Promise<Readonly<Record<string, string>>>;
  /** Runs named tensors; answers the outputs by name. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /**
   * Runs pictures of one size as batches of at most the model's batch limit; every output's first dimension is
   * `images.length`. @throws RangeError when a picture has not the size that the network takes
   */
  runImages(images: readonly RgbImage[]): Promise<Record<string, Tensor>>;
  /**
   * Runs one picture, together with the others that are asked for at about the same time (dynamic batching); every
   * output comes without the batch dimension.
   */
  runImage(image: RgbImage): Promise<Record<string, Tensor>>;
}

/** The networks of models/manifest.json. Each is loaded at most once and shared. */
export interface Models {
  /** Which of them read faces. */
  readonly faces: FaceNetworks;
  /**
   * @param copies runs of the network that go on side by side on the CPU, the threads shared among them: where one run is
   *   too short for several threads to help. Default 1
   * @throws KinoscopeError `unavailable` when the file is missing (with the command that builds it) or the provider is
   */
  load(id: string, copies?: number): Promise<Model>;
  /**
   * The file of a model that is no network, as the manifest says it is.
   * @throws KinoscopeError `unavailable` when the file is missing or another one
   */
  trained(id: string): Promise<{ readonly file: string; readonly version: string }>;
  /** The names of the classes (or characters) that a network tells apart, in the order of its outputs. */
  labels(id: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Injection token of the one `Models` of a process. */
export const MODELS = Symbol('MODELS');
