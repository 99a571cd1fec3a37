import { KinoscopeError } from '../../core/errors.js';
import { decodeModel, encodeModel, type OnnxValue } from '../onnx/proto.js';

/**
 * An ONNX network cut off at inner values, which become its outputs, with free batch size and free height and width.
 * For fully convolutional networks whose exporter froze the size in what follows (decoded boxes).
 * @param outputs name in the new file -> value in the old one
 */
export function cutModel(bytes: Uint8Array, outputs: Readonly<Record<string, string>>): Uint8Array {
  const model = decodeModel(bytes);
  const { graph } = model;
  const inner = new Map(Object.entries(outputs).map(([name, value]) => [value, name]));
  const renamed = (value: string): string => inner.get(value) ?? value;
  const needed = new Set(inner.keys());
  const nodes = [...graph.node].reverse().filter((node) => {
    if (!node.output.some((value) => needed.has(value))) return false;
    for (const value of node.input) needed.add(value);
    return true;
  });
  const missing = [...inner.keys()].find((value) => !nodes.some((node) => node.output.includes(value)));
  if (missing !== undefined)
    throw new KinoscopeError('internal', `The network has no inner value ${missing} to cut at`);

  model.graph = {
    ...graph,
    node: nodes
      .reverse()
      .map((node) => ({ ...node, input: node.input.map(renamed), output: node.output.map(renamed) })),
    initializer: graph.initializer.filter(({ name }) => needed.has(name)),
    input: graph.input.filter(({ name }) => needed.has(name)).map(({ name }) => freeImage(name)),
    output: Object.keys(outputs).map((name) => ({ name, type: { tensorType: { elemType: 1 } } })),
    valueInfo: [],
  };
  return encodeModel(model);
}

function freeImage(name: string): OnnxValue {
  const dim = [{ dimParam: 'batch' }, { dimValue: 3 }, { dimParam: 'height' }, { dimParam: 'width' }];
  return { name, type: { tensorType: { elemType: 1, shape: { dim } } } };
}
