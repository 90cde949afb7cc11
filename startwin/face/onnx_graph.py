"""dlib's ResNet as an ONNX graph: the same weights for a faster engine.

The architecture is dlib's ``anet_type`` (its ``dnn_face_recognition_ex.cpp``), from the input up:
a 7×7 convolution and max pooling, then 14 residual blocks of two 3×3 convolutions on five levels,
average pooling, and a linear layer. The affine layers are folded into the convolutions before
them, the input's normalisation into the first.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Weights = NDArray[np.float32]

MEANS = np.array([122.782, 117.001, 104.298])
SCALE = 256.0
"""What dlib's ``input_rgb_image_sized`` subtracts from each channel, and divides by."""

LEVELS = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))
"""Filters, blocks, and whether the first block halves the picture; from the input up."""

OPSET = 17
IR_VERSION = 9


@dataclass(frozen=True)
class Convolution:
    """A convolution with the affine layer above it folded in: (out, in, rows, columns), (out,)."""

    filters: Weights
    biases: Weights


def build(weights_file: Path) -> bytes:
    """The graph, from dlib's ``dlib_face_recognition_resnet_model_v1.dat``.

    Returns:
        A serialized ONNX model: ``chips`` (n, 150, 150, 3) uint8 → ``embeddings`` (n, 128) float32.

    Raises:
        ValueError: the file is not laid out as expected.
    """
    return _Graph(_Tensors(weights_file.read_bytes())).serialized()


class _Tensors:
    """The weights of a ``.dat``, one after the other.

    Each tensor stands behind a version (2) and four sizes, as dlib writes integers: the number of
    bytes, then the bytes, least significant first. What stands between tensors is skipped.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def convolution(self, out: int, inputs: int, side: int) -> Convolution:
        size = out * inputs * side * side
        values = self._next(size + out)
        filters, biases = values[:size].reshape(out, inputs, side, side), values[size:]
        gammas, betas = self._next(2 * out).reshape(2, out)
        return Convolution(filters * gammas[:, None, None, None], biases * gammas + betas)

    def linear(self, inputs: int, out: int) -> Weights:
        return self._next(inputs, out).reshape(inputs, out)

    def _next(self, *sizes: int) -> Weights:
        header = b"".join(map(_integer, (2, *(*sizes, 1, 1, 1)[:4])))
        begin = self._data.index(header, self._at) + len(header)
        self._at = begin + 4 * int(np.prod(sizes))
        return np.frombuffer(self._data[begin : self._at], dtype="<f4").astype(np.float32)


def _integer(value: int) -> bytes:
    length = (value.bit_length() + 7) // 8
    return bytes([length]) + value.to_bytes(length, "little")


class _Graph:
    def __init__(self, tensors: _Tensors) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._output = self._network(tensors)

    def serialized(self) -> bytes:
        chips = helper.make_tensor_value_info("chips", TensorProto.UINT8, ["n", 150, 150, 3])
        embeddings = helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["n", 128])
        graph = helper.make_graph(
            self._nodes, "dlib ResNet", [chips], [embeddings], self._constants
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())

    def _network(self, tensors: _Tensors) -> str:
        first = tensors.convolution(32, 3, 7)
        per_channel = first.filters.sum(axis=(2, 3)) @ (MEANS / SCALE)
        folded = Convolution(
            (first.filters / SCALE).astype(np.float32),
            (first.biases - per_channel).astype(np.float32),
        )
        x = self._add("Cast", "chips", to=TensorProto.FLOAT)
        x = self._add("Transpose", x, perm=[0, 3, 1, 2])
        x = self._add("Relu", self._convolved(x, folded, stride=2))
        x = self._add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])
        channels, side = 32, 35
        for filters, blocks, halves in LEVELS:
            for block in range(blocks):
                lower = tensors.convolution(filters, channels, 3)
                upper = tensors.convolution(filters, filters, 3)
                if halves and block == 0:
                    x, side = self._halving_block(x, lower, upper, side, filters - channels)
                else:
                    x = self._block(x, lower, upper)
                channels = filters
        x = self._add("GlobalAveragePool", x)
        x = self._add("Flatten", x)
        return self._add("MatMul", x, self._constant(tensors.linear(256, 128)), output="embeddings")

    def _block(self, x: str, lower: Convolution, upper: Convolution) -> str:
        inner = self._add("Relu", self._convolved(x, lower))
        return self._add("Relu", self._add("Add", self._convolved(inner, upper), x))

    def _halving_block(
        self, x: str, lower: Convolution, upper: Convolution, side: int, new_channels: int
    ) -> tuple[str, int]:
        """The convolutions shrink without padding, the shortcut by average pooling.

        dlib adds tensors of different shapes as if the smaller one went on with zeros.
        """
        convolved_side, pooled_side = (side - 3) // 2 + 1, side // 2
        inner = self._add("Relu", self._convolved(x, lower, stride=2))
        inner = self._convolved(inner, upper)
        shortcut = self._add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
        missing = pooled_side - convolved_side
        inner = self._padded(inner, 0, missing)
        shortcut = self._padded(shortcut, new_channels, 0)
        return self._add("Relu", self._add("Add", inner, shortcut)), pooled_side

    def _convolved(self, x: str, convolution: Convolution, stride: int = 1) -> str:
        side = convolution.filters.shape[2]
        padding = side // 2 if stride == 1 else 0  # dlib's default
        return self._add(
            "Conv",
            x,
            self._constant(convolution.filters),
            self._constant(convolution.biases),
            kernel_shape=[side, side],
            strides=[stride, stride],
            pads=[padding] * 4,
        )

    def _padded(self, x: str, channels: int, side: int) -> str:
        if not channels and not side:
            return x
        ends = np.array([0, 0, 0, 0, 0, channels, side, side], dtype=np.int64)
        return self._add("Pad", x, self._constant(ends))

    def _add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def _constant(self, values: NDArray[np.generic]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
