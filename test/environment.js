import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest runs tests in a realm of its own, whose typed arrays are not those that native libraries (onnxruntime, node-av)
 * check for. These are the process's own.
 */
export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    Object.assign(this.global, {
      ArrayBuffer,
      SharedArrayBuffer,
      DataView,
      Float32Array,
      Float64Array,
      Int8Array,
      Int16Array,
      Int32Array,
      Uint8Array,
      Uint8ClampedArray,
      Uint16Array,
      Uint32Array,
      BigInt64Array,
      BigUint64Array,
    });
  }
}
