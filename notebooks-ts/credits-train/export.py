"""Writes the trained network as ONNX: fp32 with folded batch norms, and int8 in QDQ form.

    PYTHONPATH=... python3 export.py --dir ../../models/.training --out ../../models

Debian's python3-onnx supplies the `onnx` package. Quantisation is static: activations uint8, one scale a tensor, ranges
from training pictures; weights int8, one scale an output channel; the global mean and the last layer stay in float.
Weights use 7 of their 8 bits (`--bits 7`): on processors without VNNI, ONNX Runtime's u8 x s8 products saturate in
16 bits when both sides use their full range.
"""
import argparse
import hashlib
import os

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

from model import NET_HEIGHT, NET_WIDTH, ResNet50, normalise


class Node:
    """One step of the folded network: a convolution (with or without ReLU), the pool, or a block's sum with ReLU."""

    def __init__(self, kind: str, inputs: list[str], output: str, weight=None, bias=None, stride=1, relu=False):
        self.kind, self.inputs, self.output, self.stride, self.relu = kind, inputs, output, stride, relu
        self.weight, self.bias = weight, bias

    def run(self, tensors: dict[str, torch.Tensor]) -> torch.Tensor:
        x = tensors[self.inputs[0]]
        if self.kind == 'conv':
            x = F.conv2d(x, self.weight, self.bias, self.stride, self.weight.shape[2] // 2)
        elif self.kind == 'pool':
            x = F.max_pool2d(x, 3, 2, 1)
        else:
            x = x + tensors[self.inputs[1]]
        return F.relu(x) if self.relu else x


def folded(net: ResNet50) -> list[Node]:
    """The trunk as a list of nodes from `frames` to `features`, batch norms folded into the convolutions."""
    def conv(name: str, source: str, c: torch.nn.Conv2d, bn: torch.nn.BatchNorm2d, relu: bool) -> Node:
        gain = bn.weight / torch.sqrt(bn.running_var + bn.eps)
        return Node('conv', [source], name, (c.weight * gain[:, None, None, None]).detach(), (bn.bias - bn.running_mean * gain).detach(), c.stride[0], relu)
    nodes = [conv('stem', 'frames', net.conv, net.bn, True), Node('pool', ['stem'], 'pooled')]
    last = 'pooled'
    for s, stage in enumerate(net.stages):
        for k, block in enumerate(stage):
            at = f'stage{s + 1}.{k}'
            nodes += [conv(f'{at}.a', last, block.conv1, block.bn1, True), conv(f'{at}.b', f'{at}.a', block.conv2, block.bn2, True),
                      conv(f'{at}.c', f'{at}.b', block.conv3, block.bn3, False)]
            if block.shortcut is not None:
                nodes.append(conv(f'{at}.s', last, block.shortcut[0], block.shortcut[1], False))
                last = f'{at}.s'
            nodes.append(Node('sum', [f'{at}.c', last], at, relu=True))
            last = at
    nodes[-1].output = 'features'
    return nodes


def sized(pictures: np.ndarray) -> torch.Tensor:
    """Packed pictures uint8 [N,180,320,3] -> the network's input [N,3,NET_HEIGHT,NET_WIDTH]."""
    frames = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float()
    frames = F.interpolate(frames, (NET_HEIGHT, NET_WIDTH), mode='bilinear', antialias=True, align_corners=False)
    return normalise(frames.permute(0, 2, 3, 1))


@torch.no_grad()
def ranges(nodes: list[Node], pictures: np.ndarray, tail: float) -> dict[str, tuple[float, float]]:
    """For every tensor its range without the rarest values (`tail`: their share at either end), mean over batches."""
    found: dict[str, list[tuple[float, float]]] = {}
    for i in range(0, len(pictures), 16):
        tensors = {'frames': sized(pictures[i:i + 16])}

        def note(name: str) -> None:
            flat = tensors[name].flatten()
            k = max(1, int(len(flat) * tail))
            high = torch.topk(flat, k).values[-1].item()
            low = 0. if flat.min() >= 0 else -torch.topk(-flat, k).values[-1].item()
            found.setdefault(name, []).append((low, high))
        note('frames')
        for node in nodes:
            tensors[node.output] = node.run(tensors)
            note(node.output)
    return {name: (float(np.mean([a for a, _ in pairs])), float(np.mean([b for _, b in pairs]))) for name, pairs in found.items()}


def build(nodes: list[Node], net: ResNet50, limits: dict[str, tuple[float, float]] | None, bits: int) -> onnx.ModelProto:
    """The ONNX graph `frames` [N,3,NET_HEIGHT,NET_WIDTH] -> `credit` [N,1]; quantised when the tensors' limits are given."""
    graph, constants = [], []

    def constant(name: str, array: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(array, name))
        return name

    scales: dict[str, float] = {}
    alias: dict[str, str] = {}

    def quantised(name: str) -> None:
        """Puts a quantise-dequantise pair behind a tensor and lets its readers read that."""
        if limits is None:
            return
        low, high = min(0., limits[name][0]), max(1e-6, limits[name][1])
        scale = (high - low) / 255
        zero = round(-low / scale)
        s, z = constant(f'{name}.scale', np.float32(scale)), constant(f'{name}.zero', np.uint8(zero))
        graph.append(helper.make_node('QuantizeLinear', [name, s, z], [f'{name}.q']))
        graph.append(helper.make_node('DequantizeLinear', [f'{name}.q', s, z], [f'{name}.dq']))
        scales[name], alias[name] = scale, f'{name}.dq'

    quantised('frames')
    for node in nodes:
        inputs = [alias.get(i, i) for i in node.inputs]
        raw = node.output + '.raw' if node.relu else node.output
        if node.kind == 'conv':
            weight, bias = node.weight.numpy(), node.bias.numpy()
            if limits is None:
                inputs += [constant(f'{node.output}.weight', weight), constant(f'{node.output}.bias', bias)]
            else:
                most = 2 ** (bits - 1) - 1
                ws = np.maximum(np.abs(weight).max((1, 2, 3)), 1e-8).astype(np.float32) / most
                q = np.clip(np.rint(weight / ws[:, None, None, None]), -most, most).astype(np.int8)
                bs = (ws * scales[node.inputs[0]]).astype(np.float32)
                bq = np.clip(np.rint(bias / bs), -2 ** 31 + 1, 2 ** 31 - 1).astype(np.int32)
                for key, array, scale in (('weight', q, ws), ('bias', bq, bs)):
                    c = constant(f'{node.output}.{key}', array)
                    s, z = constant(f'{c}.scale', scale), constant(f'{c}.zero', np.zeros(len(scale), array.dtype))
                    graph.append(helper.make_node('DequantizeLinear', [c, s, z], [f'{c}.dq'], axis=0))
                    inputs.append(f'{c}.dq')
            k = node.weight.shape[2]
            graph.append(helper.make_node('Conv', inputs, [raw], kernel_shape=[k, k], strides=[node.stride] * 2, pads=[k // 2] * 4))
        elif node.kind == 'pool':
            graph.append(helper.make_node('MaxPool', inputs, [raw], kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4))
        else:
            graph.append(helper.make_node('Add', inputs, [raw]))
        if node.relu:
            graph.append(helper.make_node('Relu', [raw], [node.output]))
        if node.kind == 'pool' and limits is not None:  # the largest of quantised values needs no scale of its own
            limits[node.output] = limits[node.inputs[0]]
        quantised(node.output)
    graph.append(helper.make_node('GlobalAveragePool', [alias.get('features', 'features')], ['mean']))
    graph.append(helper.make_node('Flatten', ['mean'], ['flat'], axis=1))
    graph.append(helper.make_node('Gemm', ['flat', constant('credit.weight', net.credit.weight.detach().numpy()), constant('credit.bias', net.credit.bias.detach().numpy())], ['logit'], transB=1))
    graph.append(helper.make_node('Sigmoid', ['logit'], ['credit']))
    proto = helper.make_model(
        helper.make_graph(graph, 'credits-resnet50', [helper.make_tensor_value_info('frames', TensorProto.FLOAT, ['N', 3, NET_HEIGHT, NET_WIDTH])],
                          [helper.make_tensor_value_info('credit', TensorProto.FLOAT, ['N', 1])], constants),
        opset_imports=[helper.make_opsetid('', 17)], producer_name='kinoscope', ir_version=8)
    onnx.checker.check_model(proto)
    return proto


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--dir', required=True)
    parser.add_argument('--out', required=True)
    parser.add_argument('--weights', default='resnet50-final.pt')
    parser.add_argument('--bits', type=int, default=7)
    parser.add_argument('--tail', type=float, default=1e-5)
    args = parser.parse_args()
    torch.set_num_threads(1)
    net = ResNet50()
    state = torch.load(f'{args.dir}/{args.weights}', weights_only=False)
    net.load_state_dict(state['average'] if 'average' in state else state)
    net.eval()
    nodes = folded(net)
    fp32 = build(nodes, net, None, args.bits)
    onnx.save(fp32, f'{args.dir}/credits-resnet50.fp32.onnx')
    random = np.random.default_rng(7)
    parts = []
    for name, n in (('credits', 96), ('film', 48), ('stills', 48), ('trailers', 48), ('posters', 32), ('synth/synthetic-000', 128)):
        x = np.load(f'{args.dir}/{name}.x.npy', mmap_mode='r')
        parts.append(x[np.sort(random.choice(len(x), n, replace=False))])
    pictures = np.concatenate(parts)[random.permutation(400)]
    with torch.no_grad():  # the folded list against the module
        frames = sized(pictures[:8])
        tensors = {'frames': frames}
        for node in nodes:
            tensors[node.output] = node.run(tensors)
        print('folding changes the logit by at most', (net.credit(tensors['features'].mean((2, 3)))[:, 0] - net(frames)[0]).abs().max().item())
    proto = build(nodes, net, ranges(nodes, pictures, args.tail), args.bits)
    path = f'{args.out}/credits-resnet50.int8.onnx'
    onnx.save(proto, path)
    print(path, os.path.getsize(path), 'bytes, sha256', hashlib.sha256(open(path, 'rb').read()).hexdigest())


if __name__ == '__main__':
    main()
