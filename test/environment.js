import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's Node environment with the typed arrays of Node itself. Jest gives every test file a realm of its own, while
 * native code (ONNX Runtime) makes its arrays in Node's: without this they are no `Float32Array` to the code under test.
 */
export default class NativeArrayEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, { Float32Array, Float64Array, Int8Array, Int32Array, BigInt64Array, Uint8ClampedArray });
  }
}
