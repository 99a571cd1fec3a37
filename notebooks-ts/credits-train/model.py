"""ResNet50 (He et al., 2016; stride in the 3 x 3 convolution as in v1.5) with one logit, and a text map while training."""
import torch
import torch.nn as nn
import torch.nn.functional as F

# What the network takes. The packed pictures are 320 x 180; on shared cores that size trains five times slower than
# half of it, and a course too short for 160 x 90 is far too short for more.
NET_WIDTH, NET_HEIGHT = 224, 126
# Principal components of the teacher's 2048 features that the network learns to say.
FEATURES = 256
# The input contract: NCHW RGB, (x / 255 - MEAN) / STD. Film frames and credits together average about a quarter of full.
MEAN, STD = (.25, .25, .25), (.3, .3, .3)


class Bottleneck(nn.Module):
    def __init__(self, inputs: int, middle: int, stride: int):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, middle, 1, bias=False), nn.BatchNorm2d(middle)
        self.conv2, self.bn2 = nn.Conv2d(middle, middle, 3, stride, 1, bias=False), nn.BatchNorm2d(middle)
        self.conv3, self.bn3 = nn.Conv2d(middle, 4 * middle, 1, bias=False), nn.BatchNorm2d(4 * middle)
        nn.init.zeros_(self.bn3.weight)  # each block starts as the identity, which settles early training
        self.shortcut = None
        if stride != 1 or inputs != 4 * middle:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, 4 * middle, 1, stride, bias=False), nn.BatchNorm2d(4 * middle))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class ResNet50(nn.Module):
    """Normalised frames [N,3,H,W] -> logits [N], from layer 3 (stride 16) two text maps [N,2,H/16,W/16], and the
    teacher's features as guessed [N,FEATURES]."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
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
        self.features = nn.Linear(2048, FEATURES)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode='fan_out', nonlinearity='relu')
        nn.init.normal_(self.text_map.weight, std=.01)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        x = F.max_pool2d(F.relu(self.bn(self.conv(x))), 3, 2, 1)
        for stage in self.stages[:3]:
            x = stage(x)
        text = self.text_map(x)
        x = self.stages[3](x).mean((2, 3))
        return self.credit(x).squeeze(1), text, self.features(x)


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 [N,H,W,3] -> float [N,3,H,W], channels last in memory."""
    mean, std = torch.tensor(MEAN, device=pixels.device), torch.tensor(STD, device=pixels.device)
    return ((pixels.float() / 255 - mean) / std).permute(0, 3, 1, 2)
